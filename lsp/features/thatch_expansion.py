"""`thatch/expansion`: the expansion of the splice at a place, or of a document that shows one."""

from typing import Any

from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.splices import SpliceKey, read_key


async def handle(view: View, params: Any) -> dict[str, Any] | None:
    """The URI and the text of the document that shows it; None where there is no splice.  May be cancelled at any time.

    The parameters are a `textDocument` and a `position` in it; without a position the document is one that shows an
    expansion.
    """
    try:
        uri, place = params.textDocument.uri, getattr(params, "position", None)
        position = types.Position(place.line, place.character) if place is not None else None
    except (AttributeError, TypeError) as error:
        raise ThatchError(
            message="thatch/expansion takes {textDocument: {uri}, position?: {line, character}}."
        ) from error
    key = read_key(uri) or await _at(view, uri, position)
    if key is None:
        return None
    whole = await view.splices.page(view.snapshot, key)
    return {"uri": key.uri, "languageId": "haskell", "text": whole.text, "firstLine": whole.first_line}


async def _at(view: View, uri: str, position: types.Position | None) -> SpliceKey | None:
    path = convert.path(uri)
    if path is None or position is None:
        return None
    one = await view.splices.at(view.snapshot, path, position, view.client.encoding)
    return read_key(view.splices.name(one.run, one.compiled)) if one else None

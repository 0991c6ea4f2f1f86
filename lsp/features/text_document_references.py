"""`textDocument/references`: where the names at a place are mentioned, in all modules."""

from lsprotocol import types

from thatch.core.navigation.references import references
from thatch.lsp.places import location, seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.ReferenceParams) -> list[types.Location] | None:
    """By file, and in the order of the text.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    found = await references(view.code, seen, offset, with_definition=params.context.include_declaration)
    return [location(view, place) for place in found] if found is not None else None

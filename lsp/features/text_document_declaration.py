"""`textDocument/declaration`: the signature of a name, or where it is defined."""

from lsprotocol import types

from thatch.core.navigation.declaration import declarations
from thatch.lsp.places import Links, links, seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.DeclarationParams) -> Links | None:
    """May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    found = await declarations(view.modules, view.snapshot.documents, seen, offset)
    return links(view, found, seen.lines) if found else None

"""`textDocument/typeDefinition`: where the types are defined that the type of a name is made of."""

from lsprotocol import types

from thatch.core.navigation.definition import type_definitions
from thatch.lsp.places import Links, links, seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.TypeDefinitionParams) -> Links | None:
    """The outermost type first.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    found = await type_definitions(view.modules, view.snapshot.documents, seen, offset)
    return links(view, found, seen.lines) if found else None

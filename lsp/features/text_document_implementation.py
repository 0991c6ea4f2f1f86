"""`textDocument/implementation`: what implements a class, a method, a family or a type, in all modules."""

from lsprotocol import types

from thatch.core.navigation.implementation import implementations
from thatch.lsp.places import Links, links, seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.ImplementationParams) -> Links | None:
    """By file, and in the order of the text. May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    found = await implementations(view.code, seen, offset)
    return links(view, found, seen.lines) if found else None

"""`textDocument/prepareTypeHierarchy`: the class or the type at a place."""

from lsprotocol import types

from thatch.core.navigation.type_hierarchy import prepare_types
from thatch.lsp.hierarchy import type_item
from thatch.lsp.places import seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.TypeHierarchyPrepareParams) -> list[types.TypeHierarchyItem] | None:
    """One item, or none.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    found = await prepare_types(view.code, *asked) if asked else []
    return [type_item(view, item) for item in found] or None

"""`textDocument/prepareCallHierarchy`: what stands at a place and can call or be called."""

from lsprotocol import types

from thatch.core.navigation.call_hierarchy import prepare_calls
from thatch.lsp.hierarchy import call_item
from thatch.lsp.places import seen_at
from thatch.lsp.session import View


async def handle(view: View, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
    """One item, or none.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    found = await prepare_calls(view.code, *asked) if asked else []
    return [call_item(view, item) for item in found] or None

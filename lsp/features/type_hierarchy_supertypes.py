"""`typeHierarchy/supertypes`: the superclasses of a class, the classes of a type."""

from lsprotocol import types

from thatch.core.navigation.type_hierarchy import supertypes
from thatch.lsp.hierarchy import handle_of, type_item
from thatch.lsp.session import View


async def handle(view: View, params: types.TypeHierarchySupertypesParams) -> list[types.TypeHierarchyItem] | None:
    """By file, and in the order of the text.  May be cancelled at any time."""
    item = handle_of(params.item)
    return [type_item(view, one) for one in (await supertypes(view.code, item) if item else ())] or None

"""Items of hierarchies as the editor wants to have them, and back."""

from pathlib import Path
from typing import Any

from lsprotocol import types

from thatch.core.diagnostics import Span
from thatch.core.index.model import NameKey
from thatch.core.navigation.items import Handle, Item, Of
from thatch.core.structure.symbols import SymbolKind
from thatch.lsp import convert
from thatch.lsp.places import to_range
from thatch.lsp.session import View


def call_item(view: View, item: Item) -> types.CallHierarchyItem:
    """An item that calls or is called."""
    return types.CallHierarchyItem(**_parts(view, item))


def type_item(view: View, item: Item) -> types.TypeHierarchyItem:
    """A class, a type or an instance."""
    return types.TypeHierarchyItem(**_parts(view, item))


def handle_of(item: types.CallHierarchyItem | types.TypeHierarchyItem) -> Handle | None:
    """What finds the item again, as it was sent; None if the editor has lost it."""
    data: Any = item.data
    try:
        key, of, unit, path, span = data
        return Handle(NameKey(*key), Of(of), unit, Path(path), Span(*map(int, span)))
    except (TypeError, ValueError):
        return None


def _parts(view: View, item: Item) -> dict[str, Any]:
    handle, place = item.handle, item.place
    span = handle.span
    kind = SymbolKind.INSTANCE if handle.of is Of.INSTANCE else SymbolKind.CLASS if item.kind is None else item.kind
    return {
        "name": item.label,
        "kind": convert.symbol_kind(kind, view.client),
        "detail": item.detail,
        "uri": view.uri(place.path),
        "range": to_range(view, place.lines, place.whole),
        "selection_range": to_range(view, place.lines, place.name),
        "data": [
            list(handle.key),
            handle.of.value,
            handle.unit,
            str(handle.path),
            [span.start_line, span.start_column, span.end_line, span.end_column],
        ],
    }

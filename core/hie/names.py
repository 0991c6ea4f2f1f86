"""The name table of a `.hie` file."""

import re
from collections.abc import Mapping

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hi.names import read_module, read_occ
from thatch.core.hi.versions import Layout
from thatch.core.hie.model import ExternalName, LocalName, Name
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.shapes import MODULE, cut, name_shape
from thatch.core.hie.spans import read_span


def read_name_table(cursor: GhcCursor, layout: Layout, known: Mapping[str, GlobalName]) -> OnDemand[Name]:
    """The table that starts at the cursor; `known` explains names that GHC gives by a number."""
    table = _NameTable(cursor, layout, known)
    n_names = cursor.count()
    shape = name_shape(fields_are_names=layout.fields_are_names)
    places = cut(shape, cursor.data, cursor.position, n_names, table.behind)
    return OnDemand(n_names, lambda index: table.read(index, places[index]))


_MODULE = re.compile(MODULE, re.DOTALL)


class _NameTable:
    """How entries are decoded."""

    def __init__(self, cursor: GhcCursor, layout: Layout, known: Mapping[str, GlobalName]) -> None:
        self._data, self._strings = cursor.data, cursor.strings
        self._layout = layout
        self._known = known
        self._modules: dict[bytes, ModuleId] = {}

    def read(self, index: int, place: int) -> Name:
        cursor = GhcCursor(self._data, self._strings, place)
        return cursor.part("name table", lambda: self._name(cursor, index))

    def behind(self, place: int) -> int:
        """The end of an entry."""
        cursor = GhcCursor(self._data, self._strings, place)
        cursor.part("name table", lambda: self._name(cursor, 0))
        return cursor.position

    def _name(self, cursor: GhcCursor, index: int) -> Name:
        match cursor.tag(3):
            case 0:
                module, occ = self._module(cursor), read_occ(cursor, self._layout)
                span, file = _source_span(cursor)
                return ExternalName(module, occ, span, file)
            case 1:
                return LocalName(read_occ(cursor, self._layout), _source_span(cursor)[0], index)
            case _:
                # An Int in 9.6.6 and a Word64 in 9.10.3, which look the same while the highest bit is not set.
                # It never is: no number is negative.
                key = f"{chr(cursor.word() & 0xFF)}{cursor.word()}"
                known = self._known.get(key)
                return ExternalName(known.module, known.occ, None, "") if known else KnownName(key)

    def _module(self, cursor: GhcCursor) -> ModuleId:
        """Most names are from a few modules."""
        found = _MODULE.match(cursor.data, cursor.position)
        if found is None:
            return read_module(cursor)
        module = self._modules.get(found[0])
        if module is None:
            module = self._modules[found[0]] = read_module(cursor)
        cursor.position = found.end()
        return module


def _source_span(cursor: GhcCursor) -> tuple[Span | None, str]:
    """A `SrcSpan`, which may say why there is none, and its file."""
    if cursor.tag(2) == 0:
        file, span = read_span(cursor)
        return span, cursor.strings[file]
    if cursor.tag(5) == 4:
        cursor.word()
    return None, ""

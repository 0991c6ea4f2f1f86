"""Names in an interface, and the table that most of them stand in."""

from functools import cached_property

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.model import KnownName, ModuleId, Name, Namespace, OccName
from thatch.core.hi.versions import Layout

IN_TABLE = 0
KNOWN_TO_GHC = 2
"""The two highest of a name's 32 bits say where it stands."""

NAMESPACES = tuple(Namespace)


def read_module(cursor: GhcCursor) -> ModuleId:
    """A module with its unit."""
    unit = cursor.unit()
    return ModuleId(unit, cursor.text())


def read_occ(cursor: GhcCursor, layout: Layout) -> OccName:
    """A name without its module."""
    namespace = NAMESPACES[cursor.tag(5 if layout.fields_are_names else 4)]
    parent = cursor.text() if namespace is Namespace.FIELD else ""
    return OccName(cursor.text(), namespace, parent)


class NameTable:
    """The name table of a file; it is read when the first name is asked for."""

    def __init__(self, cursor: GhcCursor, layout: Layout) -> None:
        self._cursor = cursor
        self._layout = layout

    def __getitem__(self, word: int) -> Name | KnownName:
        where = word >> 30
        if where == IN_TABLE and word < len(self._names):
            return self._names[word]
        if where == KNOWN_TO_GHC:
            return KnownName(f"{chr(word >> 22 & 0xFF)}{word & 0x3FFFFF}")
        raise DecodeError(offset=self._start, expected=f"a name number {word}", path=("name table",))

    def read(self, cursor: GhcCursor) -> Name | KnownName:
        """The name whose number stands at the cursor."""
        return self[cursor.word()]

    @cached_property
    def _start(self) -> int:
        return self._cursor.position

    @cached_property
    def _names(self) -> list[Name]:
        cursor = GhcCursor(self._cursor.data, self._cursor.strings, self._start)
        return cursor.part(
            "name table",
            lambda: [Name(read_module(cursor), read_occ(cursor, self._layout)) for _ in range(cursor.count())],
        )

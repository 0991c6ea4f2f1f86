"""Reading the exports of an interface."""

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.body import BodyReader
from thatch.core.hi.model import Export, KnownName, Name
from thatch.core.hi.names import NameTable
from thatch.core.hi.versions import Layout


class ExportsReader:
    """Readers of the parts of the exports, for one layout."""

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names
        self._many = BodyReader(cursor, layout).many

    def read(self) -> tuple[Export, ...]:
        """All exports."""
        return self._many(self._export)

    def _export(self) -> Export:
        if self._cursor.tag(2) == 0:
            name, label = self._part()
            return Export(name, fields=(label,) if label else ())
        parent = self._name()
        parts = self._many(self._part)
        names = tuple(name for name, label in parts if not label)
        return Export(parent, names, tuple(label for _, label in parts if label))

    def _part(self) -> tuple[Name | KnownName, str]:
        """A name, and a label if it is that of a field, where fields are not just names."""
        if self._layout.fields_are_names or self._cursor.tag(2) == 0:
            return self._name(), ""
        label = self._cursor.text()
        self._cursor.take(2)  # Whether it may be duplicated and has a selector.
        return self._name(), label

    def _name(self) -> Name | KnownName:
        return self._names.read(self._cursor)

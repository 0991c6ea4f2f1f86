"""The name table of a `.hie` file."""

import re
from collections.abc import Mapping

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import NUMBERS, GhcCursor
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, OccName
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hi.names import NAMESPACES, read_module, read_occ
from thatch.core.hi.versions import Layout
from thatch.core.hie.model import ExternalName, LocalName, Name
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.shapes import COUNT, INDEX, MODULE, cut, name_shape
from thatch.core.hie.spans import read_span


def read_name_table(cursor: GhcCursor, layout: Layout, known: Mapping[str, GlobalName]) -> OnDemand[Name]:
    """The table that starts at the cursor; `known` explains names that GHC gives by a number."""
    table = _NameTable(cursor, layout, known)
    n_names = cursor.count()
    shape = name_shape(fields_are_names=layout.fields_are_names)
    places = cut(shape, cursor.data, cursor.position, n_names, table.behind)
    return OnDemand(n_names, lambda index: table.read(index, places[index]))


_PLAIN = re.compile(
    rb"(?:\x00(%b)|\x01)([\x00-\x03])(%b)(?:\x00(%b)%b|\x01[\x00-\x03])"
    % (MODULE, INDEX, INDEX, (b"(%b)" % COUNT) * 4),
    re.DOTALL,
)
"""The names of nearly all that is neither a field nor known to GHC; groups: module, namespace, text, span."""


class _NameTable:
    """How entries are decoded."""

    def __init__(self, cursor: GhcCursor, layout: Layout, known: Mapping[str, GlobalName]) -> None:
        self._data, self._strings = cursor.data, cursor.strings
        self._layout = layout
        self._known = known
        self._modules: dict[bytes, ModuleId] = {}
        """From their encodings: most names are from a few modules."""

    def read(self, index: int, place: int) -> Name:
        """An entry."""
        plain = _PLAIN.match(self._data, place)
        try:
            return self._plain(plain, index) if plain else self._any(GhcCursor(self._data, self._strings, place), index)
        except DecodeError as error:
            raise error.inside("name table") from None

    def behind(self, place: int) -> int:
        """The end of an entry."""
        cursor = GhcCursor(self._data, self._strings, place)
        cursor.part("name table", lambda: self._any(cursor, 0))
        return cursor.position

    def _plain(self, found: re.Match[bytes], index: int) -> Name:
        """A name without a step for each of its parts: there are a thousand in a file."""
        encoded_module, namespace, text, file, start_line, start_column, end_line, end_column = found.groups()
        occ = OccName(self._strings[NUMBERS[text]], NAMESPACES[namespace[0]])
        span = None
        if file is not None:
            span = Span(NUMBERS[start_line], NUMBERS[start_column], NUMBERS[end_line], NUMBERS[end_column])
        if encoded_module is None:
            return LocalName(occ, span, index)
        module = self._modules.get(encoded_module)
        if module is None:
            module = read_module(GhcCursor(self._data, self._strings, found.start(1)))
            self._modules[encoded_module] = module
        return ExternalName(module, occ, span, self._strings[NUMBERS[file]] if span else "")

    def _any(self, cursor: GhcCursor, index: int) -> Name:
        match cursor.tag(3):
            case 0:
                module, occ = read_module(cursor), read_occ(cursor, self._layout)
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


def _source_span(cursor: GhcCursor) -> tuple[Span | None, str]:
    """A `SrcSpan`, which may say why there is none, and its file."""
    if cursor.tag(2) == 0:
        start = cursor.position
        span = read_span(cursor)
        return span, GhcCursor(cursor.data, cursor.strings, start).text()
    if cursor.tag(5) == 4:
        cursor.word()
    return None, ""

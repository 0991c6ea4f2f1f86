"""Spans in `.hie` files."""

import re

from thatch.core.binary.ghc_binary import NUMBERS, GhcCursor
from thatch.core.diagnostics import Span
from thatch.core.hie.shapes import COUNT, INDEX

_SPAN = re.compile(b"(%b)" % INDEX + (b"(%b)" % COUNT) * 4, re.DOTALL)


def read_span(cursor: GhcCursor) -> tuple[int, Span]:
    """A `RealSrcSpan`: its file's index in the string table, and the rest."""
    found = _SPAN.match(cursor.data, cursor.position, cursor.end)
    if found is None:
        raise cursor.error("a span")
    cursor.position = found.end()
    file, start_line, start_column, end_line, end_column = map(NUMBERS.__getitem__, found.groups())
    return file, Span(start_line, start_column, end_line, end_column)

"""Spans in `.hie` files, and what has one or not."""

import re

from thatch.core.binary.ghc_binary import NUMBERS, GhcCursor
from thatch.core.diagnostics import Span
from thatch.core.hie.model import Scope, WholeModule
from thatch.core.hie.shapes import COUNT, INDEX, SPAN

_SPAN = re.compile(SPAN, re.DOTALL)
_PARTS = re.compile(INDEX + (b"(%b)" % COUNT) * 4, re.DOTALL)
_SCOPE = re.compile(rb"[\x00\x02]|\x01%b" % SPAN, re.DOTALL)


class Scopes(dict[bytes, Scope]):
    """The scopes and spans of a file by their encoding as a `Scope`: most of them are there several times."""

    def __init__(self) -> None:
        super().__init__({b"\0": None, b"\2": WholeModule.MODULE})

    def __missing__(self, encoded: bytes) -> Scope:
        scope = self[encoded] = _span(encoded[1:])
        return scope

    def read(self, cursor: GhcCursor) -> Scope:
        """A `Scope`."""
        found = _SCOPE.match(cursor.data, cursor.position, cursor.end)
        if found is None:
            raise cursor.error("a scope")
        cursor.position = found.end()
        return self[found[0]]

    def read_span(self, cursor: GhcCursor) -> Span | None:
        """A `Maybe` of a `RealSrcSpan`, without its file: encoded like a scope that is none or a span."""
        start = cursor.position
        span = self.read(cursor)
        if isinstance(span, WholeModule):
            raise cursor.error("a span or none", start)
        return span


def read_span(cursor: GhcCursor) -> Span:
    """A `RealSrcSpan`, without its file."""
    found = _SPAN.match(cursor.data, cursor.position, cursor.end)
    if found is None:
        raise cursor.error("a span")
    cursor.position = found.end()
    return _span(found[0])


def _span(encoded: bytes) -> Span:
    """A `RealSrcSpan` that a shape has found."""
    found = _PARTS.fullmatch(encoded)
    assert found
    start_line, start_column, end_line, end_column = found.groups()
    return Span(NUMBERS[start_line], NUMBERS[start_column], NUMBERS[end_line], NUMBERS[end_column])

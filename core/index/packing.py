"""Spans in few bytes: the mentions of one name in one module take four each.

    mentions   mention, mention, ... in the order of the text
    mention    lines since the mention before; column; role; shape
    shape      twice the length of a span within a line; or, of one over several lines, one more than twice the number
               of further lines, and then its last column
    spans      span, span, ...
    span       line, column, shape

Every number is unsigned, seven bits a byte, low bits first, the top bit set on all bytes but the last.
"""

from collections.abc import Iterable, Iterator

from thatch.core.diagnostics import Span
from thatch.core.index.model import Mention, Role

Numbers = tuple[int, int, int, int, int]
"""A mention as numbers, which are made and compared faster: start line and column, end line and column, role."""


def pack_mentions(mentions: Iterable[Numbers]) -> bytes:
    """The mentions of one name; each is kept once."""
    numbers: list[int] = []
    before = 0
    for line, column, end_line, end_column, role in sorted(set(mentions)):
        if line == end_line:
            numbers += (line - before, column, role, 2 * (end_column - column))
        else:
            numbers += (line - before, column, role, 2 * (end_line - line) + 1, end_column)
        before = line
    return _pack(numbers)


def unpack_mentions(packed: bytes) -> tuple[Mention, ...]:
    """The inverse of `pack_mentions`, in the order of the text.  Raises ValueError for bytes that it did not make."""
    numbers = _numbers(packed)
    found = []
    line = 0
    for lines in numbers:
        line += lines
        column, role = next(numbers, 0), next(numbers, 0)
        found.append(Mention(_span(line, column, numbers), _ROLES[role]))
    return tuple(found)


def pack_spans(*spans: Span) -> bytes:
    """Some spans."""
    return _pack([number for span in spans for number in (span.start_line, span.start_column, *_shape(span))])


def unpack_spans(packed: bytes) -> tuple[Span, ...]:
    """The inverse of `pack_spans`."""
    numbers = _numbers(packed)
    return tuple([_span(line, next(numbers, 0), numbers) for line in numbers])


_ROLES = tuple(Role)


def _shape(span: Span) -> tuple[int, ...]:
    n_lines = span.end_line - span.start_line
    if n_lines == 0:
        return (2 * (span.end_column - span.start_column),)
    return 2 * n_lines + 1, span.end_column


def _span(line: int, column: int, numbers: Iterator[int]) -> Span:
    shape = next(numbers, 0)
    if shape % 2 == 0:
        return Span(line, column, line, column + shape // 2)
    return Span(line, column, line + shape // 2, next(numbers, 0))


def _pack(numbers: list[int]) -> bytes:
    if max(numbers, default=0) <= 0x7F:
        return bytes(numbers)
    packed = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def _numbers(packed: bytes) -> Iterator[int]:
    if packed.isascii():
        return iter(packed)
    numbers = []
    value = shift = 0
    for byte in packed:
        if byte > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
        else:
            numbers.append(value | byte << shift)
            value = shift = 0
    return iter(numbers)

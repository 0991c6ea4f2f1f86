"""The source lines of a span with carets right under it, whatever the characters' widths."""

from collections.abc import Iterator

from attrs import frozen
from rich.cells import get_character_cell_size

from thatch.cli.formats.look import Look, printable
from thatch.core.diagnostics import Span
from thatch.core.text import LineIndex

MOST_LINES = 4
"""A span over more lines shows its first two and its last."""

MOST_CHARACTERS = 160
"""A longer line is cut to this many characters around the span."""

CHARACTERS_BEFORE = 40
"""How much of a cut line stands before the span."""

TAB = 8
"""Tabs go to the next multiple, as GHC counts them."""

CUT = "…"

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


@frozen
class Row:
    """A line of source, ready to be shown."""

    text: str
    """The line without tabs, control characters and spaces at the end."""

    carets: str
    """The underline, spaces included; empty when nothing of the line is to be marked."""


def excerpt(lines: LineIndex, span: Span, look: Look, colour: str) -> list[str]:
    """The lines of a span with a gutter of 1-based line numbers and an underline in `colour`.

    Empty when the span begins after the end of the text: the file has changed since.
    """
    if not 1 <= span.start_line <= lines.n_lines:
        return []
    numbers = _line_numbers(lines, span)
    width = len(str(numbers[-1]))

    def gutter(label: str) -> str:
        return look.paint(f"{label:>{width}} |", "blue", bold=True)

    printed = [gutter("")]
    for before, number in zip([numbers[0], *numbers], numbers, strict=False):
        if number > before + 1:
            printed.append(look.paint("...", "blue", bold=True))
        row = _row(lines, span, number)
        printed.append(f"{gutter(str(number))} {row.text}" if row.text else gutter(str(number)))
        if row.carets:
            printed.append(f"{gutter('')} {look.paint(row.carets, colour, bold=True)}")
    return printed


def _line_numbers(lines: LineIndex, span: Span) -> list[int]:
    first, last = span.start_line, min(max(span.end_line, span.start_line), lines.n_lines)
    if span.end_column <= 1 and last == span.end_line > first:
        last -= 1  # The end is exclusive: nothing of that line belongs to the span.
    if last - first < MOST_LINES:
        return list(range(first, last + 1))
    return [first, first + 1, last]


def _row(lines: LineIndex, span: Span, number: int) -> Row:
    line = lines.line_text(number - 1)
    origin = lines.ghc_offset(number, 0)
    start, end = 0, len(line)
    if number == span.start_line:
        start = lines.ghc_offset(number, span.start_column) - origin
    elif line.strip():
        start = len(line) - len(line.lstrip())
    if number == span.end_line:
        end = lines.ghc_offset(number, span.end_column) - origin
    if number != span.start_line and not line.strip():
        return Row("", "")
    return _measured(*_cut(line, start, max(start, end)))


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A long line cut around the marked characters; start and end are indices into it before and after."""
    if len(line) <= MOST_CHARACTERS:
        return line, start, end
    first = max(0, min(start - CHARACTERS_BEFORE, len(line) - MOST_CHARACTERS))
    piece = line[first : first + MOST_CHARACTERS]
    head = CUT if first else ""
    tail = CUT if first + len(piece) < len(line) else ""
    shift = len(head) - first
    return head + piece + tail, start + shift, min(end + shift, len(head) + len(piece))


def _measured(line: str, start: int, end: int) -> Row:
    """The line as it is shown, and carets below the characters from `start` to `end`, at least one."""
    end = min(end, max(start, len(line.rstrip())))
    shown, before, under = [], 0, 0
    for index, (cells, character) in enumerate(_cells(printable(line))):
        shown.append(character)
        if index < start:
            before += cells
        elif index < end:
            under += cells
    return Row("".join(shown).rstrip(), " " * before + "^" * max(under, 1))


def _cells(line: str) -> Iterator[tuple[int, str]]:
    column = 0
    for character in line:
        if character == "\t":
            cells = TAB - column % TAB
            yield cells, " " * cells
        elif character == BYTE_ORDER_MARK:
            cells = 0
            yield cells, ""
        else:
            cells = get_character_cell_size(character)
            yield cells, character
        column += cells

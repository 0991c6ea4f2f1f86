r"""Positions in a text: lines and the three ways to count columns (GHC's, an editor's, Python's); no I/O.

A line ends at `\n` and nowhere else, as for GHC; a `\r` before it belongs to the line's end.
Three coordinate systems meet here:

- *offsets*: 0-based indices of code points into the text, as Python counts;
- *GHC's*: 1-based lines and columns in code points, where a tab advances to the next multiple of 8, plus 1
  (GHC/Types/SrcLoc.hs `advanceSrcLoc`, 9.6); a byte order mark is not counted (GHC/Data/StringBuffer.hs);
- *an editor's*: 0-based lines and columns in code units of the encoding that client and server agreed on.

A place that does not exist (the file changed since) is clamped to the nearest one before it that does.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from enum import Enum

from attrs import frozen

from thatch.core.diagnostics import Span


class Encoding(Enum):
    """How an editor counts columns; the values are LSP's `PositionEncodingKind`."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


@frozen(order=True)
class Position:
    """A place as an editor counts: 0-based, the column in code units of the agreed encoding."""

    line: int
    column: int


@frozen(order=True)
class Range:
    """A region as an editor counts; the end is exclusive."""

    start: Position
    end: Position


class LineIndex:
    """A text with its lines found once; every conversion costs at most some hundred steps."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(newline.end() for newline in _NEWLINE.finditer(text))]
        self._ascii = text.isascii()
        self._plain = "\t" not in text and not text.startswith(_BOM)
        self._rulers: dict[tuple[int, Measure], _Ruler] = {}

    @property
    def n_lines(self) -> int:
        """The number of lines; a text that ends in a newline has an empty last line."""
        return len(self._starts)

    def line_text(self, line: int) -> str:
        """The text of a line (0-based, clamped), without its end."""
        line = self._clamp_line(line)
        return self.text[self._starts[line] : self._line_end(line)]

    def line_start(self, line: int) -> int:
        """The offset of the beginning of a line (0-based, clamped)."""
        return self._starts[self._clamp_line(line)]

    def line_of(self, offset: int) -> int:
        """The 0-based line that an offset lies in."""
        return bisect_right(self._starts, max(offset, 0)) - 1

    def offset(self, position: Position, encoding: Encoding) -> int:
        """The offset of an editor's position; a column inside a character means that character's start."""
        return self._offset(position.line, position.column, self._measure(encoding), 0)

    def position(self, offset: int, encoding: Encoding) -> Position:
        """An editor's position of an offset; one inside a line's end means the end of its text."""
        line = self.line_of(offset)
        return Position(line, self._column(line, offset, self._measure(encoding), 0))

    def ghc_offset(self, line: int, column: int) -> int:
        """The offset of GHC's line and column (both 1-based); a column inside a tab means the tab's start."""
        return self._offset(line - 1, column, self._ghc_measure, self._ghc_start(line - 1))

    def ghc_position(self, offset: int) -> tuple[int, int]:
        """GHC's line and column (both 1-based) of an offset."""
        line = self.line_of(offset)
        return line + 1, self._column(line, offset, self._ghc_measure, self._ghc_start(line))

    def offsets(self, span: Span) -> tuple[int, int]:
        """The offsets of a span's start and end, in order even if the text is not the one GHC saw."""
        start = self.ghc_offset(span.start_line, span.start_column)
        return start, max(start, self.ghc_offset(span.end_line, span.end_column))

    def range(self, span: Span, encoding: Encoding) -> Range:
        """Exactly the region of a span, which may be empty."""
        return self._range(*self.offsets(span), encoding)

    def visible_range(self, span: Span, encoding: Encoding) -> Range:
        """The region to underline: an empty span covers the word or the character that it stands at.

        At the end of a line it covers the last visible character before it; on a blank line it stays empty.
        """
        start, end = self.offsets(span)
        return self._range(*(self._widen(start) if start == end else (start, end)), encoding)

    def span(self, region: Range, encoding: Encoding) -> Span:
        """GHC's span of an editor's region."""
        start = self.offset(region.start, encoding)
        end = max(start, self.offset(region.end, encoding))
        return Span(*self.ghc_position(start), *self.ghc_position(end))

    def _range(self, start: int, end: int, encoding: Encoding) -> Range:
        return Range(self.position(start, encoding), self.position(end, encoding))

    def _widen(self, offset: int) -> tuple[int, int]:
        line = self.line_of(offset)
        end = self._line_end(line)
        if word := _WORD.match(self.text, offset, end):
            return word.span()
        if offset < end and not self.text[offset].isspace():
            return offset, offset + 1
        before = self.text[self._starts[line] : offset].rstrip()
        if before:
            last = self._starts[line] + len(before)
            return last - 1, last
        after = self.text[offset:end].lstrip()
        return (end - len(after), end - len(after) + 1) if after else (offset, offset)

    def _clamp_line(self, line: int) -> int:
        return min(max(line, 0), len(self._starts) - 1)

    def _line_end(self, line: int) -> int:
        if line + 1 == len(self._starts):
            return len(self.text)
        newline = self._starts[line + 1] - 1
        return newline - 1 if self.text[newline - 1 : newline] == "\r" else newline

    def _measure(self, encoding: Encoding) -> "Measure":
        if self._ascii:
            return _count
        return _MEASURES[encoding]

    @property
    def _ghc_measure(self) -> "Measure":
        return _count if self._plain else _ghc_columns

    def _ghc_start(self, line: int) -> int:
        # The byte order mark takes column 0, so that the character after it has column 1.
        return 0 if line == 0 and self.text.startswith(_BOM) else 1

    def _offset(self, line: int, column: int, measure: "Measure", origin: int) -> int:
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[line], self._line_end(line)
        if measure is _count:
            return min(start + max(column - origin, 0), end)
        return start + self._ruler(line, measure, origin).index(column)

    def _column(self, line: int, offset: int, measure: "Measure", origin: int) -> int:
        start = self._starts[line]
        index = min(max(offset, start), self._line_end(line)) - start
        if measure is _count:
            return origin + index
        return self._ruler(line, measure, origin).column(index)

    def _ruler(self, line: int, measure: "Measure", origin: int) -> "_Ruler":
        ruler = self._rulers.get((line, measure))
        if ruler is None:
            ruler = self._rulers[line, measure] = _Ruler(self.line_text(line), measure, origin)
        return ruler


def n_units(piece: str, encoding: Encoding) -> int:
    """How many code units a piece of text is in an editor's encoding."""
    return len(piece) if piece.isascii() else _MEASURES[encoding](piece, 0)


def apply_change(text: str, region: Range, new: str, encoding: Encoding) -> str:
    """The text after an editor's incremental change: the region (clamped to the text) replaced by `new`."""
    index = LineIndex(text)
    start = index.offset(region.start, encoding)
    end = max(start, index.offset(region.end, encoding))
    return text[:start] + new + text[end:]


Measure = Callable[[str, int], int]
"""The column after a piece of text that begins at a column."""

_NEWLINE = re.compile("\n")
_WORD = re.compile(r"[\w']+")
_BOM = "\ufeff"
_STRIDE = 256
_TAB = 8


class _Ruler:
    """A line's columns in one measure, noted down every few characters so that a long line stays cheap."""

    def __init__(self, line: str, measure: Measure, origin: int) -> None:
        self._line = line
        self._measure = measure
        self._marks = [origin]
        for start in range(0, len(line) - _STRIDE, _STRIDE):
            self._marks.append(measure(line[start : start + _STRIDE], self._marks[-1]))

    def column(self, index: int) -> int:
        """The column of a character."""
        mark = min(index // _STRIDE, len(self._marks) - 1)
        return self._measure(self._line[mark * _STRIDE : index], self._marks[mark])

    def index(self, column: int) -> int:
        """The last character that begins at or before a column; the line's length for a column beyond it."""
        mark = max(bisect_right(self._marks, column) - 1, 0)
        index, reached = mark * _STRIDE, self._marks[mark]
        for character in self._line[index : index + _STRIDE]:
            reached = self._measure(character, reached)
            if reached > column:
                break
            index += 1
        return index


def _count(piece: str, column: int) -> int:
    return column + len(piece)


def _utf8_units(piece: str, column: int) -> int:
    return column + len(piece.encode("utf-8", "surrogatepass"))


def _utf16_units(piece: str, column: int) -> int:
    return column + len(piece.encode("utf-16-le", "surrogatepass")) // 2


def _ghc_columns(piece: str, column: int) -> int:
    *before_tabs, last = piece.split("\t")
    for part in before_tabs:
        column = (column + len(part) - 1) // _TAB * _TAB + _TAB + 1
    return column + len(last)


_MEASURES: dict[Encoding, Measure] = {
    Encoding.UTF8: _utf8_units,
    Encoding.UTF16: _utf16_units,
    Encoding.UTF32: _count,
}

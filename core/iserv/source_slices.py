"""The source text of a splice, by which its record is found again.

Part of the tap: standard library only; no input or output.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

TAB = 8
"""GHC counts the columns of a tab up to the next multiple."""

MARKS = ("$$", "$")


def splice_source(lines: "Sequence[str]", span: "Sequence[int]") -> str:
    """The splice that GHC says is at a span, with its `$`, `$$` or the `[quoter|` in front; empty for a wrong span.

    `lines` are those of the text; the span is start line and column, end line and column in GHC's columns: 1-based, a
    tab up to the next column behind a multiple of 8, the end exclusive.
    """
    start_line, start_column, end_line, end_column = span
    if not 1 <= start_line <= end_line <= len(lines):
        return ""
    first, last = lines[start_line - 1], lines[end_line - 1]
    start, end = _index(first, start_column), _index(last, end_column)
    between = lines[start_line : end_line - 1]
    spliced = [first[start:], *between, last[:end]] if end_line > start_line else [first[start:end]]
    return _mark(first[:start]) + "\n".join(spliced)


def _mark(before: str) -> str:
    """What stands directly in front of a splice and belongs to it."""
    if before.endswith("|") and "[" in before:
        return before[before.rfind("[") :]
    return next((mark for mark in MARKS if before.endswith(mark)), "")


def _index(line: str, column: int) -> int:
    reached = 1
    for index, character in enumerate(line):
        if reached >= column:
            return index
        reached = (reached + TAB - 1) // TAB * TAB + 1 if character == "\t" else reached + 1
    return len(line)

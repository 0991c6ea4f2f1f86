"""The source text of a splice and what its meaning depends on in the text around it: so its record is found again.

Part of the tap: standard library only; no input or output.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

TAB = 8
"""GHC counts the columns of a tab up to the next multiple."""

MARKS = ("$$", "$")

QUOTES = ("[|", "[e|", "[t|", "[p|", "[d|", "'")
"""With one of these in it, a splice may name what is bound around it."""

NO_DECLARATION = " \t\r#)}>"
"""What a line begins with that begins no declaration: indentation, directives of the preprocessor, ends of layout."""

COMMENTS = ("--", "{-")

SIGNATURE = "::"


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


def splice_context(lines: "Sequence[str]", span: "Sequence[int]", source: str) -> str:
    """The text around a splice that decides what its code means, part of `lines`; empty where nothing does.

    What a name in a quotation means, local bindings decide; what the code of a typed splice does, its expected type.
    Both stand in the splice's top-level declaration, or its signature.
    """
    if not source.startswith("$$") and not any(quote in source for quote in QUOTES):
        return ""
    first, end = span[0] - 1, span[2]
    while first and not _begins(lines[first]):
        first -= 1
    while end < len(lines) and not _begins(lines[end]):
        end += 1
    while end > span[2] and (not lines[end - 1].strip() or lines[end - 1].startswith(COMMENTS)):
        end -= 1
    before = first - 1
    while before > 0 and not _begins(lines[before]):
        before -= 1
    if before >= 0 and SIGNATURE in "".join(lines[before:first]).partition("=")[0].partition("{")[0]:
        first = before
    return "\n".join(lines[first:end])


def _begins(line: str) -> bool:
    """Whether a line begins a top-level declaration; none behind the `>` of literate Haskell does."""
    return line != "" and line[0] not in NO_DECLARATION and not line.startswith(COMMENTS)


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

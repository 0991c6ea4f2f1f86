"""Where the items of a module begin (its head, imports, declarations), found by their lines; no item is parsed.

This is for code that does not parse: one item with an open bracket would swallow all that follow it.  An item begins
with a line that is indented as little as any, outside of comments, strings and quotations.
"""

import re
from bisect import bisect_left

from thatch.core.splices.inline_lexer import comment_end, line_end


def item_starts(code: str) -> tuple[int, ...]:
    """The offsets of the lines that begin items, each with the comments directly above it; the first is always 0."""
    lines = _lines(code)
    base = min((indentation for _, indentation, _ in lines), default=0)
    starts = [0]
    in_head = False
    comment: int | None = None  # Where comments began that may belong to the next item.
    for start, indentation, word in lines:
        if not word:
            comment = start if comment is None and indentation == base else comment
            continue
        if indentation == base and word not in _CONTINUING and (not in_head or word == "import"):
            starts.append(start if comment is None else comment)
            in_head = word in {"module", "signature"}
        comment = None
        in_head = in_head and not _WHERE.search(code, start, line_end(code, start))
    return tuple(dict.fromkeys(starts))


_SYMBOL = r"!#$%&*+./<=>?@\\^|~:\-"
_LINE = re.compile(r"^([ \t]*+)(\w[\w']*+|\S)", re.MULTILINE)
_COMMENT = re.compile(rf"\{{-|--+(?![{_SYMBOL}])")
# Each alternative begins with a character of its own, so that the search passes quickly over all others.
_HIDING = re.compile(
    rf"""\{{-(?P<comment>)
    | --+(?![{_SYMBOL}])[^\n]*+
    | "(?:[^"\\\n]|\\\s+\\|\\.)*+"?
    | '(?<![\w']')(?:[^'\\\n]|\\[^'\n]++|\\')'
    | \[(?P<quotation>[\w.']*+)\|(?=[^\n\]]*(?:\n|\|\]))  # A comprehension without spaces is none.
    """,
    re.VERBOSE,
)
_CONTINUING = frozenset((*")]},;|=", "where", "then", "else", "of", "in"))
_WHERE = re.compile(r"\bwhere\b")


def _lines(code: str) -> list[tuple[int, int, str]]:
    """Each line that begins outside of what hides it: its start, its indentation, its first word.

    The word is empty for a line that begins with a comment or a pragma.
    """
    ends = _hidden(code)
    lines = []
    for found in _LINE.finditer(code):
        hiding = bisect_left(ends, found.start(), key=lambda interval: interval[1])
        if hiding < len(ends) and ends[hiding][0] < found.start():
            continue
        word = "" if _COMMENT.match(code, found.start(2)) else found[2]
        lines.append((found.start(), len(found[1].expandtabs(8)), word))
    return lines


def _hidden(code: str) -> list[tuple[int, int]]:
    """The comments, strings and quotations that reach over an end of line, sorted."""
    hidden = []
    at = 0
    last_end = code.rfind("|]") + 2  # Nothing is looked for behind it, however many quotations are left open.
    while found := _HIDING.search(code, at):
        at = found.end()
        if found["comment"] is not None:
            at = comment_end(code, found.start())
        elif found["quotation"] is not None:
            end = code.find("|]", at, last_end)
            at = at if end < 0 else end + 2
        if code.find("\n", found.start(), at) >= 0:
            hidden.append((found.start(), at))
    return hidden

"""Just enough of Haskell's tokens to put text between them: what comes next, what is a comment, what is atomic."""

import re


def next_token(code: str, at: int, *, preprocessed: bool = False) -> re.Match[str] | None:
    """The first token at or behind an offset; comments and pragmas are none, nor directives if they are expected."""
    end = skip_blank(code, at, preprocessed=preprocessed)
    return _TOKEN.match(code, end)


def skip_blank(code: str, at: int, *, preprocessed: bool = False) -> int:
    """The offset behind white space, comments and pragmas, and behind preprocessor directives if they are expected."""
    while True:
        blank = _BLANK.match(code, at)
        assert blank
        at = blank.end()
        if code.startswith("{-", at):
            at = comment_end(code, at)
        elif preprocessed and code.startswith("#", at) and code[at - 1 : at] in {"", "\n"}:
            at = line_end(code, at)
        else:
            return at


def comment_end(code: str, at: int) -> int:
    """The offset behind the block comment that begins at an offset, with those inside it."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(code, at):
        depth += 1 if edge[0] == "{-" else -1
        if depth == 0:
            return edge.end()
    return len(code)


def line_end(code: str, at: int) -> int:
    """The offset of the end of a line, before its newline."""
    end = code.find("\n", at)
    return len(code) if end < 0 else end


def code_only(text: str) -> str:
    """Literate Haskell with spaces for all that is no code, so that every offset stays (GHC's utils/unlit/unlit.c)."""
    lines, inside = [], False
    for line in text.split("\n"):
        if line.startswith("\\end{code}" if inside else "\\begin{code}"):
            inside = not inside
            lines.append(" " * len(line))
        elif inside:
            lines.append(line)
        else:
            lines.append(" " + line[1:] if line.startswith(">") else " " * len(line))
    return "\n".join(lines)


def is_atomic(source: str) -> bool:
    """Whether an expression, pattern or type is a name, a literal or something in brackets.

    What is in brackets may have several lines if all but the first are indented: then it is no item of a layout.
    """
    if _ATOM.fullmatch(source):
        return True
    return _UNINDENTED.search(source) is None and _is_bracketed(source)


def bracket_end(code: str, at: int) -> int | None:
    """The offset behind the bracket that closes the one at an offset; None if there is none."""
    depth = 0
    for found in _BRACKETS.finditer(code, at):
        depth += (found[0] in {"(", "[", "{"}) - (found[0] in {")", "]", "}"})
        if depth == 0:
            return found.end()
    return None


_SYMBOL = r"!#$%&*+./<=>?@\\^|~:\-"
_LITERAL = r""""(?:[^"\\\n]|\\.|\\\s+\\)*"|'(?:[^'\\\n]|\\[^'\n]+|\\')'"""
# Not possessive, as in `thatch.core.syntax`.
_BLANK = re.compile(rf"(?:\s++|--++(?![{_SYMBOL}])[^\n]*+)*")
_COMMENT_EDGE = re.compile(r"\{-|-\}")
_TOKEN = re.compile(rf"{_LITERAL}|\w[\w']*|[{_SYMBOL}]+|.")
_NAME = r"\w[\w']*(?:\.\w[\w']*)*#*"
_ATOM = re.compile(rf"(?:{_NAME}|(?:{_LITERAL})#*|\(\)|\[\])")
_UNINDENTED = re.compile(r"\n[^ \n]")
_BRACKETS = re.compile(rf"{_NAME}|{_LITERAL}|.", re.DOTALL)


def _is_bracketed(source: str) -> bool:
    """Whether brackets enclose all of it."""
    return source[:1] in {"(", "["} and bracket_end(source, 0) == len(source)

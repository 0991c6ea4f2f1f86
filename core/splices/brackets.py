"""Taking off parentheses that Haskell source can do without; read by its tokens alone."""

import re


def unwrapped(source: str) -> str:
    """A source of one line without the parentheses around all of it, if they only hold it together."""
    inner = source[1:-1]
    if "\n" in source or source[:1] != "(" or not _is_bracketed(source):
        return source
    if not _BEGINS.match(inner) or not _ENDS.search(inner):
        # The unit, an operator, a section, a negative number, an unboxed tuple.
        return source
    return source if _needs_them(inner) else inner


def _needs_them(source: str) -> bool:
    """Whether it is a tuple, a view pattern, or has a signature."""
    depth = 0
    for found in _PIECES.finditer(source):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth == 0 and (found[0] in {",", "::"} or (found[0] == "->" and not source.startswith("\\"))):
            return True
    return False


def _is_bracketed(source: str) -> bool:
    """Whether brackets enclose all of it."""
    depth = 0
    for found in _PIECES.finditer(source):
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth == 0:
            return found.start() > 0 and source[0] in "([" and found.end() == len(source)
    return False


_BEGINS = re.compile(r"""[\w\\(\["']""")
_ENDS = re.compile(r"[\w'\"#)\]}]\Z")
_PIECES = re.compile(r""""(?:[^"\\]|\\.)*"|(?<![\w'])'(?:[^'\\]|\\[^']+|\\')'|->|::|.""", re.DOTALL)

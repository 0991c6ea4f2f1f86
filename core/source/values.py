"""Which names a declaration is about: its head, its signature or its left-hand side."""

from collections.abc import Sequence

from thatch.core.source.layout import CLOSING, OPENING, depths, find, split
from thatch.core.source.lexer import Kind, Token

DEEPEST = 8
"""Nobody encloses a name that is defined in more brackets."""

_PREFIXES = frozenset({"!", "~", "@", "-"})
"""Symbols in patterns that are no operators."""

_RESERVED = frozenset({"=", "|", "::", "->", "<-", "=>", "\\", "..", ":", "∷", "→", "←", "⇒"})


def signature_names(code: Sequence[Token]) -> list[Token]:
    """The names that a type signature gives a type to; none if it is no signature."""
    colons = find(code, "::", "∷")
    if not colons:
        return []
    names = []
    for part in split(code[:colons], ","):
        name = _single(part)
        if name is None:
            return []
        names.append(name)
    return names


def head_name(code: Sequence[Token]) -> Token | None:
    """The name that the head of a type, a class or a pattern synonym gives: `T a`, `a + b`, `(a + b) c`, `(+) a b`."""
    context = find(code, "=>", "⇒")
    code = list(code if context is None else code[context + 1 :])
    for _ in range(DEEPEST):
        if operator := _operator(code):
            return operator
        if not code or code[0].text != "(":
            break
        inner = _inside(code)
        if name := _single(code[: len(inner) + 2]):
            return name
        code = inner
    return next((token for token in code[:1] if token.kind is Kind.WORD), None)


def bound_names(code: Sequence[Token]) -> list[Token]:
    """The names that an equation binds: one for a function, all variables of a pattern."""
    end = find(code, "=", "|")
    left = list(code[: end or 0])
    for _ in range(DEEPEST):
        if not left:
            return []
        if operator := _operator(left):
            is_constructor = operator.text.startswith(":") or operator.text[:1].isupper()
            return _variables(left) if is_constructor else [operator]
        if _is_variable(left[0]):
            # `name@pattern` binds the variables of the pattern as well.
            return _variables(left) if len(left) > 1 and left[1].text == "@" else [left[0]]
        if left[0].text != "(":
            break
        inner = _inside(left)
        if name := _single(left[: len(inner) + 2]):
            return [name]
        if not left[len(inner) + 2 :]:
            break
        # `(a + b) c`: the definition of an operator with more arguments.
        left = inner
    return _variables(left)


def _variables(code: Sequence[Token]) -> list[Token]:
    """The variables in a pattern, but for those in view patterns and types, which it only uses."""
    found: list[Token] = []
    for part in _flat(code):
        arrow = next((index for index, token in enumerate(part) if token.text in {"->", "→"}), None)
        behind_arrow = part if arrow is None else part[arrow + 1 :]
        colons = next((index for index, token in enumerate(behind_arrow) if token.text in {"::", "∷"}), None)
        found += [token for token in behind_arrow[:colons] if _is_variable(token)]
    return found


def _flat(code: Sequence[Token]) -> list[list[Token]]:
    """The parts of a pattern that commas and brackets separate."""
    parts: list[list[Token]] = [[]]
    for token in code:
        if token.kind is Kind.MARK and token.text in OPENING | CLOSING | {","}:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _is_variable(token: Token) -> bool:
    if token.kind is not Kind.WORD or token.text == "_":
        return False
    return (token.text[0].islower() or token.text[0] == "_") and "." not in token.text


def _operator(code: Sequence[Token]) -> Token | None:
    """The operator that stands between its arguments."""
    at_depth_0 = [(index, token) for index, (depth, token) in enumerate(depths(code)) if depth == 0]
    for place, (index, token) in enumerate(at_depth_0):
        if index == 0:
            continue
        if token.text == "`" and place + 1 < len(at_depth_0):
            return at_depth_0[place + 1][1]
        if token.kind is Kind.SYMBOL and token.text not in _RESERVED - {":"} and not _is_prefix(code, index):
            return token
    return None


def _is_prefix(code: Sequence[Token], index: int) -> bool:
    """Whether a symbol belongs to what follows it: with a blank before it and none behind it, or none before it."""
    token = code[index]
    if token.text not in _PREFIXES:
        return False
    if token.text == "@":
        return True
    behind = index + 1 < len(code) and code[index + 1].start == token.end
    return behind and code[index - 1].end != token.start


def _inside(code: Sequence[Token]) -> list[Token]:
    """What stands in the brackets at the start."""
    inner = []
    for depth, token in depths(code[1:]):
        if depth == 0 and token.text == ")":
            break
        inner.append(token)
    return inner


def _single(code: Sequence[Token]) -> Token | None:
    """The name that all of it is: a word, or an operator in brackets."""
    match [token for token in code if not token.is_comment]:
        case [Token(kind=Kind.WORD) as name]:
            return name
        case [Token(text="("), Token(kind=Kind.SYMBOL) as name, Token(text=")")]:
            return name
        case _:
            return None

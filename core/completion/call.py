"""Which function a place is an argument of, by the text before it alone; and the parameters in the text of a type.

Offsets count code points.
"""

from collections.abc import Iterator, Sequence

from attrs import frozen

from thatch.core.completion.asked import item_start
from thatch.core.source.layout import CLOSING, depths, open_bracket
from thatch.core.source.lexer import Kind, Token, tokens


@frozen
class Call:
    """A function, or what is used as one, and the argument that a place is in."""

    start: int
    end: int
    """Where its name stands, with its qualifier."""

    argument: int
    """Which of its arguments, from 0."""


def calls_at(code: str, offset: int) -> list[Call]:
    """The calls that an offset is in an argument of, the innermost first; text behind it does not count."""
    item = item_start(code, offset)
    before = [
        token._replace(start=token.start + item, end=token.end + item)
        for token in tokens(code[item:offset])
        if not token.is_comment
    ]
    return list(_calls(before, offset))


def _calls(before: Sequence[Token], offset: int) -> Iterator[Call]:
    end = len(before)
    while True:
        opening = open_bracket(before[:end])
        start = 0 if opening is None else opening + 1
        atoms = list(_atoms(_application(before[start:end])))
        head = atoms[0] if atoms else ()
        if len(head) == 1 and _is_name(head[0]):
            # Of what the place touches, more may come; what is open is the last argument, and no atom yet.
            touched = end == len(before) and atoms[-1][-1].end == offset and before[-1].text not in CLOSING
            argument = len(atoms) - 1 - (1 if touched else 0)
            if argument >= 0:
                yield Call(head[0].start, head[0].end, argument)
        if opening is None:
            return
        end = opening


def _application(found: Sequence[Token]) -> Sequence[Token]:
    """The tokens from where the last application begins that no bracket holds."""
    start = 0
    for index, (depth, token) in enumerate(depths(found)):
        if depth:
            continue
        if start < index and token.line > found[index - 1].line and token.column <= found[start].column:
            # The layout ends what was before.
            start = index
        if token.text in _SEPARATORS or (token.kind is Kind.SYMBOL and not _is_part(found, index)):
            start = index + 1
    return found[start:]


def _is_part(found: Sequence[Token], index: int) -> bool:
    """Whether a symbol can belong to an argument: a dot without blanks, or something right before its name."""
    token = found[index]
    is_close = index > 0 and found[index - 1].end == token.start
    is_prefix = index + 1 < len(found) and found[index + 1].start == token.end
    return token.text in _PARTS and (is_close if token.text == "." else is_prefix or index + 1 == len(found))


_SEPARATORS = frozenset(
    {"=", "<-", "->", "|", ",", ";", "then", "else", "of", "do", "mdo", "in", "let", "where", "if", "case", "\\", "`"}
    | {"::", "=>"}
)
_PARTS = frozenset({"!", "~", "@", "."})
"""Symbols that can belong to an argument."""


def _atoms(found: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """The function and its arguments: names, literals and whatever is in brackets; types behind `@` are none."""
    piece: list[Token] = []
    for depth, token in depths(found):
        if depth == 0 and piece and token.text not in CLOSING and not _belongs(piece[-1], token):
            if piece[0].text != "@":
                yield tuple(piece)
            piece = []
        piece.append(token)
    if piece and piece[0].text != "@":
        yield tuple(piece)


def _belongs(last: Token, token: Token) -> bool:
    """Whether a token goes on with an argument: the fields of a record, a name behind a prefix or a dot."""
    is_symbol = token.kind is Kind.SYMBOL or last.kind is Kind.SYMBOL
    return token.text == "{" or (is_symbol and last.end == token.start)


def _is_name(token: Token) -> bool:
    return token.kind is Kind.WORD and not token.text[0].isdigit()


def parameters(signature: str) -> list[tuple[int, int]]:
    """Where the types of the arguments stand in a signature such as `f :: Int -> [a] -> a`; none if it is none."""
    found = list(depths([token for token in tokens(signature) if not token.is_comment]))
    at_top = [(index, token) for index, (depth, token) in enumerate(found) if depth == 0]
    start = next((index + 1 for index, token in at_top if token.text in {"::", "∷"}), None)
    if start is None:
        return []
    ends: list[int] = []
    for index, token in at_top:
        if index >= start and (token.text in {"=>", "⇒"} or (token.text == "." and not ends)):
            start, ends = index + 1, []
        elif index >= start and token.text in {"->", "→"}:
            ends.append(index)
    places = []
    for end in ends:
        if start < end:
            places.append((found[start][1].start, found[end - 1][1].end))
        start = end + 1
    return places

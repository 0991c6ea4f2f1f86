"""From tokens to the items of a block: the declarations of a module, a class or a list of constructors."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from thatch.core.source.lexer import Kind, Token

OPENING = frozenset("([{")
CLOSING = frozenset(")]}")


@frozen
class Item:
    """Something that stands for itself in a block."""

    tokens: tuple[Token, ...]

    @property
    def code(self) -> tuple[Token, ...]:
        """Its tokens without comments."""
        return tuple(token for token in self.tokens if not token.is_comment)


def items(block: Sequence[Token]) -> Iterator[Item]:
    """The items of a block, whose tokens are given up to its end or beyond it.

    Without braces, one begins wherever a token stands in the column of the block's first; a comment that stands there
    is an item too.
    """
    first = next((index for index, token in enumerate(block) if not token.is_comment), None)
    if first is None:
        return
    if block[first].text == "{":
        yield from _in_braces(block[first + 1 :])
    else:
        yield from _by_column(block, block[first].column)


def depths(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """The tokens, each with how many brackets it stands in; brackets stand outside of themselves."""
    depth = 0
    for token in tokens:
        if token.kind is Kind.MARK and token.text in CLOSING:
            depth = max(depth - 1, 0)
        yield depth, token
        if token.kind is Kind.MARK and token.text in OPENING:
            depth += 1


def open_bracket(tokens: Sequence[Token]) -> int | None:
    """The index of the innermost bracket that is open at the end."""
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind is Kind.MARK and token.text in CLOSING:
            depth += 1
        elif token.kind is Kind.MARK and token.text in OPENING:
            if depth == 0:
                return index
            depth -= 1
    return None


def find(tokens: Sequence[Token], *texts: str) -> int | None:
    """The index of the first token outside of brackets that is one of some keywords or symbols."""
    for index, (depth, token) in enumerate(depths(tokens)):
        if depth == 0 and token.text in texts and token.kind in {Kind.WORD, Kind.SYMBOL}:
            return index
    return None


def split(tokens: Sequence[Token], *separators: str) -> list[list[Token]]:
    """The parts between separators outside of brackets."""
    parts: list[list[Token]] = [[]]
    for depth, token in depths(tokens):
        if depth == 0 and token.text in separators and token.kind is not Kind.LITERAL:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _in_braces(block: Sequence[Token]) -> Iterator[Item]:
    found: list[Token] = []
    for depth, token in depths(block):
        if depth == 0 and token.kind is Kind.MARK and token.text in {";", "}"}:
            yield from _with_comments_apart(found)
            found = []
            if token.text == "}":
                return
        else:
            found.append(token)
    yield from _with_comments_apart(found)


def _with_comments_apart(found: Sequence[Token]) -> Iterator[Item]:
    """An item in braces; the comments in front of it are items of their own."""
    n_comments = next((index for index, token in enumerate(found) if not token.is_comment), len(found))
    for token in found[:n_comments]:
        yield Item((token,))
    if found[n_comments:]:
        yield Item(tuple(found[n_comments:]))


def _by_column(block: Sequence[Token], column: int) -> Iterator[Item]:
    found: list[Token] = []
    for token in block:
        if token.column < column and not token.is_comment:
            break
        if token.column <= column:
            if found:
                yield Item(tuple(found))
            found = []
            if token.is_comment:
                yield Item((token,))
                continue
        elif token.is_comment and not found:
            # It stands further in than what it is for; only comments in the column count for GHC, too.
            continue
        found.append(token)
    if found:
        yield Item(tuple(found))

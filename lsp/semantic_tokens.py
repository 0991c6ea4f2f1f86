"""Semantic tokens as LSP sends them: in the client's terms, and as the difference to what it has already.

What the tokens are is `core/semantic_tokens.py`'s.  Tokens of several lines are always sent line by line: all clients
take that, and LSP does not say how else the end of a line would count.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path

from attrs import frozen
from lsprotocol import types

from thatch.core.navigation.meanings import meanings
from thatch.core.navigation.seen import Seen
from thatch.core.structure.semantic_tokens import Modifier, Token, TokenKind, overlay, syntactic_tokens
from thatch.core.structure.syntax_tree import SyntaxTree
from thatch.core.text import Encoding, LineIndex, Range, n_units
from thatch.lsp.client import Client, Shows
from thatch.lsp.syntax import Syntax

SUBSTITUTES = {
    TokenKind.CLASS: TokenKind.TYPE,
    TokenKind.METHOD: TokenKind.FUNCTION,
    TokenKind.TYPE_PARAMETER: TokenKind.TYPE,
}
"""What a client is told that does not know a kind of token; other kinds it is not told of."""

MOST_TOKENS = 50_000
"""How many tokens an answer has at most.  More would hold up the loop; a client sees the rest by asking for ranges."""

N_NUMBERS = 5
"""How many numbers a token is."""


def legend(shows: Shows) -> types.SemanticTokensLegend:
    """The kinds and modifiers that both sides know, in the order by which numbers mean them."""
    kinds = [kind.value for kind in TokenKind if kind.value in shows.token_types]
    modifiers = [name for modifier in Modifier if (name := _name(modifier)) in shows.token_modifiers]
    return types.SemanticTokensLegend(kinds, modifiers)


class SemanticTokens:
    """Answers about tokens; remembers the last whole answer for each file."""

    def __init__(self, client: Client, syntax: Syntax, seen: Callable[[Path], Awaitable[Seen | None]]) -> None:
        """`seen` gives what GHC knows of the code in a file."""
        self._encoding = client.encoding
        self._seen = seen
        self._encoder = _Encoder(legend(client.shows))
        self._syntax = syntax
        self._sent: dict[Path, _Sent] = {}
        self._ids = count(1)

    async def whole(self, path: Path) -> types.SemanticTokens | None:
        """All tokens of a file.  May be cancelled at any time."""
        numbers = await self._read(path)
        return None if numbers is None else self._send(path, numbers)

    async def change(self, path: Path, previous: str) -> types.SemanticTokens | types.SemanticTokensDelta | None:
        """What is other than in a previous answer; all tokens if that is not known.  May be cancelled at any time."""
        numbers = await self._read(path)
        if numbers is None:
            return None
        known = self._sent.get(path)
        sent = self._send(path, numbers)
        if known is None or known.result_id != previous:
            return sent
        return types.SemanticTokensDelta(_edits(known.numbers, numbers), sent.result_id)

    async def part(self, path: Path, region: Range) -> types.SemanticTokens | None:
        """The tokens in a part of a file.  May be cancelled at any time."""
        numbers = await self._read(path, region)
        return None if numbers is None else types.SemanticTokens(numbers)

    def forget(self, path: Path) -> None:
        """The editor has closed the file."""
        self._sent.pop(path, None)

    def _send(self, path: Path, numbers: list[int]) -> types.SemanticTokens:
        sent = self._sent[path] = _Sent(str(next(self._ids)), numbers)
        return types.SemanticTokens(numbers, sent.result_id)

    async def _read(self, path: Path, region: Range | None = None) -> list[int] | None:
        seen = await self._seen(path)
        return await self._syntax.read(path, lambda tree: self._numbers(tree, seen, region))

    def _numbers(self, tree: SyntaxTree, seen: Seen | None, region: Range | None) -> list[int]:
        tokens: Iterable[Token] = syntactic_tokens(tree)
        if seen is not None and seen.lines.text == tree.text:
            tokens = overlay(tokens, meanings(seen))
        if region is not None:
            lines = LineIndex(tree.text)
            start, end = lines.offset(region.start, self._encoding), lines.offset(region.end, self._encoding)
            tokens = [token for token in tokens if token.start < end and start < token.end]
        return self._encoder.numbers(tokens, tree.text, self._encoding)


@frozen
class _Sent:
    result_id: str
    numbers: list[int]


class _Encoder:
    """From tokens to numbers."""

    def __init__(self, known: types.SemanticTokensLegend) -> None:
        numbers = {name: number for number, name in enumerate(known.token_types)}
        self._kinds = {
            kind: numbers.get(kind.value, numbers.get(SUBSTITUTES.get(kind, kind).value)) for kind in TokenKind
        }
        bits = {name: 1 << number for number, name in enumerate(known.token_modifiers)}
        self._bits = [(modifier, bits.get(_name(modifier), 0)) for modifier in Modifier]

    def numbers(self, tokens: Iterable[Token], text: str, encoding: Encoding) -> list[int]:
        """LSP's encoding: line and column relative to the token before, length, kind, modifiers."""
        found: list[int] = []
        at = 0
        for start, end, kind, modifiers in islice(self._pieces(tokens, text), MOST_TOKENS):
            skipped = text.count("\n", at, start)
            if skipped:
                at = text.rfind("\n", at, start) + 1
            ahead = n_units(text[at:start], encoding)
            found += (skipped, ahead, n_units(text[start:end], encoding), kind, modifiers)
            at = start
        return found

    def _pieces(self, tokens: Iterable[Token], text: str) -> Iterator[tuple[int, int, int, int]]:
        """The parts of tokens on each of their lines: start, end, kind and modifiers as the client knows them."""
        for token in tokens:
            kind = self._kinds[token.kind]
            if kind is None:
                continue
            modifiers = sum(bit for modifier, bit in self._bits if modifier in token.modifiers)
            for piece in _PIECE.finditer(text, token.start, token.end):
                yield *piece.span(), kind, modifiers


_PIECE = re.compile(r"\S(?:[^\n]*[^\s])?")


def _edits(old: list[int], new: list[int]) -> list[types.SemanticTokensEdit]:
    """The one edit between two answers, of whole tokens; none if they are the same."""
    if old == new:
        return []
    start = _n_common(old, new)
    end = _n_common(old[: start - 1 if start else None : -1], new[: start - 1 if start else None : -1])
    return [types.SemanticTokensEdit(start, len(old) - start - end, new[start : len(new) - end])]


def _n_common(one: list[int], other: list[int]) -> int:
    """How many numbers two lists have in common at their beginnings, in whole tokens."""
    common, most = 0, min(len(one), len(other))
    while common < most:
        middle = (common + most + 1) // 2
        if one[common:middle] == other[common:middle]:
            common = middle
        else:
            most = middle - 1
    return common // N_NUMBERS * N_NUMBERS


def _name(modifier: Modifier) -> str:
    assert modifier.name
    return modifier.name.lower()

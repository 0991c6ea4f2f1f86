"""What to select around a place in a file, from a word to everything, from its text alone."""

import re
from collections.abc import Iterable, Iterator

from thatch.core.structure.declarations import COMMENTS
from thatch.core.structure.outline import outline
from thatch.core.structure.symbols import Symbol
from thatch.core.structure.syntax_tree import Node, SyntaxTree, Tree

LONGEST_WORD = 200

Region = tuple[int, int]
"""Offsets of the first and behind the last character."""


def selections(source: SyntaxTree, offsets: Iterable[int]) -> list[list[Region]]:
    """For each offset the regions around it, each larger than the one before; the last one is the whole file."""
    symbols = outline(source)
    return [_chain(source, symbols, offset) for offset in offsets]


_WORD = re.compile(r"[\w']+")
_LINE = re.compile(r"[^\n]*")
_BRACKETS = {'"("': '")"', '"["': '"]"', '"{"': '"}"', '"(#"': '"#)"'}
_MODULE = frozenset({"haskell", "declarations"})
_SEQUENCES = frozenset({"do", "mdo", "rec"})


def _chain(source: SyntaxTree, symbols: Iterable[Symbol], offset: int) -> list[Region]:
    tree = source.trees[max(source.directives.reading_of(offset), 0)]
    place = _touched(source.text, offset)
    node = tree.at(place)
    found = {(0, len(source.text)), *_symbols(symbols, offset)}
    if (word := _word(source.text, place)) and tree.is_leaf(node):
        found.add(word)
    if tree.is_leaf(node):
        found |= set(_inside(tree, node, place))
    for around in (node, *tree.ancestors(node)):
        if tree.kinds[around] not in _MODULE:
            found |= {(tree.starts[around], tree.ends[around]), *_content(tree, around)}
    return _nested(found, offset)


def _touched(text: str, offset: int) -> int:
    """The offset of the character that is meant: the one before a cursor that stands behind a word."""
    behind = offset > 0 and _WORD.match(text, offset - 1, offset) and not _WORD.match(text, offset, offset + 1)
    return offset - 1 if behind else offset


def _word(text: str, place: int) -> Region | None:
    """The word that the character at an offset is of; no longer one than `LONGEST_WORD` to either side."""
    start = place
    while start > max(place - LONGEST_WORD, 0) and _WORD.match(text, start - 1, start):
        start -= 1
    found = _WORD.match(text, start, place + LONGEST_WORD)
    return found.span() if found else None


def _symbols(symbols: Iterable[Symbol], offset: int) -> Iterator[Region]:
    """Declarations with their signatures and clauses, first without and then with the comments above."""
    for symbol in symbols:
        if symbol.start <= offset <= symbol.end:
            yield symbol.code_start, symbol.end
            yield symbol.start, symbol.end
            yield from _symbols(symbol.children, offset)


def _inside(tree: Tree, leaf: Node, place: int) -> Iterator[Region]:
    """Parts of a string or a comment."""
    start, end = tree.starts[leaf], tree.ends[leaf]
    if tree.kinds[leaf] == "string":
        yield start + 1, end - 1
    elif tree.kinds[leaf] in COMMENTS:
        line = tree.code.rfind("\n", start, place) + 1 or start
        found = _LINE.match(tree.code, line, end)
        if found:
            yield line + len(found[0]) - len(found[0].lstrip()), line + len(found[0].rstrip())


def _content(tree: Tree, node: Node) -> Iterator[Region]:
    """What stands between brackets, or behind a `do`."""
    children = list(tree.children(node))
    if len(children) > 2 and _BRACKETS.get(tree.kinds[children[0]]) == tree.kinds[children[-1]]:
        yield tree.starts[children[1]], tree.ends[children[-2]]
    elif len(children) > 1 and tree.kinds[node] in _SEQUENCES:
        yield tree.starts[children[1]], tree.ends[children[-1]]


def _nested(found: Iterable[Region], offset: int) -> list[Region]:
    """Those around an offset, from the smallest on, as far as each contains the one before."""
    chain: list[Region] = []
    for start, end in sorted(found, key=lambda region: region[1] - region[0]):
        if not start <= offset <= end or start == end:
            continue
        if not chain or (start <= chain[-1][0] and chain[-1][1] <= end and (start, end) != chain[-1]):
            chain.append((start, end))
    return chain or [(offset, offset)]

"""Which lines of a file can be folded away, from its text alone."""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import pairwise

from attrs import frozen

from thatch.core.structure.declarations import COMMENTS
from thatch.core.structure.outline import outline
from thatch.core.structure.symbols import Symbol, SymbolKind
from thatch.core.structure.syntax_tree import Node, SyntaxTree, Tree
from thatch.core.text import LineIndex


class FoldKind(Enum):
    """What editors can fold all at once; the values are LSP's `FoldingRangeKind`."""

    COMMENT = "comment"
    IMPORTS = "imports"
    REGION = "region"


@frozen(order=True)
class Fold:
    """Lines that fold into their first one; 0-based."""

    start: int
    """The line that stays."""

    end: int
    """The last line that goes."""

    kind: FoldKind | None = None


def folds(source: SyntaxTree, most: int) -> list[Fold]:
    """What can be folded, sorted; if there is more than `most`, what the fewest others contain.

    At most one fold begins at a line, because editors show one mark for it: the largest.
    """
    lines = LineIndex(source.text)
    largest: dict[int, Fold] = {}
    for start, end, kind in _regions(source, lines):
        fold = _fold(lines, start, end, kind)
        known = largest.get(fold.start)
        if fold.end > fold.start and (known is None or known.end < fold.end):
            largest[fold.start] = fold
    found = sorted(largest.values())
    return found if len(found) <= most else _outermost(found, most)


Region = tuple[int, int, FoldKind | None]
"""Offsets of the first and behind the last character, and what it is."""

_FOLDED = frozenset(
    """
    alternative arithmetic_sequence bind case conditional do exports fields import import_list lambda_case lambda_cases
    let let_in list list_comprehension match mdo multi_way_if quasiquote quote rec record string tuple typed_quote
    """.split()
)
_BEGIN = re.compile(r"--\s*#?region\b")
_END = re.compile(r"--\s*#?endregion\b")


def _regions(source: SyntaxTree, lines: LineIndex) -> Iterator[Region]:
    """Everything that could be folded, in any order, whether or not it has several lines."""
    yield from _symbols(outline(source))
    yield from _branches(source)
    for number, tree in enumerate(source.trees):
        for region in _of_tree(tree, lines):
            if source.shows(number, region[0]):
                yield region


def _of_tree(tree: Tree, lines: LineIndex) -> Iterator[Region]:
    yield from _blocks(tree)
    comments = [node for node, kind in enumerate(tree.kinds) if kind in COMMENTS and _begins_line(tree, node)]
    yield from _runs(tree, comments, lines, FoldKind.COMMENT)
    yield from _runs(tree, [node for node, kind in enumerate(tree.kinds) if kind == "pragma"], lines, None)
    yield from _marked(tree, comments)
    imports = [node for node, kind in enumerate(tree.kinds) if kind == "import"]
    if imports:
        yield tree.starts[imports[0]], tree.ends[imports[-1]], FoldKind.IMPORTS


def _symbols(symbols: Iterable[Symbol]) -> Iterator[Region]:
    """Declarations with their signatures and all their clauses, without the comments above."""
    for symbol in symbols:
        yield from _symbols(symbol.children)
        if symbol.kind is not SymbolKind.MODULE:
            yield symbol.code_start, symbol.end, None


def _blocks(tree: Tree) -> Iterator[Region]:
    for node, kind in enumerate(tree.kinds):
        if kind in _FOLDED or kind in COMMENTS or (kind == "function" and tree.child(node, "match") is not None):
            yield tree.starts[node], tree.ends[node], FoldKind.COMMENT if kind in COMMENTS else None
        elif kind == "local_binds":
            # From the line of its `where` or `let` on, which is the token before it.
            yield tree.starts[node - 1], tree.ends[node], None


def _runs(tree: Tree, nodes: list[Node], lines: LineIndex, kind: FoldKind | None) -> Iterator[Region]:
    """Comments or pragmas of the same kind on lines that follow each other."""
    start = 0
    for index, node in enumerate(nodes):
        following = nodes[index + 1] if index + 1 < len(nodes) else None
        if following is None or not _continues(tree, node, following, lines):
            yield tree.starts[nodes[start]], tree.ends[node], kind
            start = index + 1


def _continues(tree: Tree, node: Node, following: Node, lines: LineIndex) -> bool:
    same_kind = tree.kinds[node] == tree.kinds[following]
    marked = any(_BEGIN.match(text) or _END.match(text) for text in (tree.text(node), tree.text(following)))
    return same_kind and not marked and lines.line_of(tree.starts[following]) == lines.line_of(tree.ends[node]) + 1


def _begins_line(tree: Tree, node: Node) -> bool:
    start = tree.starts[node]
    return not tree.code[tree.code.rfind("\n", 0, start) + 1 : start].strip()


def _marked(tree: Tree, comments: Iterable[Node]) -> Iterator[Region]:
    """What stands between `-- region` and `-- endregion`."""
    open_now = []
    for node in comments:
        for line in _COMMENT_LINE.finditer(tree.code, tree.starts[node], tree.ends[node]):
            if _BEGIN.match(line[0]):
                open_now.append(line.start())
            elif _END.match(line[0]) and open_now:
                yield open_now.pop(), line.end(), FoldKind.REGION


def _branches(source: SyntaxTree) -> Iterator[Region]:
    """The branches of the preprocessor's conditionals, each without the directive that ends it."""
    for conditional in source.directives.conditionals:
        for directive, following in pairwise(conditional):
            yield directive.start, following.start - 1, None


_COMMENT_LINE = re.compile(r"--[^\n]*")
_CLOSING = re.compile(r"[ \t\r)\]},;]*+(?:--.*)?$", re.MULTILINE)


def _fold(lines: LineIndex, start: int, end: int, kind: FoldKind | None) -> Fold:
    """The lines of a region; not its last line if something follows there that must stay visible."""
    first, last = lines.line_of(start), lines.line_of(max(end - 1, start))
    is_rest_closing = _CLOSING.match(lines.text, end)
    return Fold(first, last if is_rest_closing else last - 1, kind)


def _outermost(found: list[Fold], most: int) -> list[Fold]:
    """Those that the fewest others contain."""
    depths: list[tuple[int, Fold]] = []
    around: list[Fold] = []
    for fold in found:
        while around and around[-1].end < fold.end:
            around.pop()
        depths.append((len(around), fold))
        around.append(fold)
    return sorted(fold for _, fold in sorted(depths, key=lambda entry: entry[0])[:most])

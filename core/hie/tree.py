"""The syntax tree of a source file as columns: where each node is, and which names occur in it.

What else is known of a node is decoded when somebody asks for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, compress, count, repeat
from operator import add, itemgetter, sub
from typing import NamedTuple

from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import NUMBERS
from thatch.core.diagnostics import Span
from thatch.core.hie.model import NodeInfo
from thatch.core.hie.nodes import Mention, NodeCursor, Tables
from thatch.core.hie.shapes import WINDOW, identifier_shape, node_end_shape, node_shape

Row = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""What `node_shape` captures of a node."""


class Mentions(NamedTuple):
    """The names of a tree, by columns: one item for each place of a name, outer nodes before inner ones."""

    nodes: Sequence[int]
    """Their nodes' numbers."""

    names: Sequence[int | str]
    """Indexes of names in the file's table; a text is the name of a module."""

    types: Sequence[int | None]
    """The indexes of their types at these places."""

    contexts: Sequence[bytes]
    """How they occur, to be decoded by `SyntaxTree.contexts`."""

    generated: Sequence[bool]
    """Whether GHC made the code there up."""


class SyntaxTree:
    """The nodes of a file, numbered from 0 on, each before its children; the children lie within it, in order."""

    def __init__(
        self, file: str, tables: Tables, start: int, rows: Sequence[Row], odd: Mapping[int, Sequence[Mention]]
    ) -> None:
        """`odd`: the names of nodes whose rows hold none."""
        self.file = file
        """As GHC was told it."""
        self.contexts = tables.contexts
        """From the encoding of contexts to these; raises `DecodeError` when they are damaged."""
        self._tables = tables
        columns = list(zip(*rows, strict=True)) or [()] * 11
        self._places = list(accumulate(map(len, columns[0]), initial=start))
        decode = NUMBERS.__getitem__
        self.start_lines, self.start_columns, self.end_lines, self.end_columns = (
            list(map(decode, column)) for column in columns[6:10]
        )
        self.n_children = list(map(decode, columns[10]))
        self._columns = columns[:6]
        self._odd = odd

    def __len__(self) -> int:
        return len(self.start_lines)

    def span(self, node: int) -> Span:
        """Where a node is."""
        return Span(self.start_lines[node], self.start_columns[node], self.end_lines[node], self.end_columns[node])

    def infos(self, node: int) -> tuple[NodeInfo, ...]:
        """What is known of a node: from the source, and of what GHC generated for it; raises `DecodeError`."""
        return NodeCursor(self._tables, self._places[node]).infos()

    @cached_property
    def parents(self) -> Sequence[int]:
        """The node around each node; -1 of the outermost."""
        parents: list[int] = []
        open_nodes: list[int] = [-1]
        missing: list[int] = [1]
        for node, n_children in enumerate(self.n_children):
            while not missing[-1]:
                open_nodes.pop()
                missing.pop()
            missing[-1] -= 1
            parents.append(open_nodes[-1])
            if n_children:
                open_nodes.append(node)
                missing.append(n_children)
        return parents

    @cached_property
    def mentions(self) -> Mentions:
        """All names; raises `DecodeError`."""
        mentions = sorted([*self._sole_mentions(), *self._other_mentions()], key=itemgetter(0))
        nodes, names, types, contexts, generated = zip(*mentions, strict=True) if mentions else repeat((), 5)
        tables = self._tables
        try:
            return Mentions(
                nodes,
                list(map(tables.mentions.__getitem__, names)),
                list(map(tables.types.__getitem__, types)),
                contexts,
                generated,
            )
        except DecodeError:
            # Where the damage is, only reading it at its place tells.
            for node in nodes:
                self.infos(node)
            raise

    def _sole_mentions(self) -> Iterator[tuple[int, bytes, bytes, bytes, int]]:
        """Of the nodes that have one each, without a step of Python for any of them."""
        records, names, types, contexts, _, _ = self._columns
        return compress(zip(count(), names, types, contexts, map(itemgetter(1), records), strict=False), names)

    def _other_mentions(self) -> Iterator[tuple[int, bytes, bytes, bytes, int]]:
        *_, several, double = self._columns
        find = identifier_shape().findall
        for node in compress(range(len(self)), map(add, several, double)):
            if encoded := several[node]:
                generated = self._columns[0][node][1]
                for name, kind, contexts in find(encoded, 1):
                    yield node, name, kind, contexts, generated
            else:
                for mention in self._odd.get(node) or NodeCursor(self._tables, self._places[node]).mentions():
                    yield node, *mention


def read_tree(tables: Tables, file: str, start: int) -> tuple[SyntaxTree, int]:
    """The tree that starts there, and where it ends; raises `DecodeError`."""
    data, find = tables.data, node_shape().findall
    position = start
    tree: list[Row] = []
    odd: dict[int, list[Mention]] = {}
    n_missing = 1
    while n_missing:
        rows: list[Row] = find(data, position, position + WINDOW)
        if rows and not rows[-1][0]:
            rows.pop()
        if not rows:
            row, odd[len(tree)] = _odd_row(tables, position)
            rows = [row]
        children = map(NUMBERS.__getitem__, [row[-1] for row in rows])
        # How many nodes are missing before each row, and behind the last.
        missing = list(accumulate(map(sub, children, repeat(1)), initial=n_missing))
        # What follows the tree may look like nodes.
        n_rows = missing.index(0) if 0 in missing else len(rows)
        n_missing = missing[n_rows]
        del rows[n_rows:]
        tree += rows
        position += sum([len(row[0]) for row in rows])
        if n_missing > len(data) - position:
            raise DecodeError(offset=position, expected=f"{n_missing} more nodes in {len(data) - position} bytes")
    return SyntaxTree(file, tables, start, tree, odd), position


def _odd_row(tables: Tables, start: int) -> tuple[Row, list[Mention]]:
    """The row of a node that has longer lists than others, and its names."""
    cursor = NodeCursor(tables, start)
    mentions = cursor.mentions()
    end = node_end_shape().match(tables.data, cursor.position)
    if end is None:
        raise cursor.error("a span and a count of nodes")
    line, column, end_line, end_column, n_children = end.groups()
    record = tables.data[start : end.end()]
    return (record, b"", b"", b"", b"", b"odd", line, column, end_line, end_column, n_children), mentions

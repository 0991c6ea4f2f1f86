"""Haskell files as syntax trees, by tree-sitter's grammar; the only module that knows tree-sitter.  Nothing of GHC.

The trees are there for broken code too, at once, and without anything of the project having run.  What the grammar is
given is not quite the file's text, but has the same length: prose of literate Haskell and the preprocessor's lines are
blank (`directives.py` says what becomes of `#else`), as are lines that nobody wrote by hand.

An open bracket makes the parser take everything behind it for its content.  So a text with errors is parsed once more,
one top-level item at a time, and each item then has the tree that it has alone.  In the same way a broken part of what
follows a `where` does not spoil the rest of its class, instance or function.
"""

import re
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from unicodedata import category

import tree_sitter
import tree_sitter_haskell
from attrs import field, frozen

from thatch.core.splices.inline_lexer import code_only
from thatch.core.structure.directives import Directives, blank, find_directives
from thatch.core.structure.top_level import item_starts

MOST_CHARACTERS = 4_000_000
MOST_NODES = 1_000_000
"""Larger texts have no tree."""

LONGEST_LINE = 10_000
"""Longer lines are blank for the parser: they are data, and may cost it seconds."""

Node = int
"""A node of a tree is a number: nodes are numbered in the order in which they begin, parents before children."""


@frozen(eq=False)
class Tree:
    """One reading of a file.  All offsets are Python's, into the file's text; no node is empty or begins with space."""

    code: str
    """The code that was parsed, as long as the text."""

    kinds: list[str]
    """The grammar's name for each node (`signature`); for a fixed token, the token in quotes (`"where"`)."""

    fields: list[str]
    """What each node is to its parent (`name`); often empty."""

    starts: "array[int]"
    ends: "array[int]"
    parents: "array[int]"
    """The parent of each node; -1 for that of the root, which is node 0."""

    afters: "array[int]"
    """The first node behind each node's descendants."""

    def text(self, node: Node) -> str:
        """The code of a node."""
        return self.code[self.starts[node] : self.ends[node]]

    def children(self, node: Node) -> Iterator[Node]:
        """The children of a node."""
        child, after = node + 1, self.afters[node]
        while child < after:
            yield child
            child = self.afters[child]

    def child(self, node: Node, *names: str) -> Node | None:
        """The first child that is in one of these fields, or is of one of these kinds."""
        for child in self.children(node):
            if self.fields[child] in names or self.kinds[child] in names:
                return child
        return None

    def descendants(self, node: Node) -> range:
        """All nodes below a node, in order."""
        return range(node + 1, self.afters[node])

    def is_leaf(self, node: Node) -> bool:
        """Whether a node has no children."""
        return self.afters[node] == node + 1

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The nodes around a node, from the innermost on."""
        while (node := self.parents[node]) >= 0:
            yield node

    def at(self, offset: int) -> Node:
        """The innermost node that holds the character at an offset; the root where there is none."""
        node = max(bisect_right(self.starts, offset) - 1, 0)
        while node > 0 and self.ends[node] <= offset:
            node = self.parents[node]
        return node


@frozen(eq=False)
class SyntaxTree:
    """A file, in as many readings as its branches take."""

    text: str
    directives: Directives
    trees: tuple[Tree, ...] = field()
    """One for each reading."""

    def shows(self, number: int, offset: int) -> bool:
        """Whether the text at an offset is to be looked up in this reading; for each offset, at most one is right."""
        return self.directives.reading_of(offset) == number


def parse(text: str, *, literate: bool = False, gives_up: Callable[[], bool] = lambda: False) -> SyntaxTree | None:
    """Parse a file; None if it is too large, or if `gives_up` says that it took too long.

    It says so when it is called, which is every few hundred microseconds; other threads run in between.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    directives = find_directives(text)
    code = _code(text, literate=literate)
    try:
        readings = (directives.reading(code, number) for number in range(directives.n_readings))
        return SyntaxTree(text, directives, tuple(_parse_reading(reading, gives_up) for reading in readings))
    except _GaveUpError:
        return None


_LANGUAGE = tree_sitter.Language(tree_sitter_haskell.language())
_KINDS = [
    (_LANGUAGE.node_kind_for_id(number) or "")
    if _LANGUAGE.node_kind_is_named(number)
    else f'"{_LANGUAGE.node_kind_for_id(number)}"'
    for number in range(_LANGUAGE.node_kind_count)
]
ERROR = "ERROR"
"""The kind of a node that holds what could not be parsed."""

_ASKED_EVERY = 1000
"""After how many nodes it is asked whether to give up; the parser asks by itself."""

_CHUNK = 4096
_UNIT = 2
"""Bytes of a code unit of UTF-16, which the parser is given so that an offset is just a multiple of it."""

_BODY = re.compile(r"\bwhere[ \t]*\n")
_BODIES = frozenset({"class_declarations", "instance_declarations", "local_binds"})

_LONG_LINE = re.compile(rf"^[^\n]{{{LONGEST_LINE + 1},}}", re.MULTILINE)
_BEYOND_UTF16 = re.compile(r"[\U00010000-\U0010ffff]")
_MULTILINE_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""', re.DOTALL)


class _GaveUpError(Exception):
    """It took too long, or the tree is too large."""


def _code(text: str, *, literate: bool) -> str:
    """The text with blanks for what the grammar does not know."""
    code = code_only(text) if literate else text
    code = code.replace("\r\n", " \n")
    if len(code) > LONGEST_LINE:
        code = _LONG_LINE.sub(lambda match: blank(match[0]), code)
    if "MultilineStrings" in code:
        code = _MULTILINE_STRING.sub(_as_string, code)
    return code


def _as_string(match: re.Match[str]) -> str:
    """A string of several lines as one with gaps."""
    first, newline, rest = match[0].partition("\n")
    if not newline:
        return f'"{" " * (len(first) - 2)}"'
    return f'"{" " * (len(first) - 2)}\\\n{blank(rest)[:-2]}\\"'


def _stand_in(match: re.Match[str]) -> str:
    """A character of the same class that is one code unit of UTF-16."""
    kind = category(match[0])
    if kind in {"Lu", "Lt"}:
        return "A"
    return {"L": "a", "M": "a", "N": "0", "S": "∘", "P": "∘"}.get(kind[0], " ")


def _parse_reading(code: str, gives_up: Callable[[], bool]) -> Tree:
    builder = _Builder(code, gives_up)
    whole = _parse(code, gives_up)
    if not whole.root_node.has_error:
        builder.add(whole, 0, -1)
        return builder.tree()
    builder.begin("haskell", "", 0, len(code), -1)
    starts = item_starts(code)
    for start, end in zip(starts, [*starts[1:], len(code)], strict=True):
        _add_item(builder, code[start:end], start, gives_up)
    builder.end(0)
    return builder.tree()


def _add_item(builder: "_Builder", item: str, base: int, gives_up: Callable[[], bool]) -> None:
    """Add the tree of an item; if only parts of its body are broken, the tree without these, and theirs in it."""
    tree = _parse(item, gives_up)
    parts = _broken_parts(item, gives_up) if _is_lost(tree) else []
    pieces, at = [], 0
    for start, part in parts:
        pieces += [item[at:start], blank(part)]
        at = start + len(part)
    healthy = "".join([*pieces, item[at:]])
    better = _parse(healthy, gives_up) if parts else tree
    if parts and not better.root_node.has_error:
        builder.add(better, base, 0, [_Fragment(start + base, _parse(part, gives_up)) for start, part in parts])
    else:
        builder.add(tree, base, 0)


def _is_lost(tree: tree_sitter.Tree) -> bool:
    """Whether an error may have swallowed what is sound: it reaches over several lines, or is a whole declaration."""
    waiting = [(tree.root_node, 0)]
    while waiting:
        node, depth = waiting.pop()
        if node.is_error and (depth < _DEPTH_OF_ITEM or node.start_point.row < node.end_point.row):
            return True
        waiting += ((child, depth + 1) for child in node.children if child.has_error)
    return False


def _broken_parts(item: str, gives_up: Callable[[], bool]) -> list[tuple[int, str]]:
    """The declarations behind the first `where` of an item that do not parse, each with its offset."""
    where = _BODY.search(item)
    if where is None:
        return []
    body = item[where.end() :]
    starts = item_starts(body)
    parts = [(start, body[start:end]) for start, end in zip(starts, [*starts[1:], len(body)], strict=True)]
    return [(where.end() + start, part) for start, part in parts if _parse(part, gives_up).root_node.has_error]


def _parse(code: str, gives_up: Callable[[], bool]) -> tree_sitter.Tree:
    data = (code if code.isascii() else _BEYOND_UTF16.sub(_stand_in, code)).encode("utf-16-le", "surrogatepass")
    try:
        # The parser may be interrupted, and lets other threads run, only if it asks for the text piece by piece.
        return tree_sitter.Parser(_LANGUAGE).parse(
            lambda offset, _: data[offset : offset + _CHUNK],
            encoding="utf16le",
            progress_callback=lambda *_: gives_up(),
        )
    except ValueError as error:
        raise _GaveUpError from error


@frozen
class _Fragment:
    """The tree of a part that was taken out of an item."""

    start: int
    tree: tree_sitter.Tree


_DEPTH_OF_ITEM = 4
"""How many nodes are around the parts of a declaration: the file, the root of its own tree, `declarations`, itself."""


class _Builder:
    """Copies the parser's trees into one of ours."""

    def __init__(self, code: str, gives_up: Callable[[], bool]) -> None:
        self._code = code
        self._gives_up = gives_up
        self._kinds: list[str] = []
        self._fields: list[str] = []
        self._starts, self._ends, self._parents, self._afters = (array("i") for _ in range(4))

    def tree(self) -> Tree:
        return Tree(self._code, self._kinds, self._fields, self._starts, self._ends, self._parents, self._afters)

    def begin(self, kind: str, name: str, start: int, end: int, parent: int) -> Node:
        """Append a node; its descendants come next."""
        node = len(self._kinds)
        if node >= MOST_NODES or (node % _ASKED_EVERY == 0 and self._gives_up()):
            raise _GaveUpError
        self._kinds.append(kind)
        self._fields.append(name)
        self._starts.append(start)
        self._ends.append(end)
        self._parents.append(parent)
        self._afters.append(node + 1)
        return node

    def end(self, node: Node) -> None:
        """All descendants of a node are there."""
        self._afters[node] = len(self._kinds)

    def add(self, tree: tree_sitter.Tree, base: int, parent: int, fragments: Iterable[_Fragment] = ()) -> None:
        """Append a tree of the code from an offset on; iteratively, because trees may be very deep.

        Fragments become nodes of the kind `ERROR`, each before the first node that begins behind it.
        """
        cursor = tree.walk()
        within = [parent]  # The nodes around the cursor.
        waiting = deque(fragments)
        while True:
            while waiting and len(within) > 1 and waiting[0].start < self._span(cursor, base)[0]:
                self._insert(waiting.popleft(), within)
            node = self._copy(cursor, base, within[-1])
            if node is not None and cursor.goto_first_child():
                within.append(node)
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                if len(within) == _DEPTH_OF_ITEM or (len(within) > _DEPTH_OF_ITEM and self._is_body(within)):
                    while waiting:
                        self._insert(waiting.popleft(), within)
                self.end(within.pop())

    def _is_body(self, within: list[Node]) -> bool:
        """Whether the innermost of the nodes is what follows the `where` of an item."""
        return len(within) == _DEPTH_OF_ITEM + 1 and self._kinds[within[-1]] in _BODIES

    def _insert(self, fragment: _Fragment, within: list[Node]) -> None:
        """Append a fragment as the next child of the innermost of the nodes, which may end before it as yet."""
        node = len(self._kinds)
        self.add(fragment.tree, fragment.start, within[-1])
        self._kinds[node] = ERROR
        for around in within[1:]:
            self._ends[around] = max(self._ends[around], self._ends[node])

    def _copy(self, cursor: tree_sitter.TreeCursor, base: int, parent: int) -> Node | None:
        """Append the cursor's node; None for one that holds nothing but white space."""
        found = cursor.node
        assert found
        start, end = self._span(cursor, base)
        # The root is kept, because all else hangs on it.
        if start == end and parent >= 0:
            return None
        kind = ERROR if found.is_error else _KINDS[found.kind_id]
        return self.begin(kind, cursor.field_name or "", start, end, parent)

    def _span(self, cursor: tree_sitter.TreeCursor, base: int) -> tuple[int, int]:
        """The offsets of the cursor's node without the white space around it."""
        found = cursor.node
        assert found
        start, end = found.start_byte // _UNIT + base, found.end_byte // _UNIT + base
        code = self._code
        while start < end and code[start].isspace():
            start += 1
        while start < end and code[end - 1].isspace():
            end -= 1
        return start, end

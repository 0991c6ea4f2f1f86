"""Haddock's own trees of documentation, as they stand in `.haddock` files, as documents."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.haddock.document import (
    Block,
    Bold,
    BulletList,
    CodeBlock,
    DefinitionList,
    Document,
    Emphasis,
    Example,
    Examples,
    Heading,
    Identifier,
    Image,
    Inline,
    Link,
    Math,
    ModuleLink,
    Monospace,
    OrderedList,
    Paragraph,
    Property,
    Row,
    Table,
    Text,
)
from thatch.core.haddock.inline import plain_text
from thatch.core.hi.model import KnownName
from thatch.core.hi.names import NameTable, read_occ
from thatch.core.hi.versions import Layout

Value = TypeVar("Value")
Node = Inline | Block

DEEPEST = 200
"""Trees deeper than this are taken for damage."""

INLINE = (Text, Emphasis, Bold, Monospace, Identifier, ModuleLink, Link, Image, Math)


class DocReader:
    """Reads a `Doc`, whose constructors GHC's `Binary` instance numbers (`Haddock/InterfaceFile.hs`, 2.29 and 2.31)."""

    def __init__(self, cursor: GhcCursor, layout: Layout, names: NameTable) -> None:
        self._cursor = cursor
        self._layout = layout
        self._names = names
        self._depth = 0
        self._readers: dict[int, Callable[[], Node | None]] = {
            0: lambda: None,
            2: lambda: Text(cursor.characters()),
            3: lambda: Paragraph(self._inline()),
            4: lambda: Identifier(self._name()),
            5: lambda: ModuleLink(cursor.characters()),
            6: lambda: Emphasis(self._inline()),
            7: lambda: Monospace(self._inline()),
            8: lambda: BulletList(self._many(self._blocks)),
            9: lambda: OrderedList(self._many(lambda: (cursor.number(), self._blocks()))),
            10: lambda: DefinitionList(self._many(lambda: (self._inline(), self._blocks()))),
            11: lambda: CodeBlock(plain_text(self._inline()).strip("\n")),
            12: lambda: Link(cursor.characters(), self._label()),
            13: lambda: Image(cursor.characters(), cursor.characters() if cursor.flag() else ""),
            14: self._anchor,
            15: lambda: Examples(self._many(self._example)),
            16: lambda: Identifier(self._unchecked()),
            17: lambda: Paragraph(self._inline()),
            18: lambda: Property(cursor.characters()),
            19: lambda: Bold(self._inline()),
            20: lambda: Heading(min(max(cursor.number(), 1), 6), self._inline()),
            21: lambda: Math(cursor.characters().strip()),
            22: lambda: Math(cursor.characters().strip(), display=True),
            23: lambda: Table(self._many(self._row), self._many(self._row)),
            24: self._module,
        }

    def document(self) -> Document:
        """A `MetaDoc`: a `Doc` with the version that it has been there since."""
        cursor = self._cursor
        version, package = "", ""
        if self._layout.haddock_joins_since:
            if cursor.flag():
                package = cursor.characters() if cursor.flag() else ""
                version = self._version()
        else:
            version = self._version() if cursor.flag() else ""
            package = cursor.characters() if cursor.flag() else ""
        since = f"{package}-{version}" if package and version else version
        return Document(self._blocks(), since)

    def skip(self) -> None:
        """Skip a `Doc`."""
        for _ in self._nodes():
            pass

    def _version(self) -> str:
        return ".".join(str(number) for number in self._many(self._cursor.number))

    def _many(self, read: Callable[[], Value]) -> tuple[Value, ...]:
        return tuple([read() for _ in range(self._cursor.count())])

    def _nodes(self) -> Iterator[Node]:
        """The parts of a `Doc`: Haddock strings them together by a constructor for two, nested to the right."""
        cursor = self._cursor
        if self._depth >= DEEPEST:
            raise cursor.error("an end of text in text")
        self._depth += 1
        while cursor.data[cursor.position : cursor.position + 1] == b"\x01" and cursor.tag(2):
            yield from self._nodes()
        start = cursor.position
        reader = self._readers.get(cursor.byte())
        if reader is None:
            raise cursor.error("a kind of text", start)
        node = reader()
        self._depth -= 1
        if node is not None:
            yield node

    def _blocks(self) -> tuple[Block, ...]:
        """A `Doc` as blocks; text that is in none becomes a paragraph."""
        blocks: list[Block] = []
        waiting: list[Inline] = []
        for node in self._nodes():
            if isinstance(node, INLINE):
                waiting.append(node)
                continue
            _end_paragraph(blocks, waiting)
            blocks.append(node)
        _end_paragraph(blocks, waiting)
        return tuple(blocks)

    def _inline(self) -> tuple[Inline, ...]:
        """A `Doc` as text; of blocks in it, which are not to be expected, the text."""
        parts: list[Inline] = []
        for node in self._nodes():
            if isinstance(node, INLINE):
                parts.append(node)
            elif isinstance(node, Paragraph):
                parts += node.parts
        return tuple(parts)

    def _name(self) -> str:
        self._cursor.tag(3)
        name = self._names.read(self._cursor)
        return "" if isinstance(name, KnownName) else name.occ.as_written.text

    def _unchecked(self) -> str:
        self._cursor.tag(3)
        module = self._cursor.text()
        occ = read_occ(self._cursor, self._layout)
        return f"{module}.{occ.text}" if module else occ.text

    def _label(self) -> tuple[Inline, ...]:
        return self._inline() if self._cursor.flag() else ()

    def _module(self) -> ModuleLink:
        module, _, anchor = self._cursor.characters().replace("\\#", "#").partition("#")
        return ModuleLink(module, anchor, self._label())

    def _anchor(self) -> None:
        self._cursor.characters()

    def _example(self) -> Example:
        return Example(self._cursor.characters(), self._many(self._cursor.characters))

    def _row(self) -> Row:
        return self._many(self._cell)

    def _cell(self) -> tuple[Inline, ...]:
        self._cursor.number()
        self._cursor.number()
        return self._inline()


def _end_paragraph(blocks: list[Block], waiting: list[Inline]) -> None:
    if waiting:
        blocks.append(Paragraph(tuple(waiting)))
        waiting.clear()

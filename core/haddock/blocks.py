"""Haddock's markup in the large: paragraphs, lists, code, headings; what stands inside them is the work of `inline`.

It follows what Haddock makes of it (`Documentation/Haddock/Parser.hs` of haddock-library 1.11).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from thatch.core.haddock.document import (
    Block,
    BulletList,
    CodeBlock,
    DefinitionList,
    Document,
    Example,
    Examples,
    Heading,
    Inline,
    Monospace,
    OrderedList,
    Paragraph,
    Property,
)
from thatch.core.haddock.inline import parse_inline, plain_text
from thatch.core.haddock.tables import parse_table, table_length

DEEPEST = 16
"""Lists in lists deeper than this are text."""

MOST_CHARACTERS = 1 << 18
"""Of a longer comment no more is looked at."""

_SINCE = re.compile(r"@since\s+((?:[\w-]+-)?\d+(?:\.\d+)*)\s*")
_BULLET = re.compile(r"[*-]")
_NUMBER = re.compile(r"(?:(\d{1,9})\.|\((\d{1,9})\))")
_TERM = re.compile(r"\[((?:\\.|[^\]\n\\])+)\]:?")
_LINK = re.compile(r"\[[^\]]+\][^\S\n]*\(")
_HEADING = re.compile(r"(={1,6})\s*(\S.*)")
_PROPERTY = re.compile(r"prop>(.+)")
_PROMPT = ">>>"
_NESTED = "    "


@lru_cache(maxsize=256)
def parse_document(comment: str) -> Document:
    """The document that a comment's text is, without dashes and braces; every text is one."""
    parser = _Parser(_lines(comment[:MOST_CHARACTERS]), 0)
    return Document(parser.blocks(), parser.since)


def _lines(text: str) -> list[str]:
    return text.replace("\r", "").expandtabs().split("\n")


_Item = tuple[re.Match[str], tuple[Inline, ...], tuple[Block, ...]]
"""An item of a list: the mark that it begins with, its text, and what is nested in it."""


class _Parser:
    """A place in the lines of a comment, or of a part of it that is nested."""

    def __init__(self, lines: list[str], depth: int) -> None:
        self._lines = lines
        self._at = 0
        self._depth = depth
        self.since = ""
        """The version that was found."""
        self._blocks: list[Block] = []

    def blocks(self) -> tuple[Block, ...]:
        """All blocks."""
        while self._at < len(self._lines):
            if self._blank(self._at):
                self._at += 1
            else:
                self._block()
        return tuple(self._blocks)

    def _blank(self, line: int) -> bool:
        return line >= len(self._lines) or not self._lines[line].strip()

    def _block(self) -> None:
        """Read what begins at the line, which is not blank: the first kind that fits."""
        text = self._lines[self._at].strip()
        for read in (
            self._examples,
            self._table,
            self._version,
            self._bullets,
            self._numbers,
            self._bird_tracks,
            self._code,
            self._property,
            self._heading,
            self._terms,
        ):
            if read(text):
                return
        lines = self._take(self._n_until_blank())
        self._blocks += _running(_joined(lines))

    def _merge(self, block: BulletList | OrderedList | DefinitionList) -> None:
        """Add a list, to the list right before it if that is of its kind: nested text ends a list for Haddock."""
        last = self._blocks[-1] if self._blocks else None
        match last, block:
            case (BulletList(before), BulletList(items)):
                self._blocks[-1] = BulletList(before + items)
            case (OrderedList(before_numbers), OrderedList(numbered)):
                self._blocks[-1] = OrderedList(before_numbers + numbered)
            case (DefinitionList(before_terms), DefinitionList(terms)):
                self._blocks[-1] = DefinitionList(before_terms + terms)
            case _:
                self._blocks.append(block)

    def _take(self, n_lines: int) -> list[str]:
        taken = self._lines[self._at : self._at + n_lines]
        self._at += n_lines
        return taken

    def _n_until_blank(self) -> int:
        end = self._at
        while not self._blank(end):
            end += 1
        return end - self._at

    def _examples(self, text: str) -> bool:
        if not text.startswith(_PROMPT):
            return False
        indent = _indent(self._lines[self._at])
        examples: list[tuple[str, list[str]]] = []
        for line in self._take(self._n_until_blank()):
            if line.strip().startswith(_PROMPT):
                examples.append((line.strip().removeprefix(_PROMPT).strip(), []))
            else:
                answer = line.removeprefix(indent)
                examples[-1][1].append("" if answer.strip() == "<BLANKLINE>" else answer.rstrip())
        self._blocks.append(Examples(tuple(Example(expression, tuple(answer)) for expression, answer in examples)))
        return True

    def _table(self, _: str) -> bool:
        n_lines = table_length(self._lines, self._at)
        if n_lines:
            self._blocks.append(parse_table(self._take(n_lines)))
        return n_lines > 0

    def _version(self, text: str) -> bool:
        found = _SINCE.fullmatch(text)
        if found:
            self.since = found[1]
            self._at += 1
        return found is not None

    def _property(self, text: str) -> bool:
        found = _PROPERTY.fullmatch(text)
        if found:
            self._blocks.append(Property(found[1].strip()))
            self._at += 1
        return found is not None

    def _heading(self, text: str) -> bool:
        found = _HEADING.fullmatch(text)
        if found:
            self._blocks.append(Heading(len(found[1]), parse_inline(found[2])))
            self._at += 1
        return found is not None

    def _bullets(self, text: str) -> bool:
        if not _BULLET.match(text) or self._depth >= DEEPEST:
            return False
        self._merge(BulletList(tuple(_running(parts) + nested for _, parts, nested in self._items(_BULLET))))
        return True

    def _numbers(self, text: str) -> bool:
        if not _NUMBER.match(text) or self._depth >= DEEPEST:
            return False
        items = self._items(_NUMBER)
        self._merge(
            OrderedList(tuple((int(mark[1] or mark[2]), _running(parts) + nested) for mark, parts, nested in items))
        )
        return True

    def _terms(self, text: str) -> bool:
        if not _TERM.match(text) or _LINK.match(text) or self._depth >= DEEPEST:
            return False
        items = self._items(_TERM)
        self._merge(
            DefinitionList(tuple((parse_inline(mark[1]), _plain(parts) + nested) for mark, parts, nested in items))
        )
        return True

    def _bird_tracks(self, text: str) -> bool:
        if not text.startswith(">"):
            return False
        end = self._at
        while end < len(self._lines) and self._lines[end].lstrip().startswith(">"):
            end += 1
        lines = [line.lstrip()[1:].rstrip() for line in self._take(end - self._at)]
        self._blocks.append(CodeBlock("\n".join(_unindented(lines, 1))))
        return True

    def _code(self, text: str) -> bool:
        end = self._code_end() if text == "@" else None
        if end is None:
            return False
        lines = [line.rstrip() for line in self._lines[self._at + 1 : end]]
        # What stands behind the closing mark is the next paragraph.
        self._lines[end] = self._lines[end].lstrip()[1:]
        self._at = end
        indents = [len(_indent(line)) for line in lines if line]
        code = "\n".join(_unindented(lines, min(indents, default=0)))
        self._blocks.append(CodeBlock(plain_text(parse_inline(code)).strip("\n")))
        return True

    def _code_end(self) -> int | None:
        """The line that closes the code which begins at this one."""
        for line in range(self._at + 1, len(self._lines)):
            if self._lines[line].lstrip().startswith("@"):
                return line
        return None

    def _items(self, mark: re.Pattern[str]) -> list[_Item]:
        """The items of a list."""
        indent = _indent(self._lines[self._at])
        items: list[_Item] = []
        while not self._blank(self._at) and (found := self._item_mark(mark, indent)):
            text = [self._lines[self._at].strip()[found.end() :]]
            self._at += 1
            while not self._blank(self._at) and not self._item_mark(mark, indent):
                text.append(self._lines[self._at])
                self._at += 1
            nested = self._nested(indent) if self._blank(self._at) else []
            items.append((found, _joined(text), self._inner(nested)))
            if nested:
                break
            self._skip_to_item(mark, indent)
        return items

    def _item_mark(self, mark: re.Pattern[str], indent: str) -> re.Match[str] | None:
        line = self._lines[self._at]
        return mark.match(line.strip()) if line.startswith(indent) else None

    def _skip_to_item(self, mark: re.Pattern[str], indent: str) -> None:
        """Go over blank lines if there is another item behind them."""
        at = self._at
        while at < len(self._lines) and self._blank(at):
            at += 1
        if at < len(self._lines) and self._lines[at].startswith(indent) and mark.match(self._lines[at].strip()):
            self._at = at

    def _nested(self, indent: str) -> list[str]:
        """The lines behind a blank one that are indented so far that they belong to an item."""
        start = end = self._at
        deep = indent + _NESTED
        at = self._at
        while at < len(self._lines):
            if not self._blank(at):
                if not self._lines[at].startswith(deep):
                    break
                end = at + 1
            at += 1
        if end == start:
            return []
        self._at = end
        return [line[len(deep) :] for line in self._lines[start:end]]

    def _inner(self, nested: list[str]) -> tuple[Block, ...]:
        inner = _Parser(nested, self._depth + 1)
        blocks = inner.blocks()
        self.since = self.since or inner.since
        return blocks


def _joined(lines: Sequence[str]) -> tuple[Inline, ...]:
    """What some lines of text say."""
    return parse_inline("\n".join(line.strip() for line in lines).strip())


def _running(parts: tuple[Inline, ...]) -> tuple[Block, ...]:
    """Text as a paragraph; if all of it is in monospace, it is code."""
    match parts:
        case (Monospace(code),):
            return (CodeBlock(plain_text(code)),)
        case _:
            return _plain(parts)


def _plain(parts: tuple[Inline, ...]) -> tuple[Block, ...]:
    return (Paragraph(parts),) if parts else ()


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _unindented(lines: Sequence[str], n_blanks: int) -> list[str]:
    """Lines without the blanks in front of them if all of them have that many."""
    if all(not line or line[:n_blanks].isspace() for line in lines):
        return [line[n_blanks:] for line in lines]
    return list(lines)

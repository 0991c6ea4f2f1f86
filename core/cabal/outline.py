"""The sections and fields of a `.cabal` file with their places, however broken it is; what they mean lives elsewhere.

    file    = element*
    element = name ":" value                      a field
            | name argument* element*             a section, its elements indented further
            | name argument* "{" element* "}"
    value   = the rest of the line and all lines indented further | "{" lines "}"

Names do not depend on case.  A line that begins with `--` is a comment.  Elements need not be aligned: each belongs to
the nearest section above it that is indented less, and after a field what is indented more is the field's.
(Cabal-syntax 3.10, `Distribution/Fields/Parser.hs` and `Lexer.x`; there a tab is one column, too.)

All offsets are into the text.
"""

import re
from collections.abc import Iterator
from typing import Union

from attrs import define, field, frozen

Region = tuple[int, int]
"""The offsets of a piece of text, the end exclusive."""


@frozen
class Word:
    """A piece of a value."""

    text: str
    """What it says, without quotation marks."""

    start: int
    end: int


@frozen(kw_only=True)
class Field:
    """A name with a value."""

    name: str
    """In lower case."""

    indent: int
    """How many characters stand before it in its line."""

    start: int
    name_end: int

    value_start: int
    """Where its value may begin: behind the colon."""

    pieces: tuple[Region, ...]
    """What its value says on each line, without blanks around it; comments and empty lines are left out."""

    end: int
    """Where its last piece ends; behind the colon without any."""


@frozen(kw_only=True)
class Section:
    """A name with what belongs to it: a component, a conditional, also a line of which nothing can be made."""

    name: str
    """In lower case; empty for a line that does not even begin with a name."""

    indent: int
    start: int
    name_end: int

    argument: str
    """What follows its name in its line, such as the name of an executable or a condition; blanks are single."""

    argument_region: Region

    children: tuple[Union[Field, "Section"], ...] = field(repr=False)
    end: int
    """Where its last element ends, or its closing brace."""

    braced: bool = False
    """Whether braces say what belongs to it."""

    def fields(self, *names: str) -> Iterator[Field]:
        """Its own fields of some names, then those of the conditionals in it."""
        yield from (each for each in self.children if isinstance(each, Field) and each.name in names)
        for each in self.children:
            if isinstance(each, Section):
                yield from each.fields(*names)


Element = Field | Section


@frozen
class Around:
    """What an offset lies in."""

    sections: tuple[Section, ...]
    """From the outermost to the innermost."""

    field: Field | None
    """The field in whose name or value it lies."""


@frozen
class Outline:
    """All of a file."""

    text: str = field(repr=False)
    elements: tuple[Element, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Those of the top level."""
        return tuple(each for each in self.elements if isinstance(each, Section) and each.name)

    def fields(self, *names: str) -> Iterator[Field]:
        """The fields of the top level that have one of some names (in lower case)."""
        return (each for each in self.elements if isinstance(each, Field) and each.name in names)

    def value(self, name: str) -> str:
        """The value of the first field of the top level with a name, on one line; empty if there is none."""
        found = next(self.fields(name), None)
        return " ".join(word.text for word in self.words(found)) if found else ""

    def words(self, one: Field) -> list[Word]:
        """The words of a value that is a list, between blanks and commas, but for what `--` leaves out in its line.

        To cabal that is no comment, but those who wrote it took it for one.
        """
        pieces = ((start, _remark(self.text, start, end)) for start, end in one.pieces)
        found = [match for piece in pieces for match in _WORD.finditer(self.text, *piece)]
        return [Word(match[0].strip('"'), *match.span()) for match in found if match[0].strip('"')]

    def entries(self, one: Field) -> list[Word]:
        """The entries of a value between commas that stand in no brackets; comments in them are left out.

        An entry's end is that of its last piece.
        """
        found: list[Word] = []
        depth, start, end, said = 0, -1, -1, ""
        for match in (match for region in one.pieces for match in _TOKEN.finditer(self.text, *region)):
            piece = match[0]
            depth = max(depth + (piece in "({[") - (piece in ")}]"), 0)
            if piece == "," and depth == 0:
                found += [Word(said, start, end)] if said else []
                start, said = -1, ""
                continue
            blank = " " if said and match.start() > end else ""
            start, end, said = (match.start() if start < 0 else start), match.end(), said + blank + piece
        return [*found, Word(said, start, end)] if said else found

    def around(self, offset: int) -> Around:
        """What an offset lies in, by the indentation of its line, which may be blank so far."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        line_end = _line_end(self.text, offset)
        line = self.text[line_start:line_end]
        indent = len(line) - len(line.lstrip()) if line.strip() else offset - line_start
        chain = self._last_before(line_end + 1)
        while chain and not self._holds(chain[-1], line_start, offset, indent):
            chain = chain[:-1]
        inner = chain[-1] if chain else None
        sections = tuple(each for each in chain if isinstance(each, Section))
        return Around(sections, inner if isinstance(inner, Field) else None)

    def walk(self) -> Iterator[tuple[Element, tuple[Section, ...]]]:
        """All elements in the order of the text, each with the sections that it is in."""
        waiting: list[tuple[Element, tuple[Section, ...]]] = [(each, ()) for each in reversed(self.elements)]
        while waiting:
            one, above = waiting.pop()
            yield one, above
            if isinstance(one, Section):
                waiting += [(each, (*above, one)) for each in reversed(one.children)]

    def _last_before(self, offset: int) -> tuple[Element, ...]:
        """The last element that begins before an offset, and the sections around it, the outermost first."""
        found: tuple[Element, ...] = ()
        for one, above in self.walk():
            if one.start >= offset:
                break
            found = (*above, one)
        return found

    def _holds(self, one: Element, line_start: int, offset: int, indent: int) -> bool:
        if one.start >= line_start:
            return one.start <= offset
        if isinstance(one, Section) and one.braced:
            return offset <= one.end or self.text[one.end - 1] != "}"
        return one.indent < indent or (isinstance(one, Field) and offset <= one.end)


def parse(text: str) -> Outline:
    """The outline of a text.  Takes some milliseconds for the longest files."""
    return Outline(text, _Reader(text).read())


def _remark(text: str, start: int, end: int) -> int:
    """Where a part of a line ends that stands before `--`."""
    found = _REMARK.search(text, start, end)
    return found.start() if found else end


def _line_end(text: str, offset: int) -> int:
    found = text.find("\n", offset)
    return len(text) if found < 0 else found


MOST_DEPTH = 50
"""How deep elements can lie in others; what is deeper stands beside the deepest."""

_BLANKS = " \t\r\f\v\ufeff\u00a0"
_NAME = re.compile(r"[\w.'-]+")
_COLON = re.compile(r"[ \t]*:")
_WORD = re.compile(r'"[^"\n]*"?|[^\s,"]+')
_REMARK = re.compile(r"(?<=\s)--(?=\s|$)")
_TOKEN = re.compile(r'"[^"\n]*"?|[(){}\[\],]|[^\s(){}\[\],"]+')


@define
class _Open:
    """An element that may go on, or the file itself."""

    indent: int
    name: str = ""
    start: int = 0
    name_end: int = 0
    value_start: int = -1
    """-1 for a section."""

    argument: Region = (0, 0)
    pieces: list[Region] = field(factory=list)
    children: list[Element] = field(factory=list)
    end: int = 0
    braced: bool = False

    @property
    def is_field(self) -> bool:
        return self.value_start >= 0


class _Reader:
    """Goes through a text line by line, with the elements that are open on a stack."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._file = _Open(-1, braced=True)
        self._open = [self._file]

    def read(self) -> tuple[Element, ...]:
        at = 0
        while at < len(self._text):
            at = self._part(at, _line_end(self._text, at))
        while len(self._open) > 1:
            self._close()
        return tuple(self._file.children)

    def _part(self, start: int, end: int) -> int:
        """Read a line that ends at `end`, or what is left of it from `start` on, up to where the result says."""
        begin, stop = self._trimmed(start, end)
        if begin == stop or self._text.startswith("--", begin):
            return end + 1
        if self._text[begin] == "}" and self._close_brace(begin):
            return begin + 1
        if self._text[begin] == "{" and self._takes_brace():
            self._open[-1].braced = True
            return begin + 1
        indent = begin - self._text.rfind("\n", 0, begin) - 1
        while self._open[-1].indent >= indent and not self._open[-1].braced:
            self._close()
        if self._open[-1].is_field:
            self._open[-1].pieces.append((begin, stop))
            self._open[-1].end = stop
            return end + 1
        return self._element(indent, begin, stop)

    def _element(self, indent: int, begin: int, stop: int) -> int:
        name = _NAME.match(self._text, begin, stop)
        name_end = name.end() if name else begin
        colon = _COLON.match(self._text, name_end, stop) if name else None
        word = self._text[begin:name_end].lower()
        if len(self._open) > MOST_DEPTH:
            self._close()
        one = _Open(indent, word, begin, name_end, end=colon.end() if colon else stop)
        self._open.append(one)
        if colon:
            one.value_start = colon.end()
            return self._value(one, stop)
        brace = self._text.find("{", name_end, stop) if name else -1
        argument_end = stop if brace < 0 else brace
        one.argument = self._trimmed(name_end, argument_end)
        one.end = max(name_end, one.argument[1])
        return argument_end + 1 if brace < 0 else brace

    def _value(self, one: _Open, stop: int) -> int:
        begin, stop = self._trimmed(one.value_start, stop)
        closing = self._text.find("}", begin + 1) if self._text.startswith("{", begin) else -1
        if closing < 0:
            if begin < stop:
                one.pieces.append((begin, stop))
                one.end = stop
            return _line_end(self._text, stop) + 1
        at = begin + 1
        while at <= closing:
            line_end = min(_line_end(self._text, at), closing)
            piece = self._trimmed(at, line_end)
            if piece[0] < piece[1] and not self._text.startswith("--", piece[0]):
                one.pieces.append(piece)
            at = line_end + 1
        one.end = closing + 1
        self._close()
        # What follows a brace in its line is no valid file.
        return _line_end(self._text, closing) + 1

    def _takes_brace(self) -> bool:
        """Whether a brace would say what belongs to the section that was begun last."""
        last = self._open[-1]
        return bool(last.name) and not (last.is_field or last.braced or last.children)

    def _close_brace(self, at: int) -> bool:
        """Close the innermost section with braces; false if there is none."""
        if not any(one.braced for one in self._open[1:]):
            return False
        while not self._open[-1].braced:
            self._close()
        self._open[-1].end = at + 1
        self._close()
        return True

    def _close(self) -> None:
        one, above = self._open.pop(), self._open[-1]
        above.children.append(self._made(one))
        if above is not self._file:
            above.end = max(above.end, one.end)

    def _made(self, one: _Open) -> Element:
        if one.is_field:
            return Field(
                name=one.name,
                indent=one.indent,
                start=one.start,
                name_end=one.name_end,
                value_start=one.value_start,
                pieces=tuple(one.pieces),
                end=one.end,
            )
        return Section(
            name=one.name,
            indent=one.indent,
            start=one.start,
            name_end=one.name_end,
            argument=" ".join(self._text[slice(*one.argument)].split()),
            argument_region=one.argument,
            children=tuple(one.children),
            end=one.end,
            braced=one.braced,
        )

    def _trimmed(self, start: int, end: int) -> Region:
        while start < end and self._text[start] in _BLANKS:
            start += 1
        while end > start and self._text[end - 1] in _BLANKS:
            end -= 1
        return start, end

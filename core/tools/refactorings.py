"""How hlint tells what a hint would change: the text of a Haskell value (`Refact.Types` of apply-refact 0.13), as data.

    [Replace {rtype = Expr, pos = SrcSpan {startLine = 4, startCol = 1, endLine = 4, endCol = 9},
              subts = [("x",SrcSpan {...})], orig = "f x"}]

Lines and columns are GHC's.
"""

import re
from collections.abc import Mapping

from attrs import frozen

from thatch.core.diagnostics import Span


@frozen
class Record:
    """A constructor with its fields."""

    name: str
    fields: Mapping[str, "str | int | list[object] | Record"]

    def span(self, field: str) -> Span:
        """A field that is a place.  Raises ValueError if it is none."""
        return to_span(self.fields.get(field))

    def text(self, field: str) -> str:
        """A field that is a text, or a constructor alone.  Raises ValueError if it is neither."""
        match self.fields.get(field):
            case Record(name):
                return name
            case str(text):
                return text
            case other:
                raise ValueError(other)


def read_refactorings(text: str) -> list[Record]:
    """The refactorings of a hint.  Raises ValueError for what is not understood."""
    reader = _Reader(text)
    found = reader.value()
    if (
        not text.startswith("[")
        or reader.at != len(text)
        or not isinstance(found, list)
        or not all(isinstance(each, Record) for each in found)
    ):
        raise ValueError(text)
    return [each for each in found if isinstance(each, Record)]


def to_span(value: object) -> Span:
    """A `SrcSpan`.  Raises ValueError if it is none."""
    if not isinstance(value, Record) or value.name != "SrcSpan":
        raise ValueError(value)
    numbers = [value.fields.get(name) for name in ("startLine", "startCol", "endLine", "endCol")]
    if not all(isinstance(number, int) for number in numbers):
        raise ValueError(value)
    return Span(*(int(str(number)) for number in numbers))


_NUMBER = re.compile(r"-?\d+")
_NAME = re.compile(r"[A-Za-z]\w*")
_PLAIN = re.compile(r'[^"\\]+')
_ESCAPE = re.compile(r'\\(?:(?P<letter>[abfnrtv"\'\\&])|(?P<number>\d+))')
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "&": ""}


class _Reader:
    """A place in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def value(self) -> "str | int | list[object] | Record":
        """Whatever comes next."""
        if self._next('"'):
            return self._string()
        if self._next("["):
            return self._list("]")
        if self._next("("):
            return self._list(")")
        if number := self._match(_NUMBER):
            return int(number)
        return self._record()

    def _record(self) -> Record:
        name = self._match(_NAME)
        if not name:
            raise ValueError(self._text[self.at :][:20])
        fields: dict[str, str | int | list[object] | Record] = {}
        if self._next(" {"):
            while not fields or self._next(", "):
                field = self._match(_NAME)
                if not field or not self._next(" = "):
                    raise ValueError(field)
                fields[field] = self.value()
            self._need("}")
        return Record(name, fields)

    def _list(self, end: str) -> list[object]:
        found: list[object] = []
        while not self._next(end):
            if found:
                self._need(",")
            found.append(self.value())
        return found

    def _string(self) -> str:
        pieces = []
        while not self._next('"'):
            if plain := self._match(_PLAIN):
                pieces.append(plain)
                continue
            escape = _ESCAPE.match(self._text, self.at)
            if escape is None:
                raise ValueError(self._text[self.at :][:20])
            self.at = escape.end()
            letter, number = escape["letter"], escape["number"]
            pieces.append(_LETTERS.get(letter, letter) if letter else chr(int(number)))
        return "".join(pieces)

    def _next(self, text: str) -> bool:
        if not self._text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def _need(self, text: str) -> None:
        if not self._next(text):
            raise ValueError(self._text[self.at :][:20])

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

"""The tokens of a Haskell module, comments for Haddock among them; what they mean together is read elsewhere.

It follows GHC's own lexer (`GHC/Parser/Lexer.x`, 9.6.6) as far as it takes to know code from text, and takes whatever
stands in a file that is being typed: what is not closed ends with its line or the file.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from thatch.core.diagnostics import Span


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    """A name that may be qualified, a keyword or a number."""

    SYMBOL = "symbol"
    """An operator, or something reserved that looks like one."""

    LITERAL = "literal"
    """A string, a character or a quasi-quotation."""

    MARK = "mark"
    """A bracket, comma, semicolon, backtick or quote, alone."""

    NEXT = "next"
    """A comment for what follows it."""

    PREVIOUS = "previous"
    """A comment for what it follows."""


class Token(NamedTuple):
    """A token and its place."""

    kind: Kind

    text: str
    """As written; of a comment, what it says, without dashes and braces."""

    start: int
    """The offset of its first character."""

    end: int
    line: int
    """GHC's: 1-based."""

    column: int
    """GHC's: 1-based, tabs to multiples of eight."""

    @property
    def is_comment(self) -> bool:
        """Whether it documents something."""
        return self.kind in {Kind.NEXT, Kind.PREVIOUS}

    @property
    def span(self) -> Span:
        """Its place; it must not be a comment."""
        return Span(self.line, self.column, self.line, self.column + len(self.text))


def tokens(text: str) -> list[Token]:
    """All tokens of a module's text; other comments, pragmas and the lines of a preprocessor are none."""
    return list(_Lexer(text).tokens())


def comments(text: str) -> list[tuple[int, int]]:
    """The offsets of all comments of a module's text, and of its pragmas; line comments are one each, or several."""
    return [(start, end) for group, start, end in _Lexer(text).pieces() if group in _COMMENTS]


_SYMBOLS = r"[^\w\s\"'(),;\[\]`{}]"
_WORDS = rf"(?:[^\W\d_a-z][\w']*\.)*[^\W\d][\w']*(?:\#+(?![\w\"']|{_SYMBOLS}))?|\d[\w']*"
_TOKEN = rf"""
    (?P<blank>\s+)
  | (?P<directive>^\#(?:[^\n\\]|\\.)*)
  | (?P<comment>--[ ][|^](?:[^\n]*)(?:\n[^\S\n]*--(?!-|[ ]\$)[^\n]*)*)
  | (?P<line>--+(?!{_SYMBOLS})[^\n]*)
  | (?P<block>\{{-)
  | (?P<literal>"(?:[^"\\\n]|\\\s+\\|\\.)*+"?|'(?:[^'\\\n]|\\[^'\n]+|\\')')
  | (?P<word>{_WORDS})
  | (?P<symbol>{_SYMBOLS}+)
  | (?P<mark>.)
"""
_FLAGS = re.VERBOSE | re.MULTILINE | re.DOTALL
_WITHOUT = re.compile(_TOKEN, _FLAGS)
_WITH_QUOTATIONS = re.compile(rf"(?P<quotation>\[(?:[^\W\d_a-z][\w']*\.)*[^\W\dA-Z][\w']*\|.*?\|\]) | {_TOKEN}", _FLAGS)
_KINDS = {
    "literal": Kind.LITERAL,
    "quotation": Kind.LITERAL,
    "word": Kind.WORD,
    "symbol": Kind.SYMBOL,
    "mark": Kind.MARK,
}
_COMMENTS = frozenset({"comment", "line", "block"})
_BLOCK_EDGE = re.compile(r"\{-|-\}")
_BLOCK_DOC = re.compile(r"\{-[ ]?([|^])")
_CONTINUED = re.compile(r"\n[^\S\n]*--")
_TAB = 8


class _Lexer:
    """A place in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 1
        self._line_start = 0

    def tokens(self) -> Iterator[Token]:
        """All tokens."""
        text = self._text
        for group, at, end in self.pieces():
            if group == "blank":
                self._pass_lines(at, end)
            elif kind := _KINDS.get(group):
                yield Token(kind, text[at:end], at, end, self._line, self._column(at))
                if kind is Kind.LITERAL:
                    self._pass_lines(at, end)
            else:
                if comment := self._comment(group, at, end):
                    yield comment
                self._pass_lines(at, end)

    def pieces(self) -> Iterator[tuple[str, int, int]]:
        """The whole text as pieces: the name of the group in the pattern, and offsets."""
        text, at = self._text, 0
        quotations = text.rfind("|]") if "QuasiQuotes" in text else -1
        if text.startswith("\ufeff"):
            # A byte order mark takes no column.
            at = self._line_start = 1
        while found := (_WITH_QUOTATIONS if at < quotations else _WITHOUT).match(text, at):
            group = found.lastgroup or ""
            end = self._block_end(at) if group == "block" else found.end()
            yield group, at, end
            at = end

    def _column(self, at: int) -> int:
        before = self._text[self._line_start : at]
        if "\t" not in before:
            return len(before) + 1
        return len(before.expandtabs(_TAB)) + 1

    def _pass_lines(self, start: int, end: int) -> None:
        last = self._text.rfind("\n", start, end)
        if last >= 0:
            self._line += self._text.count("\n", start, end)
            self._line_start = last + 1

    def _block_end(self, at: int) -> int:
        """The offset behind the block comment that begins here, with those inside it."""
        depth = 0
        for edge in _BLOCK_EDGE.finditer(self._text, at):
            depth += 1 if edge[0] == "{-" else -1
            if depth == 0:
                return edge.end()
        return len(self._text)

    def _comment(self, group: str, at: int, end: int) -> Token | None:
        """The documentation that a comment is, if it is one."""
        text = self._text[at:end]
        if group == "comment":
            mark, said = text[3], _CONTINUED.sub("\n", text[4:])
        elif group == "block" and (found := _BLOCK_DOC.match(text)):
            mark, said = found[1], text[found.end() :].removesuffix("-}")
        else:
            return None
        kind = Kind.NEXT if mark == "|" else Kind.PREVIOUS
        return Token(kind, said, at, end, self._line, self._column(at))

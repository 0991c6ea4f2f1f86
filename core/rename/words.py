"""Where a name stands in a text, by the text alone: in code, in pragmas, in what only other programs read, in comments.

What the name means there is not known here.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from thatch.core.splices.inline_lexer import code_only, comment_end


class Where(Enum):
    """What kind of text a word stands in."""

    CODE = "code"
    """Pragmas are code too."""

    DIRECTIVE = "directive"
    """A line of the C preprocessor."""

    QUOTATION = "quotation"
    """A quasi-quotation, whose language is not known."""

    LINK = "link"
    """A comment, in quotes as Haddock has them for links."""


class Word(NamedTuple):
    """A place of a name; offsets into the text."""

    start: int
    """Of the name without a qualifier."""

    end: int

    qualifier: str
    """What stands before the dot; empty without one."""

    where: Where

    before: str
    """What stands right before it, with its qualifier: quotes of Template Haskell, `.`, `#`, or a link's namespace."""

    is_capital: bool
    """Whether it looks like a constructor's or a type's name."""


def find_words(text: str, name: str, *, literate: bool = False) -> Iterator[Word]:
    """All places of a name, an identifier or an operator, in the order of the text."""
    if name not in text:
        return
    code = code_only(text) if literate else text
    last_quotation = code.rfind("|]") if "QuasiQuotes" in code else -1
    at = 0
    while found := _TOKEN.match(code, at):
        start, at = found.span()
        match found.lastgroup:
            case "bare" if found["bare"] == name or found["bare"].rstrip("#") == name:
                yield _word(code, found, name)
            case "line":
                yield from _links(code, name, start, at)
            case "block":
                at = comment_end(code, start)
                yield from _links(code, name, start, at)
            case "directive":
                yield from _anywhere(code, name, start, at, Where.DIRECTIVE)
            case "quotation" if at <= last_quotation:
                at = code.index("|]", at) + 2
                yield from _anywhere(code, name, start, at, Where.QUOTATION)
            case "quotation":
                at = start + 1
            case _:
                pass


def find_qualifiers(text: str, qualifier: str, *, literate: bool = False) -> Iterator[int]:
    """Where names are written with a qualifier in front, and links to such names: the offsets of the qualifier."""
    code = code_only(text) if literate else text
    linked = re.compile(rf"(?<![\w'`])[tv]?['`](?={re.escape(qualifier)}\.[^\s'`]+['`])")
    at = 0
    while found := _TOKEN.match(code, at):
        start, at = found.span()
        if found.lastgroup == "bare" and found["qualifier"] == f"{qualifier}.":
            yield start
        elif found.lastgroup in {"line", "block"}:
            at = comment_end(code, start) if found.lastgroup == "block" else at
            yield from (start + link.end() for link in linked.finditer(code[start:at]))


def find_module_links(text: str, module: str, *, literate: bool = False) -> Iterator[int]:
    """Where a module is named in links of comments, as Haddock knows them: `"Module"`, `"Module#anchor"`."""
    code = code_only(text) if literate else text
    linked = re.compile(rf'"(?={re.escape(module)}(?:\\?#[^"\s]*)?")')
    at = 0
    while found := _TOKEN.match(code, at):
        start, at = found.span()
        if found.lastgroup in {"line", "block"}:
            at = comment_end(code, start) if found.lastgroup == "block" else at
            yield from (start + link.end() for link in linked.finditer(code[start:at]))


_SYMBOL = r"[^\w\s\"'(),;\[\]`{}]"
_QUALIFIER = r"(?P<qualifier>(?:[^\W\d_a-z][\w']*\.)*)"
_TOKEN = re.compile(
    rf"""
    (?P<blank>\s+)
  | (?P<pragma>\{{-\#|\#-\}})
  | (?P<block>\{{-)
  | (?P<line>--+(?!{_SYMBOL})[^\n]*)
  | (?P<directive>^\#(?:[^\n\\]|\\.)*)
  | (?P<literal>"(?:[^"\\\n]|\\\s+\\|\\.)*+"?|'(?:[^'\\\n]|\\[^'\n]+|\\')')
  | (?P<quotation>\[(?![edtp]\|)(?:[^\W\d_a-z][\w']*\.)*[^\W\dA-Z][\w']*\|)
  | {_QUALIFIER}(?P<bare>[^\W\d][\w']*\#*|{_SYMBOL}+)
  | (?P<number>\d[\w']*)
  | (?P<other>.)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_BEFORE = re.compile(r"(?:''?|[.\#])\Z")


def _word(code: str, found: re.Match[str], name: str) -> Word:
    start = found.start("bare")
    before = _BEFORE.search(code[max(found.start() - 2, 0) : found.start()])
    return Word(
        start, start + len(name), found["qualifier"][:-1], Where.CODE, before[0] if before else "", _is_capital(name)
    )


def _anywhere(code: str, name: str, start: int, end: int, where: Where) -> Iterator[Word]:
    """Whatever could be the name in a text that is not read."""
    escaped = re.escape(name)
    pattern = rf"(?<![\w']){escaped}(?![\w'])" if name[0].isalpha() or name[0] == "_" else escaped
    for found in re.finditer(pattern, code[start:end]):
        yield Word(start + found.start(), start + found.end(), "", where, "", _is_capital(name))


def _links(code: str, name: str, start: int, end: int) -> Iterator[Word]:
    """The links to a name in a comment, as Haddock knows them: `'name'` or in backticks, `v'Module.name'`."""
    pattern = rf"(?<![\w'`])(?P<space>[tv]?)['`]{_QUALIFIER}(?P<bare>{re.escape(name)})['`](?![\w'])"
    for found in re.finditer(pattern, code[start:end]):
        at = start + found.start("bare")
        yield Word(at, at + len(name), found["qualifier"][:-1], Where.LINK, found["space"], _is_capital(name))


def _is_capital(name: str) -> bool:
    return name[0].isupper() or name[0] == ":"

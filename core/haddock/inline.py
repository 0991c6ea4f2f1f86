"""Haddock's markup inside a paragraph.

It follows what Haddock makes of it (`Documentation/Haddock/Parser.hs` of haddock-library 1.11): at each place the first
kind of markup that fits counts, and what fits none is text.  One difference: math is also found right after a letter.
"""

import re
from collections.abc import Callable

from thatch.core.haddock.document import (
    Bold,
    Emphasis,
    Identifier,
    Image,
    Inline,
    Link,
    Math,
    ModuleLink,
    Monospace,
    Text,
)

DEEPEST = 8
"""Markup inside markup deeper than this is text."""

LINE_BREAK = re.compile(r"[ \t]*\n[ \t]*")
"""A line break in text, where blanks around it mean nothing."""

_PLAIN = re.compile(r"(?:\\(?![(\[]).|[^_/<@\"&'`#\[ \n\\])+|\\.?", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ANCHOR = re.compile(r"#(?:\\.|[^#\s\\])+#")
_IMAGE_OR_LINK = re.compile(r"!?\[")
_TARGET = re.compile(r"[^\S\n]*(?:\n[^\S\n]*)?\(((?:\\.|[^)\s\\])+)\)")
_URL = re.compile(r"(?:https?|ftp)://\S+")
_CHARACTER = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_MODULE = r"[^\W\d_a-z][\w']*(?:\.[^\W\d_a-z][\w']*)*"
_MODULE_LINK = re.compile(rf'"({_MODULE})(?:\\?#([^"\s]*))?"')
_LABELLED_MODULE = re.compile(rf'\([^\S\n]*"({_MODULE})(?:\\?#([^"\s]*))?"[^\S\n]*\)')

_WORD = r"[^\W\d]\w{0,99}#{0,3}"
_QUOTED_WORD = rf"{_WORD}(?:'{{1,9}}\w{{1,99}}#{{0,3}}){{0,9}}"
_OPERATOR = r"[^\w\s\"'()\[\],;`{}]{1,30}"
_QUALIFIED = rf"(?:{_WORD}\.){{0,20}}(?:{_QUOTED_WORD}'{{0,9}}|{_OPERATOR})"
_IDENTIFIER = re.compile(rf"([vt]?)['`](\(,{{0,62}}\)|\({_QUALIFIED}\)|`{_QUALIFIED}`|{_QUALIFIED})['`]")


def parse_inline(text: str, depth: int = 0) -> tuple[Inline, ...]:
    """The parts of a paragraph's text; `depth` is how deep in other markup it stands."""
    return _Parser(text, depth).parts()


def plain_text(parts: tuple[Inline, ...]) -> str:
    """The words of some parts, without markup."""
    return "".join(_plain(part) for part in parts)


def unescape(text: str) -> str:
    """A text without the backslashes that take the meaning from the characters behind them."""
    return _ESCAPE.sub(r"\1", text)


def _plain(part: Inline) -> str:
    match part:
        case Text(text):
            return text
        case Emphasis(parts) | Bold(parts) | Monospace(parts):
            return plain_text(parts)
        case Identifier(name):
            return name
        case ModuleLink(module, _, label):
            return plain_text(label) or module
        case Link(url, label):
            return plain_text(label) or url
        case Image(url, title):
            return title or url
        case Math(tex):
            return tex


class _Parser:
    """A place in a paragraph."""

    def __init__(self, text: str, depth: int) -> None:
        self._text = text
        self._at = 0
        self._depth = depth
        self._found: list[Inline] = []
        self._words: list[str] = []
        self._closers: dict[str, tuple[int, int]] = {}
        """For each closing mark: from where it was looked for last, and where it was found (-1: nowhere)."""
        self._by_start: dict[str, tuple[Callable[[], Inline | None], ...]] = {
            "@": (lambda: self._enclosed("@", "@", Monospace, lines=True),),
            "#": (self._anchor,),
            "'": (self._identifier,),
            "`": (self._identifier,),
            "v": (self._identifier,),
            "t": (self._identifier,),
            '"': (self._module,),
            "<": (self._picture, self._angle_link),
            "\\": (self._math,),
            "!": (self._markdown,),
            "[": (self._markdown,),
            "h": (self._url,),
            "f": (self._url,),
            "_": (lambda: self._enclosed("__", "__", Bold),),
            "/": (lambda: self._enclosed("/", "/", Emphasis),),
            "&": (self._character,),
        }

    def parts(self) -> tuple[Inline, ...]:
        """All parts."""
        while self._at < len(self._text):
            part = self._markup() if self._depth < DEEPEST else None
            if part is None:
                self._words.append(self._plain())
            elif isinstance(part, Text):
                self._words.append(part.text)
            else:
                self._end_words()
                self._found.append(part)
        self._end_words()
        return tuple(self._found)

    def _end_words(self) -> None:
        text = "".join(self._words)
        self._words.clear()
        if text:
            self._found.append(Text(text))

    def _markup(self) -> Inline | None:
        """What starts here, if it is markup; the place is behind it then."""
        for read in self._by_start.get(self._text[self._at], ()):
            if (part := read()) is not None:
                return part
        return None

    def _plain(self) -> str:
        """A run of text that holds nothing special, or one special character."""
        found = _PLAIN.match(self._text, self._at)
        if found is None:
            self._at += 1
            return self._text[self._at - 1]
        self._at = found.end()
        return unescape(found[0])

    def _enclosed(
        self, start: str, end: str, kind: type[Emphasis | Bold | Monospace], lines: bool = False
    ) -> Inline | None:
        inner = self._until(start, end, lines)
        return None if inner is None else kind(parse_inline(inner, self._depth + 1))

    def _until(self, start: str, end: str, lines: bool = False) -> str | None:
        """What stands between two marks, which may be on several lines or not."""
        if not self._text.startswith(start, self._at):
            return None
        begin = self._at + len(start)
        close = self._closer(begin, end)
        inner = self._text[begin:close]
        if close <= begin or (not lines and "\n" in inner):
            return None
        self._at = close + len(end)
        return inner

    def _closer(self, begin: int, end: str) -> int:
        """Where a closing mark stands at or behind a place, not counting escaped ones; -1 if nowhere.

        The last answer is remembered: without that, a text of nothing but opening marks would take quadratic time.
        """
        asked, answer = self._closers.get(end, (begin + 1, -1))
        if asked <= begin and (answer < 0 or begin <= answer):
            return answer
        answer = _find(self._text, begin, end)
        self._closers[end] = (begin, answer)
        return answer

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _anchor(self) -> Inline | None:
        return Text("") if self._take(_ANCHOR) else None

    def _identifier(self) -> Inline | None:
        found = self._take(_IDENTIFIER)
        return Identifier(found[2].strip("`"), found[1]) if found else None

    def _module(self) -> Inline | None:
        start = self._at
        found = self._take(_MODULE_LINK)
        if found and all(part[0].isupper() for part in found[1].split(".")):
            return ModuleLink(found[1], found[2] or "")
        self._at = start
        return None

    def _picture(self) -> Inline | None:
        inner = self._until("<<", ">>")
        return None if inner is None else Image(*_labelled(inner))

    def _angle_link(self) -> Inline | None:
        inner = self._until("<", ">")
        if inner is None:
            return None
        url, label = _labelled(inner)
        return Link(url, (Text(label),) if label else ())

    def _math(self) -> Inline | None:
        if (tex := self._until("\\(", "\\)")) is not None:
            return Math(tex.strip())
        if (tex := self._until("\\[", "\\]", lines=True)) is not None:
            return Math(tex.strip(), display=True)
        return None

    def _markdown(self) -> Inline | None:
        """`[label](target)`, `![title](target)` or `["Module"](label)`."""
        start = self._at
        if not (opening := self._take(_IMAGE_OR_LINK)):
            return None
        close = self._closer(self._at, "]")
        if close > self._at:
            label = self._text[self._at : close].strip()
            self._at = close + 1
            if opening[0] == "[" and (module := self._take(_LABELLED_MODULE)):
                return ModuleLink(module[1], module[2] or "", parse_inline(label, self._depth + 1))
            if target := self._take(_TARGET):
                parts = parse_inline(label, self._depth + 1)
                url = unescape(target[1])
                return Link(url, parts) if opening[0] == "[" else Image(url, plain_text(parts))
        self._at = start
        return None

    def _url(self) -> Inline | None:
        found = self._take(_URL)
        if found is None:
            return None
        url = found[0]
        if url[-1] in ",.!?":
            self._at -= 1
            url = url[:-1]
        return Link(url)

    def _character(self) -> Inline | None:
        found = self._take(_CHARACTER)
        if found is None:
            return None
        code = int(found[1], 16) if found[1] else int(found[2])
        return Text(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}")


def _find(text: str, begin: int, end: str) -> int:
    """Where a mark stands that no backslash takes its meaning from."""
    if end.startswith("\\"):
        return text.find(end, begin)
    at = begin
    while (at := text.find(end, at)) >= 0:
        before = at
        while before > begin and text[before - 1] == "\\":
            before -= 1
        if (at - before) % 2 == 0:
            return at
        at += 1
    return -1


def _labelled(inner: str) -> tuple[str, str]:
    """An address, and the text behind it."""
    url, *rest = unescape(inner.strip()).split(maxsplit=1) or [""]
    return url, rest[0] if rest else ""

"""The text of one of GHC's messages taken apart: head, context, hints, places; `output` is about lines.

GHC prints a message's parts as one text (GHC/Driver/Errors.hs `printMessages`, 9.6 and 9.10)::

    • Couldn't match expected type Int with actual type Bool        the head
    • In the expression: True                                       context, a bullet each
      In an equation for x: x = True
    Suggested fixes:                                                hints: one after the colon,
      • Perhaps use one of these:                                   or a bullet each
          y (line 3), z (line 4)

A message of one part has no bullet.  Where Unicode is off the bullet is `*`.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Location, Related, Span

ToUserPath = Callable[[str], Path]
"""The user's absolute path for a file name as GHC prints it: relative, absolute, or inside an overlay."""


@frozen
class Parts:
    """The parts of a message, without bullets and the indentation that goes with them."""

    message: str
    context: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def split_text(text: str) -> Parts:
    """Take a message apart that GHC printed as one text."""
    body, hints = _cut_hints(text)
    return from_sections(_cut_bullets(body), hints)


def from_sections(sections: tuple[str, ...], hints: tuple[str, ...]) -> Parts:
    """The parts of a message whose sections GHC itself told apart; advice in the head becomes a hint."""
    head, advice = _cut_advice(sections[0] if sections else "")
    return Parts(head, sections[1:], (*advice, *hints))


def related_places(text: str, to_user_path: ToUserPath) -> tuple[Related, ...]:
    """The first places in files that a message's text names, each once, with the words that name it."""
    return tuple(dict.fromkeys(islice(_places(text, to_user_path), _MOST_PLACES)))


def with_user_paths(parts: Parts, to_user_path: ToUserPath) -> Parts:
    """The parts of a message with the user's files in the places that their texts name."""
    return Parts(
        _with_user_paths(parts.message, to_user_path),
        tuple(_with_user_paths(text, to_user_path) for text in parts.context),
        tuple(_with_user_paths(text, to_user_path) for text in parts.hints),
    )


def parse_span(text: str) -> Span | None:
    """A span as GHC prints it after a file's name (GHC/Types/SrcLoc.hs `pprUserRealSpan`).

    `3:5`, `3:5-9` or `(3,5)-(4,2)`; the last column is the last one inside.  None: not a span.
    """
    found = _SPAN.fullmatch(text)
    return _to_span(found) if found else None


def find_header(line: str) -> tuple[str, Span | None, str] | None:
    """The file, the span and the rest of a line that begins a message printed as plain text, else None.

    For `<no location info>` and the like the span is None.
    """
    found = _HEADER.match(line[:_LONGEST_LINE])
    if found is None:
        return None
    rest = line[found.end("place") + 2 :]
    return (found["nowhere"], None, rest) if found["nowhere"] else (found["file"], parse_span(found["span"]), rest)


_LONGEST_LINE = 4096
"""Longer lines hold data, not places: looking for places in them could take very long."""

_MOST_PLACES = 50
"""More places than that are no help to anyone."""

_POSITION = r"\d{1,9}:\d{1,9}(?:-\d{1,9})?|\(\d{1,9},\d{1,9}\)-\(\d{1,9},\d{1,9}\)"
_SPAN = re.compile(
    r"(?P<line>\d{1,9}):(?P<column>\d{1,9})(?:-(?P<last>\d{1,9}))?"
    r"|\((?P<line1>\d{1,9}),(?P<column1>\d{1,9})\)-\((?P<line2>\d{1,9}),(?P<column2>\d{1,9})\)"
)
_PLACE = re.compile(rf"(?P<extension>\.[A-Za-z][\w-]{{0,9}}):(?P<span>{_POSITION})(?!\d)")
_HEADER = re.compile(
    rf"(?P<place>(?P<nowhere><[^<>]*>)(?::{_POSITION})?|(?P<file>[^<\s].*?):(?P<span>{_POSITION}))"
    r": (?=error:|warning:)"
)
_BULLETS = ("• ", "* ")
_SUGGESTION = re.compile(r"^Suggested fix(?:es)?:", re.MULTILINE)
_ADVICE = ("Perhaps ", "Possible fix", "To import instances alone")
_ADVICE_FOR_GHCI = (
    "Use -v ",
    "Use :set -v ",
    "You can run \u2018:set -package",
    "You can run `:set -package",
    "(Note: this unloads all the modules",
)
"""Advice that only helps at GHCi's prompt, which the user never sees."""

_MARKERS = (" at ", " at: ", "(at ", "(")
"""What stands before the name of a file in the middle of a line."""

_FILE_NAME = re.compile(r"[^<>\"\u2018\u2019\s][^<>\"\u2018\u2019]*")


def _cut_hints(text: str) -> tuple[str, tuple[str, ...]]:
    for found in reversed(list(_SUGGESTION.finditer(text))):
        first, *others = text[found.end() :].split("\n")
        if all(line.startswith(" ") or not line for line in others):
            hints = "\n".join([first.strip(), *_dedent(others, 2)]).strip("\n")
            return text[: found.start()].rstrip("\n"), _cut_bullets(hints)
        # The words stand in the middle of something else, such as a text of the user's.
        break
    return text, ()


def _cut_bullets(text: str) -> tuple[str, ...]:
    if not text.startswith(_BULLETS):
        return (text,)
    bullet = text[:2]
    sections: list[list[str]] = []
    for line in text.split("\n"):
        if line.startswith(bullet):
            sections.append([line[2:]])
        else:
            sections[-1] += _dedent([line], 2)
    return tuple("\n".join(section) for section in sections)


def _dedent(lines: list[str], width: int) -> list[str]:
    margin = " " * width
    return [line[width:] if line.startswith(margin) else line for line in lines]


def _cut_advice(head: str) -> tuple[str, tuple[str, ...]]:
    """Move the paragraphs of a head that advise something out of it; the first one stays in any case."""
    kept: list[str] = []
    advice: list[str] = []
    for paragraph in _paragraphs(head):
        if kept and paragraph.startswith(_ADVICE):
            advice.append(paragraph)
        elif not kept or not paragraph.startswith(_ADVICE_FOR_GHCI):
            kept.append(paragraph)
    return "\n".join(kept), tuple(advice)


def _paragraphs(text: str) -> Iterator[str]:
    """The lines of a text, each with the indented ones that follow it; 9.6 indents some advice too."""
    paragraph: list[str] = []
    for line in text.replace("\n  Possible fix", "\nPossible fix").split("\n"):
        if paragraph and not line.startswith(" "):
            yield "\n".join(paragraph)
            paragraph = []
        paragraph.append(line)
    yield "\n".join(paragraph)


def _with_user_paths(text: str, to_user_path: ToUserPath) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for place in _PLACE.finditer(line) if len(line) <= _LONGEST_LINE else ():
            _, _, name = _name_before(line[: place.end("extension")])
            # GHC names overlays by absolute paths.
            if name.startswith("/") and (user := to_user_path(name)) != Path(name):
                lines[number] = lines[number].replace(name, str(user))
    return "\n".join(lines)


def _places(text: str, to_user_path: ToUserPath) -> Iterator[Related]:
    previous, list_title = "", ""
    for line in text.split("\n"):
        for place in _PLACE.finditer(line) if len(line) <= _LONGEST_LINE else ():
            before, marker, name = _name_before(line[: place.end("extension")])
            span = parse_span(place["span"])
            if span is None or not _FILE_NAME.fullmatch(name):
                continue
            if marker or not list_title:
                words = _words(before, line[place.end() :], previous)
                list_title = words if marker == " at: " else ""
            else:
                # More places in a column under "Declared at: ...".
                words = list_title
            yield Related(Location(to_user_path(name), span), words)
        previous = line.strip()


def _name_before(text: str) -> tuple[str, str, str]:
    """What stands before a file's name at the end of a text, the marker between the two, and the name."""
    padded = f" {text}"
    start, marker = max((padded.rfind(marker), marker) for marker in _MARKERS)
    if start < 0:
        return "", "", padded.strip()
    return padded[:start] + marker[0].strip(), marker, padded[start + len(marker) :].strip()


def _words(before: str, after: str, previous: str) -> str:
    """The line that names a place, with `here` for the place; a line without words borrows the one before."""
    words = f"{before.strip()} here{after}".replace("( here", "(here").strip().rstrip(",")
    if words.startswith(("here", "(bound ", "(imported ")):
        for ending in (" at:", " at"):
            previous = previous.removesuffix(ending)
        words = f"{previous} {words}".strip()
    return words


def _to_span(found: re.Match[str]) -> Span:
    if found["line1"]:
        return Span(int(found["line1"]), int(found["column1"]), int(found["line2"]), int(found["column2"]) + 1)
    # The preprocessor's columns may be 0.
    line, column = int(found["line"]), max(int(found["column"]), 1)
    return Span(line, column, line, int(found["last"] or column) + 1)

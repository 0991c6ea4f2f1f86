"""Fixtures as one text: several files, cursors and labelled places, written where they belong.

    -- /src/Lib.hs
    module Lib where
    answer :: Int
    answer = $0"forty-two"
             ^^^^^^^^^^^ error GHC-83865

`-- /path` begins a file, `$0` is a cursor, and a line of carets labels the place above it.  Carets count characters
(code points), so under a tab stands a tab.  `^^^~ label` is a place that ends on a later line, which the
label does not tell.  Label lines and cursors are not part of the files' text.
"""

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen

_FILE = re.compile(r"-- /(\S+)")
_LABEL = re.compile(r"([ \t]*)(\^+)(~?)(?: (.*))?")
_CURSOR = "$0"


@frozen(order=True)
class Label:
    """A labelled place in a file; all numbers are 0-based and count code points."""

    line: int
    start: int
    end: int
    """Exclusive; the end of the carets if the place goes on."""

    goes_on: bool
    """Whether the place ends on a later line."""

    text: str


@frozen
class MarkedFile:
    """One file of a fixture."""

    text: str
    """What the file really holds."""

    labels: tuple[Label, ...] = ()
    cursors: tuple[tuple[int, int], ...] = field(default=())
    """Lines and columns, 0-based, in code points."""


def parse(fixture: str) -> dict[str, MarkedFile]:
    """The files of a fixture, by the path after the slash.  Text before the first file header is an error."""
    files: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in textwrap.dedent(fixture).lstrip("\n").split("\n"):
        if header := _FILE.fullmatch(line):
            current = files.setdefault(header[1], [])
        elif current is not None:
            current.append(line)
        elif line.strip():
            raise ValueError(f"This line stands before the first file header: {line!r}")
    return {path: parse_file("\n".join(lines)) for path, lines in files.items()}


def lay_out(folder: Path, fixture: str) -> Path:
    """Write the files of a fixture into a folder that does not exist yet; returns the folder."""
    folder.mkdir()
    for name, file in parse(fixture).items():
        (folder / name).write_text(file.text, "utf-8")
    return folder


def parse_file(marked: str) -> MarkedFile:
    """One file's text, labels and cursors."""
    lines: list[str] = []
    labels: list[Label] = []
    cursors: list[tuple[int, int]] = []
    for line in marked.split("\n"):
        if (match := _LABEL.fullmatch(line)) and lines:
            start, end = match.span(2)
            labels.append(Label(len(lines) - 1, start, end, bool(match[3]), match[4] or ""))
            continue
        while (column := line.find(_CURSOR)) >= 0:
            cursors.append((len(lines), column))
            line = line[:column] + line[column + len(_CURSOR) :]  # noqa: PLW2901  # One cursor less.
        lines.append(line)
    return MarkedFile("\n".join(lines), tuple(sorted(labels)), tuple(cursors))


def annotate(text: str, labels: Iterable[Label]) -> str:
    """A file's text with its labels beneath the lines: the inverse of `parse_file`, for comparison."""
    below: dict[int, list[Label]] = {}
    for label in sorted(labels):
        below.setdefault(label.line, []).append(label)
    lines = []
    for number, line in enumerate(text.split("\n")):
        lines.append(line)
        lines += [_label_line(line, label) for label in below.get(number, ())]
    return "\n".join(lines)


def _label_line(line: str, label: Label) -> str:
    indent = "".join("\t" if character == "\t" else " " for character in line[: label.start])
    carets = "^" * max(1, label.end - label.start) + ("~" if label.goes_on else "")
    return f"{indent}{carets} {label.text}".rstrip()

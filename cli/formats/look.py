"""What all formats share: paths, places, colours, and text that cannot confuse a terminal."""

import re
import unicodedata
from pathlib import Path

import click
from attrs import frozen

from thatch.core.diagnostics import Diagnostic, Location, Severity

SEVERITY_NAMES = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "info",
    Severity.HINT: "hint",
}

SEVERITY_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFORMATION: "blue",
    Severity.HINT: "cyan",
}


@frozen
class Look:
    """The surroundings that decide how a diagnostic is printed."""

    base: Path
    """Absolute folder; paths below it are shown relative to it."""

    coloured: bool = False
    """Whether ANSI colours are added; the text without them is the same."""

    def path(self, path: Path) -> str:
        """A path as the user would type it."""
        return printable(self.name(path)).replace("\n", _CONTROL_PICTURES[ord("\n")])

    def name(self, path: Path) -> str:
        """A path as a program would: whatever its characters are, with slashes."""
        return (path.relative_to(self.base) if path.is_relative_to(self.base) else path).as_posix()

    def shorten(self, text: str) -> str:
        """The text of a message with the absolute paths in it as the user would type them."""
        return re.sub(rf"(?<![^\s(\u2018:,]){re.escape(str(self.base))}/(?=[^\s/])", "", text)

    def place(self, location: Location) -> str:
        """`path:line:column`, 1-based, the column as GHC counts."""
        return f"{self.path(location.path)}:{location.span.start_line}:{location.span.start_column}"

    def paint(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        """The text in a colour, if there are colours."""
        return click.style(text, fg=colour, bold=bold) if self.coloured else text

    def header(self, diagnostic: Diagnostic) -> str:
        """`path:line:column: severity [code] [flag]`; a message about a whole file stands at 1:1."""
        line, column = start_of(diagnostic)
        place = self.paint(f"{self.path(diagnostic.path)}:{line}:{column}:", bold=True)
        name = SEVERITY_NAMES[diagnostic.severity]
        severity = self.paint(name, SEVERITY_COLOURS[diagnostic.severity], bold=True)
        labels = [f"[{label}]" for label in (diagnostic.code, diagnostic.flag) if label]
        return " ".join([place, severity, *labels])


def start_of(diagnostic: Diagnostic) -> tuple[int, int]:
    """The 1-based line and column (GHC's) that a diagnostic is reported at."""
    span = diagnostic.span
    return (span.start_line, span.start_column) if span else (1, 1)


def printable(text: str) -> str:
    """The text with characters that would steer a terminal replaced by visible ones, one for one.

    Newlines and tabs stay.
    """
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    # Control, format (some can reorder a line) and lone surrogates; not spaces or unassigned ones.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in _INVISIBLE:
        return _CONTROL_PICTURES.get(ord(character), "\N{REPLACEMENT CHARACTER}")
    return character


_INVISIBLE = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"  # In emoji, and as a byte order mark.
_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\N{SYMBOL FOR DELETE}"}

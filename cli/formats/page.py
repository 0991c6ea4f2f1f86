"""What formats of a whole report need besides it, and what several of them say the same way (pure)."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from thatch.cli.formats.look import Look
from thatch.core.diagnostics import Diagnostic, Span
from thatch.core.text import Encoding, LineIndex, Range

TOOL = "thatch"

SITE = "https://errors.haskell.org/messages/"
"""Where GHC's codes are explained, each on a page of its own."""


@frozen(kw_only=True)
class Page:
    """The surroundings that decide how a report is printed."""

    look: Look

    lines: Callable[[Path], LineIndex | None]
    """The text that spans of a file refer to; None when it cannot be read."""

    fingerprint: Callable[[Diagnostic], str]
    """What tells a diagnostic from others and stays the same when lines move, as hex digits."""

    fails: Callable[[Diagnostic], bool]
    """Whether a diagnostic makes the exit code 1."""

    seconds: float = 0.0
    """How long the check took."""

    def name(self, path: Path) -> str:
        """The path of a file as programs read it."""
        return self.look.name(path)

    def uri(self, path: Path) -> str:
        """The same as a relative reference of a URI, or as a URI where the path is absolute."""
        name = self.name(path)
        return f"file://{_quoted(name)}" if name.startswith("/") else _quoted(name)

    def range(self, path: Path, span: Span, encoding: Encoding) -> Range | None:
        """A span as an editor would count it (0-based); None when the file cannot be read or has changed since."""
        lines = self.lines(path)
        if lines is None or not 1 <= span.start_line <= lines.n_lines:
            return None
        return lines.range(span, encoding)

    def text(self, diagnostic: Diagnostic) -> str:
        """The whole message with the paths in it as the user would type them."""
        return self.look.shorten(diagnostic.text).strip()

    def head(self, diagnostic: Diagnostic) -> str:
        """The first paragraph of the message as one line."""
        return " ".join(self.look.shorten(diagnostic.message).split())


def rule_of(diagnostic: Diagnostic) -> str:
    """What kind of diagnostic it is: its code, else its flag, else who says it."""
    return diagnostic.code or diagnostic.flag or diagnostic.source


def page_about(diagnostic: Diagnostic) -> str:
    """The address of the page that explains its code; empty when there is no code."""
    return f"{SITE}{diagnostic.code}" if diagnostic.code else ""


def _quoted(name: str) -> str:
    return quote(name.encode("utf-8", "surrogateescape"))

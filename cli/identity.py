"""What makes two diagnostics of different days the same one, although the lines between have moved (pure)."""

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from attrs import frozen

from thatch.cli.enclosing import Enclosing
from thatch.cli.formats.look import Look
from thatch.cli.formats.page import rule_of
from thatch.core.diagnostics import Diagnostic
from thatch.core.text import LineIndex


@frozen(order=True)
class Identity:
    """All that counts of a diagnostic; several may share it, and then only their number counts."""

    path: str
    """Relative to the folder that is checked, with slashes."""

    rule: str
    """Its code, else its flag, else who says it."""

    message: str
    """What is wrong, on one line and without the numbers of lines and columns."""

    within: str
    """The names of the declarations around it, the outermost first, with dots between; empty outside of all."""

    @property
    def fingerprint(self) -> str:
        """The same as 40 hex digits."""
        parts = (self.path, self.rule, self.message, self.within)
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def identifier(look: Look, lines: Callable[[Path], LineIndex | None]) -> Callable[[Diagnostic], Identity]:
    """What gives diagnostics their identities; `lines` gives the text of a file, None when it cannot be read."""
    enclosing = Enclosing(lines)

    def identify(diagnostic: Diagnostic) -> Identity:
        path, message = look.name(diagnostic.path), look.shorten(diagnostic.message)
        return identity(diagnostic, path, message, enclosing.names(diagnostic))

    return identify


def identity(diagnostic: Diagnostic, path: str, message: str, within: str) -> Identity:
    """The identity of a diagnostic, given its path and message as they are printed, and what is around it."""
    return Identity(path, rule_of(diagnostic), normalised(message), within)


def normalised(message: str) -> str:
    """A message without what changes when somebody adds a line above: places, and how GHC breaks its lines."""
    return " ".join(_PLACE.sub("_", message).split())


_PLACE = re.compile(
    r"(?<=:)\(\d+,\d+\)-\(\d+,\d+\)"  # From line and column to line and column, behind the name of a file.
    r"|(?<=:)\d+:\d+(?:-\d+)?"  # A line and columns, behind such a name.
    r"|(?<=\blines )\d+-\d+"
    r"|(?<=\bline )\d+"
)

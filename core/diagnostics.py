"""What GHC (or a cradle) has to say about a file, as data; storing and publishing live elsewhere."""

from enum import Enum
from pathlib import Path

from attrs import field, frozen


class Severity(Enum):
    """How bad it is, in the order of badness; deferred errors are errors."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@frozen(order=True)
class Span:
    """A region in GHC's own coordinates.

    Lines are 1-based and end at a line feed only.  Columns are 1-based and count Unicode
    code points, except that a tab advances to the next multiple of 8, plus 1.  The end is exclusive.
    `thatch.core.text` converts them to offsets and LSP columns.
    """

    start_line: int
    start_column: int
    end_line: int
    end_column: int


@frozen(order=True)
class Location:
    """A span in a file."""

    path: Path
    """Absolute path of the user's file (never of an overlay)."""

    span: Span


@frozen
class Related:
    """Another place that a message talks about, and what it says there."""

    location: Location
    message: str


@frozen(kw_only=True)
class Diagnostic:
    """One message about one place."""

    path: Path
    """Absolute path of the file; the file of the build description for a cradle's messages."""

    span: Span | None
    """The place, or None when the message is about the file as a whole."""

    severity: Severity

    message: str
    """The head: what is wrong, without context and hints; may have several lines."""

    code: str = ""
    """GHC's code as it prints it, such as `GHC-83865`, or empty."""

    flag: str = ""
    """The warning flag as a user writes it, such as `-Wunused-imports`, or empty."""

    context: tuple[str, ...] = ()
    """GHC's bullets after the first ("In the expression: ..."), one string each, without the bullet."""

    hints: tuple[str, ...] = ()
    """GHC's suggestions, one string each, without the bullet."""

    related: tuple[Related, ...] = ()
    """Places that the text of the message names."""

    unit: str = field(default="", eq=False)
    """The id of the unit that was being compiled, or empty where that is unknown.

    A file that belongs to several units gets the same message from each: it is one message.
    """

    source: str = "ghc"
    """Who says it: `ghc`, `cabal`, `stack`, `hie.yaml`, `thatch`."""

    @property
    def text(self) -> str:
        """The whole message as one text: head, context, hints."""
        bullets = [f"• {entry}" for entry in self.context]
        hints = [f"Suggested fix: {hint}" for hint in self.hints]
        return "\n".join([self.message, *bullets, *hints])

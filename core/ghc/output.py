"""What a GHC session says: progress, messages and other text; how it is read from lines is in `output_parser`."""

from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Diagnostic, Severity


@frozen
class Compiling:
    """GHC begins to compile a module; it says so for the modules only that are not up to date."""

    index: int
    total: int
    module: str
    """The module's name."""

    path: Path | None
    """The user's file, or None where GHC hides it (`-fhide-source-paths`, the default from 10.0)."""

    unit: str = ""
    """The unit id, empty where the session has one unit only."""

    boot: bool = False
    """Whether it is the module's `.hs-boot` (or a signature's `.hsig`) that is compiled."""

    reason: str = ""
    """Why an interface that is there does not do, in GHC's words: `Source file changed`, `Base changed`."""


@frozen
class Said:
    """A message about a place in a file."""

    diagnostic: Diagnostic

    fatal: bool
    """Whether GHC itself called it an error, so that the module was not finished; a deferred error is not fatal."""


@frozen
class Notice:
    """A message without a place, about the command line, a package or the whole load."""

    severity: Severity
    text: str
    code: str = ""
    """As in `Diagnostic`."""

    flag: str = ""
    """As in `Diagnostic`."""


@frozen
class Text:
    """Any other line: GHCi's own ("Ok, 3 modules loaded."), the output of a splice or of evaluated code."""

    line: str


Output = Compiling | Said | Notice | Text

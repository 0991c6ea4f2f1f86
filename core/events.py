"""What a workspace tells its front ends: a closed union, to be matched exhaustively."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Diagnostic


class Health(Enum):
    """Whether the user must do something."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@frozen(kw_only=True)
class Status:
    """The state of the whole workspace in one value."""

    health: Health = Health.OK
    message: str = ""
    """The cause of trouble and its remedy, for the user; empty when all is well."""

    work: str = ""
    """What takes long and is being done now ("Loading synthetic: 12/502 Lib.Foo"); empty for nothing."""

    busy: bool = False
    """Whether anything is being done or waiting to be, long or short."""

    ghc_versions: tuple[str, ...] = ()
    """The versions of the compilers in use, such as `9.6.6`."""

    @property
    def quiescent(self) -> bool:
        """Whether nothing is being done: all that is known has been published."""
        return not (self.work or self.busy)


@frozen
class DiagnosticsChanged:
    """The complete set of diagnostics of a file differs from the last one told."""

    path: Path
    diagnostics: tuple[Diagnostic, ...]

    version: int | None
    """The version of the open document that they are about; None for a file on disk."""


@frozen
class CodeChanged:
    """GHC has compiled what is being edited, so that more is known of the code of these files, or less again."""

    paths: frozenset[Path]


@frozen
class SplicesChanged:
    """The splices of some files ran again, or are known no longer."""

    paths: frozenset[Path]


@frozen
class SettingsFileChanged:
    """A `thatch.toml` in a workspace folder was made, changed or removed."""


@frozen
class StatusChanged:
    """The status differs from the last one told."""

    status: Status


@frozen
class WorkStarted:
    """A long operation began; exactly one `WorkEnded` with the same key follows."""

    key: int
    title: str


@frozen
class WorkProgressed:
    """A long operation got on."""

    key: int
    message: str
    """What is being done, such as `12/502 Lib.Foo`."""

    done: int
    total: int
    """0 when the amount of work is not known."""


@frozen
class WorkEnded:
    """A long operation ended, well or not."""

    key: int
    message: str


Event = (
    DiagnosticsChanged
    | SplicesChanged
    | CodeChanged
    | SettingsFileChanged
    | StatusChanged
    | WorkStarted
    | WorkProgressed
    | WorkEnded
)
Listener = Callable[[Event], None]

"""What the server hears of interpreters and the splices in them: the closed union of the listener's events."""

from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.splices.runs import Finalizer, SpliceKind, SpliceRun


@frozen
class Place:
    """Where a splice stands."""

    unit: str
    """The id of the unit."""

    module: str

    path: Path
    """The user's file, absolute."""

    span: Span
    """In GHC's columns, as in `SpliceRun`."""

    kind: SpliceKind


@frozen
class InterpreterStarted:
    """A session has started its interpreter."""

    pid: int
    """Of the real one."""

    program: str


@frozen
class InterpreterDied:
    """The interpreter is gone before its time; what GHC asks until the session ends is answered without it.

    The session must be started anew before splices run again.
    """

    cause: str
    """Sentences for the user."""

    running: bool
    """Whether a splice (or what a splice left to be run at the end of its module) was running."""


@frozen
class SpliceRunning:
    """A splice has been running for so long that the user should see it; `SpliceDone` follows."""

    place: Place
    milliseconds: float


@frozen
class SpliceDone:
    """A splice came to its end, good or bad."""

    run: SpliceRun


@frozen
class SpliceFinalized:
    """What a splice left for the end of its module came to its end there, good or bad."""

    place: Place
    """That of the splice."""

    finalizer: Finalizer

    dependent_files: tuple[Path, ...]
    """The files that it named with `addDependentFile`, absolute."""

    stopped: bool
    """As in `SpliceRun`."""


@frozen
class SpliceRefused:
    """A splice was not run: it is quarantined, or its interpreter is gone.  GHC was told so as well."""

    place: Place
    why: str
    """Sentences for the user."""


@frozen
class SpliceReplayed:
    """A splice was not run: GHC was given what it gave when it ran, since it would do the same."""

    place: Place


@frozen
class InterpreterSaid:
    """Splices (or the interpreter) wrote to standard output or error."""

    text: str


@frozen
class DecodingTrouble:
    """A conversation is not understood any more: it goes on unheard.  Told once for each."""

    what: str


TapEvent = (
    InterpreterStarted
    | InterpreterDied
    | SpliceRunning
    | SpliceDone
    | SpliceFinalized
    | SpliceRefused
    | SpliceReplayed
    | InterpreterSaid
    | DecodingTrouble
)

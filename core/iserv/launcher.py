"""The files of a session that make GHC start the tap as its interpreter.

<folder>/interpreter{,-dyn,-prof}   what GHC starts
<folder>/interpreter.data           what the tap is told, marshalled; its keys are in `_configuration`
<folder>/quarantine.json            the splices that it must not run; see `thatch.core.iserv.quarantine`
<folder>/replays.data               what splices did when they ran; see `thatch.core.iserv.replay`
"""

import json
import marshal
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from thatch.core.ghc.toolchain import Toolchain

if TYPE_CHECKING:
    from thatch.core.iserv.replay import Records

WAYS = ("", "-dyn", "-prof")
"""GHC appends one of these to the path that it was given."""

QUARANTINE = "quarantine.json"
REPLAYS = "replays.data"


@frozen
class Quarantined:
    """Splices that are not to be run."""

    unit: str
    """The id of the unit."""

    module: str

    message: str
    """What GHC and the user are told instead: sentences."""

    span: tuple[int, int, int, int] | None = None
    """The one splice in GHC's columns (start line and column, end line and column); None for all of the module."""


@frozen(kw_only=True)
class TapOptions:
    """What a tap is told."""

    socket: Path | None = None
    """Where a `Listener` listens; None to tell nobody."""

    seconds: float = 30.0
    """How long a splice may run."""

    memory: int = 2 * 2**30
    """How many bytes of memory the interpreter and its children may have while a splice runs."""

    processes: int = 128
    """How many processes the interpreter and all that it started may be while a splice runs."""

    replays: bool = False
    """Whether there is no interpreter: splices are replayed from the records of `write_replays`, or refused."""

    wrapper: tuple[str, ...] = ()
    """A command to which the interpreter's command line is appended, such as a sandbox."""


def write_launchers(folder: Path, toolchain: Toolchain, options: TapOptions) -> Path:
    """Write the launchers for one session into a folder that exists; return the path to give GHC as `-pgmi`.

    A GHC whose protocol is unknown gets a tap that passes everything on unseen, without limits.
    Raises OSError when the folder cannot be written.
    """
    described = folder / "interpreter.data"
    described.write_bytes(marshal.dumps(_configuration(folder, toolchain, options)))
    for way in WAYS:
        script = folder / f"interpreter{way}"
        program = toolchain.interpreters.get(way)
        command = [*options.wrapper, str(program)] if program and not options.replays else []
        script.write_bytes(_script(described, command).encode("utf-8", "surrogateescape"))
        script.chmod(0o755)
    return folder / "interpreter"


def write_quarantine(folder: Path, entries: Iterable[Quarantined]) -> None:
    """Say which splices are not to be run from now on, by taps that run in this folder or will.

    The taps see the old list or the new one, never a part.  Raises OSError when the folder cannot be written.
    """
    listed = [
        {"unit": entry.unit, "module": entry.module, "message": entry.message, "span": entry.span} for entry in entries
    ]
    new = folder / "quarantine.new"
    new.write_text(json.dumps(listed), encoding="utf-8")
    new.replace(folder / QUARANTINE)


def write_replays(folder: Path, records: "Records") -> None:
    """Say what splices did when they ran, to taps that run in this folder or will.

    The taps see the old records or the new ones, never a part.  Raises OSError when the folder cannot be written.
    """
    new = folder / "replays.new"
    new.write_bytes(marshal.dumps(records))
    new.replace(folder / REPLAYS)


def _configuration(folder: Path, toolchain: Toolchain, options: TapOptions) -> dict[str, object]:
    # Not loaded where no session is started.
    from thatch.core.iserv.grammar import th_types

    series = toolchain.series
    return {
        "series": series,
        "types": th_types(series),
        "socket": str(options.socket or ""),
        "seconds": options.seconds,
        "memory": options.memory,
        "processes": options.processes,
        "quarantine": str(folder / QUARANTINE),
        "replays": str(folder / REPLAYS) if options.replays else "",
    }


def _script(described: Path, interpreter: Sequence[str]) -> str:
    """A shell script that becomes the tap.

    The folder that holds the tap's package comes last on the path, so that nothing in it hides the standard library.
    """
    program = f"import sys; sys.path.append({str(Path(__file__).parents[1])!r}); "
    program += "from iserv.start import main; main(sys.argv[1:])"
    command = (sys.executable, "-I", "-S", "-c", program, str(described), str(len(interpreter)), *interpreter)
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'

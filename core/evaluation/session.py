"""One GHC session that has a module loaded and evaluates: it is told what GHCi is told, and says what was printed.

All code of examples runs here, in the sandbox and within the limits that splices have: what is over them ends the
session, and nothing else.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field

from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.errors import SessionError, ThatchError
from thatch.core.evaluation.model import Outcome
from thatch.core.evaluation.plan import Wanted
from thatch.core.evaluation.statements import extension_flags, tidied
from thatch.core.ghc.memory import MEGABYTE
from thatch.core.ghc.output import Notice, Output, Said
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.session import Session, State
from thatch.core.ghc.session_files import Evaluation, SessionFiles, prepare
from thatch.core.hi.reader import read_interface
from thatch.core.iserv.child import memory_of_tree
from thatch.core.sandbox.bubblewrap import open_sandbox
from thatch.core.settings import Settings

log = logging.getLogger(__name__)

INTERFACES = "interfaces"

LOOK_SECONDS = 0.1
"""How often it is looked at what is used."""

MOST_PRINTED = 2**20
"""How many bytes one example may print before it is stopped."""

MOST_LINES = 1000
"""How many lines of them are kept."""

MOST_LOADED = 100_000
"""How many lines are kept of what GHC says while it loads."""

QUIET_SECONDS = 120.0
"""How long a load may say nothing, beyond what a splice may run."""

QUIETENED = "-w -fno-defer-type-errors -fno-defer-typed-holes -fno-defer-out-of-scope-variables"
"""Flags for what is evaluated: an error is one, and a warning is about a module."""


@define
class _Heard:
    """What was printed so far."""

    lines: list[str] = field(factory=list)
    n_bytes: int = 0
    most_lines: int = MOST_LINES

    ended: str = ""
    """Why the session was ended."""

    def hear(self, line: str) -> None:
        """Take a line."""
        self.n_bytes += len(line) + 1
        if len(self.lines) < self.most_lines:
            self.lines.append(line)

    @property
    def cut(self) -> bool:
        """Whether more was printed than was kept."""
        return len(self.lines) >= self.most_lines


class EvalSession:
    """A session for the examples of one module; whoever starts it stops it."""

    def __init__(self, wanted: Wanted, folder: Path, settings: Settings) -> None:
        """Describe the session; `folder` is a private one that does not exist yet."""
        self.wanted = wanted
        self._folder = folder
        self._settings = settings
        self._files: SessionFiles | None = None
        self._ghc: Session | None = None
        self._extended: tuple[tuple[str, ...], list[str]] | None = None
        """The extensions that were wanted last, and what GHCi said when they were set."""
        self._held = 0
        """How much memory was used before anything was evaluated."""

    @property
    def pid(self) -> int | None:
        """The process id of GHC, if it runs."""
        return self._ghc.pid if self._ghc and self.alive else None

    @property
    def alive(self) -> bool:
        """Whether something can be evaluated."""
        return self._ghc is not None and self._ghc.state in {State.BUSY, State.READY}

    @property
    def several_units(self) -> bool:
        """Whether it holds modules of several units: GHCi knows fewer commands then (9.6, 9.10)."""
        return len(self.wanted.job.project.units) > 1

    async def start(self, restore: Callable[[Path], object]) -> None:
        """Start GHC and have it load the module; `restore` puts interfaces into a folder, and may block.

        Raises `ThatchError` when the module cannot be loaded, OSError when a folder cannot be written.  Cancelling ends
        the session.
        """
        job, interfaces = self.wanted.job, self._folder / INTERFACES
        self._files = await asyncio.to_thread(
            prepare,
            self._folder,
            interfaces,
            job.project,
            job.toolchain,
            unit_flags=job.flags,
            jobs=1,
            evaluation=Evaluation(self.wanted.targets, self.wanted.unit.directory),
        )
        await asyncio.to_thread(restore, interfaces)
        sandbox = await open_sandbox(self._settings.sandbox, self._files.room)
        name = f"examples of {self.wanted.module.name}"
        self._ghc = Session(name, self._files.command, cwd=job.project.root, folder=self._folder, sandbox=sandbox)
        await self._load(job.unsaved)
        await self._quiet(f":seti {QUIETENED}")
        await self._set_extensions()
        self._held = await asyncio.to_thread(self._memory)

    async def reload(self, wanted: Wanted) -> None:
        """Have GHC load the modules as they are now, for the same module or for another one that it holds; see `start`.

        What was defined before is in scope no more, and extensions that were switched on are off.
        """
        self.wanted = wanted
        await self._load(wanted.job.unsaved)
        await self._set_extensions()

    async def run(self, command: str) -> Outcome:
        """Evaluate one line, or several between `:{` and `:}`.  Cancelling ends the session.

        What takes too much ends the session as well; the outcome says so.
        """
        seconds = self._settings.splices_seconds
        heard = _Heard()
        try:
            async with asyncio.timeout(seconds):
                await self._command(command, heard)
        except TimeoutError:
            heard.ended = f"*** Stopped: it ran for more than {seconds:g} s."
        except SessionError as error:
            log.info("An example ended its session: %s", error)
            heard.ended = heard.ended or f"*** Stopped: {error.message}"
        return Outcome(tuple(map(self._shown, tidied(heard.lines))), cut=heard.cut, ended=heard.ended)

    def without_code(self, name: str) -> frozenset[ModuleKey]:
        """The modules whose interfaces may not do to make code of them, with a binding of this name or not.  Blocking.

        Raises OSError.
        """
        folder = self._folder / INTERFACES
        files = {
            key: folder / key.unit / f"{module.replace('.', '/')}.hi" for key, module in self.wanted.loaded.items()
        }
        return frozenset(key for key, file in files.items() if file.exists() and _lacks_code(file.read_bytes(), name))

    async def stop(self) -> None:
        """End GHC and remove the folder; safe in every state."""
        if self._ghc is not None:
            await self._ghc.stop()
        if self._files is not None:
            await asyncio.to_thread(self._files.remove)

    async def _load(self, unsaved: Mapping[Path, str]) -> None:
        assert self._ghc and self._files
        overlay = self._files.overlay
        await asyncio.to_thread(overlay.write, unsaved)
        parser = OutputParser(overlay.user_path)
        heard = _Heard(most_lines=MOST_LOADED)
        try:
            if self._ghc.pid is None:
                with self._watched(heard, QUIET_SECONDS + self._settings.splices_seconds):
                    await self._ghc.start(heard.hear)
            else:
                await self._command(":reload", heard, QUIET_SECONDS + self._settings.splices_seconds)
            if not self.several_units:
                await self._quiet(f":module *{self.wanted.module.name}")
            loaded = await self._is_in_scope()
        except SessionError as error:
            raise ThatchError(
                message=f"{self.wanted.module.name} could not be loaded: {heard.ended or error.message}",
                detail=error.detail,
            ) from error
        if not loaded:
            raise self._broken([output for line in heard.lines for output in parser.feed(line)] + parser.finish())

    async def _set_extensions(self) -> None:
        """Have the extensions of the module switched on and no others."""
        shown = await self._quiet(":showi language")
        if (self.wanted.extensions, shown) == self._extended:
            return
        for line in extension_flags(self.wanted.extensions, shown):
            await self._quiet(line)
        self._extended = self.wanted.extensions, await self._quiet(":showi language")

    async def _is_in_scope(self) -> bool:
        """Whether the module is loaded with all its names in scope; when a load fails, scopes are kept."""
        name = self.wanted.module.name
        modules, imports = await self._quiet(":show modules"), await self._quiet(":show imports")
        held = any(line.split(" ", 1)[0] == name for line in modules)
        return held and any(line.split(" ")[:2] == [":module", f"+*{name}"] for line in imports)

    def _broken(self, said: Iterable[Output]) -> ThatchError:
        return ThatchError(
            message=f"{self.wanted.module.name} cannot be loaded, so nothing in it is evaluated.",
            detail=next(_errors(said), ""),
        )

    async def _quiet(self, command: str) -> list[str]:
        """What GHCi prints for a command of our own."""
        heard = _Heard()
        await self._command(command, heard)
        return heard.lines

    async def _command(self, command: str, heard: _Heard, quiet: float | None = None) -> None:
        assert self._ghc
        with self._watched(heard, quiet):
            await self._ghc.command(command, heard.hear)

    @contextmanager
    def _watched(self, heard: _Heard, quiet: float | None) -> Iterator[None]:
        watching = asyncio.create_task(self._watch(heard, quiet), name="limits of examples")
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self, heard: _Heard, quiet: float | None) -> None:
        """End the session when it uses too much, or says nothing for so many seconds."""
        assert self._ghc
        now = asyncio.get_running_loop().time
        n_lines, since = self._ghc.heard, now()
        while not heard.ended:
            await asyncio.sleep(LOOK_SECONDS)
            if self._ghc.heard != n_lines:
                n_lines, since = self._ghc.heard, now()
            if quiet is not None and now() - since > quiet:
                heard.ended = f"*** Stopped: GHC said nothing for {quiet:g} s."
            else:
                heard.ended = await asyncio.to_thread(self._excess, heard.n_bytes + self._ghc.n_unread)
        await self._ghc.stop()

    def _excess(self, n_printed: int) -> str:
        """What was too much; empty for nothing.  Blocking."""
        if n_printed > MOST_PRINTED:
            return f"*** Stopped: it printed more than {MOST_PRINTED // MEGABYTE} MB."
        limit = self._settings.splices_memory_mb
        if limit and self._held and self._memory() - self._held > limit * MEGABYTE:
            return f"*** Stopped: it used more than {limit} MB of memory."
        return ""

    def _memory(self) -> int:
        return memory_of_tree(self._ghc.pid) if self._ghc and self._ghc.pid else 0

    def _shown(self, line: str) -> str:
        """A line with the user's files as their build tool would name them."""
        return _SOURCE.sub(lambda found: self._named(found[0]), line)

    def _named(self, path: str) -> str:
        assert self._files
        file, folder = self._files.overlay.user_path(path), self.wanted.unit.directory
        return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _lacks_code(interface: bytes, name: str) -> bool:
    try:
        return name.encode() in interface or read_interface(interface).has_functions_of_unknown_arity
    except DecodeError:
        return True


def _errors(said: Iterable[Output]) -> Iterator[str]:
    """The errors among what was said while a module was loaded."""
    for one in said:
        if isinstance(one, Said) and one.diagnostic.severity is Severity.ERROR:
            yield _place(one.diagnostic) + one.diagnostic.message
        elif isinstance(one, Notice) and one.severity is Severity.ERROR:
            yield one.text


def _place(error: Diagnostic) -> str:
    return f"{error.path.name}:{error.span.start_line}:{error.span.start_column}: " if error.span else ""


_SOURCE = re.compile(r"/[^\s:()'\"\u2018\u2019]+\.l?hs\b")
"""What may be the path of a source file."""

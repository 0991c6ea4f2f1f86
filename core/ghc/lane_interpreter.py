"""A lane's use of interpreters: what is told of the splices that run in them, and what to do when one is gone."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from attrs import define, frozen

from thatch.core.diagnostics import Span
from thatch.core.documents import Document
from thatch.core.ghc.lane_splices import LaneSplices
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.stamps import source_stamp
from thatch.core.iserv.events import (
    DecodingTrouble,
    InterpreterDied,
    InterpreterSaid,
    InterpreterStarted,
    Place,
    SpliceDone,
    SpliceFinalized,
    SpliceRefused,
    SpliceReplayed,
    SpliceRunning,
    TapEvent,
)
from thatch.core.iserv.launcher import Quarantined, TapOptions, write_quarantine
from thatch.core.project.graph import ModuleGraph
from thatch.core.settings import Settings
from thatch.core.splices.runs import SpliceRun

if TYPE_CHECKING:
    from thatch.core.iserv.listener import Listener

log = logging.getLogger(__name__)

SOCKET = "taps"
"""The name of the socket in the folder of a session."""

MEGABYTE = 2**20
ALL_MEMORY = 2**62


@frozen
class Stopped:
    """A splice that did not come to its end, and so is not run again with the same inputs."""

    key: ModuleKey
    module: str
    span: Span
    reason: str
    files: tuple[Path, ...]
    """What it had asked to depend on."""


@define
class _Kept:
    """A splice in quarantine."""

    splice: Stopped
    inputs: Mapping[Path, str]
    """What the splice can have seen: sources and dependent files, with their stamps."""


class LaneInterpreter:
    """The interpreters of one lane's sessions, one after the other."""

    def __init__(self, read: Callable[[Path], str], on_running: Callable[[str], None]) -> None:
        """`read` gives the text of a file as the running load sees it; `on_running` hears of splices that take long."""
        self.splices = LaneSplices(read)
        self.died = ""
        """Why the interpreter of the running or latest load is gone; empty if it is not."""
        self.replayed: set[Place] = set()
        """The splices that were replayed in the running or latest load."""
        self._on_running = on_running
        self._listener: Listener | None = None
        self._folder: Path | None = None
        """That of the running session."""
        self._refused: set[ModuleKey] = set()
        self._stopped: dict[tuple[ModuleKey, Span], Stopped] = {}
        self._quarantine: dict[tuple[ModuleKey, Span], _Kept] = {}
        self._lost_in_vain = False

    def options(self, folder: Path, settings: Settings, *, replays: bool) -> TapOptions:
        """What the tap of a session in this folder is told; `replays`: it must run no splice."""
        return TapOptions(
            socket=folder / SOCKET,
            replays=replays,
            seconds=settings.splices_seconds,
            memory=settings.splices_memory_mb * MEGABYTE or ALL_MEMORY,
        )

    async def listen(self, folder: Path, locate: Callable[[str, str], Path]) -> None:
        """Listen to the taps of a session in this folder, which exists.  Raises OSError."""
        from thatch.core.iserv.listener import Listener

        await self.close()
        self._listener = Listener(folder / SOCKET, self._hear, locate)
        await self._listener.start()
        self._folder = folder
        self._write_quarantine()

    async def close(self) -> None:
        """Stop listening; safe to call twice."""
        self._folder = None
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    def begin(self) -> None:
        """A load begins."""
        self.died = ""
        self._refused.clear()
        self.replayed.clear()
        self.splices.begin()

    async def settled(self) -> None:
        """Wait until everything that happened in the interpreter so far is known."""
        if self._listener is not None:
            await self._listener.settled()

    @property
    def refused(self) -> frozenset[ModuleKey]:
        """The modules of the latest load with splices that were not run for no fault of theirs."""
        quarantined = {key for key, _ in self._quarantine} | {key for key, _ in self._stopped}
        return frozenset(self._refused - quarantined)

    @property
    def quarantined(self) -> frozenset[ModuleKey]:
        """The modules with splices that are not to run."""
        return frozenset(key for key, _ in self._quarantine)

    def must_begin_anew(self) -> bool:
        """Whether the load that ended must be repeated, because its interpreter is gone.

        Not when it would be in vain: a second interpreter in a row went without a splice to blame.
        """
        in_vain = bool(self.died) and not self._stopped
        again = bool(self.died) and not (in_vain and self._lost_in_vain)
        self._lost_in_vain = in_vain
        return again

    async def quarantine(
        self, graph: ModuleGraph | None, modules: Collection[Path], unsaved: Mapping[Path, str]
    ) -> None:
        """Have the splices that were stopped in the latest load not run again until what they see changes.

        A splice whose module the graph does not know may see any of the project's `modules`.
        """
        stopped, self._stopped = self._stopped, {}
        for place, splice in stopped.items():
            paths = {*splice.files, *(_sources(splice, graph) or modules)}
            self._quarantine[place] = _Kept(splice, await asyncio.to_thread(_stamps, paths, unsaved))

    async def release_changed(self, documents: Mapping[Path, Document]) -> None:
        """Let those splices run again whose inputs have changed."""
        unsaved = {path: document.text for path, document in documents.items()}
        changed = [
            place
            for place, kept in self._quarantine.items()
            if await asyncio.to_thread(_stamps, kept.inputs, unsaved) != kept.inputs
        ]
        self._release(changed)

    def release(self, path: Path, span: Span) -> bool:
        """Let a splice run again; whether it was in quarantine.  Raises OSError when the session cannot be told."""
        found = [place for place in self._quarantine if (place[0].path, place[1]) == (path, span)]
        self._release(found)
        return bool(found)

    def _release(self, places: Sequence[tuple[ModuleKey, Span]]) -> None:
        """The running session takes note of it before its next splice."""
        for place in places:
            self._quarantine.pop(place, None)
        if places:
            self._write_quarantine()

    def _write_quarantine(self) -> None:
        if self._folder is not None:
            write_quarantine(self._folder, [_quarantined(kept.splice) for kept in self._quarantine.values()])

    def _hear(self, event: TapEvent) -> None:
        match event:
            case InterpreterStarted():
                log.debug("%s runs as process %d", event.program, event.pid)
            case SpliceRunning():
                self._on_running(_running(event))
            case SpliceDone():
                self._done(event.run)
            case SpliceFinalized():
                self._finalized(event)
            case SpliceRefused():
                self._refused.add(_key(event.place))
            case SpliceReplayed():
                self.replayed.add(event.place)
            case InterpreterDied():
                log.warning("The interpreter of splices is gone: %s", event.cause)
                self.died = event.cause
            case InterpreterSaid():
                log.info("A splice printed: %s", event.text.rstrip())
            case DecodingTrouble():
                log.warning("Splices cannot be followed any more: %s", event.what)
            case _:
                assert_never(event)

    def _done(self, run: SpliceRun) -> None:
        self.splices.add(run)
        if run.stopped:
            self._stop(run, run.failure, run.dependent_files)

    def _finalized(self, event: SpliceFinalized) -> None:
        at = event.place
        self.splices.finalize(_key(at), (at.span, at.kind), event.finalizer, event.dependent_files)
        if event.stopped:
            self._stop(at, event.finalizer.failure, event.dependent_files)

    def _stop(self, at: Place | SpliceRun, reason: str, files: tuple[Path, ...]) -> None:
        key = ModuleKey(at.unit, at.path)
        self._stopped[key, at.span] = Stopped(key, at.module, at.span, reason, files)


def _quarantined(splice: Stopped) -> Quarantined:
    span = splice.span
    place = (span.start_line, span.start_column, span.end_line, span.end_column)
    message = (
        f"{splice.reason}\nIt is run again when its module, what that imports, or a file it depends on changes, "
        "or when you ask for it."
    )
    return Quarantined(splice.key.unit, splice.module, message, place)


def _sources(splice: Stopped, graph: ModuleGraph | None) -> Sequence[Path]:
    """The files of the module and of all that it imports; none when they are not known."""
    return [] if graph is None else [graph.path(one) for one in graph.dependencies(graph.at(splice.key.path))]


def _stamps(paths: Iterable[Path], unsaved: Mapping[Path, str]) -> dict[Path, str]:
    return {path: source_stamp(path, unsaved.get(path)) for path in paths}


def _key(place: Place) -> ModuleKey:
    return ModuleKey(place.unit, place.path)


def _running(event: SpliceRunning) -> str:
    place = event.place
    return f"{place.module}:{place.span.start_line}: a splice is running"

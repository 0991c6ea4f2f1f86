"""A project lane's edit lane: made when somebody has a buffer open, and told what the project lane finds out.

Without a cache there is none, and the project lane checks the buffers by itself.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from thatch.core.artifacts import Job, Plan, Standing
from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.documents import read_text
from thatch.core.ghc.lane_host import LaneHost
from thatch.core.ghc.lane_replays import may_splice
from thatch.core.ghc.lane_splices import LaneSplices
from thatch.core.ghc.results import ModuleKey, Results
from thatch.core.ghc.stamps import source_stamp
from thatch.core.iserv.messages import protocol_of
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project
from thatch.core.project.resolve import ModuleId
from thatch.core.settings import Settings
from thatch.core.splices.runs import FileSplices
from thatch.core.syntax import parse_header

if TYPE_CHECKING:
    # Not loaded where nobody edits.
    from thatch.core.edit.edit_lane import EditLane
    from thatch.core.edit.edit_session import Facts
    from thatch.core.edit.look import Known
    from thatch.core.edit.view import Kept, Left

HASKELL = frozenset({".hs", ".lhs"})


class EditedLane(Protocol):
    """What the edit lane needs of its project lane."""

    busy: bool
    project: Project
    settings: Settings

    def request(self, cause: str) -> None:
        """Ask for a load."""


@frozen
class _Compiled:
    """What the project's session wrote for a module."""

    file: Path
    source: str


class LaneEdits:
    """Owns the edit lane of one project lane."""

    def __init__(
        self,
        name: str,
        lane: EditedLane,
        host: LaneHost,
        interfaces: Path,
        folder: Path,
        *,
        barred: Callable[[], Collection[ModuleKey]],
        splices: LaneSplices,
    ) -> None:
        """`interfaces` is where the project's session leaves interfaces; `folder` need not exist.

        `barred` tells which modules have splices that must not run, `splices` are all that is known of splices.
        """
        self.name = f"edits of {name}"
        self._lane = lane
        self._host = host
        self._interfaces = interfaces
        self._folder = folder
        self._barred = barred
        self._splices = splices
        self._edits: EditLane | None = None
        self._job: Job | None = None
        self._graph: ModuleGraph | None = None
        self._plan: Plan | None = None
        self._compiled: dict[ModuleId, _Compiled] = {}
        self._news: set[ModuleKey] = set()
        self._failed: frozenset[Path] = frozenset()
        self._spliced: set[ModuleKey] = set()
        """The modules that have splices, or had some."""

    @property
    def busy(self) -> bool:
        """Whether an edit is being checked."""
        return self._edits is not None and self._edits.busy

    @property
    def pid(self) -> int | None:
        """The process id of the session for edits, if one runs."""
        return self._edits.pid if self._edits else None

    @property
    def n_differences(self) -> int:
        """How many files were judged otherwise while they were edited than after they had been saved."""
        return self._edits.n_differences if self._edits else 0

    @property
    def ready(self) -> bool:
        """Whether edits can be looked at without a session of the whole project."""
        return self._graph is not None

    @property
    def overlaid(self) -> bool:
        """Whether loads of the project are to see the buffers rather than the files."""
        return not self.ready or (self._edits is not None and self._edits.overlaid)

    @property
    def needs_project(self) -> bool:
        """Whether a session of the project is to be at hand."""
        return self._edits is not None and self._edits.needs_project

    def facts(self) -> "Mapping[ModuleKey, Facts]":
        """What is known of the code of modules as they are being edited."""
        return self._edits.facts if self._edits else {}

    def request(self) -> bool:
        """Have the buffers looked at; whether that can be done here."""
        if not self.ready:
            return False
        if self._edits is None:
            self._edits = self._new_lane()
        self._edits.request()
        return True

    async def planned(self, job: Job, plan: Plan, results: Results) -> None:
        """The cache has said what is up to date, which is in the results.  Raises OSError."""
        if plan.graph is None:
            return
        self._job, self._graph, self._plan = job, plan.graph, plan
        self._compiled.clear()
        self._news.clear()
        self._failed = results.failed_paths
        if self._edits is not None:
            await self._edits.know(
                self._known(), await self._interfaces_kept(), self._splices_known({}), {}, whole=True
            )

    def wrote(self, compiled: Iterable[ModuleKey]) -> None:
        """The project's session has compiled modules."""
        self._news.update(compiled)

    async def loaded(self, results: Results, said: Mapping[Path, FileDiagnostics], unsaved: Mapping[Path, str]) -> None:
        """A load came to its end, with these buffers that were not saved, and `said` is what it says of all files.

        Raises OSError.
        """
        if self._graph is None:
            return
        self._failed = results.failed_paths
        fresh = await asyncio.to_thread(self._take, results, unsaved)
        if self._edits is not None:
            await self._edits.know(self._known(), _left(fresh), self._splices_known(unsaved), unsaved)
            self._edits.confirm(said)

    def forget(self) -> None:
        """The project is another one, or is read anew."""
        self._graph = None
        if self._edits is not None:
            self._edits.forget()

    async def close(self) -> None:
        """End the edit lane; safe to call twice."""
        if self._edits is not None:
            await self._edits.close()

    def _new_lane(self) -> "EditLane":
        from thatch.core.edit.edit_lane import EditLane
        from thatch.core.edit.view import DATABASES, View

        assert self._host.store
        settings = self._lane.settings
        view = View(self._folder / "view", self._host.store.interface, settings.cache_dir / DATABASES)
        return EditLane(
            self.name,
            view,
            self._folder / "sessions",
            self._host,
            bring=self._bring,
            settings=lambda: self._lane.settings,
            ask_project=self._lane.request,
            barred=self._barred,
            spliced=lambda: self._splices.modules,
            is_stranger=self._is_stranger,
        )

    async def _bring(self) -> None:
        """Tell a new lane everything."""
        assert self._edits
        if self._graph is None:
            return
        kept = await self._interfaces_kept()
        # A session that is running may be writing them; its end will be told.
        left = {} if self._lane.busy else _left(self._compiled)
        await self._edits.know(self._known(), {**kept, **left}, self._splices_known({}), {}, whole=True)

    def _known(self) -> "Known":
        from thatch.core.edit.edit_unit import EditIds
        from thatch.core.edit.look import Known

        assert self._job and self._graph
        ids = EditIds.of(self._job.project.units)
        protocol = protocol_of(self._job.toolchain.series)
        beyond = frozenset(
            module
            for module, node in self._graph.nodes.items()
            if module.unit not in ids.by_unit
            or (protocol is None and may_splice(node.header, self._job.flags[module.unit]))
        )
        return Known(self._job, self._graph, ids, beyond, self._failed)

    def _splices_known(self, unsaved: Mapping[Path, str]) -> dict[ModuleId, FileSplices]:
        """The splices of the modules that are up to date, and with them all that they import, with these texts.

        Also of those that have lost their splices.
        """
        assert self._graph
        graph = self._graph
        failed = graph.dependents(module for path in self._failed for module in graph.at(path))
        self._spliced |= self._splices.modules
        return {
            module: self._file_splices(key, unsaved)
            for key in self._spliced
            for module in graph.at(key.path)
            if module.unit == key.unit and module not in failed
        }

    def _file_splices(self, key: ModuleKey, unsaved: Mapping[Path, str]) -> FileSplices:
        text = self._splices.text(key)
        if text is None:
            text = unsaved[key.path] if key.path in unsaved else read_text(key.path) or ""
        return FileSplices(text, self._splices.of(key))

    async def _interfaces_kept(self) -> "dict[ModuleId, tuple[Kept | Left, str]]":
        from thatch.core.edit.view import Kept

        assert self._plan
        hits = [module for module in self._plan.modules if module.standing is Standing.HIT and not module.boot]
        sources = await asyncio.to_thread(lambda: [source_stamp(module.key.path, None) for module in hits])
        return {
            ModuleId(module.key.unit, module.name): (Kept(module), source)
            for module, source in zip(hits, sources, strict=True)
        }

    def _take(self, results: Results, unsaved: Iterable[Path]) -> dict[ModuleId, _Compiled]:
        """The modules that were compiled since this was last asked for, with what they import now.  Blocking.

        What was compiled with texts that nobody has saved is not what the others were made with, and is passed over.
        """
        assert self._graph
        written = results.written()
        known = {ModuleId(key.unit, _name(each.interface)): key for key, each in written.items()}
        hits = self._hits()
        passed_over = self._graph.dependents(module for path in unsaved for module in self._graph.at(path))
        fresh = {}
        for module, key in known.items():
            if module not in self._graph.nodes or written[key].interface.suffix != ".hi" or module in passed_over:
                continue
            if key in self._news or not (module in self._compiled or module in hits):
                file = self._interfaces / key.unit / written[key].interface
                fresh[module] = _Compiled(file, written[key].stamp.source)
                header = parse_header(read_text(key.path) or "", literate=key.path.suffix == ".lhs")
                self._graph = self._graph.with_header(module, header)
        self._compiled |= fresh
        self._news -= {known[module] for module in fresh}
        return fresh

    def _hits(self) -> set[ModuleId]:
        modules = self._plan.modules if self._plan else ()
        return {ModuleId(module.key.unit, module.name) for module in modules if module.standing is Standing.HIT}

    def _is_stranger(self, path: Path) -> bool:
        """Whether a file that is no module lies where modules of the project do."""
        folders = (folder for unit in self._lane.project.units for folder in unit.source_dirs)
        return path.suffix in HASKELL and any(path.is_relative_to(folder) for folder in folders)


def _left(compiled: Mapping[ModuleId, _Compiled]) -> "dict[ModuleId, tuple[Kept | Left, str]]":
    from thatch.core.edit.view import Left

    return {module: (Left(one.file), one.source) for module, one in compiled.items()}


def _name(interface: PurePosixPath) -> str:
    return ".".join(interface.with_suffix("").parts)

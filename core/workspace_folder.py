"""One folder of a workspace: the projects found in it, each with its lane, and the asking of build tools."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Protocol

from attrs import evolve

from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.errors import CradleError, ThatchError, unexpected
from thatch.core.events import Health
from thatch.core.ghc.lane_host import LaneHost, Trouble
from thatch.core.ghc.project_lane import ProjectLane
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.project.discover import find_projects
from thatch.core.project.model import Project, Unit
from thatch.core.run_folder import RunFolder
from thatch.core.settings import Settings
from thatch.core.splices.runs import SpliceRun

log = logging.getLogger(__name__)

SOURCE_SUFFIXES = frozenset({".hs", ".lhs", ".hs-boot", ".lhs-boot", ".hsig", ".hsc", ".chs", ".x", ".y"})

DESCRIPTION = ".cabal"
"""The suffix of the files that describe packages to cabal."""

DESCRIPTIONS = frozenset({"cabal.project", "stack.yaml", "package.yaml", "hie.yaml"})
"""The names of files that can turn a folder into a project."""


Narrow = Callable[[Project, Toolchain], Awaitable[Project]]
"""Gives a project with only some of its units' modules, which import no others."""


class FolderHost(LaneHost, Protocol):
    """What a folder needs of the workspace, besides what its lanes need."""

    settings: Settings

    narrow: Narrow | None
    """Where only a part of each project is wanted."""

    def forget(self, lane: str) -> None:
        """Drop everything that a lane said."""


class WorkspaceFolder:
    """Asks for the folder's projects when needed and keeps a lane for each."""

    def __init__(self, path: Path, host: FolderHost, run_folder: RunFolder) -> None:
        """Describe the folder; nothing happens before `discover`."""
        self.path = path
        self.lanes: dict[Path, ProjectLane] = {}
        self._trouble: Trouble | None = None
        self._host = host
        self._run_folder = run_folder
        self._generation = itertools.count()
        self._sources: set[Path] = set()
        self._wanted: list[str] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether a build tool is being asked, or a lane loads or waits to."""
        return self._task is not None or any(lane.busy or lane.edits.busy for lane in self.lanes.values())

    @property
    def troubles(self) -> list[Trouble]:
        """What keeps the folder from being checked."""
        found = [self._trouble, *(lane.trouble for lane in self.lanes.values())]
        return [trouble for trouble in found if trouble]

    def discover(self, cause: str) -> None:
        """Ask for the folder's projects (again), because of `cause`, and check what changed; requests are merged."""
        self._wanted.append(cause)
        if self._task is None:
            self._task = asyncio.create_task(self._discover(), name=f"discover:{self.path}")
            self._host.lane_changed()

    def edited(self, path: Path) -> None:
        """A buffer has another text."""
        for lane in self.lanes_of(path):
            lane.edited(f"{path.name} edited")

    def closed(self, path: Path) -> None:
        """A buffer was closed."""
        if path.exists():
            for lane in self.lanes_of(path):
                lane.edited(f"{path.name} closed")
        elif self.lanes_of(path):
            # It was the buffer that kept the module.
            self.discover(f"{path.name} closed")

    def run_splice_again(self, path: Path, run: SpliceRun) -> None:
        """Run a splice of a file again that was stopped."""
        for lane in self.lanes_of(path):
            lane.run_splice_again(path, run)

    def opened(self, path: Path, *, unsaved: bool) -> None:
        """A buffer was opened, with a text that differs from its file's or not."""
        for lane in self.lanes_of(path):
            (lane.edited if unsaved else lane.wake)(f"{path.name} opened")

    def files_changed(self, paths: Iterable[Path]) -> None:
        """Files on disk were made, changed or removed."""
        changed = [path for path in paths if path.is_relative_to(self.path) or self._is_known(path)]
        if any(self._is_watched(path) or self._comes_or_goes(path) for path in changed):
            self.discover(_cause(changed))
            return
        lanes = {id(lane): lane for path in changed for lane in self.lanes_of(path) if _may_help(path, lane)}
        for lane in lanes.values():
            ask = lane.request if lane.inputs.keys().isdisjoint(changed) else lane.read_again
            ask(_cause(changed))

    async def close(self) -> None:
        """End everything that belongs to the folder; safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for root in list(self.lanes):
            await self._close_lane(root)
        self._host.forget(self._name)

    @property
    def _name(self) -> str:
        return f"cradle:{self.path}"

    def lanes_of(self, path: Path) -> list[ProjectLane]:
        """The lanes of the projects that a file may belong to."""
        return [lane for lane in self.lanes.values() if _belongs(path, lane.project) or path in lane.inputs]

    def _is_known(self, path: Path) -> bool:
        """Whether a file that may lie anywhere matters here."""
        return self._is_watched(path) or self._is_input(path)

    def _is_input(self, path: Path) -> bool:
        return any(path in lane.inputs for lane in self.lanes.values())

    def _is_watched(self, path: Path) -> bool:
        # A description that was not there when the build tool was asked can be on no list.
        described = path.suffix == DESCRIPTION or path.name in DESCRIPTIONS
        return described or any(path in lane.project.watched for lane in self.lanes.values())

    def _comes_or_goes(self, path: Path) -> bool:
        if path.is_dir() or any(path in source.parents for source in self._sources):
            # A whole folder appeared, vanished or was renamed.
            return True
        if path.suffix not in SOURCE_SUFFIXES or (path not in self._sources and self._is_input(path)):
            return False
        if path.exists():
            new = path not in self._sources
            self._sources.add(path)
            return new
        known = path in self._sources
        self._sources.discard(path)
        return known

    async def _discover(self) -> None:
        try:
            while self._wanted:
                cause = ", ".join(dict.fromkeys(self._wanted))
                self._wanted.clear()
                await self._ask(cause)
        finally:
            self._task = None
            self._host.lane_changed()

    async def _ask(self, cause: str) -> None:
        work = self._host.begin_work(f"Looking at {self.path.name} ({cause})")
        try:
            projects = await find_projects(
                self.path, self._host.settings, lambda text: work.progress(text, 0, 0), self._host.store
            )
            toolchains = {ghc: await probe(ghc) for ghc in {project.ghc for project in projects if project.units}}
            await self._adopt(projects, toolchains, cause)
        except ThatchError as error:
            # The last good description goes on serving.
            self._trouble = Trouble(Health.ERROR, str(error))
            self._publish([_as_diagnostic(error)] if isinstance(error, CradleError) and error.path else [])
            return
        except Exception as error:
            log.exception("Asking about %s failed", self.path)
            self._trouble = Trouble(Health.ERROR, str(unexpected(error)))
            return
        finally:
            work.end("")
        self._trouble = (
            None if self.lanes else Trouble(Health.WARNING, f"No Haskell modules were found in {self.path}.")
        )
        self._publish(diagnostic for project in projects for diagnostic in project.diagnostics)

    async def _adopt(self, projects: Iterable[Project], toolchains: dict[Path, Toolchain], cause: str) -> None:
        # A unit without a module gives GHC nothing to do, which it does not expect.
        described = [self._with_open_modules(project) for project in projects]
        loadable = [evolve(project, units=tuple(filter(_has_modules, project.units))) for project in described]
        if self._host.narrow is not None:
            loadable = [await self._host.narrow(one, toolchains[one.ghc]) for one in loadable if one.units]
        wanted = {project.root: project for project in loadable if project.units}
        for root in self.lanes.keys() - wanted.keys():
            await self._close_lane(root)
        for project in wanted.values():
            self._sources.update(module.path for unit in project.units for module in unit.modules)
            await self._adopt_project(project, toolchains[project.ghc], cause)

    def _with_open_modules(self, project: Project) -> Project:
        """The project with those modules whose file was removed and whose buffer is still open."""
        lane = self.lanes.get(project.root)
        before = {unit.id: unit.modules for unit in lane.project.units} if lane else {}
        opened = self._host.documents().keys()
        declared = {module.path for unit in project.units for module in unit.modules}
        kept = {
            unit: [module for module in modules if module.path in opened and module.path not in declared]
            for unit, modules in before.items()
        }
        return evolve(
            project,
            units=tuple(evolve(unit, modules=(*unit.modules, *kept.get(unit.id, ()))) for unit in project.units),
        )

    async def _adopt_project(self, project: Project, toolchain: Toolchain, cause: str) -> None:
        lane = self.lanes.get(project.root)
        if lane is not None and lane.toolchain != toolchain:
            await self._close_lane(project.root)
            lane = None
        if lane is None:
            folder = self._run_folder.next_part()
            lane = self.lanes[project.root] = ProjectLane(project, toolchain, self._host.settings, folder, self._host)
            lane.request(cause)
        elif lane.project.units != project.units or lane.settings != self._host.settings:
            lane.restart(cause, project, self._host.settings)
        else:
            lane.project = project
            lane.request(cause)

    async def _close_lane(self, root: Path) -> None:
        lane = self.lanes[root]
        await lane.close()
        # Not before: who cancels this must still find the lane to close it.
        self.lanes.pop(root, None)
        self._host.forget(lane.edits.name)
        self._host.forget(lane.name)

    def _publish(self, diagnostics: Iterable[Diagnostic]) -> None:
        files: dict[Path, list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            files.setdefault(diagnostic.path, []).append(diagnostic)
        found = {path: FileDiagnostics(tuple(said)) for path, said in files.items()}
        self._host.publish(self._name, next(self._generation), found)


def _belongs(path: Path, project: Project) -> bool:
    if path.suffix == DESCRIPTION or path.name in DESCRIPTIONS:
        # Build tools read it, and only what is saved.
        return False
    if path.suffix not in SOURCE_SUFFIXES:
        # GHC knows which other files a module has read, and checks just those.
        return path.is_relative_to(project.root)
    return any(path.is_relative_to(folder) for unit in project.units for folder in (*unit.source_dirs, unit.directory))


def _has_modules(unit: Unit) -> bool:
    return bool(unit.modules)


def _may_help(path: Path, lane: ProjectLane) -> bool:
    """Whether a change can do a lane good: what a dying GHC itself leaves in the folder must not start the next one."""
    return lane.trouble is None or path.suffix in SOURCE_SUFFIXES or path in lane.inputs


def _as_diagnostic(error: CradleError) -> Diagnostic:
    assert error.path
    return Diagnostic(
        path=error.path,
        span=Span(error.line, 1, error.line, 1),
        severity=Severity.ERROR,
        message=str(error),
        source="cabal" if error.path.suffix in {".cabal", ".project"} else "thatch",
    )


def _cause(paths: list[Path]) -> str:
    """Such as `Foo.hs changed` or `Foo.hs and 3 more changed`."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0].name}{more} changed"

"""The owner of everything: folders and their projects, open buffers, and what is known about the code.

Front ends (the language server, the terminal) tell it what happened, listen to its events, and read snapshots.
All methods must be called on the event loop's thread.
"""

import asyncio
import itertools
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from thatch.core.artifacts import ArtifactStore
from thatch.core.diagnostic_store import DiagnosticStore, FileDiagnostics
from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document, read_text
from thatch.core.errors import ThatchError
from thatch.core.events import (
    CodeChanged,
    DiagnosticsChanged,
    Health,
    Listener,
    SettingsFileChanged,
    SplicesChanged,
    Status,
    StatusChanged,
    WorkEnded,
    WorkProgressed,
    WorkStarted,
)
from thatch.core.ghc.lane_hie import LaneHie
from thatch.core.ghc.lane_host import Trouble
from thatch.core.ghc.project_lane import ProjectLane
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.inputs import InputWatch
from thatch.core.project.model import Project
from thatch.core.run_folder import RunFolder
from thatch.core.settings import Settings
from thatch.core.settings_file import NAME as SETTINGS_FILE
from thatch.core.splices.runs import FileSplices, SpliceRun
from thatch.core.workspace_folder import Narrow, WorkspaceFolder

if TYPE_CHECKING:
    from thatch.core.evaluation.evaluator import Evaluated
    from thatch.core.index.sources import ProjectFiles
    from thatch.core.th.expansion import Expansion
    from thatch.core.watch import Watcher

NOT_TRUSTED = Trouble(
    Health.WARNING,
    "This workspace is not trusted: there are features of syntax only, and nothing is checked, because checking runs "
    "code of the project. Trust it in the editor to have it checked.",
)
"""Why nothing is checked before somebody says that the code may run."""


@frozen
class Snapshot:
    """What is known at one moment; it never changes."""

    # asyncio puts the results of tasks into texts that nobody reads: for these it would take half as long as a check.
    diagnostics: Mapping[Path, tuple[Diagnostic, ...]] = field(repr=False)
    """The complete current set of every file that has diagnostics, sorted."""

    documents: Mapping[Path, Document] = field(repr=False)
    """The open buffers."""

    status: Status

    projects: tuple[Project, ...] = field(repr=False)

    generation: int
    """Grows with every change of the diagnostics."""

    splices: Mapping[Path, FileSplices] = field(default={}, repr=False)
    """The splices of every file that has some, as they last ran."""

    versions: Mapping[Path, int | None] = field(default={}, repr=False)
    """Of every file that has diagnostics, the version of the open buffer that these are about; None for the file."""

    toolchains: Mapping[Path, Toolchain] = field(default={}, repr=False)
    """The compilers of the projects, by their paths."""

    def text(self, path: Path) -> str | None:
        """The text of the open buffer, else of the file, decoded leniently; None if it cannot be read."""
        document = self.documents.get(path)
        return document.text if document else read_text(path)


class Workspace:
    """One or more folders, kept checked."""

    def __init__(
        self,
        folders: Sequence[Path],
        settings: Settings,
        listener: Listener,
        store: ArtifactStore | None = None,
        narrow: Narrow | None = None,
    ) -> None:
        """Describe the workspace; nothing happens before `start`.  The listener is called on the loop's thread.

        Without a `store` every module is compiled anew at every start.  Who wants only a part of each project gives a
        function that leaves out the rest, to `narrow` it.
        """
        self.store = store
        self.narrow = narrow
        self.settings = settings
        self._listener = listener
        self._run_folder = RunFolder(settings.cache_dir)
        self._folders = {folder: WorkspaceFolder(folder, self, self._run_folder) for folder in folders}
        self._documents: dict[Path, Document] = {}
        self._diagnostics = DiagnosticStore()
        self._told_versions: dict[Path, int] = {}
        self._splices: dict[str, Mapping[Path, FileSplices]] = {}
        self._work: dict[int, _Work] = {}
        self._work_keys = itertools.count()
        # Until something has been looked at, there is something to do.
        self._status = Status(busy=True)
        self._idle = asyncio.Event()
        self._watcher: Watcher | None = None
        self._watch_trouble = ""
        self._trusted = True
        self._watched = True
        self._inputs: list[Mapping[Path, str]] = []
        self._input_watch = InputWatch(self.files_changed)

    async def start(self, *, trusted: bool = True, watched: bool = True) -> None:
        """Begin to discover, watch and load, in the background.

        What is not trusted is only watched: no program is started before `grant_trust`.  What is not `watched` is
        taken as it is found, and changes on disk are not noticed: for those who only want to know how things stand.
        """
        self._trusted = trusted
        self._watched = watched
        await self._watch()
        self._discover("start")
        self.lane_changed()

    async def grant_trust(self) -> None:
        """The project's code may run from now on; to say so again is no error."""
        if not self._trusted:
            self._trusted = True
            self._discover("trust granted")
            self.lane_changed()

    async def idle(self) -> None:
        """Wait until nothing is being done or waiting, and all events were told.  May be cancelled at any time."""
        await self._idle.wait()

    async def close(self) -> None:
        """End every child process and forget everything; safe to call twice."""
        await self._stop_watching()
        await self._input_watch.stop()
        await asyncio.gather(*(folder.close() for folder in self._folders.values()))
        await asyncio.to_thread(self._run_folder.remove)

    async def configure(self, settings: Settings) -> None:
        """Use other settings from now on; what depends on a changed one is started anew."""
        if settings == self.settings:
            return
        self.settings = settings
        self._discover("settings changed")

    async def add_folder(self, path: Path) -> None:
        """Check one more folder; one that is checked already is no error."""
        if path not in self._folders:
            self._folders[path] = folder = WorkspaceFolder(path, self, self._run_folder)
            await self._watch()
            self._discover("folder added", folder)

    async def remove_folder(self, path: Path) -> None:
        """Check a folder no longer; its diagnostics vanish."""
        folder = self._folders.pop(path, None)
        if folder is not None:
            await folder.close()
            await self._watch()
            self.lane_changed()

    async def restart(self, cause: str) -> None:
        """Ask the build tools anew and start new sessions."""
        for path in list(self._folders):
            await self._folders[path].close()
            self._folders[path] = folder = WorkspaceFolder(path, self, self._run_folder)
            self._discover(cause, folder)

    async def expand(self, path: Path, run: SpliceRun) -> "Expansion":
        """What a splice of a file gave back, as source that compiles in its place.

        Raises `ThatchError` for what cannot be shown.  Cancelling is safe.
        """
        return await self._lane_with_splices(path).expand(run)

    async def expand_all(self, path: Path, runs: Sequence[SpliceRun]) -> "list[Expansion | ThatchError]":
        """The expansions of splices of a file that are replaced together, so that their fresh names do not clash.

        An error stands for what cannot be shown.  Raises `ThatchError` when nothing can.  Cancelling is safe.
        """
        return await self._lane_with_splices(path).expand_all(runs)

    async def evaluate(
        self, path: Path, text: str, lines: Collection[int] | None, beside: Mapping[Path, str] | None = None
    ) -> "list[Evaluated]":
        """What comes of the examples in a module's text whose prompts are in these 0-based lines, or of all of them.

        Who asks about many modules gives the texts of all, to have them share a session where that is possible.
        Raises `ThatchError` for what cannot be evaluated, OSError.  Cancelling ends what runs.
        """
        lanes = [lane for folder in self._folders.values() for lane in folder.lanes_of(path)]
        lane = next((lane for lane in lanes if lane.declares(path)), lanes[0] if lanes else None)
        if lane is None:
            raise ThatchError(message=f"{path.name} belongs to no project, so nothing in it is evaluated.")
        work = self.begin_work(f"Evaluating examples of {path.name}")
        try:
            return await lane.evaluator.evaluate(
                path, text, lines, lambda done, total: work.progress(f"{done}/{total}", done, total), beside or {}
            )
        finally:
            work.end("")

    def _lane_with_splices(self, path: Path) -> ProjectLane:
        for folder in self._folders.values():
            for lane in folder.lanes.values():
                if lane.name in self._splices and path in self._splices[lane.name]:
                    return lane
        raise ThatchError(message=f"Nothing is known of splices in {path}.", remedy="Check its project first.")

    def run_splice_again(self, path: Path, run: SpliceRun) -> None:
        """Run a splice of a file again that was stopped, although nothing has changed."""
        for folder in self._folders.values():
            folder.run_splice_again(path, run)

    def open_document(self, path: Path, text: str, version: int) -> None:
        """A buffer was opened; from now on its text counts, not the file's."""
        self._documents[path] = Document(path, text, version)
        self._told_versions.pop(path, None)
        unsaved = read_text(path) != text
        for folder in self._folders.values():
            folder.opened(path, unsaved=unsaved)

    def change_document(self, path: Path, text: str, version: int) -> None:
        """A buffer has a new text."""
        self._documents[path] = Document(path, text, version)
        for folder in self._folders.values():
            folder.edited(path)

    def save_document(self, path: Path) -> None:
        """A buffer was saved."""
        self.files_changed(frozenset({path}))

    def close_document(self, path: Path) -> None:
        """A buffer was closed; from now on the file's text counts again."""
        if self._documents.pop(path, None) is not None:
            for folder in self._folders.values():
                folder.closed(path)

    def files_changed(self, paths: frozenset[Path]) -> None:
        """Files on disk were made, changed or removed."""
        if not self._trusted:
            return
        if any(path.name == SETTINGS_FILE for path in paths):
            self._listener(SettingsFileChanged())
        ours = self.settings.cache_dir
        foreign = [path for path in paths if not path.is_relative_to(ours)]
        for folder in self._folders.values():
            folder.files_changed(foreign)

    def snapshot(self) -> Snapshot:
        """What is known now."""
        lanes = [lane for folder in self._folders.values() for lane in folder.lanes.values()]
        return Snapshot(
            diagnostics=self._diagnostics.current(),
            documents=dict(self._documents),
            status=self._status,
            projects=tuple(lane.project for lane in lanes),
            generation=self._diagnostics.generation,
            toolchains={lane.project.ghc: lane.toolchain for lane in lanes},
            splices={path: found for known in self._splices.values() for path, found in known.items()},
            versions=self._diagnostics.versions(),
        )

    def hie_files(self) -> list[LaneHie]:
        """Where the `.hie` files of the home modules are."""
        return [lane.hie for folder in self._folders.values() for lane in folder.lanes.values()]

    def project_files(self) -> "list[ProjectFiles]":
        """The projects with their `.hie` files."""
        from thatch.core.index.sources import ProjectFiles

        return [
            ProjectFiles(
                lane.project.root,
                lane.toolchain.version_text,
                lane.hie,
                frozenset(ModuleKey(unit.id, module.path) for unit in lane.project.units for module in unit.modules),
                settled=not folder.busy,
            )
            for folder in self._folders.values()
            for lane in folder.lanes.values()
        ]

    # What folders and lanes call (`FolderHost`).

    def documents(self) -> Mapping[Path, Document]:
        """The open buffers by path."""
        return self._documents

    def publish(self, lane: str, generation: int, files: Mapping[Path, FileDiagnostics], *, over: bool = False) -> None:
        """Take everything that a lane knows, and tell what changed; see `DiagnosticStore.replace`."""
        self._diagnostics.replace(lane, generation, files, over=over)
        self._tell_diagnostics()

    def publish_splices(self, lane: str, files: Mapping[Path, FileSplices]) -> None:
        """Take all splices that a lane knows, and tell what changed."""
        known = self._splices.pop(lane, {})
        if files:
            self._splices[lane] = files
        changed = frozenset(path for path in known.keys() | files.keys() if known.get(path) != files.get(path))
        if changed:
            self._listener(SplicesChanged(changed))

    def code_changed(self, paths: frozenset[Path]) -> None:
        """Tell that more or less is known of the code of files."""
        self._listener(CodeChanged(paths))

    def forget(self, lane: str) -> None:
        """Drop everything that a lane said."""
        self._diagnostics.remove(lane)
        self._tell_diagnostics()
        self.publish_splices(lane, {})

    def begin_work(self, title: str) -> "_Work":
        """Show the user that something long goes on."""
        key = next(self._work_keys)
        self._work[key] = work = _Work(self, key, title)
        self._listener(WorkStarted(key, title))
        self.lane_changed()
        return work

    def lane_changed(self) -> None:
        """Tell a changed status, and who waits for it that nothing is left to do."""
        status = self._current_status()
        if status != self._status:
            self._status = status
            self._listener(StatusChanged(status))
        if status.busy:
            self._idle.clear()
        else:
            self._idle.set()
        self._watch_inputs()

    def work_progressed(self, work: "_Work", message: str, done: int, total: int) -> None:
        """A long operation got on."""
        self._listener(WorkProgressed(work.key, message, done, total))
        self.lane_changed()

    def work_ended(self, work: "_Work", message: str) -> None:
        """A long operation ended."""
        del self._work[work.key]
        self._listener(WorkEnded(work.key, message))
        self.lane_changed()

    def _discover(self, cause: str, *folders: WorkspaceFolder) -> None:
        """Have folders looked at, or all of them: the one way to the first program that is started."""
        if self._trusted:
            for folder in folders or self._folders.values():
                folder.discover(cause)

    def _tell_diagnostics(self) -> None:
        for path, found in self._diagnostics.take_changes().items():
            self._listener(DiagnosticsChanged(path, found.diagnostics, self._version(path, found.version)))

    def _version(self, path: Path, version: int | None) -> int | None:
        """The version to tell with what is said of a file: editors take no notice of what is said of an older one.

        What the project's session said of a text holds again for a newer version with the same text.
        """
        document = self._documents.get(path)
        if document is None or version is None:
            return None
        told = min(max(version, self._told_versions.get(path, version)), document.version)
        self._told_versions[path] = told
        return told

    def _current_status(self) -> Status:
        troubles = [trouble for folder in self._folders.values() for trouble in folder.troubles]
        if not self._trusted:
            troubles.append(NOT_TRUSTED)
        if self._watch_trouble:
            troubles.append(Trouble(Health.WARNING, self._watch_trouble))
        healths = [trouble.health for trouble in troubles]
        lanes = [lane for folder in self._folders.values() for lane in folder.lanes.values()]
        return Status(
            health=next((health for health in (Health.ERROR, Health.WARNING) if health in healths), Health.OK),
            message="\n\n".join(trouble.message for trouble in troubles),
            work="; ".join(work.text for work in self._work.values()),
            busy=any(folder.busy for folder in self._folders.values()),
            ghc_versions=tuple(sorted({lane.toolchain.version_text for lane in lanes})),
        )

    async def _watch(self) -> None:
        if not self._watched:
            return
        from thatch.core.watch import Watcher

        await self._stop_watching()
        self._watcher = Watcher(self._folders, self.files_changed, self._on_watch_trouble)
        await self._watcher.start()

    async def _stop_watching(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            await watcher.stop()

    def _watch_inputs(self) -> None:
        """Look at the files that modules were made from and that no watched folder holds."""
        inputs = [lane.inputs for folder in self._folders.values() for lane in folder.lanes.values()]
        # Asked very often, and mostly the same objects.
        if inputs == self._inputs or not self._watched:
            return
        from thatch.core.watch import is_watched

        self._inputs = inputs
        found = {path: known for made_from in inputs for path, known in made_from.items()}
        elsewhere = {path for path in found if not any(is_watched(path, folder) for folder in self._folders)}
        self._input_watch.watch({path: found[path] for path in elsewhere})

    def _on_watch_trouble(self, message: str) -> None:
        self._watch_trouble = message
        self.lane_changed()


class _Work:
    """A long operation that the user sees."""

    def __init__(self, workspace: Workspace, key: int, title: str) -> None:
        self.key = key
        self.text = title
        self._title = title
        self._workspace = workspace

    def progress(self, message: str, done: int, total: int) -> None:
        """Say how far it got."""
        self.text = f"{self._title}: {message}"
        self._workspace.work_progressed(self, message, done, total)

    def end(self, message: str) -> None:
        """Say that it is over."""
        self._workspace.work_ended(self, message)

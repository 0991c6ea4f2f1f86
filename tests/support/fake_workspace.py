"""A stand-in for `Workspace` that records what it is told and says what a test wants; e2e tests use the real one."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document
from thatch.core.events import DiagnosticsChanged, Event, Listener, Status, StatusChanged
from thatch.core.index.sources import ProjectFiles
from thatch.core.navigation.modules import HieFiles
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.workspace import Snapshot


class FakeWorkspace:
    """Follows the contract of `Workspace`; everything it is told is in `calls`."""

    def __init__(self, folders: Sequence[Path], settings: Settings, listener: Listener) -> None:
        self.settings = settings
        self.folders = tuple(folders)
        self.calls: list[tuple[Any, ...]] = [("folders", *folders)]
        self.failure: Exception | None = None
        self.hie: list[HieFiles] = []
        self.projects: tuple[Project, ...] = ()
        self._listener = listener
        self._documents: dict[Path, Document] = {}
        self._diagnostics: dict[Path, tuple[Diagnostic, ...]] = {}
        self._versions: dict[Path, int | None] = {}
        self._status = Status(ghc_versions=("9.6.6",))
        self._generation = 0
        self._idle = asyncio.Event()
        self._idle.set()

    # What tests call.

    def say(self, path: Path, *diagnostics: Diagnostic, version: int | None = None) -> None:
        """GHC has judged a file."""
        self._diagnostics = {**self._diagnostics, path: diagnostics}
        if not diagnostics:
            del self._diagnostics[path]
        self._versions = {**self._versions, path: version}
        self._generation += 1
        self.tell(DiagnosticsChanged(path, diagnostics, version))

    def become(self, status: Status) -> None:
        """The status is another."""
        self._status = status
        self.tell(StatusChanged(status))

    def tell(self, event: Event) -> None:
        """An event for the front end."""
        self._listener(event)

    def busy(self) -> None:
        """GHC has something to do."""
        self._idle.clear()

    def done(self) -> None:
        """GHC has nothing more to do."""
        self._idle.set()

    # What the server calls.

    async def start(self, *, trusted: bool = True) -> None:
        self._called("start" if trusted else "start untrusted")

    async def grant_trust(self) -> None:
        self._called("grant_trust")

    async def idle(self) -> None:
        await self._idle.wait()

    async def close(self) -> None:
        self._called("close")

    async def configure(self, settings: Settings) -> None:
        self.settings = settings
        self._called("configure", settings)

    async def add_folder(self, folder: Path) -> None:
        self._called("add_folder", folder)

    async def remove_folder(self, folder: Path) -> None:
        self._called("remove_folder", folder)

    def open_document(self, path: Path, text: str, version: int) -> None:
        self._documents = {**self._documents, path: Document(path, text, version)}
        self._called("open", path, text, version)

    def change_document(self, path: Path, text: str, version: int) -> None:
        self._documents = {**self._documents, path: Document(path, text, version)}
        self._called("change", path, text, version)

    def save_document(self, path: Path) -> None:
        self._called("save", path)

    def close_document(self, path: Path) -> None:
        self._documents = {other: document for other, document in self._documents.items() if other != path}
        self._called("close_document", path)

    def files_changed(self, paths: frozenset[Path]) -> None:
        self._called("files_changed", paths)

    async def restart(self, cause: str) -> None:
        self._called("restart", cause)

    def snapshot(self) -> Snapshot:
        return Snapshot(
            self._diagnostics,
            self._documents,
            self._status,
            self.projects,
            self._generation,
            versions=self._versions,
        )

    def hie_files(self) -> Sequence[HieFiles]:
        return self.hie

    def project_files(self) -> Sequence[ProjectFiles]:
        return [ProjectFiles(Path("/project"), "9.6.6", files, frozenset(), settled=True) for files in self.hie]

    def _called(self, *call: Any) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure

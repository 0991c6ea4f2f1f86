"""A workspace as an editor sees it, without an editor: what it is told, what it tells, and what it leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import psutil

from tests.support.children import none_left
from tests.support.waiting import seconds, until
from thatch.cache.open import open_cache
from thatch.core.artifacts import ArtifactStore
from thatch.core.diagnostics import Diagnostic
from thatch.core.events import DiagnosticsChanged, Event, Status, StatusChanged, WorkEnded, WorkStarted
from thatch.core.ghc.project_lane import ProjectLane
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

T = TypeVar("T")


class Ide:
    """One folder, its buffers and everything that its workspace told."""

    patience = 60.0
    """How many seconds it may take until nothing is left to do."""

    def __init__(self, root: Path, cache: Path, *, store: ArtifactStore | None = None, **settings: object) -> None:
        self.root = root
        self.events: list[Event] = []
        self.changed = asyncio.Event()
        self.told: dict[Path, DiagnosticsChanged] = {}
        known = Settings(cache_dir=cache, **settings)  # type: ignore[arg-type]
        self.workspace = Workspace([root], known, self._hear, store)
        self._versions: dict[str, int] = {}

    async def idle(self) -> None:
        """Wait until nothing is left to do; then what was told is what is known."""
        async with asyncio.timeout(seconds(self.patience)):
            await self.workspace.idle()
        known = self.workspace.snapshot().diagnostics
        assert {path: told.diagnostics for path, told in self.told.items() if told.diagnostics} == known

    async def until(self, condition: Callable[[], T | None], what: str) -> T:
        """Wait until something that it tells makes the condition true."""
        return await until(condition, lambda: f"{what}: {self.workspace.snapshot()}", changed=self.changed)

    async def until_events(self, n: int) -> None:
        """Wait until it has told so many things since its start, or has nothing to do."""
        await self.until(lambda: len(self.events) >= n or self.status.quiescent, f"{n} events")

    async def until_said(self, name: str, *expected: str) -> None:
        """Wait until it says just this of a file, as it will some time after the file was changed on disk."""
        await self.until(lambda: self.said(name) == list(expected), f"{expected} of {name}")
        await self.idle()
        assert self.said(name) == list(expected)

    def edit(self, name: str, text: str) -> None:
        """Type a text into a buffer, opening it if needed; the file stays as it is."""
        path = self.root / name
        version = self._versions[name] = self._versions.get(name, 0) + 1
        if path not in self.workspace.documents():
            self.workspace.open_document(path, text, version)
        else:
            self.workspace.change_document(path, text, version)

    async def edited(self, name: str, text: str) -> list[str]:
        """What is said of a buffer's text."""
        self.edit(name, text)
        await self.idle()
        return self.said(name)

    def close(self, name: str) -> None:
        """Close a buffer without saving it."""
        self.workspace.close_document(self.root / name)

    def text(self, name: str) -> str:
        """The text of a file, as far as the workspace knows."""
        text = self.workspace.snapshot().text(self.root / name)
        assert text is not None
        return text

    def save_buffer(self, name: str) -> None:
        """Write a buffer into its file, and say so."""
        self.save(name, self.text(name))
        self.workspace.save_document(self.root / name)

    def save(self, name: str, text: str) -> None:
        """Write a file behind the workspace's back."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def said(self, name: str) -> list[str]:
        """What was told of a file last, in short: `2:5 error GHC-83865`, `1:1 warning -Wunused-imports`."""
        told = self.told.get(self.root / name)
        return [short(diagnostic) for diagnostic in told.diagnostics] if told else []

    def version(self, name: str) -> int | None:
        """The version of the buffer that was last told about."""
        return self.told[self.root / name].version

    @property
    def lanes(self) -> list[ProjectLane]:
        """The lanes of the folder's projects."""
        return [lane for folder in self.workspace._folders.values() for lane in folder.lanes.values()]

    @property
    def lane(self) -> ProjectLane:
        """The lane of the folder's only project."""
        (lane,) = self.lanes
        return lane

    @property
    def status(self) -> Status:
        """The status now."""
        return self.workspace.snapshot().status

    def ghcs(self) -> list[psutil.Process]:
        """The running GHCs."""
        return [child for child in psutil.Process().children() if "--interactive" in child.cmdline()]

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, DiagnosticsChanged):
            self.told[event.path] = event
        self.changed.set()


def short(diagnostic: Diagnostic) -> str:
    """A diagnostic in a few words."""
    place = f"{diagnostic.span.start_line}:{diagnostic.span.start_column}" if diagnostic.span else "file"
    return f"{place} {diagnostic.severity.name.lower()} {diagnostic.flag or diagnostic.code}"


def left_in(cache: Path) -> list[Path]:
    """What running workspaces have in a cache folder."""
    return list(cache.glob("run/*"))


@asynccontextmanager
async def working(
    root: Path, cache: Path, *, kind: type[Ide] = Ide, wait: bool = True, cached: bool = False, **settings: object
) -> AsyncIterator[Ide]:
    """A workspace over a folder, idle unless not waited for; `cached` for one that keeps what it compiles.

    Afterwards no process, no file and no unfinished work may be left of it.
    """
    store = open_cache(Settings(cache_dir=cache, **settings)) if cached else None  # type: ignore[arg-type]
    ide = kind(root, cache, store=store, **settings)
    with none_left(), closing(store) if store else nullcontext():
        await ide.workspace.start()
        try:
            if wait:
                await ide.idle()
            yield ide
        finally:
            await ide.workspace.close()
        await ide.workspace.close()
    assert left_in(cache) == []
    started = {event.key for event in ide.events if isinstance(event, WorkStarted)}
    assert {event.key for event in ide.events if isinstance(event, WorkEnded)} == started
    statuses = [event.status for event in ide.events if isinstance(event, StatusChanged)]
    assert all(one != other for one, other in pairwise(statuses)), "An unchanged status was told."

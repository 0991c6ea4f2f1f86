"""The index of all projects of a workspace: kept up to date in the background, asked by features.

A question sees every module as GHC last compiled it: what the databases do not know yet is looked up in `.hie` files,
as long as that is little.  On a first start they know nothing; then a question waits for a while, and is answered with
what is known.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from thatch.core.documents import Document
from thatch.core.ghc.lane_host import Work
from thatch.core.ghc.results import ModuleKey
from thatch.core.index.model import IndexedModule
from thatch.core.index.overlay import Overlay, Question, Row
from thatch.core.index.project_index import ProjectIndex
from thatch.core.index.sources import ProjectFiles
from thatch.core.navigation.modules import Home, Modules

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.3
"""How long things must be quiet before the index reads: changes come in groups."""

WORK_SECONDS = 1.0
"""How long reading must last to be shown."""

WAIT_SECONDS = 2.0
"""How long a question waits for the index."""

MOST_LOOKED_UP = 12
"""How many modules are looked up in their `.hie` files for one question, each in some ten milliseconds."""


_BUILD_FOLDERS = frozenset({"dist-newstyle", "dist", ".stack-work", "autogen"})


class Index:
    """Knows what all modules of the workspace define, mention and implement.  For the loop's thread only."""

    def __init__(
        self,
        cache_dir: Callable[[], Path],
        projects: Callable[[], Sequence[ProjectFiles]],
        documents: Callable[[], Mapping[Path, Document]],
        modules: Modules,
        begin_work: Callable[[str], Work],
    ) -> None:
        self._cache_dir = cache_dir
        self._projects = projects
        self._documents = documents
        self._modules = modules
        self._begin_work = begin_work
        self._indexes: dict[tuple[Path, str], ProjectIndex] = {}
        self._overlay = Overlay()
        self._n_changes = 0
        self._n_seen = 0
        self._looking = asyncio.Lock()
        self._overlaying = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._is_read = asyncio.Event()
        self._is_read.set()
        self._reading: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something may have been compiled, found in the cache, or removed."""
        self._n_changes += 1
        self._wanted.set()
        self._is_read.clear()
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="index")

    @property
    def is_current(self) -> bool:
        """Whether everything that can be read has been read, as far as anybody has told."""
        return self._is_read.is_set()

    async def ask(self, question: Question[Row], *, wait: bool = True) -> list[tuple[IndexedModule, Row]]:
        """The answers of all modules; without `wait` of those that are known now.  May be cancelled at any time."""
        found = await self._ask(question, wait=wait)
        damaged = [index for index in self._indexes.values() if index.was_replaced()]
        if damaged:
            self.changed()
            found = await self._ask(question, wait=wait)
        return found

    async def _ask(self, question: Question[Row], *, wait: bool) -> list[tuple[IndexedModule, Row]]:
        if any(index.has_missed(self._documents()) for index in self._indexes.values()):
            # GHC tells when it is done with all modules, but is done with what is being edited before.
            self._n_changes += 1
        await self._look()
        if wait and self._left_out() and not self._is_read.is_set():
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._is_read.wait()
            except TimeoutError:
                log.info("Answering before the index is complete")
        await self._look_up()
        hidden = {(key.unit, key.path) for key in self._overlay.keys}
        found = [answer for index in list(self._indexes.values()) for answer in await index.ask(question)]
        if not hidden:
            return found
        known = [answer for answer in found if (answer[0].unit, answer[0].path) not in hidden]
        return known + await asyncio.to_thread(self._overlay.ask, question)

    async def recall(self, question: Question[Row]) -> list[tuple[IndexedModule, Row]]:
        """The answers as the databases have them, without a look at what was compiled since: for who cannot wait.

        May be cancelled at any time.
        """
        return [answer for index in list(self._indexes.values()) for answer in await index.ask(question)]

    async def incomplete(self) -> str:
        """What keeps answers from being about all modules, in words; empty if nothing does.

        Waits for a while.  May be cancelled at any time.
        """
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._is_read.wait()
        except TimeoutError:
            log.info("The index is asked for all modules before it has read them")
        if not all(project.settled for project in self._projects()):
            return "GHC is still checking modules"
        await self._look()
        n_missing = len(self._pending().keys() - self._to_look_up().keys())
        return f"the index lacks {n_missing} modules" if n_missing else ""

    def declared(self) -> set[Path]:
        """The files of all modules that build descriptions name, whether they were compiled or not."""
        return {key.path for project in self._projects() for key in project.declared}

    def is_made(self, path: Path) -> bool:
        """Whether a build tool makes a file, which lies in a cache or a build folder."""
        return path.is_relative_to(self._cache_dir()) or not _BUILD_FOLDERS.isdisjoint(path.parts)

    async def caught_up(self) -> None:
        """Wait until everything that can be read has been read.  May be cancelled at any time."""
        await self._is_read.wait()

    async def close(self) -> None:
        """End reading; safe to call twice."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        for index in self._indexes.values():
            index.close()
        self._indexes.clear()
        self._overlay.close()

    # What is pending.

    def _pending(self) -> dict[ModuleKey, Home]:
        return {key: home for index in self._indexes.values() for key, (home, _) in index.pending.items()}

    def _to_look_up(self) -> dict[ModuleKey, Home]:
        """The modules to look up in their files: those that are being edited, and others as long as they are few."""
        pending, documents = self._pending(), self._documents()
        if len(pending) > MOST_LOOKED_UP:
            pending = {key: home for key, home in pending.items() if key.path in documents}
        return dict(list(pending.items())[:MOST_LOOKED_UP])

    def _left_out(self) -> bool:
        return self._pending().keys() != self._to_look_up().keys()

    async def _look_up(self) -> None:
        async with self._overlaying:
            wanted = self._to_look_up()
            if not wanted and not self._overlay.keys:
                return
            found = {key: await self._modules.facts(home) for key, home in wanted.items()}
            known = {key: facts for key, facts in found.items() if facts}
            await asyncio.to_thread(self._overlay.hold, known)

    # Keeping up.

    async def _look(self) -> None:
        """Find out what has changed since this was last done."""
        async with self._looking:
            if self._n_seen == self._n_changes:
                return
            n_changes = self._n_changes
            projects = {(project.root, project.ghc): project for project in self._projects()}
            for key in self._indexes.keys() - projects.keys():
                self._indexes.pop(key).close()
            for key, project in projects.items():
                if key not in self._indexes:
                    known = await project.files.known_names()
                    self._indexes[key] = ProjectIndex(self._cache_dir(), project, known)
                await self._indexes[key].look(project)
            self._n_seen = n_changes

    async def _read(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self._wanted.clear()
            try:
                await self._look()
                for index in list(self._indexes.values()):
                    await self._read_into(index)
            except Exception:
                log.exception("The index could not be brought up to date")
            if not self._wanted.is_set():
                self._is_read.set()

    async def _read_into(self, index: ProjectIndex) -> None:
        work: Work | None = None
        loop = asyncio.get_running_loop()
        begun = loop.time()

        def progress(done: int, total: int) -> None:
            nonlocal work
            if work is None and loop.time() - begun > WORK_SECONDS:
                work = self._begin_work("Indexing")
            if work is not None:
                work.progress(f"{done}/{total} modules", done, total)

        try:
            await index.read(self._documents(), progress)
        finally:
            if work is not None:
                work.end("")

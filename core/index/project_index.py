"""The index of one project: what it knows, what it has still to read, and the reading.  For the loop's thread only."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from thatch.core.artifacts import content_hash
from thatch.core.database import Database
from thatch.core.documents import Document, read_text
from thatch.core.errors import ThatchError
from thatch.core.ghc.results import ModuleKey
from thatch.core.hi.model import Name
from thatch.core.index import queries
from thatch.core.index.feed import feed
from thatch.core.index.model import IndexedModule
from thatch.core.index.overlay import Question, Row
from thatch.core.index.sources import Digests, ProjectFiles
from thatch.core.index.storage import IndexClosedError, index_folder, open_index
from thatch.core.index.worker import Order
from thatch.core.navigation.modules import Home

log = logging.getLogger(__name__)

T = TypeVar("T")


class ProjectIndex:
    """What is known of the modules of one project."""

    def __init__(self, cache_dir: Path, files: ProjectFiles, known: Mapping[str, Name]) -> None:
        """`known` are the names that the project's GHC knows by heart.  Nothing is opened yet."""
        self._folder = index_folder(cache_dir, files.root, files.ghc, known)
        self._ghc = files.ghc
        self._known = known
        self._database: Database = open_index(self._folder, files.ghc)
        self._replaced = ""
        self._digests = Digests()
        self._homes: dict[Path, list[Home]] = {}
        self._unreadable: dict[ModuleKey, str] = {}
        self._gone: set[ModuleKey] = set()
        self.pending: Mapping[ModuleKey, tuple[Home, str]] = {}
        """The modules that it does not know as they are now, with the digests of their files."""

    async def look(self, files: ProjectFiles) -> None:
        """Find out which modules it does not know as they are now."""
        homes = [Home(files.files, key, module) for key, module in files.files.home_modules()]
        self._homes = {home.key.path: [] for home in homes}
        for home in homes:
            self._homes[home.key.path].append(home)
        indexed = await asyncio.to_thread(self._modules)
        outdated = await asyncio.to_thread(self._digests.outdated, homes, indexed)
        self.pending = {key: found for key, found in outdated.items() if self._unreadable.get(key) != found[1]}
        here = {*files.declared, *(home.key for home in homes)}
        self._gone = indexed.keys() - here if files.settled else set()

    def has_missed(self, paths: Iterable[Path]) -> bool:
        """Whether one of some files was compiled since `look`."""
        stamps = self._digests.stamps
        homes = [home for path in paths for home in self._homes.get(path, ())]
        return any(home.files.stamp(home.key) != stamps.get(home.key) for home in homes)

    async def read(self, documents: Mapping[Path, Document], progress: Callable[[int, int], None]) -> None:
        """Have the index read what it does not know; not what is about texts that nobody has saved.

        `progress` hears how many modules are done, and of how many.  May be cancelled at any time.
        """
        unsaved = await asyncio.to_thread(_unsaved, documents, [key.path for key in self.pending])
        wanted = [home for key, (home, _) in self.pending.items() if key.path not in unsaved]
        n_orders, n_done = len(wanted) + len(self._gone), 0

        def done(order: Order, is_carried_out: bool) -> None:
            nonlocal n_done
            n_done += 1
            self._done(order, is_carried_out)
            progress(n_done, n_orders)

        if n_orders:
            try:
                await feed(self._folder, self._ghc, self._known, self._orders(wanted), done)
            except (ThatchError, OSError) as error:
                log.warning("The index of %s cannot be written: %s", self._folder.name, error)

    def _done(self, order: Order, is_carried_out: bool) -> None:
        key = ModuleKey(order.unit, Path(order.path))
        self._gone.discard(key)
        if order.stamp and not is_carried_out:
            self._unreadable[key] = order.stamp
        # It may be outdated again.
        self.pending = {
            other: found for other, found in self.pending.items() if other != key or found[1] != order.stamp
        }

    async def ask(self, question: Question[Row]) -> list[tuple[IndexedModule, Row]]:
        """The answers of the database; none when it cannot be read."""
        try:
            return await asyncio.to_thread(self._ask, question)
        except IndexClosedError:
            return []

    def was_replaced(self) -> bool:
        """Whether the database was found damaged since this was last asked, so that an empty one is in its place."""
        if self._database.replaced == self._replaced:
            return False
        self._replaced = self._database.replaced
        log.warning("The index %s was damaged or made by another version; it is being made again.", self._replaced)
        return True

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    async def _orders(self, homes: list[Home]) -> AsyncIterator[tuple[Order, bytes]]:
        for key in sorted(self._gone, key=str):
            yield Order(key.unit, str(key.path), "", 0), b""
        for home in homes:
            # It may be another file by now than when it was looked at.
            content = await asyncio.to_thread(home.files.read, home.key)
            if content is not None:
                yield Order(home.key.unit, str(home.key.path), content_hash(content), len(content)), content

    def _modules(self) -> dict[ModuleKey, IndexedModule]:
        found: dict[ModuleKey, IndexedModule] = self._database.run(
            lambda connection: _in_one_view(connection, queries.modules), otherwise={}
        )
        self.was_replaced()
        return found

    def _ask(self, question: Question[Row]) -> list[tuple[IndexedModule, Row]]:
        return self._database.run(
            lambda connection: _in_one_view(connection, lambda view: list(question(view))), otherwise=[]
        )


class _DamagedError(sqlite3.DatabaseError):
    """Rows that make no sense."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _in_one_view(connection: sqlite3.Connection, ask: Callable[[sqlite3.Connection], T]) -> T:
    """An answer from one state of the database, whatever others write meanwhile."""
    connection.execute("BEGIN")
    try:
        found = ask(connection)
    except (ValueError, TypeError, LookupError) as error:
        raise _DamagedError(str(error)) from error
    connection.execute("COMMIT")
    return found


def _unsaved(documents: Mapping[Path, Document], paths: Iterable[Path]) -> set[Path]:
    """The files that buffers differ from."""
    return {path for path in paths if path in documents and read_text(path) != documents[path].text}

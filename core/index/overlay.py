"""Modules that the index on disk does not know as they are now, in a database in memory with the same tables."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from thatch.core.binary.cursor import DecodeError
from thatch.core.ghc.results import ModuleKey
from thatch.core.hie.facts import ModuleFacts
from thatch.core.index.model import IndexedModule
from thatch.core.index.rows import module_rows
from thatch.core.index.storage import schema
from thatch.core.index.writer import Read, Writer
from thatch.core.syntax import is_literate

log = logging.getLogger(__name__)

Row = TypeVar("Row")

Question = Callable[[sqlite3.Connection], Iterable[tuple[IndexedModule, Row]]]
"""Asks the tables of one database, as the functions in `thatch.core.index.queries` do."""


class Overlay:
    """Some modules as they are now; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection = _connect()
        self._known: dict[ModuleKey, ModuleFacts] = {}

    @property
    def keys(self) -> Collection[ModuleKey]:
        """The modules that it holds."""
        return self._known.keys()

    def hold(self, modules: Mapping[ModuleKey, ModuleFacts]) -> None:
        """Hold just these modules from now on; takes some milliseconds for each that is new."""
        with self._lock:
            if not modules.keys() >= self._known.keys():
                # Mostly none are left; a new database has no names either that nobody uses any more.
                self._connection.close()
                self._connection, self._known = _connect(), {}
            new = {key: facts for key, facts in modules.items() if self._known.get(key) is not facts}
            read = [module for key, facts in new.items() if (module := _read(key, facts))]
            self._connection.execute("BEGIN")
            Writer(self._connection).put(read)
            self._connection.execute("COMMIT")
            self._known = dict(modules)

    def ask(self, question: Question[Row]) -> list[tuple[IndexedModule, Row]]:
        """The answers for the modules that it holds."""
        with self._lock:
            return list(question(self._connection))

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._connection.close()


def _connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(schema())
    return connection


def _read(key: ModuleKey, facts: ModuleFacts) -> Read | None:
    try:
        return Read(key.path, "", module_rows(facts, literate=is_literate(key.path)))
    except DecodeError as error:
        log.info("The .hie file of %s cannot be read: %s", key.path, error)
        return None

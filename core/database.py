"""One SQLite file that many processes share, opened, watched and replaced when damaged; its tables are its users'.

The file is `<name>-<n>.sqlite`, and the highest n is the one in use. A damaged file is left under its name and
the next n begun: renaming a file that others have open would let them delete the log (`-wal`) of its successor, since
SQLite finds that by name. A process notices at its next call that there is a successor, or that its file is gone.
"""

import logging
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TypeVar

from thatch.core.locks import locked

log = logging.getLogger(__name__)

T = TypeVar("T")

Work = Callable[[sqlite3.Connection], T]

PATIENCE = 5.0
"""Seconds to wait for another process's write; all writes are short, so that longer means a stopped process."""


class SetUp(Enum):
    """A moment in the making of a new file."""

    OPENED = "it has no tables yet"
    FILLED = "its tables are not yet committed"


def go_on(_moment: SetUp) -> None:
    """What is done at these moments outside tests."""


class Database:
    """One connection, used by one thread at a time; it answers a failure with what the caller would have instead."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        schema: str,
        version: int,
        closed: Callable[[], Exception],
        writable: bool = True,
        hook: Callable[[SetUp], None] = go_on,
        durable: bool = True,
    ) -> None:
        """Describe the database in `folder`; it is opened when first used.

        `version` is the `user_version` of files that `schema` makes. `closed` makes what is raised by uses after
        `close`. A database that is not `writable` is read without making as much as a lock. One
        that is not `durable` never waits for the disk, and may be lost with the power.
        """
        self._folder = folder
        self._name = name
        self._closed_error = closed
        self._schema = schema
        self._version = version
        self._writable = writable
        self._hook = hook
        self._durable = durable
        self._lock = threading.Lock()
        self._open: _Open | None = None
        self._number = 0
        self._closed = False
        self.replaced = ""
        """The damaged file that this process replaced last; empty if there was none."""

        self.last_failure = ""
        """SQLite's words for the last failure."""

    def run(self, work: Work[T], otherwise: T) -> T:
        """What `work` makes of the connection; `otherwise` when the database cannot be used now.

        The work may run again from the start after a failure. Raises what `closed` makes once it is closed.
        """
        with self._lock:
            if self._closed:
                raise self._closed_error()
            return self._attempt(work, otherwise)

    def close(self) -> None:
        """Close the file; later calls raise what `closed` makes."""
        with self._lock:
            self._closed = True
            self._drop()

    def _attempt(self, work: Work[T], otherwise: T) -> T:
        # First as it is, then opened anew, then replaced: an error of this one connection costs no data.
        for replace in (False, True, False):
            try:
                return work(self._connection())
            except (sqlite3.Error, OSError, _NotOursError) as error:
                self._drop()
                self.last_failure = str(error)
                log.info("The database %s in %s failed: %s", self._name, self._folder, error)
                if not _is_damage(error) or (replace and not self._replace(self._number)):
                    return otherwise
            except BaseException:
                self._drop()
                raise
        return otherwise

    def _connection(self) -> sqlite3.Connection:
        if self._open is not None and not self._open.is_current():
            self._drop()
        if self._open is None:
            self._open = self._opened()
        return self._open.connection

    def _opened(self) -> "_Open":
        self._number = max(self._newest(), 1)
        path = self._path(self._number)
        if not self._writable:
            return self._opened_for_reading(path)
        self._folder.mkdir(parents=True, exist_ok=True)
        connection = _connect(path.as_uri())
        try:
            if _version_of(connection) != self._version:
                self._set_up(connection)
            # After a power cut the last entries may be missing, and are compiled again; the file stays whole.
            connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._durable else 'OFF'}")
            connection.execute("PRAGMA foreign_keys = ON")
            return _Open(path, self._path(self._number + 1), connection)
        except BaseException:
            connection.close()
            raise

    def _opened_for_reading(self, path: Path) -> "_Open":
        connection = _connect(f"{path.as_uri()}?mode=ro")
        try:
            _version_of(connection)
        except sqlite3.OperationalError:
            # Where SQLite cannot make the shared index of its log, it reads only what it is told never changes.
            connection.close()
            connection = _connect(f"{path.as_uri()}?immutable=1")
        return _Open(path, self._path(self._number + 1), connection)

    def _set_up(self, connection: sqlite3.Connection) -> None:
        with self._alone():
            found = _version_of(connection)
            if found == self._version:
                return
            if found != 0 or connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise _NotOursError(found)
            self._hook(SetUp.OPENED)
            # Must come first: it cannot be changed once there is a table.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            # Readers and the one writer never wait for each other.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {self._schema}; PRAGMA user_version = {self._version};")
            self._hook(SetUp.FILLED)
            connection.execute("COMMIT")

    def _replace(self, number: int) -> bool:
        """Begin the file after number `number`, unless another process has; False when that cannot be."""
        if not self._writable:
            return False
        try:
            with self._alone():
                if self._newest() == number:
                    self._path(number + 1).touch()
                    _remove(self._path(number - 1))
                    self.replaced = str(self._path(number))
        except (sqlite3.Error, OSError) as error:
            self.last_failure = str(error)
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with locked(self._folder / "setup.lock", PATIENCE) as taken:
            if not taken:
                raise sqlite3.OperationalError("another process keeps setting up the database")
            yield

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number}.sqlite"

    def _newest(self) -> int:
        """The number of the file in use; 0 when there is none."""
        try:
            found = [_NUMBERED.fullmatch(path.name) for path in self._folder.iterdir()]
        except OSError:
            return 0
        return max((int(match[2]) for match in found if match and match[1] == self._name), default=0)

    def _drop(self) -> None:
        if self._open is not None:
            self._open.connection.close()
            self._open = None


class _NotOursError(Exception):
    """A database with other tables than ours: it is left as it is."""


class _Open:
    """A connection, and whether its file is still the one to use."""

    def __init__(self, path: Path, successor: Path, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._path = str(path)
        self._next = str(successor)
        self._inode = path.stat().st_ino

    def is_current(self) -> bool:
        try:
            # Twenty times a second and more: the functions of `os` cost a fifth of what `Path` does.
            return os.stat(self._path).st_ino == self._inode and not os.path.exists(self._next)  # noqa: PTH116, PTH110
        except OSError:
            return False


_NUMBERED = re.compile(r"(.+)-(\d{1,9})\.sqlite")

# What SQLite says of a file that is no database, not whole, or without our tables. (Its names for codes are in
# sqlite3.h; the statements of this package are constant, so that an "error" in one of them is the file's fault.)
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT}


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_damage(error: Exception) -> bool:
    if isinstance(error, _NotOursError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return False
    return code & 0xFF in _DAMAGE or code == sqlite3.SQLITE_IOERR_SHORT_READ


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)

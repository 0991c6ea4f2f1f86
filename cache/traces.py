"""The entries in SQLite, with what is needed to find, evict and account for them; blobs are only named here.

Table `entry`: one row for each trace; the highest id is the newest, whatever the clock says.
    identity, key   bytes of the hex texts
    unit, module    in UTF-8
    used            when it last served a session, in seconds since 1970, exact to an hour
    content         `encode_entry`
    checksum        BLAKE2b-128 of `content`, since SQLite does not notice a flipped bit
Table `blob`: one row for each blob that an entry ever named and that was not yet removed, with the space it takes.
Table `need`: which entry needs which blob. Triggers count the needs of a blob, so that those without one are found
    without a search.
Table `holding`: which entry of a module a live process uses now; one row for each lease and module.
Table `state`: one row: the space of all blobs, and when the folder was last swept.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from attrs import frozen

from thatch.cache.entry import WHOLE, Digest, Entry, decode_entry, encode_entry, identity
from thatch.cache.errors import DamagedEntryError, closed
from thatch.cache.steps import Hook, Step
from thatch.core.database import Database, SetUp

SCHEMA_VERSION = 1
"""The version of the store's whole layout. Another version's store lies in a folder of its own, and is left alone."""

MOST_PER_KEY = 32
"""How many entries of one key are kept: the same source compiled against different imports."""

TOUCH_SECONDS = 3600
"""How far an entry's time of use may lag behind: reading is not to become writing."""

_STEPS = {SetUp.OPENED: Step.DATABASE_OPENED, SetUp.FILLED: Step.DATABASE_FILLED}

_SCHEMA = """
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  identity BLOB NOT NULL UNIQUE,
  key BLOB NOT NULL,
  unit BLOB NOT NULL,
  module BLOB NOT NULL,
  used INTEGER NOT NULL,
  content BLOB NOT NULL,
  checksum BLOB NOT NULL
);
CREATE INDEX entry_by_key ON entry (key);
CREATE INDEX entry_by_module ON entry (module, unit);
CREATE INDEX entry_by_use ON entry (used, id);

CREATE TABLE blob (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE,
  n_bytes INTEGER NOT NULL,
  n_needs INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX blob_without_need ON blob (id) WHERE n_needs = 0;

CREATE TABLE need (
  entry INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
  blob INTEGER NOT NULL REFERENCES blob,
  PRIMARY KEY (entry, blob)
) WITHOUT ROWID;
CREATE INDEX need_by_blob ON need (blob);

CREATE TABLE holding (
  lease TEXT NOT NULL,
  unit BLOB NOT NULL,
  module BLOB NOT NULL,
  boot INTEGER NOT NULL,
  entry INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
  PRIMARY KEY (lease, unit, module, boot)
) WITHOUT ROWID;
CREATE INDEX holding_by_entry ON holding (entry);

CREATE TABLE state (n_bytes INTEGER NOT NULL, swept INTEGER NOT NULL);
INSERT INTO state VALUES (0, 0);

CREATE TRIGGER need_made AFTER INSERT ON need BEGIN
  UPDATE blob SET n_needs = n_needs + 1 WHERE id = new.blob;
END;
CREATE TRIGGER need_gone AFTER DELETE ON need BEGIN
  UPDATE blob SET n_needs = n_needs - 1 WHERE id = old.blob;
END;
CREATE TRIGGER blob_made AFTER INSERT ON blob BEGIN
  UPDATE state SET n_bytes = n_bytes + new.n_bytes;
END;
CREATE TRIGGER blob_gone AFTER DELETE ON blob BEGIN
  UPDATE state SET n_bytes = n_bytes - old.n_bytes;
END;
CREATE TRIGGER blob_resized AFTER UPDATE OF n_bytes ON blob BEGIN
  UPDATE state SET n_bytes = n_bytes - old.n_bytes + new.n_bytes;
END;
"""


@frozen
class Usage:
    """What the store holds, counted."""

    n_entries: int = 0

    n_modules: int = 0
    """Different modules of different units."""

    n_blobs: int = 0

    n_blob_bytes: int = 0
    """The space of the blobs on the disk."""

    n_trace_bytes: int = 0
    """The space of the entries themselves."""

    n_held: int = 0
    """Entries that live processes use."""

    oldest_use: int | None = None
    """When the entry that would be evicted next was last used, in seconds since 1970; None in an empty store."""


class Traces:
    """The tables in one folder; safe for any number of threads and processes. What fails is a miss."""

    def __init__(self, folder: Path, *, writable: bool, hook: Hook) -> None:
        self._hook = hook
        # Two connections, so that a look-up never waits for a write of this process.
        self._reader, self._writer = (
            Database(
                folder,
                "traces",
                schema=_SCHEMA,
                version=SCHEMA_VERSION,
                writable=writable,
                closed=closed,
                hook=lambda moment: hook(_STEPS[moment]),
            )
            for _ in range(2)
        )

    @property
    def replaced(self) -> str:
        """The damaged database that was replaced last; empty if there was none."""
        return self._reader.replaced or self._writer.replaced

    @property
    def last_failure(self) -> str:
        """What went wrong with the last write that failed."""
        return self._writer.last_failure

    def is_readable(self) -> bool:
        """Whether there is a database that answers."""
        return self._reader.run(lambda connection: _one(connection, "SELECT count(*) FROM state") == 1, otherwise=False)

    def close(self) -> None:
        """Close the database; every later call raises CacheUnusable."""
        self._reader.close()
        self._writer.close()

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """The entries of each key that has any, the newest first."""
        wanted = [key for text in keys if (key := _from_hex(text))]
        found: dict[str, list[Entry]] = {}
        for entry in self._decoded(self._reader.run(lambda connection: _rows_of(connection, wanted), otherwise=[])):
            found.setdefault(entry.key, []).append(entry)
        return {key: found[key] for key in keys if key in found}

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """The newest entries of a module (its hs-boot file included) whatever their keys."""
        query = f"{_SELECT} WHERE module = ? AND unit = ? ORDER BY id DESC LIMIT ?"
        return self._decoded(self._read_all(query, (_text(module), _text(unit), limit)))

    def all_entries(self) -> Iterator[Entry]:
        """All entries, the oldest first, as they are when it comes to them."""
        last = 0
        while rows := self._read_all(f"{_SELECT} WHERE id > ? ORDER BY id LIMIT 500", (last,)):
            last = rows[-1][0]
            yield from self._decoded(rows)

    def add(
        self,
        entries: Collection[Entry],
        measure: Callable[[Entry], Mapping[Digest, int] | None],
        lease: str,
        now: int,
    ) -> list[Entry] | None:
        """Make entries visible, all at once, held by `lease`; None when the database cannot be written.

        `measure` is called when nothing can remove blobs any more: it gives the space that each of an entry's blobs
        takes, or None when one is missing; then the entry is left out. The result is what was left out.
        """

        def work(connection: sqlite3.Connection) -> list[Entry]:
            left_out = []
            with _transaction(connection):
                self._hook(Step.ENTRY_BEGUN)
                for entry in entries:
                    sizes = measure(entry)
                    if sizes is None:
                        left_out.append(entry)
                        continue
                    name = identity(entry)
                    _insert(connection, entry, name, sizes, now)
                    _hold(connection, lease, {name: entry})
                    _trim(connection, entry.key)
                self._hook(Step.ENTRY_WRITTEN)
            self._hook(Step.ENTRY_COMMITTED)
            return left_out

        return self._writer.run(work, otherwise=None)

    def touch(self, names: Collection[Digest], now: int) -> None:
        """Note that the entries of these identities are used now, where that is not known well enough."""
        identifiers = [bytes.fromhex(name) for name in names]
        none: list[int] = []
        stale = self._reader.run(lambda connection: _last_used(connection, identifiers, now), otherwise=none)
        if stale:
            self._write("UPDATE entry SET used = ? WHERE id = ?", [(now, number) for number in stale])

    def hold(self, entries: Mapping[Digest, Entry], lease: str) -> None:
        """Note that a lease uses these entries, by identity: each instead of the one of its module before."""

        def work(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                _hold(connection, lease, entries)

        self._writer.run(work, otherwise=None)

    def release(self, lease: str) -> None:
        """Forget what a lease used."""
        self._write("DELETE FROM holding WHERE lease = ?", [(lease,)])

    def remove(self, entries: Collection[Entry]) -> None:
        """Remove entries; their blobs stay until they are collected."""
        self._write("DELETE FROM entry WHERE identity = ?", [(bytes.fromhex(identity(entry)),) for entry in entries])

    def n_bytes(self) -> int:
        """The space of everything the database knows of, itself included."""
        return self._reader.run(lambda connection: _blob_bytes(connection) + _trace_bytes(connection), otherwise=0)

    def n_entries(self) -> int:
        """How many entries there are."""
        return self._reader.run(lambda connection: _one(connection, "SELECT count(*) FROM entry"), otherwise=0)

    def usage(self) -> Usage:
        """What the store holds, counted; all zero when the database cannot be read."""
        return self._reader.run(_usage, otherwise=Usage())

    def evict(self, n_entries: int, live: Callable[[], Collection[str]], now: int) -> int:
        """Remove up to `n_entries` entries that no live lease holds, the longest unused first; how many went.

        What dead leases held is forgotten in any case. `live` is called when no lease can begin to hold anything.
        """

        def work(connection: sqlite3.Connection) -> int:
            with _transaction(connection):
                _forget_all_but(connection, live())
                # Otherwise what was used while the clock was ahead would stay for ever.
                connection.execute("UPDATE entry SET used = ?1 WHERE used > ?1", (now,))
                n_evicted = connection.execute(_EVICT, (n_entries,)).rowcount
                if n_evicted:
                    self._hook(Step.EVICTION_WRITTEN)
            if n_evicted:
                self._hook(Step.EVICTION_COMMITTED)
            return n_evicted

        return self._writer.run(work, otherwise=0)

    def remove_unneeded(self, remove: Callable[[Digest], None], limit: int) -> int:
        """Let `remove` remove up to `limit` blobs that no entry needs; how many went.

        Nobody can begin to need them meanwhile: whoever adds an entry looks again, after this, whether its blobs are
        there.
        """

        def work(connection: sqlite3.Connection) -> int:
            with _transaction(connection):
                rows = connection.execute("SELECT id, digest FROM blob WHERE n_needs = 0 LIMIT ?", (limit,)).fetchall()
                if not rows:
                    return 0
                for _, digest in rows:
                    remove(digest.hex())
                self._hook(Step.BLOBS_UNLINKED)
                connection.executemany("DELETE FROM blob WHERE id = ?", [(number,) for number, _ in rows])
                return len(rows)

        return self._writer.run(work, otherwise=0)

    def remove_unknown(self, digests: Collection[Digest], remove: Callable[[Digest], None]) -> int:
        """Let `remove` remove those blobs that no entry ever named; how many went."""

        def work(connection: sqlite3.Connection) -> int:
            with _transaction(connection):
                strangers = [digest for digest in digests if not _is_known(connection, digest)]
                for digest in strangers:
                    remove(digest)
                return len(strangers)

        return self._writer.run(work, otherwise=0)

    def unknown(self, digests: Collection[Digest]) -> list[Digest]:
        """Those blobs that no entry ever named."""
        return self._reader.run(
            lambda connection: [digest for digest in digests if not _is_known(connection, digest)], otherwise=[]
        )

    def swept(self) -> int:
        """When the folder was last searched for files that nothing needs, in seconds since 1970; 0: never."""
        return self._reader.run(lambda connection: _one(connection, "SELECT swept FROM state"), otherwise=0)

    def note_sweep(self, now: int) -> None:
        """Note that the folder was searched."""
        self._write("UPDATE state SET swept = ?", [(now,)])

    def shrink(self) -> None:
        """Give the space of removed entries back to the file system."""
        self._writer.run(lambda connection: connection.execute("PRAGMA incremental_vacuum").fetchall(), otherwise=None)

    def is_sound(self) -> bool:
        """Whether SQLite finds nothing wrong with the whole file; takes a second for some hundred megabytes."""
        return self._reader.run(
            lambda connection: connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",), otherwise=False
        )

    def _read_all(self, query: str, values: tuple[object, ...]) -> list["_Row"]:
        return self._reader.run(lambda connection: connection.execute(query, values).fetchall(), otherwise=[])

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.executemany(statement, rows)

        self._writer.run(work, otherwise=None)

    def _decoded(self, rows: Sequence["_Row"]) -> list[Entry]:
        entries, damaged = [], []
        for number, content, checksum in rows:
            entry = _entry(content, checksum)
            if entry is None:
                damaged.append((number,))
            else:
                entries.append(entry)
        if damaged:
            self._write("DELETE FROM entry WHERE id = ?", damaged)
        return entries


_Row = tuple[int, object, object]
_SELECT = "SELECT id, content, checksum FROM entry"
_USED_LONG_AGO = "SELECT id FROM entry WHERE abs(used - ?) >= ?"
_EVICT = """
DELETE FROM entry WHERE id IN (
  SELECT id FROM entry
  WHERE NOT EXISTS (SELECT 1 FROM holding WHERE holding.entry = entry.id)
  ORDER BY used, id LIMIT ?
)
"""
_TRIM = """
DELETE FROM entry WHERE id IN (
  SELECT id FROM entry WHERE key = ? ORDER BY id DESC LIMIT -1 OFFSET ?
) AND NOT EXISTS (SELECT 1 FROM holding WHERE holding.entry = entry.id)
"""
_MOST_VALUES = 500
"""How many values one statement is given; SQLite allows 999 at least."""


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # Immediate: a transaction that begins by reading can fail when it comes to write.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _rows_of(connection: sqlite3.Connection, keys: Sequence[bytes]) -> list[_Row]:
    rows: list[_Row] = []
    for first in range(0, len(keys), _MOST_VALUES):
        some = keys[first : first + _MOST_VALUES]
        marks = ",".join("?" * len(some))
        rows += connection.execute(f"{_SELECT} WHERE key IN ({marks}) ORDER BY id DESC", some)
    return rows


def _last_used(connection: sqlite3.Connection, identifiers: Sequence[bytes], now: int) -> list[int]:
    """Those of the entries that were last used another time than now; of the future a clock told that was wrong."""
    found: list[int] = []
    for first in range(0, len(identifiers), _MOST_VALUES):
        some = identifiers[first : first + _MOST_VALUES]
        marks = ",".join("?" * len(some))
        query = f"{_USED_LONG_AGO} AND identity IN ({marks})"
        found += [number for (number,) in connection.execute(query, (now, TOUCH_SECONDS, *some))]
    return found


def _insert(connection: sqlite3.Connection, entry: Entry, name: Digest, sizes: Mapping[Digest, int], now: int) -> None:
    content = encode_entry(entry)
    identifier = bytes.fromhex(name)
    connection.execute("DELETE FROM entry WHERE identity = ?", (identifier,))
    number = connection.execute(
        "INSERT INTO entry (identity, key, unit, module, used, content, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            identifier,
            bytes.fromhex(entry.key),
            _text(entry.unit),
            _text(entry.module),
            now,
            content,
            _checksum(content),
        ),
    ).lastrowid
    blobs = {bytes.fromhex(digest): n_bytes for digest, n_bytes in sizes.items()}
    connection.executemany(
        "INSERT INTO blob (digest, n_bytes) VALUES (?, ?) "
        "ON CONFLICT (digest) DO UPDATE SET n_bytes = excluded.n_bytes",
        blobs.items(),
    )
    connection.executemany(
        "INSERT INTO need (entry, blob) SELECT ?, id FROM blob WHERE digest = ?", [(number, blob) for blob in blobs]
    )


def _hold(connection: sqlite3.Connection, lease: str, entries: Mapping[Digest, Entry]) -> None:
    if lease:
        connection.executemany(
            "INSERT OR REPLACE INTO holding (lease, unit, module, boot, entry) "
            "SELECT ?, unit, module, ?, id FROM entry WHERE identity = ?",
            [(lease, entry.boot, bytes.fromhex(name)) for name, entry in entries.items()],
        )


def _forget_all_but(connection: sqlite3.Connection, live: Collection[str]) -> None:
    leases = {lease for (lease,) in connection.execute("SELECT DISTINCT lease FROM holding")}
    connection.executemany("DELETE FROM holding WHERE lease = ?", [(lease,) for lease in leases - set(live)])


def _trim(connection: sqlite3.Connection, key: str) -> None:
    connection.execute(_TRIM, (bytes.fromhex(key), MOST_PER_KEY))


def _usage(connection: sqlite3.Connection) -> Usage:
    return Usage(
        n_entries=_one(connection, "SELECT count(*) FROM entry"),
        n_modules=_one(
            connection, "SELECT count(*) FROM (SELECT DISTINCT module, unit FROM entry WHERE module <> ?)", _text(WHOLE)
        ),
        n_blobs=_one(connection, "SELECT count(*) FROM blob"),
        n_blob_bytes=_blob_bytes(connection),
        n_trace_bytes=_trace_bytes(connection),
        n_held=_one(connection, "SELECT count(DISTINCT entry) FROM holding"),
        oldest_use=connection.execute("SELECT min(used) FROM entry").fetchone()[0],
    )


def _blob_bytes(connection: sqlite3.Connection) -> int:
    return _one(connection, "SELECT n_bytes FROM state")


def _trace_bytes(connection: sqlite3.Connection) -> int:
    n_pages = _one(connection, "PRAGMA page_count") - _one(connection, "PRAGMA freelist_count")
    return n_pages * _one(connection, "PRAGMA page_size")


def _one(connection: sqlite3.Connection, query: str, *values: bytes) -> int:
    return int(connection.execute(query, values).fetchone()[0])


def _is_known(connection: sqlite3.Connection, digest: Digest) -> bool:
    return connection.execute("SELECT 1 FROM blob WHERE digest = ?", (bytes.fromhex(digest),)).fetchone() is not None


def _entry(content: object, checksum: object) -> Entry | None:
    if not isinstance(content, bytes) or checksum != _checksum(content):
        return None
    try:
        return decode_entry(content)
    except DamagedEntryError:
        return None


def _checksum(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""

"""What became of the loads on this machine, counted in a small database beside the store's.

Table `total`: one row: since when, and the sums of what loads found.
Table `recompiled`: a row for each module, and reason of GHC's, for which the cache was wrong; the newest
    `MOST_RECOMPILED` are kept.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from attrs import field, frozen

from thatch.cache.errors import closed
from thatch.core.artifacts import Tally
from thatch.core.database import Database

MOST_RECOMPILED = 100
"""So many modules that were wrongly restored are remembered."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE total (
  since INTEGER NOT NULL,
  n_loads INTEGER NOT NULL,
  n_hits INTEGER NOT NULL,
  n_likely INTEGER NOT NULL,
  n_misses INTEGER NOT NULL,
  n_recompiled INTEGER NOT NULL
);
CREATE TABLE recompiled (
  id INTEGER PRIMARY KEY,
  unit TEXT NOT NULL,
  module TEXT NOT NULL,
  reason TEXT NOT NULL,
  times INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  UNIQUE (unit, module, reason)
)
"""


@frozen
class WronglyRestored:
    """A module that GHC compiled though the cache had restored it as a hit."""

    unit: str
    module: str
    reason: str
    """GHC's, in its words; empty when it gave none."""
    times: int
    latest: int
    """When that was last, in seconds since 1970."""


@frozen
class Counted:
    """What became of all loads since the counting began; modules are counted once for each load."""

    since: int | None = None
    """In seconds since 1970; None when nothing was counted yet."""

    n_loads: int = 0
    n_hits: int = 0
    n_likely: int = 0
    n_misses: int = 0

    n_recompiled: int = 0
    """Hits that GHC compiled all the same: each is a defect of thatch."""

    recompiled: tuple[WronglyRestored, ...] = field(default=(), kw_only=True)
    """Those hits, the latest first."""


class Tallies:
    """The counts in one folder; safe for any number of threads and processes. What fails is not counted."""

    def __init__(self, folder: Path, *, writable: bool, clock: Callable[[], float] = time.time) -> None:
        """Describe the counts, which are opened when first used; without `writable`, nothing is added."""
        self._folder = folder
        self._writable = writable
        self._clock = clock
        self._database = Database(
            folder, "traces", schema=_SCHEMA, version=_VERSION, writable=writable, closed=closed, durable=False
        )

    def add(self, tally: Tally) -> None:
        """Count one load; one short transaction."""
        if self._writable:
            now = int(self._clock())
            self._database.run(lambda connection: _add(connection, tally, now), otherwise=None)

    def counted(self) -> Counted:
        """Everything that was counted; nothing when it cannot be read."""
        # Who only asks makes no file.
        return self._database.run(_counted, otherwise=Counted()) if self._folder.is_dir() else Counted()

    def clear(self) -> None:
        """Begin to count anew."""
        if self._writable and self._folder.is_dir():
            self._database.run(_clear, otherwise=None)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _add(connection: sqlite3.Connection, tally: Tally, now: int) -> None:
    # Restored modules are counted once more when GHC compiles them, but their load is not.
    n_loads = 1 if tally.n_hits or tally.n_likely or tally.n_misses else 0
    sums = (n_loads, tally.n_hits, tally.n_likely, tally.n_misses, len(tally.recompiled))
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute(_ADD, sums).rowcount == 0:
            connection.execute("INSERT INTO total VALUES (?, ?, ?, ?, ?, ?)", (now, *sums))
        if tally.recompiled:
            rows = [(module.unit, module.module, module.reason, now) for module in tally.recompiled]
            connection.executemany(_ADD_RECOMPILED, rows)
            connection.execute(_TRIM, (MOST_RECOMPILED,))


_ADD = """
UPDATE total SET n_loads = n_loads + ?, n_hits = n_hits + ?, n_likely = n_likely + ?, n_misses = n_misses + ?,
  n_recompiled = n_recompiled + ?
"""
_ADD_RECOMPILED = """
INSERT INTO recompiled (unit, module, reason, times, latest) VALUES (?, ?, ?, 1, ?)
ON CONFLICT DO UPDATE SET times = times + 1, latest = excluded.latest
"""
_TRIM = """
DELETE FROM recompiled WHERE id NOT IN (SELECT id FROM recompiled ORDER BY latest DESC, id DESC LIMIT ?)
"""


def _counted(connection: sqlite3.Connection) -> Counted:
    total = connection.execute("SELECT since, n_loads, n_hits, n_likely, n_misses, n_recompiled FROM total").fetchone()
    if total is None:
        return Counted()
    rows = connection.execute(
        "SELECT unit, module, reason, times, latest FROM recompiled ORDER BY latest DESC, id DESC"
    )
    recompiled = tuple(WronglyRestored(*row) for row in rows)
    since, *sums = total
    return Counted(since, *sums, recompiled=recompiled)


def _clear(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM total")
        connection.execute("DELETE FROM recompiled")

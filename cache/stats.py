"""What the local store tells about itself, as data; printing it is the command line's matter."""

from pathlib import Path

from attrs import frozen

from thatch.cache.tallies import Counted
from thatch.cache.traces import Usage


@frozen
class StoreStats:
    """The local store at one moment."""

    folder: Path
    """Where the store of this version lies."""

    schema_version: int

    writable: bool
    """Whether this process can add to it."""

    limit: int
    """The size that eviction keeps it below, in bytes."""

    usage: Usage
    """What it holds."""

    n_sessions: int
    """The processes that have it open now."""

    n_damaged_blobs: int
    """Damaged blobs that this process came across."""

    n_failed_writes: int
    """Entries that this process could not keep."""

    replaced_database: str
    """The damaged database that this process set aside; empty if there was none."""

    counted: Counted
    """What became of the loads on this machine."""


@frozen
class Collected:
    """What one collection removed."""

    n_entries: int
    """Evicted entries."""

    n_blobs: int
    """Blobs that no entry needs any more."""

    n_strays: int
    """Files that no entry ever needed: what was left by processes that died while they wrote."""

    n_bytes_left: int
    """The size of the store afterwards."""


@frozen
class Verified:
    """What a check of everything found, and removed."""

    n_blobs: int
    """The blobs that were read."""

    n_damaged: int
    """Those whose content was not what their name says."""

    n_repaired: int
    """Blobs that were damaged or missing and are whole again."""

    n_entries: int
    """The entries that were looked at."""

    n_incomplete: int
    """Entries that name a missing blob; they are removed."""

    database_is_sound: bool
    """Whether SQLite finds no fault with its file."""

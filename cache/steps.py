"""The points of a change to the store at which a test may stop it; nothing here runs outside tests."""

from collections.abc import Callable
from enum import Enum


class Step(Enum):
    """A moment between two writes: whatever happens here, the store must be whole afterwards."""

    BLOB_OPENED = "a blob's temporary file is there, and empty"
    BLOB_HALF = "half of a blob is in its temporary file"
    BLOB_WRITTEN = "a blob is whole in its temporary file"
    BLOB_PLACED = "a blob has its name"
    DATABASE_OPENED = "a new database has no tables yet"
    DATABASE_FILLED = "a new database's tables are not yet committed"
    ENTRY_BEGUN = "the transaction of an entry has begun"
    ENTRY_WRITTEN = "an entry is not yet committed"
    ENTRY_COMMITTED = "an entry is visible"
    EVICTION_WRITTEN = "the removal of entries is not yet committed"
    EVICTION_COMMITTED = "entries are gone, their blobs not yet"
    BLOBS_UNLINKED = "blobs are gone, and their removal is not yet committed"
    TARGET_WRITTEN = "a restored file is whole, under a temporary name"


Hook = Callable[[Step], None]
"""Called at every step; it may raise OSError, or end the process."""


def go_on(_step: Step) -> None:
    """The hook of every store outside tests."""

"""What the rest of thatch asks of a store of compiled modules; the tiers that answer live beside it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from thatch.cache.entry import Digest, Entry

Given = tuple[Entry, Mapping[Digest, bytes | Path]]
"""An entry that is to be kept, and blobs that the store may lack."""


class Store(Protocol):
    """A store of entries and their blobs; every method blocks, may be called from any thread, and never hangs.

    Nothing here fails because the store is damaged, full or slow: such things read as misses. Only `CacheUnusable`
    is raised, when nothing works at all, and `IncompleteEntryError` by `put`.
    """

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """The entries of each key that has any, the newest first; it counts as use of none of them."""
        ...

    def lookup_further(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """Entries that `lookup` may have left out, for keys of which no entry of it holds; empty if there are none."""
        ...

    def look_again(self) -> None:
        """Have the next look-up see what other machines have put meanwhile."""
        ...

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """The newest entries of a module whatever their keys, for explanations."""
        ...

    def put(self, entry: Entry, blobs: Mapping[Digest, bytes | Path]) -> None:
        """Keep an entry with its blobs; it becomes visible last and whole, or not at all.

        Blobs that the store has already need not be given. Best effort: where it cannot write (a full disk, a
        read-only folder) nothing is kept and nothing raised. Raises IncompleteEntryError when a blob is missing or
        its content is not what the digest says.
        """
        ...

    def put_many(self, entries: Sequence[Given]) -> None:
        """Keep entries that become visible together; what `put` would raise IncompleteEntryError for is left out."""
        ...

    def fetch(self, digests: Collection[Digest]) -> None:
        """Bring blobs into the first tier; best effort."""
        ...

    def read(self, digest: Digest) -> bytes | None:
        """The content of a blob, verified; None when it is missing or damaged."""
        ...

    def restore(self, digest: Digest, target: Path) -> bool:
        """Write a blob to `target`, atomically and with a new time stamp; False when it is missing or damaged.

        The file is the caller's to change: a copy, or a clone where the file system can, never a hard link.
        Raises OSError when `target` cannot be written.
        """
        ...

    def link(self, digest: Digest, target: Path) -> bool:
        """Put a blob at `target` as a read-only file that may share its storage; False when it is missing or damaged.

        Nobody may write to the file. Raises OSError when `target` cannot be written.
        """
        ...

    def used(self, entries: Collection[Entry]) -> None:
        """Note that these entries serve a live session: they are evicted last, and not while this process lives."""
        ...

    def close(self) -> None:
        """Release what the store holds; the entries in use are in use no longer."""
        ...

"""A store for one process over one that is only read: what comes from elsewhere lies among temporary files meanwhile.

Without it nothing could be restored that a remote store has and the local one lacks.
"""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import Digest, Entry, identity
from thatch.cache.store import Given, Store


class Scratch:
    """Implements `Store`; everything that is put is forgotten at the end, and the store below is never written."""

    def __init__(self, below: Store | None, options: StoreOptions) -> None:
        """The store below, if there is one, is closed by `close`.  Raises CacheUnusable when nothing can be written."""
        self._below = below
        self._folder = tempfile.TemporaryDirectory(prefix="thatch-")
        self._own = DiskStore(Path(self._folder.name), options)

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """See `Store.lookup`."""
        found = self._own.lookup(keys)
        for key, entries in self._below.lookup(keys).items() if self._below else ():
            known = set(map(identity, found.get(key, ())))
            found[key] = [*found.get(key, ()), *(entry for entry in entries if identity(entry) not in known)]
        return found

    def lookup_further(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """Nothing: `lookup` tells all."""
        return {}

    def look_again(self) -> None:
        """See `Store.look_again`."""
        if self._below:
            self._below.look_again()

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """See `Store.nearest`."""
        own = self._own.nearest(unit, module, limit)
        return [*own, *(self._below.nearest(unit, module, limit) if self._below else ())][:limit]

    def put(self, entry: Entry, blobs: Mapping[Digest, bytes | Path]) -> None:
        """See `Store.put`."""
        self._own.put(entry, {**self._blobs_below(entry, blobs), **blobs})

    def put_many(self, entries: Sequence[Given]) -> None:
        """See `Store.put_many`."""
        self._own.put_many([(entry, {**self._blobs_below(entry, blobs), **blobs}) for entry, blobs in entries])

    def fetch(self, digests: Collection[Digest]) -> None:
        """Nothing: what there is, is here."""

    def read(self, digest: Digest) -> bytes | None:
        """See `Store.read`."""
        content = self._own.read(digest)
        return self._below.read(digest) if content is None and self._below else content

    def restore(self, digest: Digest, target: Path) -> bool:
        """See `Store.restore`."""
        return self._own.restore(digest, target) or (self._below is not None and self._below.restore(digest, target))

    def link(self, digest: Digest, target: Path) -> bool:
        """See `Store.link`."""
        return self._own.link(digest, target) or (self._below is not None and self._below.link(digest, target))

    def used(self, entries: Collection[Entry]) -> None:
        """Nothing: nobody evicts what is here, and what is below must not be told."""

    def close(self) -> None:
        """Close both stores, and forget what was put."""
        self._own.close()
        self._folder.cleanup()
        if self._below:
            self._below.close()

    def _blobs_below(self, entry: Entry, given: Mapping[Digest, bytes | Path]) -> dict[Digest, bytes]:
        """The blobs of an entry that need not be given, because the store below has them."""
        missing = {digest for digest in entry.artifacts.values() if digest not in given and not self._own.has(digest)}
        found = {digest: self._below.read(digest) for digest in missing} if self._below else {}
        return {digest: content for digest, content in found.items() if content is not None}

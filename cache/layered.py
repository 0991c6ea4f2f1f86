"""A store in two tiers: a local one, and a remote one that is asked in few batches for what the local one lacks."""

import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from thatch.cache.assembly import Assembly, choose_entries
from thatch.cache.entry import Digest, Entry, identity
from thatch.cache.errors import IncompleteEntryError
from thatch.cache.remote import Remote, RemoteStatistics
from thatch.cache.store import Store
from thatch.cache.uploads import Uploads


@frozen(kw_only=True)
class LocalStatistics:
    """What the local tier answered in this process."""

    keys_asked: int
    keys_found: int


@frozen(kw_only=True)
class LayeredStatistics:
    """What each tier did in this process."""

    local: LocalStatistics
    remote: RemoteStatistics


class Layered:
    """Implements `Store` over two tiers.

    Blobs are only ever read out of the local tier; `fetch` brings entries of the remote one there, whole and many at a
    time. What is put is uploaded in the background.
    """

    def __init__(self, local: Store, remote: Remote) -> None:
        """Both are closed by `close`."""
        self._local = local
        self._remote = remote
        self._lock = threading.Lock()
        self._elsewhere: dict[Digest, Entry] = {}
        self._n_asked = self._n_found = self._n_dropped = 0
        self._closed = False
        self._uploads = Uploads(self._upload, remote.limits.linger_seconds, remote.limits.most_waiting)

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """The entries of each key that has any: the local ones, then those that only the remote store has.

        The remote store is asked as soon as one key has no local entry, and then for all keys: the others' local
        entries may have been made with other imports. When every key has one, `lookup_further` asks.
        """
        found = self._local.lookup(keys)
        with self._lock:
            self._n_asked += len(keys)
            self._n_found += len(found)
        if len(found) == len(set(keys)):
            return found
        for key, entries in self.lookup_further(keys).items():
            known = set(map(identity, found.get(key, ())))
            found[key] = [*found.get(key, ()), *(entry for entry in entries if identity(entry) not in known)]
        return found

    def lookup_further(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """The remote store's entries of keys whose local entries turned out not to hold."""
        found = self._remote.lookup(keys)
        with self._lock:
            self._elsewhere |= {identity(entry): entry for entries in found.values() for entry in entries}
        return found

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """The newest local entries of a module, then remote ones, for explanations."""
        found = self._local.nearest(unit, module, limit)
        if len(found) >= limit:
            return found
        known = set(map(identity, found))
        further = self._remote.nearest(unit, module, limit)
        return [*found, *(entry for entry in further if identity(entry) not in known)][:limit]

    def put(self, entry: Entry, blobs: Mapping[Digest, bytes | Path]) -> None:
        """Keep an entry locally, and upload it soon where the remote store is written to; raises as `Store.put`."""
        self._local.put(entry, blobs)
        with self._lock:
            self._elsewhere.pop(identity(entry), None)
        if self._remote.writable and not self._uploads.offer(entry):
            with self._lock:
                self._n_dropped += 1

    def fetch(self, digests: Collection[Digest]) -> None:
        """Bring the looked-up remote entries with these blobs into the local tier, as far as there is time."""
        with self._lock:
            chosen = choose_entries(self._elsewhere.values(), digests)
        assembly = Assembly(chosen)
        for digest, content in self._remote.blobs(assembly.digests):
            for entry, blobs in assembly.arrived(digest, content):
                # What the local store refuses, such as a blob that it finds too large, stays a miss.
                with suppress(IncompleteEntryError):
                    self._local.put(entry, blobs)
                with self._lock:
                    self._elsewhere.pop(identity(entry), None)

    def read(self, digest: Digest) -> bytes | None:
        """The content of a local blob."""
        return self._local.read(digest)

    def restore(self, digest: Digest, target: Path) -> bool:
        """Write a local blob to `target`."""
        return self._local.restore(digest, target)

    def link(self, digest: Digest, target: Path) -> bool:
        """Put a local blob at `target` as a read-only file."""
        return self._local.link(digest, target)

    def used(self, entries: Collection[Entry]) -> None:
        """Note locally that these entries serve a live session."""
        self._local.used(entries)

    def flush(self, seconds: float) -> int:
        """Upload what waits, for so many seconds at most; returns how many entries are not done."""
        return self._uploads.flush(seconds)

    def close(self) -> None:
        """Upload what waits, for `Limits.exit_seconds` at most, and close both tiers."""
        left = self._uploads.close(self._remote.limits.exit_seconds)
        self._closed = True
        if left + self._n_dropped:
            self._remote.left_behind(left + self._n_dropped)
        self._remote.close()
        self._local.close()

    @property
    def statistics(self) -> LayeredStatistics:
        """What happened so far."""
        with self._lock:
            local = LocalStatistics(keys_asked=self._n_asked, keys_found=self._n_found)
        return LayeredStatistics(local=local, remote=self._remote.statistics)

    def _upload(self, entries: Sequence[Entry]) -> None:
        self._remote.upload(entries, self._read_open)

    def _read_open(self, digest: Digest) -> bytes | None:
        # An upload that outlives its time must not read from a closed store.
        return None if self._closed else self._local.read(digest)

"""A store in two tiers: a local one, and a remote one that is asked in few batches for what the local one lacks."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from attrs import frozen

from thatch.cache.assembly import Assembly, blobs_of, whole_entries
from thatch.cache.entry import Digest, Entry, identity
from thatch.cache.remote import Remote, RemoteStatistics
from thatch.cache.store import Given, Store
from thatch.cache.uploads import Uploads

BATCH_ENTRIES = 64
BATCH_BYTES = 2**25
"""How much of what is downloaded is kept at once, at most by a little."""

MOST_LOOSE = 2**26
"""How many bytes of blobs are kept in memory that came without their entries."""


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

    `fetch` brings entries of the remote tier into the local one, whole and many at a time. Where only some of an
    entry's blobs are wanted, these alone are downloaded, and kept in memory: a check that compiles nothing needs what
    GHC said and nothing more. What is put is uploaded in the background.
    """

    def __init__(self, local: Store, remote: Remote) -> None:
        """Both are closed by `close`."""
        self._local = local
        self._remote = remote
        self._lock = threading.Lock()
        self._elsewhere: dict[Digest, Entry] = {}
        self._loose: dict[Digest, bytes] = {}
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

    def look_again(self) -> None:
        """See `Store.look_again`."""
        self._local.look_again()
        self._remote.look_again()

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
        self._have_put(entry)

    def put_many(self, entries: Sequence[Given]) -> None:
        """Keep entries locally, and upload them soon."""
        self._local.put_many(entries)
        for entry, _ in entries:
            self._have_put(entry)

    def fetch(self, digests: Collection[Digest]) -> None:
        """Bring the looked-up remote entries that consist of these blobs into the local tier, and the other blobs near.

        As far as there is time.
        """
        with self._lock:
            candidates, loose = list(self._elsewhere.values()), dict(self._loose)
        chosen = whole_entries(candidates, digests)
        assembly = Assembly(chosen)
        missing = [digest for digest in assembly.digests if digest not in loose]
        at_hand = ((digest, loose[digest]) for digest in assembly.digests if digest in loose)
        self._keep_whole(assembly, chain(at_hand, self._remote.blobs(missing)))
        self._keep_loose(({*digests} & blobs_of(candidates)).difference(assembly.digests, loose))

    def _keep_whole(self, assembly: Assembly, arriving: Iterable[tuple[Digest, bytes]]) -> None:
        with ThreadPoolExecutor(1, "thatch-fetched") as keeper:
            kept: Future[None] | None = None
            for some in _batches(assembly, arriving):
                # What comes next is unpacked meanwhile; but there is never more than one batch that waits.
                if kept:
                    kept.result()
                kept = keeper.submit(self._keep_fetched, some)
            if kept:
                kept.result()

    def _keep_loose(self, digests: Collection[Digest]) -> None:
        missing = [digest for digest in digests if self._local.read(digest) is None]
        n_bytes = sum(map(len, self._loose.values()))
        for digest, content in self._remote.blobs(missing):
            n_bytes += len(content)
            if n_bytes > MOST_LOOSE:
                return
            with self._lock:
                self._loose[digest] = content

    def read(self, digest: Digest) -> bytes | None:
        """The content of a blob that is local or near."""
        content = self._local.read(digest)
        return self._loose.get(digest) if content is None else content

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

    def _have_put(self, entry: Entry) -> None:
        with self._lock:
            self._elsewhere.pop(identity(entry), None)
        if self._remote.writable and not self._uploads.offer(entry):
            with self._lock:
                self._n_dropped += 1

    def _keep_fetched(self, entries: Sequence[Given]) -> None:
        # What the local store refuses, such as a blob that it finds too large, stays a miss.
        self._local.put_many(entries)
        with self._lock:
            for entry, blobs in entries:
                self._elsewhere.pop(identity(entry), None)
                for digest in blobs:
                    self._loose.pop(digest, None)

    def _upload(self, entries: Sequence[Entry]) -> None:
        self._remote.upload(entries, self._read_open)

    def _read_open(self, digest: Digest) -> bytes | None:
        # An upload that outlives its time must not read from a closed store.
        return None if self._closed else self._local.read(digest)


def _batches(assembly: Assembly, arriving: Iterable[tuple[Digest, bytes]]) -> Iterator[list[Given]]:
    """The entries that are whole by what arrives, in groups that are worth a transaction."""
    batch: list[Given] = []
    n_bytes = 0
    for digest, content in arriving:
        batch += assembly.arrived(digest, content)
        n_bytes += len(content)
        if len(batch) >= BATCH_ENTRIES or n_bytes >= BATCH_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch

"""The local store: a folder of blobs and a database of entries, shared by all processes of a user; see `store.py`.

    <folder>/v1/blobs/        see blobs.py
    <folder>/v1/temporary/
    <folder>/v1/traces/       see database.py and traces.py
    <folder>/v1/leases/       see leases.py
    <folder>/v1/tallies/      see tallies.py
    <folder>/v1/collect.lock  held by the one process that evicts

Another version of thatch with another layout uses another `v` folder beside this one.
"""

import errno
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from attrs import frozen

from thatch.cache.blobs import MAX_BLOB_BYTES, Blobs
from thatch.cache.entry import Digest, Entry, digest_of, identity, is_digest
from thatch.cache.errors import CacheUnusable, IncompleteEntryError
from thatch.cache.gc import Collector, is_due
from thatch.cache.leases import Leases
from thatch.cache.stats import Collected, StoreStats, Verified
from thatch.cache.steps import Hook, go_on
from thatch.cache.store import Given
from thatch.cache.tallies import Tallies
from thatch.cache.traces import SCHEMA_VERSION, TOUCH_SECONDS, Traces
from thatch.core.locks import locked

DEFAULT_LIMIT = 5_000_000_000
"""The size of the store that eviction keeps it below, in bytes."""

log = logging.getLogger("thatch.cache")

BlobSource = Callable[[Collection[Digest]], Iterable[tuple[Digest, bytes]]]
"""Gives those blobs that it has, of some that are wanted."""

Report = Callable[[int, int], None]
"""Hears how much of how much is done."""


def _nothing(_digests: Collection[Digest]) -> Iterable[tuple[Digest, bytes]]:
    return ()


def _nobody(_done: int, _total: int) -> None:
    pass


def _log_warning(sentence: str) -> None:
    log.warning(sentence)


@frozen(kw_only=True)
class StoreOptions:
    """How a local store behaves."""

    limit: int = DEFAULT_LIMIT
    """The size in bytes beyond which the longest unused entries go."""

    tell: Callable[[str], None] = _log_warning
    """Called with a sentence for the user, once for each kind of trouble; from any thread."""

    clock: Callable[[], float] = time.time
    """The seconds since 1970; it may run backwards."""

    read_only: bool = False
    """Whether nothing is to be written although it could be."""

    hold_after: float = 0.0
    """What is used for fewer seconds is not kept from being evicted meanwhile: to say so takes longer than a check."""

    hook: Hook = go_on
    """Where tests stop the store."""


class DiskStore:
    """A `Store` in a folder; safe for any number of threads and processes. Every method blocks."""

    def __init__(self, folder: Path, options: StoreOptions | None = None) -> None:
        """Open the store below `folder`, made if it is not there.

        Raises CacheUnusable when it can be neither written nor read.
        """
        self._options = options or StoreOptions()
        self.folder = folder.absolute() / f"v{SCHEMA_VERSION}"
        self._told: set[str] = set()
        self._lock = threading.Lock()
        self._in_use: dict[tuple[str, str, bool], tuple[Digest, float]] = {}
        self._to_hold: dict[Digest, Entry] = {}
        self._holding = False
        self._timer: threading.Timer | None = None
        self._n_failed_writes = 0
        self._collect_beyond = self._options.limit
        self._leases = Leases(self.folder / "leases")
        self.writable = self._begin()
        self._blobs = Blobs(self.folder, self._options.hook, writable=self.writable)
        self._traces = Traces(self.folder / "traces", writable=self.writable, hook=self._options.hook)
        self.tallies = Tallies(self.folder / "tallies", writable=self.writable, clock=self._options.clock)
        if not self.writable:
            self._check_readable()

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """See `Store.lookup`."""
        found = self._traces.lookup(keys)
        self._tell_of_damage()
        return found

    def lookup_further(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """Nothing: `lookup` tells all."""
        return {}

    def look_again(self) -> None:
        """Nothing: every look-up sees what there is."""

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """See `Store.nearest`; the entries of its hs-boot file are among them."""
        return self._traces.nearest(unit, module, limit)

    def entries(self) -> Iterator[Entry]:
        """All entries, the oldest first."""
        return self._traces.all_entries()

    def has(self, digest: Digest) -> bool:
        """Whether there is a blob of this name; whether it is whole, only reading it tells."""
        return self._blobs.size(digest) is not None

    def put(self, entry: Entry, blobs: Mapping[Digest, bytes | Path]) -> None:
        """See `Store.put`. May evict other entries afterwards, which takes longer."""
        if not self.writable:
            return
        self._put([(entry, blobs)], strict=True)

    def put_many(self, entries: Sequence[Given]) -> None:
        """See `Store.put_many`. Takes half of the time that it takes to put them one by one."""
        if self.writable and entries:
            self._put(entries, strict=False)

    def fetch(self, digests: Collection[Digest]) -> None:
        """Nothing: what this tier has, it has."""

    def read(self, digest: Digest) -> bytes | None:
        """See `Store.read`."""
        return self._blobs.read(digest)

    def restore(self, digest: Digest, target: Path) -> bool:
        """See `Store.restore`."""
        return self._blobs.restore(digest, target)

    def link(self, digest: Digest, target: Path) -> bool:
        """See `Store.link`."""
        return self._blobs.link(digest, target)

    def used(self, entries: Collection[Entry]) -> None:
        """See `Store.used`. What is in use is the last entry given for each module: those before may be evicted."""
        if not self.writable:
            return
        news = {name: entry for entry in entries if not self._is_in_use(entry, name := identity(entry))}
        if news:
            self._traces.touch(news, self._now())
            self._note_use(news)
            self._hold(news)

    def close(self) -> None:
        """See `Store.close`."""
        with self._lock:
            timer = self._timer
            self._to_hold.clear()
        if timer:
            timer.cancel()
            timer.join()
        if self._leases.own:
            if self._holding:
                self._traces.release(self._leases.own)
            self._leases.release()
        self._traces.close()
        self.tallies.close()

    def collect(self) -> Collected | None:
        """Evict what is beyond the limit and remove what nothing needs; None when another process is doing so."""
        return self._collect(lambda collector: collector.collect(self._options.limit, sweep=True))

    def clear(self) -> Collected | None:
        """Remove everything, even what live sessions use: for them it will be a miss."""
        with self._lock:
            self._in_use.clear()
        self.tallies.clear()
        return self._collect(Collector.clear)

    def verify(self, source: BlobSource = _nothing, report: Report = _nobody) -> Verified:
        """Read every blob and every entry; what is damaged comes from `source` again, or else is removed.

        So is every entry that lacks a blob: its module is compiled the next time.  What `source` raises passes through
        when all else is done.
        """
        sound = self._traces.is_sound()
        before = self._blobs.n_damaged
        n_blobs = self._read_all(report)
        n_damaged = self._blobs.n_damaged - before
        n_repaired = 0
        try:
            n_repaired = self._repair(source)
        finally:
            all_entries = list(self.entries())
            incomplete = list(filter(self._is_incomplete, all_entries))
            self.remove(incomplete)
        return Verified(n_blobs, n_damaged, n_repaired, len(all_entries), len(incomplete), sound)

    def remove(self, entries: Collection[Entry]) -> None:
        """Remove entries, even ones that are in use; their blobs go with the next collection."""
        if self.writable:
            self._traces.remove(entries)

    def stats(self) -> StoreStats:
        """What the store holds, and how this process fared with it."""
        return StoreStats(
            folder=self.folder,
            schema_version=SCHEMA_VERSION,
            writable=self.writable,
            limit=self._options.limit,
            usage=self._traces.usage(),
            n_sessions=len(self._leases.live()) if self.writable else 0,
            n_damaged_blobs=self._blobs.n_damaged,
            n_failed_writes=self._n_failed_writes,
            replaced_database=self._traces.replaced,
            counted=self.tallies.counted(),
        )

    def _read_all(self, report: Report) -> int:
        n_blobs, total = 0, self._traces.usage().n_blobs
        for group in self._blobs.files():
            for file in group:
                self._blobs.read(file.digest)
            n_blobs += len(group)
            # Blobs that no entry needs are in no count.
            report(n_blobs, max(n_blobs, total))
        return n_blobs

    def _repair(self, source: BlobSource) -> int:
        """Get the blobs that entries lack; how many are here now."""
        needed = {digest for entry in self.entries() for digest in entry.artifacts.values()}
        missing = [digest for digest in needed if not self.has(digest)]
        if not missing or not self.writable:
            return 0
        n_repaired = 0
        for digest, content in source(missing):
            if digest_of(content) == digest:
                with suppress(OSError):
                    self._blobs.write(digest, content)
                    n_repaired += 1
        return n_repaired

    def _is_incomplete(self, entry: Entry) -> bool:
        return not all(map(self.has, entry.artifacts.values()))

    def _begin(self) -> bool:
        """Whether the folder is to be written, and can be: so can a full disk, since it may be emptied."""
        if self._options.read_only:
            return False
        try:
            self._leases.take()
        except OSError as error:
            if error.errno in _FULL:
                return True
            self._tell(_READ_ONLY, folder=self.folder, reason=error.strerror)
            return False
        return True

    def _check_readable(self) -> None:
        if not self._traces.is_readable():
            raise CacheUnusable(
                message=f"There is no cache in {self.folder}, and none can be made there.",
                remedy="Make the folder writable, or choose another with the setting `cacheDir` "
                "or the environment variable THATCH_CACHE_DIR.",
                detail=self._traces.last_failure,
            )

    def _put(self, entries: Sequence[Given], *, strict: bool) -> None:
        try:
            kept = self._keep(entries, strict=strict)
        except OSError as error:
            self._write_failed(error.strerror or str(error), full=error.errno in _FULL)
            return
        if not kept:
            self._write_failed(self._traces.last_failure, full="full" in self._traces.last_failure)
        self._note_use({identity(entry): entry for entry, _ in entries})
        self._tell_of_damage()
        self._collect_if_due()

    def _keep(self, entries: Sequence[Given], *, strict: bool) -> bool:
        """Write the blobs, then the entries; False when the database cannot be written. Raises OSError."""
        left = entries
        for _ in range(_MOST_ATTEMPTS):
            complete, missing = self._missing(left, strict=strict)
            self._write_blobs(missing)
            self._holding = True
            left_out = self._traces.add([entry for entry, _ in complete], self._sizes, self._leases.own, self._now())
            if left_out is None:
                return False
            if not left_out:
                return True
            # Another process evicted a blob that was here a moment ago.
            left = [given for given in complete if given[0] in left_out]
        return False

    def _missing(self, entries: Sequence[Given], *, strict: bool) -> tuple[list[Given], dict[Digest, bytes]]:
        """The entries whose blobs are all there or given, and those blobs that are not there.

        Raises IncompleteEntryError for another entry if that is to be `strict`.
        """
        complete: list[Given] = []
        missing: dict[Digest, bytes] = {}
        for entry, blobs in entries:
            absent = [digest for digest in set(entry.artifacts.values()) if not self.has(digest)]
            try:
                missing |= {digest: _checked(entry, digest, blobs) for digest in absent}
            except IncompleteEntryError:
                if strict:
                    raise
            else:
                complete.append((entry, blobs))
        return complete, missing

    def _write_blobs(self, blobs: Mapping[Digest, bytes]) -> None:
        if len(blobs) < _WORTH_THREADS:
            for digest, content in blobs.items():
                self._blobs.write(digest, content)
            return
        # Packing and writing leave the interpreter free for one another.
        with ThreadPoolExecutor(_N_THREADS) as threads:
            for _ in threads.map(self._blobs.write, blobs.keys(), blobs.values()):
                pass

    def _sizes(self, entry: Entry) -> dict[Digest, int] | None:
        digests = set(entry.artifacts.values())
        sizes = {digest: size for digest in digests if (size := self._blobs.size(digest)) is not None}
        return sizes if len(sizes) == len(digests) else None

    def _collect_if_due(self) -> None:
        if self._traces.n_bytes() > self._collect_beyond or is_due(self._traces.swept(), self._now()):
            collected = self._collect(self._collect_in_passing)
            left = collected.n_bytes_left if collected else 0
            # What live sessions use may be too much by itself: then not every new entry is to start a collection.
            self._collect_beyond = max(self._options.limit, left + self._options.limit // 20)

    def _collect_in_passing(self, collector: Collector) -> Collected:
        return collector.collect(self._options.limit, sweep=is_due(self._traces.swept(), self._now()))

    def _collect(self, work: Callable[[Collector], Collected]) -> Collected | None:
        if not self.writable:
            return None
        try:
            with locked(self.folder / "collect.lock", timeout=0) as alone:
                if not alone:
                    return None
                return work(Collector(self._traces, self._blobs, self._leases.live, self._now()))
        except OSError as error:
            log.info("The cache could not be collected: %s", error)
            return None

    def _is_in_use(self, entry: Entry, name: Digest) -> bool:
        known = self._in_use.get((entry.unit, entry.module, entry.boot))
        return known is not None and known[0] == name and time.monotonic() - known[1] < TOUCH_SECONDS

    def _hold(self, entries: Mapping[Digest, Entry]) -> None:
        """Keep entries from being evicted, from `StoreOptions.hold_after` on."""
        with self._lock:
            self._to_hold |= entries
            if self._options.hold_after and self._timer is None:
                self._timer = threading.Timer(self._options.hold_after, self._hold_waiting)
                self._timer.daemon = True
                self._timer.start()
        if not self._options.hold_after:
            self._hold_waiting()

    def _hold_waiting(self) -> None:
        while True:
            with self._lock:
                entries, self._to_hold = self._to_hold, {}
                if not entries:
                    self._timer = None
                    return
                self._holding = True
            self._traces.hold(entries, self._leases.own)

    def _note_use(self, entries: Mapping[Digest, Entry]) -> None:
        now = time.monotonic()
        noted = {(entry.unit, entry.module, entry.boot): (name, now) for name, entry in entries.items()}
        with self._lock:
            self._in_use.update(noted)

    def _write_failed(self, reason: str, *, full: bool) -> None:
        with self._lock:
            self._n_failed_writes += 1
        self._tell(_DISK_FULL if full else _WRITE_FAILED, folder=self.folder, reason=reason)

    def _tell_of_damage(self) -> None:
        if replaced := self._traces.replaced:
            self._tell(_REPLACED, file=replaced)

    def _tell(self, sentence: str, **parts: object) -> None:
        with self._lock:
            known = sentence in self._told
            self._told.add(sentence)
        if not known:
            self._options.tell(sentence.format(**parts))

    def _now(self) -> int:
        return int(self._options.clock())


_MOST_ATTEMPTS = 3
_WORTH_THREADS = 16
_N_THREADS = 2
_FULL = (errno.ENOSPC, errno.EDQUOT)

_READ_ONLY = "The cache in {folder} is only read: it cannot be written ({reason})."
_DISK_FULL = "The disk of the cache in {folder} is full ({reason}): what is compiled now is not kept."
_WRITE_FAILED = "The cache in {folder} cannot be written ({reason}): what is compiled now is not kept."
_REPLACED = "The cache's database {file} was damaged. It is left as it is, and a new, empty one is used."


def _checked(entry: Entry, digest: Digest, blobs: Mapping[Digest, bytes | Path]) -> bytes:
    """The content of an entry's blob. Raises IncompleteEntryError when it is not given, or not what it should be."""
    blob = blobs.get(digest)
    if blob is None or not is_digest(digest):
        raise IncompleteEntryError(message=f"The entry of {entry.module} names an artifact that there is not.")
    try:
        content = blob if isinstance(blob, bytes) else blob.read_bytes()
    except OSError as error:
        raise IncompleteEntryError(
            message=f"An artifact of {entry.module} could not be read.", detail=str(error)
        ) from error
    if len(content) > MAX_BLOB_BYTES:
        raise IncompleteEntryError(message=f"An artifact of {entry.module} is too large: {len(content)} bytes.")
    if digest_of(content) != digest:
        raise IncompleteEntryError(message=f"An artifact of {entry.module} changed after it was hashed.")
    return content

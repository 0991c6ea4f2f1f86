"""The remote tier: best effort for its users, who neither wait beyond its deadlines nor hear of a failure twice.

How a store is read and written is in thatch.cache.remote_client, what lies in it in thatch.cache.wire.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from attrs import frozen

from thatch.cache.breaker import Breaker
from thatch.cache.entry import Digest, Entry, digest_of
from thatch.cache.heads_folder import HeadsFolder
from thatch.cache.object_store import RemoteError, objects_at, parse_address
from thatch.cache.packing import ReadBlob
from thatch.cache.remote_client import RemoteClient, RemoteTimeoutError

logger = logging.getLogger(__name__)

Tell = Callable[[RemoteError], None]
"""Tells the user that the remote store does not work; called at most once for reading and once for writing."""


@frozen(kw_only=True)
class Limits:
    """How much of the user's time and memory the remote tier may take."""

    batch_seconds: float = 5.0
    """A look-up or download of many things may take so long; what has come by then is used."""

    exit_seconds: float = 5.0
    """At the end of a process, uploads may take so long."""

    upload_seconds: float = 60.0
    """One object's upload may take so long, in the background."""

    refresh_seconds: float = 60.0
    """What the store holds is not looked at again for so long."""

    linger_seconds: float = 30.0
    """So long an entry may wait for others to be uploaded with."""

    most_waiting: int = 10_000
    """So many entries may wait for upload; more are left to `thatch cache push`."""

    patience: int = 3
    """So many failures in a row, or a single time-out, and the store is left alone."""

    rest_seconds: float = 300.0
    """A store that failed is left alone for so long."""


@frozen(kw_only=True)
class RemoteStatistics:
    """What the remote tier did in this process."""

    keys_asked: int = 0
    keys_found: int = 0
    blobs_downloaded: int = 0
    bytes_downloaded: int = 0
    """Of the blobs as they are used, not as they are transferred."""
    entries_uploaded: int = 0
    bytes_uploaded: int = 0
    entries_dropped: int = 0
    """Entries that were not uploaded although they should have been."""
    failures: int = 0
    """Batches that failed or were cut off by their deadline."""
    damaged: int = 0
    """Objects and blobs that were not what they should have been."""


def tell_log(error: RemoteError) -> None:
    """Tell the log."""
    logger.warning("%s", error)


class Remote:
    """A remote store as a tier below a local one.  Methods block, may be called from any thread, and never raise.

    Users wait `Limits.batch_seconds` at most. Uploads happen in the background.
    """

    def __init__(
        self,
        client: RemoteClient,
        *,
        writable: bool,
        limits: Limits | None = None,
        tell: Tell = tell_log,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        """For explicit commands, which fail when the store does."""
        self.writable = writable
        """Whether entries are uploaded."""
        self.limits = limits = limits or Limits()
        self._clock = clock
        self._reading = _Direction(tell, Breaker(clock, limits.patience, limits.rest_seconds))
        self._writing = _Direction(tell, Breaker(clock, limits.patience, limits.rest_seconds))
        self._looked_at: float | None = None
        self._looking = threading.Lock()
        self._counts = _Counts()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        writable: bool,
        cache_dir: Path | None = None,
        limits: Limits | None = None,
        tell: Tell = tell_log,
    ) -> Self:
        """The store at a URL, with credentials from the environment; nothing is asked of it yet.

        Heads are kept in a folder below `cache_dir`. Raises RemoteError for what is no address of a store.
        """
        address = parse_address(url)
        folder = cache_dir / "remote" / digest_of(address.url.encode())[:16] if cache_dir else None
        objects = objects_at(address, create=writable)
        client = RemoteClient(objects, address.url, address.redaction, HeadsFolder(folder))
        return cls(client, writable=writable, limits=limits, tell=tell)

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        """The entries of each key that has any, the newest first."""
        if not keys:
            return {}
        self._look()
        index = self.client.index
        found = {key: entries for key in keys if (entries := index.find(key))}
        self._counts.add(keys_asked=len(keys), keys_found=len(found))
        return found

    def look_again(self) -> None:
        """Have the next look-up list what lies there, however lately that was done."""
        self._looked_at = None

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        """The newest entries of a module whatever their keys, for explanations."""
        self._look()
        return self.client.index.of_module(unit, module, limit)

    def blobs(self, digests: Collection[Digest]) -> Iterator[tuple[Digest, bytes]]:
        """Those of the blobs that can be downloaded in time, in any order, each verified."""
        if not digests or not self._reading.breaker.allows:
            return
        try:
            for digest, content in self.client.blobs(digests, self.limits.batch_seconds):
                self._counts.add(blobs_downloaded=1, bytes_downloaded=len(content))
                yield digest, content
        except RemoteError as error:
            self._failed(self._reading, error)
        else:
            self._reading.breaker.succeeded()

    def upload(self, entries: Sequence[Entry], read: ReadBlob) -> None:
        """Upload the entries that the store lacks, if it is written to and works; it takes as long as it takes."""
        if not self.writable or not self._writing.breaker.allows:
            return
        # What others have uploaded meanwhile need not be sent again.
        self._look()
        try:
            self._send(entries, read)
        except RemoteError as error:
            self._failed(self._writing, error)
        else:
            self._writing.breaker.succeeded()

    def left_behind(self, n_entries: int) -> None:
        """Note that entries could not be uploaded for lack of time or space."""
        self._counts.add(entries_dropped=n_entries)
        message = f"Compiled modules that were not uploaded to the remote cache: {n_entries}."
        self._writing.tell_once(RemoteError(message=message, remedy="`thatch cache push` uploads them."))

    def close(self) -> None:
        """End whatever is under way."""
        self.client.close()

    @property
    def statistics(self) -> RemoteStatistics:
        """What happened so far."""
        return RemoteStatistics(**self._counts.now(), damaged=self.client.n_damaged)

    def _look(self) -> None:
        """See what lies in the store, unless that was done lately or the store does not work."""
        seconds = self.limits.batch_seconds
        if not self._looking.acquire(timeout=seconds):
            return
        try:
            if self._is_fresh() or not self._reading.breaker.allows:
                return
            n_damaged = self.client.n_damaged
            self.client.update(seconds)
            self._looked_at = self._clock()
            self._reading.breaker.succeeded()
            if self.client.n_damaged > n_damaged:
                self._reading.tell_once(self.client.damage())
        except RemoteError as error:
            self._failed(self._reading, error)
        finally:
            self._looking.release()

    def _is_fresh(self) -> bool:
        return self._looked_at is not None and self._clock() - self._looked_at < self.limits.refresh_seconds

    def _send(self, entries: Sequence[Entry], read: ReadBlob) -> None:
        n_sent = 0
        for sent in self.client.send(entries, read, self.limits.upload_seconds):
            if sent.problem:
                raise sent.problem
            n_sent += sent.n_entries
            self._counts.add(entries_uploaded=sent.n_entries, bytes_uploaded=sent.n_bytes)
        if n_sent:
            self.client.bundle(self.limits.upload_seconds)

    def _failed(self, direction: "_Direction", error: RemoteError) -> None:
        self._counts.add(failures=1)
        direction.breaker.failed(slowly=isinstance(error, RemoteTimeoutError))
        direction.tell_once(error)


class _Direction:
    """Reading or writing: whether to try, and whether the user knows that it fails."""

    def __init__(self, tell: Tell, breaker: Breaker) -> None:
        self.breaker = breaker
        self._tell = tell
        self._told = False

    def tell_once(self, error: RemoteError) -> None:
        if not self._told:
            self._told = True
            self._tell(error)


class _Counts:
    """Counters for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, **more: int) -> None:
        with self._lock:
            self._counts.update(more)

    def now(self) -> Mapping[str, int]:
        with self._lock:
            return dict(self._counts)

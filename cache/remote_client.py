"""Reading and writing one remote store as it is laid out; strict: whatever does not work is raised.

How long to wait is the caller's say, each time; whether to ask at all is decided in thatch.cache.remote.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from attrs import define, field, frozen

from thatch.cache.entry import Digest, Entry, digest_of
from thatch.cache.heads_folder import HeadsFolder
from thatch.cache.loop_thread import LoopThread
from thatch.cache.object_store import Objects, Redaction, RemoteError, short_reason
from thatch.cache.packing import ReadBlob, cut_packs
from thatch.cache.remote_index import (
    MAX_LEVEL,
    Index,
    Listed,
    bundles_to_read,
    listing_of,
    next_bundle,
    packs_to_read,
)
from thatch.cache.wire import (
    MAX_BUNDLE_BYTES,
    BundleName,
    DamagedObjectError,
    Head,
    Object,
    PackName,
    Place,
    Span,
    parse_name,
    plan_spans,
    read_blob,
    read_bundle,
    read_head,
    write_bundle,
    write_pack,
)

N_REQUESTS = 32
"""At most so many requests are under way at the same time."""

N_UPLOADS = 4
"""At most so many packs are being uploaded at the same time."""

MOST_BUNDLES = 8
"""At most so many bundles are made in one go; the next writer makes the next."""


@define(kw_only=True)
class RemoteTimeoutError(RemoteError):
    """The remote store did not answer in time."""


@define(kw_only=True)
class RemoteDamageError(RemoteError):
    """Some of what the remote store holds is not what it should be; all the rest has arrived."""


@frozen
class Sent:
    """What became of a pack."""

    n_entries: int
    """How many entries are in the store by it."""
    n_bytes: int
    problem: RemoteError | None = None
    """Why it is not there, if it is not."""


class RemoteClient:
    """One remote store.  Methods may be called from any thread."""

    def __init__(
        self, objects: Objects, shown: str, redaction: Redaction | None = None, heads: HeadsFolder | None = None
    ) -> None:
        self._objects = objects
        self._shown = shown
        self._redaction = redaction or Redaction()
        self._kept = heads or HeadsFolder(None)
        self._loop = LoopThread("thatch-remote")
        self._requests = asyncio.Semaphore(N_REQUESTS)
        self._known = _Known()

    @property
    def index(self) -> Index:
        """What is known to lie in the store."""
        return self._known.index

    @property
    def n_damaged(self) -> int:
        """How many objects and blobs were not what they should have been."""
        return self._known.n_damaged

    def update(self, seconds: float) -> None:
        """Look at what lies in the store; what was read in time is in the index, whatever happens.

        Raises RemoteError.
        """
        self._run(self._update(), seconds)

    def blobs(self, digests: Collection[Digest], seconds: float) -> Iterator[tuple[Digest, bytes]]:
        """Download blobs that the index knows, in any order, each verified; it ends when the time is up.

        What the caller does in between does not count. Raises RemoteError in the end if any of them could not be had,
        except for those that the store has removed.
        """
        index = self.index
        spans = plan_spans([index.places[digest] for digest in set(digests) if digest in index.places])
        arrived = _Arrived()
        download = self._loop.start(self._download(spans, arrived))
        download.add_done_callback(lambda _: arrived.end())
        deadline = time.monotonic() + seconds
        try:
            for _ in spans:
                yield from arrived.take(deadline - time.monotonic())
        except TimeoutError as problem:
            arrived.problems.append(problem)
        finally:
            download.cancel()
            self._known.distrust(arrived.lost, arrived.damaged)
        if arrived.problems:
            # Damage is the least of it: any other problem comes first.
            raise self._error(min(arrived.problems, key=lambda it: isinstance(it, DamagedObjectError)))

    def send(self, entries: Iterable[Entry], read: ReadBlob, seconds: float) -> Iterator[Sent]:
        """Upload the entries that are not there yet, with their blobs, in packs; says what became of each pack.

        Each pack may take so many seconds. Entries whose blobs cannot be read are left out.
        """
        waiting: deque[tuple[int, Object, Future[None]]] = deque()
        try:
            for batch, blobs in cut_packs(entries, read, self.index):
                pack = write_pack(batch, blobs)
                waiting.append((len(batch), pack, self._loop.start(self._store_pack(pack))))
                if len(waiting) == N_UPLOADS:
                    yield self._settled(*waiting.popleft(), seconds)
            while waiting:
                yield self._settled(*waiting.popleft(), seconds)
        finally:
            for _, _, future in waiting:
                future.cancel()

    def bundle(self, seconds: float) -> None:
        """Put the heads of packs into bundles, if there are many.  Raises RemoteError."""
        self._run(self._bundle(), seconds)

    def damage(self, detail: str = "") -> RemoteDamageError:
        """What to tell the user about damaged objects."""
        return RemoteDamageError(message=f"The remote cache {self._shown} holds damaged objects.", detail=detail)

    def close(self) -> None:
        """End whatever is under way."""
        self._loop.close()

    # In the loop's thread.

    async def _update(self) -> None:
        listing = listing_of(await self._objects.list())
        known = self._known
        known.adopt(listing)
        for level in range(MAX_LEVEL, 0, -1):
            await _all(self._read_bundle(name, listing) for name in known.unread_bundles(listing, level))
        await _all(self._read_pack(name) for name in known.unread_packs(listing))
        self._kept.keep_only(listing)

    async def _read_bundle(self, name: BundleName, listing: Mapping[str, Listed]) -> None:
        size = listing[name.name].size
        content = await self._head_of(name, size) if size <= MAX_BUNDLE_BYTES else b""
        if content is not None:
            self._known.read_bundle(name, content, listing)

    async def _read_pack(self, name: PackName) -> None:
        raw = await self._head_of(name, name.head_bytes)
        if raw is not None:
            self._known.read_head(name, raw)

    async def _head_of(self, name: PackName | BundleName, size: int) -> bytes | None:
        kept = self._kept.read(name.name)
        if kept is not None and digest_of(kept) == name.digest:
            return kept
        try:
            content = await self._get(name.name, 0, size)
        except FileNotFoundError:
            # It was removed since it was listed.
            return None
        if digest_of(content) == name.digest:
            self._kept.write(name.name, content)
        return content

    async def _get(self, name: str, start: int, end: int) -> bytes:
        async with self._requests:
            return await self._objects.get(name, start, end)

    async def _download(self, spans: Collection[Span], arrived: "_Arrived") -> None:
        async def get(span: Span) -> None:
            try:
                arrived.put(span, await self._get(span.pack, span.start, span.end))
            except Exception as problem:  # It is raised in the thread that waits for it.
                arrived.put(span, problem)

        await _all(get(span) for span in spans)

    async def _store_pack(self, pack: Object) -> None:
        await self._objects.put(pack.name, pack.content)
        self._known.stored_pack(pack)

    async def _bundle(self) -> None:
        for _ in range(MOST_BUNDLES):
            made = self._known.make_bundle()
            if made is None:
                return
            bundle, covers, packs = made
            await self._objects.put(bundle.name, bundle.content)
            self._known.stored_bundle(bundle, covers, packs)

    # In the caller's thread.

    def _run(self, work: Coroutine[Any, Any, None], seconds: float) -> None:
        try:
            self._loop.run(work, seconds)
        except Exception as problem:  # Whatever a library raises, the store could not be used.
            raise self._error(problem) from None

    def _settled(self, n_entries: int, pack: Object, future: "Future[None]", seconds: float) -> Sent:
        try:
            self._loop.wait(future, seconds)
        except Exception as problem:  # Whatever a library raises, the pack is not there.
            return Sent(0, 0, self._error(problem))
        return Sent(n_entries, len(pack.content))

    def _error(self, problem: Exception) -> RemoteError:
        if isinstance(problem, TimeoutError):
            return RemoteTimeoutError(message=f"The remote cache {self._shown} did not answer in time.")
        if isinstance(problem, DamagedObjectError):
            return self.damage(str(problem))
        detail = short_reason(problem, self._redaction)
        return RemoteError(message=f"The remote cache {self._shown} cannot be used.", detail=detail)


class _Known:
    """What has been learnt about a store.  Any thread may take the index, which is always consistent.

    Only the loop's thread reads and stores; others may bring distrust.
    """

    def __init__(self) -> None:
        self.n_damaged = 0
        self._lock = threading.Lock()
        self._listing: Mapping[str, Listed] = {}
        self._heads: dict[str, Head] = {}
        self._bundles: dict[str, _Bundle] = {}
        self._damaged: set[str] = set()
        self._distrusted: set[tuple[str, Digest]] = set()
        self._index: Index | None = Index()

    @property
    def index(self) -> Index:
        # It is built when it is asked for: a long row of uploads would build it for nobody, each time.
        with self._lock:
            if self._index is None:
                self._index = Index.build(self._listing, self._heads, self._distrusted)
            return self._index

    def unread_bundles(self, listing: Mapping[str, Listed], level: int) -> list[BundleName]:
        read = {name: bundle.covers for name, bundle in self._bundles.items() if name in listing}
        return [name for name in bundles_to_read(listing, read, level) if name.name not in self._damaged]

    def unread_packs(self, listing: Mapping[str, Listed]) -> list[PackName]:
        return [name for name in packs_to_read(listing, self._heads) if name.name not in self._damaged]

    def read_bundle(self, name: BundleName, content: bytes, listing: Mapping[str, Listed]) -> None:
        try:
            bundle = read_bundle(name, content)
        except DamagedObjectError:
            self._note_damage(name.name)
            return
        self._bundles[name.name] = _Bundle(bundle.covers, tuple(bundle.heads))
        for pack, raw in bundle.heads.items():
            pack_name = parse_name(pack)
            if pack in listing and pack not in self._heads and isinstance(pack_name, PackName):
                self.read_head(pack_name, raw)

    def read_head(self, name: PackName, raw: bytes) -> None:
        try:
            head = read_head(name, raw)
        except DamagedObjectError:
            self._note_damage(name.name)
            return
        with self._lock:
            self._heads[name.name] = head
            self._index = None

    def adopt(self, listing: Mapping[str, Listed]) -> None:
        """From now on only what is listed is there."""
        with self._lock:
            if listing == self._listing:
                return
            self._listing = dict(listing)
            self._heads = {name: head for name, head in self._heads.items() if name in listing}
            self._bundles = {name: bundle for name, bundle in self._bundles.items() if name in listing}
            self._index = None

    def distrust(self, lost: Collection[str], damaged: Collection[Place]) -> None:
        """These packs are gone, and these blobs are not what they should be."""
        if not lost and not damaged:
            return
        with self._lock:
            self.n_damaged += len(damaged)
            self._distrusted |= {(place.pack, place.digest) for place in damaged}
            self._listing = {name: listed for name, listed in self._listing.items() if name not in lost}
            self._index = None

    def stored_pack(self, pack: Object) -> None:
        name = parse_name(pack.name)
        assert isinstance(name, PackName), "this is what a pack is called"
        self.read_head(name, pack.content[: name.head_bytes])
        with self._lock:
            # The next listing has the store's own time.
            self._listing = {**self._listing, pack.name: Listed(name, time.time(), len(pack.content))}
            self._index = None

    def make_bundle(self) -> tuple[Object, Sequence[str], Sequence[str]] | None:
        """The next bundle to be stored, with the bundles it covers and its packs; None if there is no need for one."""
        bundled = {pack for bundle in self._bundles.values() for pack in bundle.packs}
        covers = {name: bundle.covers for name, bundle in self._bundles.items()}
        usable = {name: it for name, it in self._listing.items() if name in self._heads or name in self._bundles}
        chosen = next_bundle(usable, bundled, covers)
        if chosen is None:
            return None
        level, names = chosen
        packs = names if level == 1 else [pack for name in names for pack in self._bundles[name].packs]
        heads = {pack: self._heads[pack].raw for pack in packs if pack in self._heads}
        covered = names if level > 1 else ()
        return write_bundle(level, covered, heads), covered, tuple(heads)

    def stored_bundle(self, bundle: Object, covers: Sequence[str], packs: Sequence[str]) -> None:
        name = parse_name(bundle.name)
        assert isinstance(name, BundleName), "this is what a bundle is called"
        with self._lock:
            self._listing = {**self._listing, bundle.name: Listed(name, time.time(), len(bundle.content))}
            self._index = None
        self._bundles[bundle.name] = _Bundle(tuple(covers), tuple(packs))

    def _note_damage(self, name: str) -> None:
        self._damaged.add(name)
        self.n_damaged += 1


@frozen
class _Bundle:
    covers: tuple[str, ...]
    packs: tuple[str, ...]


@define
class _Arrived:
    """Parts of packs on their way from the loop's thread to the one that waits for them."""

    problems: list[Exception] = field(factory=list)
    lost: set[str] = field(factory=set)
    damaged: list[Place] = field(factory=list)
    _queue: "queue.SimpleQueue[tuple[Span, bytes | Exception] | None]" = field(factory=queue.SimpleQueue)

    def put(self, span: Span, answer: bytes | Exception) -> None:
        self._queue.put((span, answer))

    def end(self) -> None:
        """Nothing comes any more."""
        self._queue.put(None)

    def take(self, seconds: float) -> Iterator[tuple[Digest, bytes]]:
        """The verified blobs of the next part.  Raises TimeoutError when it does not come in time."""
        try:
            item = self._queue.get(timeout=max(seconds, 0))
        except queue.Empty:
            item = None
        if item is None:
            raise TimeoutError
        span, answer = item
        if isinstance(answer, FileNotFoundError):
            self.lost.add(span.pack)
        elif isinstance(answer, Exception):
            self.problems.append(answer)
        else:
            yield from self._verified(span, answer)

    def _verified(self, span: Span, content: bytes) -> Iterator[tuple[Digest, bytes]]:
        for place in span.places:
            try:
                blob = read_blob(place, content[place.offset - span.start : place.end - span.start])
            except DamagedObjectError as problem:
                self.damaged.append(place)
                self.problems.append(problem)
            else:
                yield place.digest, blob


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do everything, then raise the first problem."""
    for done in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done

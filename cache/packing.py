"""Which entries and blobs go into which pack of a remote store; the bytes of a pack are in thatch.cache.wire."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from thatch.cache.entry import IDE, INTERFACE, Digest, Entry, identity
from thatch.cache.remote_index import Index
from thatch.cache.wire import MAX_BLOB_BYTES

ReadBlob: TypeAlias = Callable[[Digest], bytes | None]
"""Gives the content of a blob, or None when it cannot be had."""

PACK_BYTES = 16 * 1024 * 1024
"""A pack is closed when its blobs have this size before compression."""

PACK_ENTRIES = 2_000
"""A pack is closed when it has this many entries, however small their blobs."""


def cut_packs(
    entries: Iterable[Entry], read: ReadBlob, there: Index
) -> Iterator[tuple[list[Entry], dict[Digest, bytes]]]:
    """The entries that are not there yet in groups for packs, each with the blobs that are not there either.

    A pack needs no other pack of this row, because that one's upload may fail. Entries are left out whose blobs
    cannot be read or are too big.
    """
    seen: set[str] = set()
    batch: list[Entry] = []
    blobs: dict[Digest, bytes] = {}
    for entry in entries:
        name = identity(entry)
        new = None if name in seen or there.has(entry) else _new_blobs(entry, read, there, blobs)
        seen.add(name)
        if new is None:
            continue
        batch.append(entry)
        blobs |= new
        if sum(map(len, blobs.values())) >= PACK_BYTES or len(batch) >= PACK_ENTRIES:
            yield batch, _small_first(batch, blobs)
            batch, blobs = [], {}
    if batch:
        yield batch, _small_first(batch, blobs)


def _small_first(entries: Iterable[Entry], blobs: dict[Digest, bytes]) -> dict[Digest, bytes]:
    """The blobs in the order in which they are to lie: those together that are wanted without interfaces."""
    large = {digest for entry in entries for name, digest in entry.artifacts.items() if name in (INTERFACE, IDE)}
    return dict(sorted(blobs.items(), key=lambda blob: blob[0] in large))


def _new_blobs(entry: Entry, read: ReadBlob, there: Index, blobs: dict[Digest, bytes]) -> dict[Digest, bytes] | None:
    new: dict[Digest, bytes] = {}
    for digest in entry.artifacts.values():
        if digest in there.places or digest in blobs or digest in new:
            continue
        content = read(digest)
        if content is None or len(content) > MAX_BLOB_BYTES:
            return None
        new[digest] = content
    return new

"""Sending everything to a remote store, or getting everything from it, when the user asks for it in so many words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from itertools import chain

from attrs import frozen

from thatch.cache.assembly import Assembly
from thatch.cache.entry import Digest, Entry, identity
from thatch.cache.errors import IncompleteEntryError
from thatch.cache.packing import ReadBlob
from thatch.cache.remote_client import RemoteClient, RemoteDamageError
from thatch.cache.remote_index import Index
from thatch.cache.store import Store

LOOK_SECONDS = 60.0
"""Seeing what lies in a store may take so long."""

GROUP_SECONDS = 300.0
"""Downloading a group of blobs, or uploading a pack, may take so long."""

GROUP_BYTES = 64 * 1024 * 1024
"""Blobs are downloaded in groups of about this size, which are all that is held in memory."""


@frozen
class Progress:
    """How far a transfer is."""

    done: int
    """Entries that were transferred."""
    total: int
    """Entries that had to be transferred."""
    n_bytes: int
    """Bytes that were transferred: compressed ones when sending, of blobs when getting."""


Report = Callable[[Progress], None]
"""Hears of the progress after each step, from the caller's thread; the first time when nothing is done yet."""


def push(entries: Collection[Entry], read: ReadBlob, client: RemoteClient, report: Report) -> Progress:
    """Upload all entries that the remote store lacks; entries whose blobs cannot be read are left out.

    Raises RemoteError when the store does not work; what was sent by then is there.
    """
    client.update(LOOK_SECONDS)
    index = client.index
    lacking = [entry for entry in entries if not index.has(entry)]
    progress = Progress(0, len(lacking), 0)
    report(progress)
    for sent in client.send(lacking, read, GROUP_SECONDS):
        if sent.problem:
            raise sent.problem
        progress = Progress(progress.done + sent.n_entries, progress.total, progress.n_bytes + sent.n_bytes)
        report(progress)
    client.bundle(GROUP_SECONDS)
    return progress


def pull(client: RemoteClient, local: Store, report: Report) -> Progress:
    """Bring all entries of the remote store that the local one lacks; damaged ones are left out.

    Raises RemoteError when the store does not work; what was got by then is in the local store.
    """
    client.update(LOOK_SECONDS)
    index = client.index
    entries = list(index.all_entries())
    known = local.lookup(list({entry.key for entry in entries}))
    have = {identity(entry) for entry in chain.from_iterable(known.values())}
    lacking = [entry for entry in entries if identity(entry) not in have]
    progress = Progress(0, len(lacking), 0)
    report(progress)
    for group in _groups(lacking, index):
        progress = _pull_group(group, client, local, progress, report)
    return progress


def blobs_of(client: RemoteClient, digests: Collection[Digest]) -> Iterator[tuple[Digest, bytes]]:
    """Those blobs that the remote store has, of some that are wanted.

    Raises RemoteError when the store does not work; damaged blobs are left out.
    """
    client.update(LOOK_SECONDS)
    with suppress(RemoteDamageError):
        yield from client.blobs(digests, GROUP_SECONDS)


def _groups(entries: Collection[Entry], index: Index) -> Iterator[list[Entry]]:
    # The entries come pack by pack, so that a group's blobs lie together.
    group: list[Entry] = []
    n_bytes = 0
    for entry in entries:
        group.append(entry)
        n_bytes += sum(index.places[digest].size for digest in entry.artifacts.values())
        if n_bytes >= GROUP_BYTES:
            yield group
            group, n_bytes = [], 0
    if group:
        yield group


def _pull_group(
    entries: Collection[Entry], client: RemoteClient, local: Store, progress: Progress, report: Report
) -> Progress:
    assembly = Assembly(entries)
    with suppress(RemoteDamageError):
        for digest, content in client.blobs(assembly.digests, GROUP_SECONDS):
            n_put = sum(_put(local, entry, blobs) for entry, blobs in assembly.arrived(digest, content))
            progress = Progress(progress.done + n_put, progress.total, progress.n_bytes + len(content))
            report(progress)
    return progress


def _put(local: Store, entry: Entry, blobs: Mapping[Digest, bytes]) -> bool:
    try:
        local.put(entry, blobs)
    except IncompleteEntryError:
        # Such as one with a blob that the local store finds too large.
        return False
    return True

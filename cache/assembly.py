"""Entries whose blobs arrive one by one in any order: which entries to ask for, and when one is whole; pure."""

from collections import Counter
from collections.abc import Collection, Iterable

from thatch.cache.entry import Digest, Entry


def whole_entries(candidates: Iterable[Entry], wanted: Collection[Digest]) -> list[Entry]:
    """The entries that consist of wanted blobs."""
    wanted = set(wanted)
    return [entry for entry in candidates if entry.artifacts and wanted.issuperset(entry.artifacts.values())]


def blobs_of(entries: Iterable[Entry]) -> set[Digest]:
    """All blobs that some entries name."""
    return {digest for entry in entries for digest in entry.artifacts.values()}


class Assembly:
    """Puts entries together; a blob is held only as long as an entry waits for it to be used."""

    def __init__(self, entries: Collection[Entry]) -> None:
        self._waiting = [(entry, set(entry.artifacts.values())) for entry in entries]
        self._users = Counter(digest for _, digests in self._waiting for digest in digests)
        self._owners: dict[Digest, list[int]] = {}
        for number, (_, digests) in enumerate(self._waiting):
            for digest in digests:
                self._owners.setdefault(digest, []).append(number)
        self._contents: dict[Digest, bytes] = {}

    @property
    def digests(self) -> Collection[Digest]:
        """The blobs that are needed."""
        return self._owners.keys()

    def arrived(self, digest: Digest, content: bytes) -> list[tuple[Entry, dict[Digest, bytes]]]:
        """Take a blob; returns the entries that are whole by it, each with all of its blobs."""
        whole = []
        self._contents[digest] = content
        for number in self._owners.get(digest, ()):
            entry, missing = self._waiting[number]
            missing.discard(digest)
            if not missing:
                whole.append((entry, {name: self._contents[name] for name in entry.artifacts.values()}))
        for entry, _ in whole:
            self._release(set(entry.artifacts.values()))
        return whole

    def _release(self, digests: Collection[Digest]) -> None:
        for digest in digests:
            self._users[digest] -= 1
            if not self._users[digest]:
                del self._contents[digest]

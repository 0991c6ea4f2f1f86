"""A whole `Store` of the cache in memory, which remembers what it was told of use."""

from collections.abc import Collection, Sequence

from attrs import define, field

from tests.support.remote import LocalStore
from thatch.cache.entry import Digest, Entry


@define
class MemoryStore(LocalStore):
    """A `Store` that keeps everything and never fails; tests reach into its `entries` and `blobs`."""

    further: dict[str, list[Entry]] = field(factory=dict)
    """What only `lookup_further` tells."""

    in_use: list[Entry] = field(factory=list)
    fetched: set[Digest] = field(factory=set)
    n_fetches: int = 0

    elsewhere: dict[Digest, bytes] = field(factory=dict)
    """The blobs that come when they are fetched."""

    def look_again(self) -> None:
        pass

    def lookup_further(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        return {key: list(self.further[key]) for key in keys if key in self.further}

    def used(self, entries: Collection[Entry]) -> None:
        self.in_use += entries

    def fetch(self, digests: Collection[Digest]) -> None:
        self.n_fetches += 1
        self.fetched |= set(digests)
        self.blobs |= {digest: self.elsewhere[digest] for digest in digests if digest in self.elsewhere}

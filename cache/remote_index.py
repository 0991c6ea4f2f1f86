"""What a reader knows about a remote store: which entries lie there and where their blobs are; pure, and never changed.

A new listing or another pack makes a new index, so that any thread may read the one it has.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Self

from attrs import field, frozen

from thatch.cache.entry import Digest, Entry, decode_entry, identity
from thatch.cache.errors import DamagedEntryError
from thatch.cache.wire import BundleName, Head, PackName, Place, parse_name

FAN_IN = 32
"""So many packs are put into a bundle, and so many bundles into one of the next level.

A reader asks for fewer than this many objects of each level: for 3,000 packs about 60 instead of 3,000.
"""

MAX_LEVEL = 4
"""Bundles of this level are not bundled again: there are a million packs by then."""


@frozen
class Listed:
    """An object of the store's folder."""

    name: PackName | BundleName
    modified: float
    """When it was stored, by the store's own clock, in seconds of Unix time."""
    size: int
    """In bytes."""


@frozen
class Index:
    """The entries and blobs of the packs whose heads are known."""

    heads: Mapping[str, Head] = field(factory=dict, repr=False)
    """By the names of their packs."""
    entries: Mapping[str, tuple[bytes, ...]] = field(factory=dict, repr=False)
    """By their keys, the newest first, still encoded."""
    places: Mapping[Digest, Place] = field(factory=dict, repr=False)
    """Where each blob is to be found; of several places the newest."""

    @classmethod
    def build(
        cls, listing: Mapping[str, Listed], heads: Mapping[str, Head], distrusted: Collection[tuple[str, Digest]] = ()
    ) -> Self:
        """The index of the packs that are both listed and known, without blobs that proved to be damaged."""
        # The newest pack comes first; the names settle ties, for all readers alike.
        live = sorted((listing[name].modified, name) for name in heads if name in listing)[::-1]
        entries: dict[str, list[bytes]] = {}
        places: dict[Digest, Place] = {}
        for _, name in live:
            for key, line in reversed(heads[name].entries):
                entries.setdefault(key, []).append(line)
            for place in heads[name].places:
                # A pack that was cut short still serves the blobs before the cut.
                if place.end <= listing[name].size and (name, place.digest) not in distrusted:
                    places.setdefault(place.digest, place)
        return cls(
            {name: heads[name] for _, name in live}, {key: tuple(lines) for key, lines in entries.items()}, places
        )

    def find(self, key: str) -> list[Entry]:
        """The entries of a key whose blobs are all there, the newest first."""
        return list(self._usable((key, line) for line in self.entries.get(key, ())))

    def has(self, entry: Entry) -> bool:
        """Whether an entry that verifies alike can be had."""
        return identity(entry) in map(identity, self.find(entry.key))

    def all_entries(self) -> Iterator[Entry]:
        """Every entry whose blobs are all there, the newest first."""
        return self._usable(entry for head in self.heads.values() for entry in reversed(head.entries))

    def of_module(self, unit: str, module: str, limit: int) -> list[Entry]:
        """The newest entries of a module whatever their keys.  It decodes a lot: this is for explanations."""
        entries = (entry for entry in self.all_entries() if (entry.unit, entry.module) == (unit, module))
        return list(islice(entries, limit))

    def _usable(self, encoded: Iterable[tuple[str, bytes]]) -> Iterator[Entry]:
        seen = set()
        for key, line in encoded:
            entry = _decoded(line)
            if not entry or entry.key != key or not all(digest in self.places for digest in entry.artifacts.values()):
                continue
            name = identity(entry)
            if name not in seen:
                seen.add(name)
                yield entry


def bundles_to_read(listing: Mapping[str, Listed], read: Mapping[str, Collection[str]], level: int) -> list[BundleName]:
    """The bundles of a level that no bundle read so far covers, and that were not read themselves.

    `read` holds what each bundle read so far covers.  Asked for the highest level first, it leads to every bundle
    that tells something new.
    """
    covered = {cover for covers in read.values() for cover in covers}
    return [
        listed.name
        for name, listed in sorted(listing.items())
        if isinstance(listed.name, BundleName)
        and listed.name.level == level
        and name not in covered
        and name not in read
    ]


def packs_to_read(listing: Mapping[str, Listed], heads: Collection[str]) -> list[PackName]:
    """The packs whose heads came in no bundle."""
    return [
        listed.name
        for name, listed in sorted(listing.items())
        if isinstance(listed.name, PackName) and name not in heads
    ]


def next_bundle(
    listing: Mapping[str, Listed], bundled: Collection[str], covers: Mapping[str, Collection[str]]
) -> tuple[int, Sequence[str]] | None:
    """What should be bundled next: the level of the new bundle, and the names it is made of.

    `bundled` are the packs that bundles hold, and `covers` what each bundle in the listing covers.  The oldest go
    first, so that writers who look at the same store make the same bundle, and storing it twice is storing it once.
    """
    covered = {*bundled, *(cover for names in covers.values() for cover in names)}
    for level in range(MAX_LEVEL):
        loose = sorted(
            (listed.modified, name)
            for name, listed in listing.items()
            if _level(listed.name) == level and name not in covered
        )
        if len(loose) >= FAN_IN:
            return level + 1, [name for _, name in loose[:FAN_IN]]
    return None


def listing_of(objects: Collection[tuple[str, float, int]]) -> dict[str, Listed]:
    """A listing out of names, times and sizes; objects of other formats are left out."""
    names = ((parse_name(name), modified, size) for name, modified, size in objects)
    return {name.name: Listed(name, modified, size) for name, modified, size in names if name is not None}


def _decoded(line: bytes) -> Entry | None:
    try:
        return decode_entry(line)
    except DamagedEntryError:
        return None


def _level(name: PackName | BundleName) -> int:
    return name.level if isinstance(name, BundleName) else 0

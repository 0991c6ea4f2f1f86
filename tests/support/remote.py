"""What tests of the remote tier share: made-up entries, a store in memory that fails on demand, and a local store."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import define, field

from thatch.cache.entry import Dependency, DependencyKind, Digest, Entry, digest_of, identity
from thatch.cache.errors import IncompleteEntryError

Blobs = dict[Digest, bytes]


def make_entry(name: str, *contents: bytes, made_with: str = "", unit: str = "lib-1.0") -> tuple[Entry, Blobs]:
    """An entry of the module `name` with these artifacts; others with the same name have the same key."""
    blobs = {digest_of(content): content for content in contents}
    artifacts = {f"artifact{number}": digest_of(content) for number, content in enumerate(contents)}
    dependencies = (Dependency(DependencyKind.INTERFACE, "lib-1.0:Base", digest_of(made_with.encode())[:32]),)
    entry = Entry(
        key=digest_of(name.encode()),
        unit=unit,
        module=name,
        boot=False,
        dependencies=dependencies,
        abi="a" * 32,
        interface="b" * 32,
        artifacts=artifacts,
        inputs={"ghc": "some GHC"},
        compile_ms=12,
    )
    return entry, blobs


def key_of(name: str) -> str:
    """The key of a made-up entry."""
    return digest_of(name.encode())


@define
class LocalStore:
    """A `Store` in memory."""

    entries: dict[str, list[Entry]] = field(factory=dict)
    blobs: Blobs = field(factory=dict)
    closed: bool = False
    most_bytes: int = 1 << 40
    """Larger blobs are refused."""
    n_lookups: int = 0

    def lookup(self, keys: Sequence[str]) -> dict[str, list[Entry]]:
        self.n_lookups += 1
        return {key: list(self.entries[key]) for key in keys if key in self.entries}

    def nearest(self, unit: str, module: str, limit: int) -> list[Entry]:
        all_entries = [entry for entries in self.entries.values() for entry in entries]
        return [entry for entry in all_entries if (entry.unit, entry.module) == (unit, module)][:limit]

    def put(self, entry: Entry, blobs: Mapping[Digest, bytes | Path]) -> None:
        if any(isinstance(blob, bytes) and len(blob) > self.most_bytes for blob in blobs.values()):
            raise IncompleteEntryError(message="too large")
        self.blobs |= {digest: blob for digest, blob in blobs.items() if isinstance(blob, bytes)}
        assert all(digest_of(self.blobs[digest]) == digest for digest in entry.artifacts.values())
        others = [other for other in self.entries.get(entry.key, []) if identity(other) != identity(entry)]
        self.entries[entry.key] = [entry, *others]

    def put_many(self, entries: Sequence[tuple[Entry, Mapping[Digest, bytes | Path]]]) -> None:
        for entry, blobs in entries:
            with suppress(IncompleteEntryError):
                self.put(entry, blobs)

    def fetch(self, digests: Collection[Digest]) -> None:
        """Everything is here."""

    def read(self, digest: Digest) -> bytes | None:
        assert not self.closed
        return self.blobs.get(digest)

    def restore(self, digest: Digest, target: Path) -> bool:
        content = self.read(digest)
        if content is not None:
            target.write_bytes(content)
        return content is not None

    def link(self, digest: Digest, target: Path) -> bool:
        return self.restore(digest, target)

    def used(self, entries: Collection[Entry]) -> None:
        """Nothing is evicted."""

    def close(self) -> None:
        self.closed = True

    @property
    def all_entries(self) -> list[Entry]:
        return [entry for entries in self.entries.values() for entry in entries]


def local_store(made: Iterable[tuple[Entry, Blobs]]) -> LocalStore:
    """A local store that holds entries."""
    store = LocalStore()
    for entry, blobs in made:
        store.put(entry, blobs)
    return store


@define
class MemoryObjects:
    """`Objects` in memory, with a clock of their own and whatever `trouble` does before each request."""

    contents: dict[str, bytes] = field(factory=dict)
    modified: dict[str, float] = field(factory=dict)
    requests: list[tuple[str, str]] = field(factory=list)
    """The kind and object of each request."""
    trouble: Callable[[str, str], None] = lambda kind, name: None
    """Called with the kind (`list`, `get` or `put`) and the object's name; what it raises is the answer."""
    hanging: set[str] = field(factory=set)
    """Kinds of requests, and names of objects, that are never answered."""

    async def list(self) -> list[tuple[str, float, int]]:
        await self._request("list", "")
        return [(name, self.modified[name], len(content)) for name, content in self.contents.items()]

    async def get(self, name: str, start: int, end: int) -> bytes:
        await self._request("get", name)
        if name not in self.contents:
            raise FileNotFoundError(name)
        return self.contents[name][start:end]

    async def put(self, name: str, content: bytes) -> None:
        await self._request("put", name)
        self.modified[name] = float(len(self.modified))
        self.contents[name] = content

    def remove(self, name: str) -> None:
        """The bucket's rules removed an object."""
        del self.contents[name]

    def count(self, kind: str) -> int:
        """How many requests of a kind were made."""
        return sum(1 for made, _ in self.requests if made == kind)

    async def _request(self, kind: str, name: str) -> None:
        self.requests.append((kind, name))
        if {kind, name} & self.hanging:
            await asyncio.Event().wait()
        self.trouble(kind, name)


@define
class FakeClock:
    """Seconds that pass only when told."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

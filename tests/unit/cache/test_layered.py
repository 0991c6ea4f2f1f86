"""Two tiers answer as one: local first, one batch for the rest, and whole entries only."""

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.remote import Blobs, MemoryObjects, key_of, local_store, make_entry
from thatch.cache import layered
from thatch.cache.assembly import Assembly, blobs_of, whole_entries
from thatch.cache.entry import Digest, Entry, digest_of
from thatch.cache.layered import Layered
from thatch.cache.object_store import RemoteError
from thatch.cache.remote import Limits, Remote
from thatch.cache.remote_client import RemoteClient
from thatch.cache.store import Store
from thatch.cache.uploads import Uploads

LONG = 60.0
NEVER = 1e6


class Machine:
    """A machine with a local store of its own over a shared one in memory."""

    def __init__(
        self, objects: MemoryObjects, *made: tuple[Entry, Blobs], writable: bool = True, **limits: float
    ) -> None:
        self.objects = objects
        self.told: list[RemoteError] = []
        self.local = local_store(made)
        times = {"batch_seconds": LONG, "exit_seconds": LONG, "linger_seconds": NEVER, **limits}
        client = RemoteClient(objects, "memory")
        self.remote = Remote(client, writable=writable, limits=Limits(**times), tell=self.told.append)  # type: ignore[arg-type]
        self.store = Layered(self.local, self.remote)

    def names(self, *keys: str) -> list[str]:
        found = self.store.lookup([key_of(key) for key in keys])
        return [key for key in keys if key_of(key) in found]


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


def share(objects: MemoryObjects, *made: tuple[Entry, Blobs]) -> None:
    """Put entries into the shared store."""
    machine = Machine(objects)
    for entry, blobs in made:
        machine.store.put(entry, blobs)
    machine.store.close()
    assert machine.told == []
    objects.requests.clear()


def test_it_is_a_store(objects: MemoryObjects) -> None:
    store: Store = Machine(objects).store
    assert store.lookup([]) == {}


def test_what_one_machine_puts_another_looks_up_fetches_and_restores(objects: MemoryObjects, tmp_path: Path) -> None:
    entry, blobs = make_entry("M", b"interface", b"diagnostics")
    share(objects, (entry, blobs))
    other = Machine(objects)
    assert other.store.lookup([entry.key]) == {entry.key: [entry]}
    assert other.store.read(digest_of(b"interface")) is None, "blobs come when they are fetched"
    other.store.fetch(blobs)
    assert other.local.all_entries == [entry]
    assert other.store.restore(digest_of(b"interface"), tmp_path / "M.hi")
    assert (tmp_path / "M.hi").read_bytes() == b"interface"
    assert other.store.link(digest_of(b"diagnostics"), tmp_path / "M.json")
    other.store.used([entry])
    other.store.close()
    assert other.local.closed


def test_nothing_is_asked_of_the_remote_store_when_all_is_local(objects: MemoryObjects) -> None:
    made = make_entry("M", b"m")
    share(objects, made)
    machine = Machine(objects, made)
    assert machine.names("M") == ["M"]
    machine.store.fetch(made[1])
    assert objects.requests == []


def test_one_batch_asks_for_all_that_is_missing(objects: MemoryObjects) -> None:
    share(objects, *(make_entry(name, name.encode()) for name in "ABCDE"))
    machine = Machine(objects, make_entry("A", b"A"))
    assert machine.names(*"ABCDEF") == list("ABCDE")
    assert (objects.count("list"), objects.count("get")) == (1, 1)
    machine.store.fetch([digest_of(name.encode()) for name in "ABCDE"])
    assert objects.count("get") == 2
    assert {entry.module for entry in machine.local.all_entries} == set("ABCDE")
    machine.store.fetch([digest_of(name.encode()) for name in "ABCDE"])
    assert objects.count("get") == 2, "what is local now is not fetched again"


def test_local_entries_of_other_imports_do_not_hide_remote_ones(objects: MemoryObjects) -> None:
    there, there_blobs = make_entry("M", b"m there", made_with="new imports")
    share(objects, (there, there_blobs), make_entry("N", b"n"))
    here = make_entry("M", b"m here", made_with="old imports")
    machine = Machine(objects, here)
    assert machine.store.lookup([key_of("M")]) == {key_of("M"): [here[0]]}
    assert machine.store.lookup([key_of("M"), key_of("N")])[key_of("M")] == [here[0], there]
    assert machine.store.lookup_further([key_of("M")]) == {key_of("M"): [there]}
    machine.store.fetch(there_blobs)
    assert there in machine.local.entries[key_of("M")]
    assert machine.store.lookup([key_of("M"), key_of("N")])[key_of("M")] == [there, here[0]], "each entry once"


def test_entries_of_a_module_come_from_both(objects: MemoryObjects) -> None:
    there = make_entry("M", b"there", made_with="other imports")
    share(objects, there)
    here = make_entry("M", b"here")
    machine = Machine(objects, here)
    assert machine.store.nearest("lib-1.0", "M", 1) == [here[0]]
    assert objects.requests == []
    assert machine.store.nearest("lib-1.0", "M", 5) == [here[0], there[0]]


def test_some_blobs_of_an_entry_come_alone(objects: MemoryObjects) -> None:
    entry, blobs = make_entry("M", b"interface", b"diagnostics")
    share(objects, (entry, blobs), make_entry("N", b"n"))
    machine = Machine(objects)
    machine.names("M", "N")
    for _ in range(2):
        machine.store.fetch([digest_of(b"diagnostics")])
        assert machine.store.read(digest_of(b"diagnostics")) == b"diagnostics"
    assert machine.store.read(digest_of(b"interface")) is None
    assert machine.local.all_entries == [], "only whole entries are put there"
    assert machine.store.statistics.remote.blobs_downloaded == 1
    machine.store.fetch(blobs)
    assert machine.local.blobs == blobs
    assert machine.store.statistics.remote.blobs_downloaded == 2, "each once"


def test_blobs_that_are_here_do_not_come_again(objects: MemoryObjects) -> None:
    share(objects, make_entry("M", b"interface", b"[]"))
    machine = Machine(objects, make_entry("L", b"local", b"[]"))
    machine.names("M")
    machine.store.fetch([digest_of(b"[]")])
    assert machine.store.read(digest_of(b"[]")) == b"[]"
    assert machine.store.statistics.remote.blobs_downloaded == 0


def test_blobs_without_their_entries_are_not_kept_without_end(
    objects: MemoryObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layered, "MOST_LOOSE", 10)
    made = [make_entry(name, b"interface of " + name.encode(), name.encode() * 4) for name in "ABCD"]
    share(objects, *made)
    machine = Machine(objects)
    machine.names(*"ABCD")
    wanted = [digest_of(name.encode() * 4) for name in "ABCD"]
    machine.store.fetch(wanted)
    assert sum(machine.store.read(digest) is not None for digest in wanted) == 2
    machine.store.fetch([digest for _, blobs in made for digest in blobs])
    assert machine.local.all_entries == [entry for entry, _ in made]


def test_a_blob_that_does_not_come_leaves_its_entry_out(objects: MemoryObjects) -> None:
    whole, broken = make_entry("A", b"shared", b"a"), make_entry("B", b"shared", b"b")
    share(objects, whole)
    share(objects, broken)
    machine = Machine(objects)
    machine.names("A", "B")
    pack_of_b = list(objects.contents)[1]
    objects.remove(pack_of_b)
    machine.store.fetch({**whole[1], **broken[1]})
    assert machine.local.all_entries == [whole[0]]


def test_what_the_local_store_refuses_stays_a_miss(objects: MemoryObjects) -> None:
    share(objects, make_entry("A", b"large" * 9), make_entry("B", b"b"))
    machine = Machine(objects)
    machine.local.most_bytes = 10
    machine.names("A", "B")
    machine.store.fetch([digest_of(b"large" * 9), digest_of(b"b")])
    assert [entry.module for entry in machine.local.all_entries] == ["B"]


def test_uploads_happen_in_the_background_and_are_flushed(objects: MemoryObjects) -> None:
    machine = Machine(objects)
    for name in "ABC":
        machine.store.put(*make_entry(name, name.encode()))
    assert objects.count("put") == 0, "they wait for each other"
    assert machine.store.flush(LONG) == 0
    assert objects.count("put") == 1
    assert Machine(objects).names(*"ABC") == list("ABC")


def test_what_is_put_together_is_uploaded_too(objects: MemoryObjects) -> None:
    machine = Machine(objects)
    machine.store.put_many([make_entry(name, name.encode()) for name in "ABC"])
    assert {entry.module for entry in machine.local.all_entries} == set("ABC")
    assert machine.store.flush(LONG) == 0
    assert Machine(objects).names(*"ABC") == list("ABC")


def test_a_lone_entry_is_uploaded_after_a_while(objects: MemoryObjects) -> None:
    stored = threading.Event()
    objects.trouble = lambda kind, name: stored.set() if kind == "put" else None
    machine = Machine(objects, linger_seconds=0.0)
    machine.store.put(*make_entry("A", b"a"))
    assert stored.wait(LONG)


def test_what_cannot_be_uploaded_at_the_end_is_left_and_told_once(objects: MemoryObjects) -> None:
    # The upload is never answered: that this ends shows the deadline.
    objects.hanging = {"put"}
    machine = Machine(objects, exit_seconds=0.05)
    for name in "ABC":
        machine.store.put(*make_entry(name, name.encode()))
    machine.store.close()
    (told,) = machine.told
    assert told.message == "Compiled modules that were not uploaded to the remote cache: 3."
    assert machine.store.statistics.remote.entries_dropped == 3
    assert machine.local.closed


def test_too_many_waiting_entries_are_dropped_and_told_at_the_end(objects: MemoryObjects) -> None:
    machine = Machine(objects, most_waiting=2)
    for name in "ABC":
        machine.store.put(*make_entry(name, name.encode()))
    machine.store.close()
    assert Machine(objects).names(*"ABC") == ["A", "B"]
    assert [told.message for told in machine.told] == [
        "Compiled modules that were not uploaded to the remote cache: 1."
    ]


def test_a_store_that_is_only_read_gets_nothing(objects: MemoryObjects) -> None:
    machine = Machine(objects, writable=False)
    machine.store.put(*make_entry("A", b"a"))
    assert machine.store.flush(LONG) == 0
    machine.store.close()
    assert objects.requests == []


def test_a_broken_remote_store_changes_nothing_here(objects: MemoryObjects) -> None:
    def trouble(kind: str, name: str) -> None:
        raise OSError("down")

    objects.trouble = trouble
    made = make_entry("A", b"a")
    machine = Machine(objects)
    machine.store.put(*made)
    assert machine.names("A", "B") == ["A"]
    machine.store.fetch(made[1])
    assert machine.store.read(digest_of(b"a")) == b"a"
    machine.store.close()
    assert [told.detail for told in machine.told] == ["down", "down"], "once for reading and once for writing"


def test_statistics_are_kept_for_each_tier(objects: MemoryObjects) -> None:
    share(objects, make_entry("B", b"bytes"))
    machine = Machine(objects, make_entry("A", b"a"))
    machine.names("A", "B", "C")
    machine.store.fetch([digest_of(b"bytes")])
    told = machine.store.statistics
    assert (told.local.keys_asked, told.local.keys_found) == (3, 1)
    assert (told.remote.blobs_downloaded, told.remote.bytes_downloaded) == (1, 5)


ENTRIES = st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=4), max_size=6)


@given(ENTRIES, st.sets(st.integers(0, 8)))
def test_what_is_wanted_can_be_read_and_nothing_else_comes(shapes: list[list[int]], wanted: set[int]) -> None:
    made = [make_entry(f"M{number}", *map(_content, shape)) for number, shape in enumerate(shapes)]
    entries, digests = [entry for entry, _ in made], {digest_of(_content(number)) for number in wanted}
    objects = MemoryObjects()
    share(objects, *made)
    machine = Machine(objects)
    machine.store.lookup([entry.key for entry in entries])
    machine.store.fetch(digests)
    there = blobs_of(entries)
    assert {digest for digest in there if machine.store.read(digest) is not None} == there & digests
    whole = {entry.module for entry in whole_entries(entries, digests)}
    assert {entry.module for entry in machine.local.all_entries} == whole
    machine.store.close()


@given(ENTRIES, st.randoms(use_true_random=False), st.integers(0, 8))
def test_an_entry_is_whole_when_its_last_blob_arrives(shapes: list[list[int]], random: Random, n_lost: int) -> None:
    made = [make_entry(f"M{number}", *map(_content, shape)) for number, shape in enumerate(shapes)]
    assembly = Assembly([entry for entry, _ in made])
    order = sorted(assembly.digests)
    random.shuffle(order)
    contents = {digest: content for _, blobs in made for digest, content in blobs.items()}
    arrived: set[Digest] = set()
    whole: list[Entry] = []
    for digest in order[n_lost:]:
        arrived.add(digest)
        for entry, blobs in assembly.arrived(digest, contents[digest]):
            assert blobs == {name: contents[name] for name in entry.artifacts.values()}
            assert digest in blobs
            whole.append(entry)
    assert sorted(entry.module for entry in whole) == [
        entry.module for entry, _ in made if arrived.issuperset(entry.artifacts.values())
    ]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_flush_waits_for_the_batch_under_way_but_not_for_ever(gate: threading.Event) -> None:
    under_way = threading.Event()
    done: list[int] = []

    def upload(entries: object) -> None:
        under_way.set()
        gate.wait(LONG)
        done.append(1)

    uploads = Uploads(upload, linger_seconds=0.0, most_waiting=10)
    assert uploads.offer(make_entry("A", b"a")[0])
    assert under_way.wait(LONG)
    assert uploads.flush(0.0) == 1
    gate.set()
    assert uploads.flush(LONG) == 0
    assert done == [1]
    assert uploads.close(LONG) == 0
    assert not uploads.offer(make_entry("B", b"b")[0])


def _content(number: int) -> bytes:
    return b"content %d" % number

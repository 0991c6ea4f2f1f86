"""The local store against a dict: any commands, by any of several processes, also at the same time."""

import atexit
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.remote import make_entry
from tests.support.store_worker import StoreWorker, put_command
from thatch.cache.entry import Digest, Entry, digest_of, identity
from thatch.cache.steps import Step

N_WORKERS = 3
CONTENTS = {"empty": b"", "short": b"[]", "packed": b"interface " * 5000, "bare": random.Random(1).randbytes(10_000)}

workers = st.integers(0, N_WORKERS - 1)
names = st.sampled_from("ABC")
contents = st.sampled_from(sorted(CONTENTS))
offers = st.builds(
    lambda name, made_with, some: make_entry(name, *map(CONTENTS.__getitem__, some), made_with=made_with),
    names,
    st.sampled_from("12"),
    st.lists(contents, min_size=1, max_size=2),
)
puts = st.tuples(workers, offers)
steps_of_a_put = st.sampled_from([Step.ENTRY_BEGUN, Step.ENTRY_WRITTEN, Step.ENTRY_COMMITTED])


@cache
def started(number: int) -> StoreWorker:
    """The worker of a number: started once, since starting takes longer than an example."""
    worker = StoreWorker()
    atexit.register(worker.kill)
    return worker


class StoreMachine(RuleBasedStateMachine):
    """Commands go to the processes and to the model; the invariant asks every process in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="thatch-store-"))
        self.entries: dict[str, list[Entry]] = {}
        self.blobs: dict[Digest, bytes] = {}
        self.damaged: set[Digest] = set()
        self.next = 0

    @initialize()
    def open_all(self) -> None:
        for number in range(N_WORKERS):
            started(number).open(self.folder)

    @rule(put=puts)
    def put(self, put: tuple[int, tuple[Entry, dict[Digest, bytes]]]) -> None:
        number, (entry, blobs) = put
        started(number).put(entry, blobs)
        self._note(entry, blobs)

    @rule(at_once=st.lists(puts, min_size=2, max_size=6))
    def put_at_the_same_time(self, at_once: list[tuple[int, tuple[Entry, dict[Digest, bytes]]]]) -> None:
        for number, offer in at_once:
            started(number).send(*put_command(*offer))
        for number, _ in at_once:
            started(number).answer()
        for _, offer in at_once:
            self._note(*offer)
        self._take_over_order()

    @rule(put=puts, reader=workers, key=names)
    def look_while_another_puts(
        self, put: tuple[int, tuple[Entry, dict[Digest, bytes]]], reader: int, key: str
    ) -> None:
        number, (entry, blobs) = put
        other = (number + 1 + reader % (N_WORKERS - 1)) % N_WORKERS
        before = self.entries.get(entry.key, [])
        started(number).send(*put_command(entry, blobs))
        found = started(other).lookup([entry.key]).get(entry.key, [])
        started(number).answer()
        self._note(entry, blobs)
        assert found in (before, self.entries[entry.key])

    @rule(number=workers, step=steps_of_a_put, offer=offers)
    def die_while_putting(self, number: int, step: Step, offer: tuple[Entry, dict[Digest, bytes]]) -> None:
        worker = StoreWorker()
        worker.open(self.folder, die_at=step)
        worker.send(*put_command(*offer))
        worker.stop()
        entry, blobs = offer
        if step is Step.ENTRY_COMMITTED:
            self._note(entry, blobs)
        else:
            # Whole, and needed by no entry until somebody puts one: a collection may take them or not.
            for digest, content in blobs.items():
                self.blobs.setdefault(digest, content)

    @rule(data=st.data(), how=st.sampled_from(["cut", "flipped", "removed"]))
    def damage_a_blob(self, data: st.DataObject, how: str) -> None:
        files = sorted(path for path in (self.folder / "v1" / "blobs").rglob("*") if path.is_file())
        if not files:
            return
        file = data.draw(st.sampled_from(files))
        digest = file.parent.name + file.name.removesuffix(".zst")
        held = file.read_bytes()
        if how == "flipped" and digest in self.damaged:
            return  # What is flipped twice is whole again.
        file.unlink()
        if how == "removed" or not held:
            del self.blobs[digest]
            return
        file.write_bytes(held[: len(held) // 2] if how == "cut" else bytes([held[0] ^ 1]) + held[1:])
        self.damaged.add(digest)

    @rule(number=workers, content=contents)
    def read(self, number: int, content: str) -> None:
        digest = digest_of(CONTENTS[content])
        expected = None if digest in self.damaged else self.blobs.get(digest)
        assert started(number).read(digest) == expected
        if digest in self.damaged:
            self.damaged.remove(digest)
            del self.blobs[digest]

    @rule(number=workers, command=st.sampled_from(["collect", "clear"]))
    def collect(self, number: int, command: str) -> None:
        started(number).ask(command)
        if command == "clear":
            self.entries.clear()
            self.blobs.clear()
            self.damaged.clear()
            return
        needed = {digest for some in self.entries.values() for entry in some for digest in entry.artifacts.values()}
        left = {digest for digest in self.blobs if self._has_file(digest)}
        assert needed & self.blobs.keys() <= left
        self.blobs = {digest: self.blobs[digest] for digest in left}
        self.damaged &= left

    @rule(number=workers)
    def use(self, number: int) -> None:
        started(number).used([entry for entries in self.entries.values() for entry in entries])

    @rule(number=workers)
    def reopen(self, number: int) -> None:
        started(number).open(self.folder)

    @invariant()
    def every_process_sees_the_same(self) -> None:
        self.next = (self.next + 1) % N_WORKERS
        keys = [make_entry(name)[0].key for name in "ABC"]
        assert started(self.next).lookup(keys) == {key: self.entries[key] for key in keys if key in self.entries}

    def teardown(self) -> None:
        for number in range(N_WORKERS):
            assert started(number).told() == []
        shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, entry: Entry, blobs: dict[Digest, bytes]) -> None:
        others = [other for other in self.entries.get(entry.key, []) if identity(other) != identity(entry)]
        self.entries[entry.key] = [entry, *others]
        for digest, content in blobs.items():
            self.blobs.setdefault(digest, content)

    def _take_over_order(self) -> None:
        """Who was last of those that ran at once, only the store knows; which entries there are, the model does."""
        found = started(0).lookup(list(self.entries))
        for key, entries in self.entries.items():
            assert {identity(entry) for entry in found[key]} == {identity(entry) for entry in entries}
        self.entries = found

    def _has_file(self, digest: Digest) -> bool:
        place = self.folder / "v1" / "blobs" / digest[:2] / digest[2:]
        return place.exists() or place.with_name(place.name + ".zst").exists()


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)


@pytest.mark.slow
class TestStoreLong(StoreMachine.TestCase):
    """The same, longer."""

    settings = settings(max_examples=200, stateful_step_count=30, deadline=None)

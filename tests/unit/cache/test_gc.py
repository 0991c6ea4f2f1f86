"""Eviction: the store stays below its limit, the longest unused entry goes first, and what is used stays."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define

from tests.support.remote import make_entry
from tests.support.store_worker import StoreWorker
from tests.support.waiting import until
from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import Entry, digest_of
from thatch.cache.gc import GRACE_SECONDS, SWEEP_SECONDS
from thatch.cache.leases import Leases
from thatch.core.locks import FileLock, locked

BLOB = 400_000
"""Bytes of a blob that cannot be packed; five are 2 MB."""


@define
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def worker() -> Iterator[StoreWorker]:
    worker = StoreWorker()
    yield worker
    worker.kill()


def open_store(folder: Path, clock: Clock, limit: int = 2_000_000) -> DiskStore:
    return DiskStore(folder, StoreOptions(limit=limit, clock=clock))


def fill(folder: Path, clock: Clock, names: str) -> list[Entry]:
    """Entries of a process that is gone, put a day apart."""
    store = open_store(folder, clock, limit=10**9)
    entries = []
    for name in names:
        clock.now += 24 * 3600
        entry, blobs = make_entry(name, os.urandom(BLOB))
        store.put(entry, blobs)
        entries.append(entry)
    store.close()
    return entries


def names_in(store: DiskStore) -> str:
    return "".join(sorted(entry.module for entry in store.entries()))


def n_blobs(folder: Path) -> int:
    return sum(path.is_file() for path in (folder / "v1" / "blobs").rglob("*"))


def test_the_longest_unused_go_first_and_with_them_their_blobs(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "ABCDEFGH")
    store = open_store(tmp_path, clock)
    collected = store.collect()
    assert names_in(store) == "EFGH"
    assert n_blobs(tmp_path) == 4
    assert collected
    assert (collected.n_entries, collected.n_blobs) == (4, 4)
    assert collected.n_bytes_left <= 2_000_000
    store.close()


def test_use_counts_not_age(tmp_path: Path, clock: Clock) -> None:
    entries = fill(tmp_path, clock, "ABCDEFGH")
    store = open_store(tmp_path, clock)
    clock.now += 24 * 3600
    store.used(entries[:2])
    store.close()
    store = open_store(tmp_path, clock)
    store.collect()
    assert names_in(store) == "ABGH"
    store.close()


def test_looking_up_is_no_use(tmp_path: Path, clock: Clock) -> None:
    entries = fill(tmp_path, clock, "ABCDEFGH")
    store = open_store(tmp_path, clock)
    store.lookup([entry.key for entry in entries[:2]])
    store.collect()
    assert names_in(store) == "EFGH"
    store.close()


def test_putting_evicts_by_itself(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "ABCDEFGH")
    store = open_store(tmp_path, clock)
    entry, blobs = make_entry("I", os.urandom(BLOB))
    store.put(entry, blobs)
    assert names_in(store) == "FGHI"
    store.close()


def test_a_blob_that_two_entries_need_stays_for_the_second(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "ABCDEFG")
    store = open_store(tmp_path, clock)
    (first,) = (entry for entry in store.entries() if entry.module == "A")
    second, _ = make_entry("Z")
    content = store.read(first.artifacts["artifact0"])
    assert content
    second, blobs = make_entry("Z", content)
    store.put(second, blobs)
    store.collect()
    assert "A" not in names_in(store)
    assert store.read(first.artifacts["artifact0"]) == content
    store.close()


def test_what_a_live_session_uses_is_not_evicted(tmp_path: Path, clock: Clock, worker: StoreWorker) -> None:
    entries = fill(tmp_path, clock, "ABCDEFGH")
    worker.open(tmp_path)
    worker.used(entries[:2])
    clock.now += 1e9
    store = open_store(tmp_path, clock, limit=1)
    collected = store.collect()
    assert collected
    assert collected.n_entries == 6
    assert names_in(store) == "AB"
    assert store.stats().usage.n_held == 2
    assert all(worker.read(entry.artifacts["artifact0"]) is not None for entry in entries[:2])

    worker.kill()
    store.collect()
    assert store.stats().usage.n_held == 0
    assert names_in(store) == ""
    assert n_blobs(tmp_path) == 0
    store.close()


async def test_what_is_used_for_long_is_held(tmp_path: Path, clock: Clock) -> None:
    entries = fill(tmp_path, clock, "AB")
    store = DiskStore(tmp_path, StoreOptions(clock=clock, hold_after=0.01))
    store.used(entries[:1])
    await until(lambda: store.stats().usage.n_held == 1)
    store.used(entries[1:])
    await until(lambda: store.stats().usage.n_held == 2)
    store.close()
    after = open_store(tmp_path, clock)
    assert after.stats().usage.n_held == 0
    after.close()


def test_what_is_used_briefly_is_not_held_but_counts_as_used(tmp_path: Path, clock: Clock) -> None:
    entries = fill(tmp_path, clock, "ABCDEFGH")
    clock.now += 24 * 3600
    store = DiskStore(tmp_path, StoreOptions(clock=clock, hold_after=3600))
    store.used(entries[:2])
    assert store.stats().usage.n_held == 0
    store.close()
    store = open_store(tmp_path, clock)
    store.collect()
    assert names_in(store) == "ABGH"
    store.close()


def test_a_session_uses_one_entry_of_a_module_at_a_time(tmp_path: Path, clock: Clock, worker: StoreWorker) -> None:
    """A server that lives for weeks does not hold every version it ever saw."""
    old, new = make_entry("A", b"old", made_with="1")[0], make_entry("A", b"new", made_with="2")[0]
    store = open_store(tmp_path, clock, limit=1)
    worker.open(tmp_path)
    worker.put(old, {digest_of(b"old"): b"old"})
    worker.put(new, {digest_of(b"new"): b"new"})
    store.collect()
    assert list(store.entries()) == [new]
    store.close()


def test_what_this_process_put_is_in_use_until_it_closes_the_store(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock, limit=1)
    entry, blobs = make_entry("A", b"content")
    store.put(entry, blobs)
    store.collect()
    assert names_in(store) == "A"
    assert store.stats().usage.n_held == 1
    store.close()
    store = open_store(tmp_path, clock, limit=1)
    assert store.stats().usage.n_held == 0
    store.collect()
    assert names_in(store) == ""
    store.close()


def test_what_a_dead_session_used_is_forgotten_though_nothing_is_evicted(
    tmp_path: Path, clock: Clock, worker: StoreWorker
) -> None:
    worker.open(tmp_path)
    worker.put(make_entry("A")[0], {})
    worker.kill()
    store = open_store(tmp_path, clock)
    assert store.stats().usage.n_held == 1
    store.collect()
    assert store.stats().usage.n_held == 0
    assert names_in(store) == "A"
    store.close()


def test_too_much_in_use_does_not_collect_at_every_put(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock, limit=BLOB)
    entry, blobs = make_entry("A", os.urandom(BLOB))
    store.put(entry, blobs)
    (tmp_path / "v1" / "collect.lock").unlink()
    entry, blobs = make_entry("B", b"small")
    store.put(entry, blobs)
    assert not (tmp_path / "v1" / "collect.lock").exists()
    store.close()


def test_one_process_collects_at_a_time(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "ABCDEFGH")
    store = open_store(tmp_path, clock)
    with locked(tmp_path / "v1" / "collect.lock", timeout=0) as taken:
        assert taken
        assert store.collect() is None
    assert names_in(store) == "ABCDEFGH"
    store.close()


@pytest.mark.parametrize("jump", [-1e6 + 1, -3600 * 24 * 30, 3600 * 24 * 365 * 30])
def test_a_wrong_clock_loses_nothing_and_does_not_keep_for_ever(tmp_path: Path, clock: Clock, jump: float) -> None:
    before = fill(tmp_path, clock, "ABC")
    clock.now += jump
    during = fill(tmp_path, clock, "DEF")
    clock.now -= jump
    after = fill(tmp_path, clock, "GHI")
    store = open_store(tmp_path, clock, limit=10**9)
    store.collect()
    assert list(store.entries()) == before + during + after
    store.close()
    # All of them go when others are used: what was used in the future is not used for ever.
    for name in "JKLM":
        fill(tmp_path, clock, name)
        store = open_store(tmp_path, clock)
        store.collect()
        store.close()
    store = open_store(tmp_path, clock)
    assert names_in(store) == "JKLM"
    store.close()


def test_files_that_nothing_needs_are_removed_when_they_are_old(tmp_path: Path, clock: Clock) -> None:
    (entry,) = fill(tmp_path, clock, "A")
    stray = tmp_path / "v1" / "blobs" / "ab" / ("cd" * 31)
    stray.parent.mkdir(exist_ok=True)
    half = tmp_path / "v1" / "temporary" / "half"
    store = open_store(tmp_path, clock)
    for age, is_left in ((0, True), (GRACE_SECONDS - 60, True), (-GRACE_SECONDS + 60, True), (GRACE_SECONDS, False)):
        for path in (stray, half):
            path.touch()
            os.utime(path, (clock.now - age, clock.now - age))
        store.collect()
        assert stray.exists() == half.exists() == is_left, age
    for path in (stray, half):
        path.touch()
        os.utime(path, (clock.now + 2 * GRACE_SECONDS, clock.now + 2 * GRACE_SECONDS))
    collected = store.collect()
    assert collected
    assert collected.n_strays == 2
    assert store.has(entry.artifacts["artifact0"])
    store.close()


def test_putting_searches_for_such_files_once_a_day(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "A")
    stray = tmp_path / "v1" / "temporary" / "half"
    store = open_store(tmp_path, clock)
    for wait, is_left in ((SWEEP_SECONDS - 1, True), (1, False)):
        stray.touch()
        os.utime(stray, (1, 1))
        clock.now += wait
        store.put(make_entry(f"M{wait}")[0], {})
        assert stray.exists() == is_left
    store.close()


def test_a_replaced_entrys_blobs_go(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    for content in (b"first result", b"second result"):
        entry, blobs = make_entry("A", content)
        store.put(entry, blobs)
    store.collect()
    assert not store.has(digest_of(b"first result"))
    assert store.read(digest_of(b"second result")) == b"second result"
    store.close()


def test_clear_removes_everything_even_what_is_in_use(tmp_path: Path, clock: Clock) -> None:
    fill(tmp_path, clock, "ABC")
    store = open_store(tmp_path, clock)
    entry, blobs = make_entry("D", b"content")
    store.put(entry, blobs)
    cleared = store.clear()
    assert cleared
    assert cleared.n_entries == 4
    assert names_in(store) == ""
    assert n_blobs(tmp_path) == 0
    store.put(entry, blobs)
    store.used([entry])
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    store.close()


def test_removed_entries_give_their_space_back(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock)
    for number in range(400):
        store.put(make_entry(f"M{number}", made_with="x")[0], {})
    full = store.stats().usage.n_trace_bytes
    store.clear()
    assert store.stats().usage.n_trace_bytes < full / 4
    store.close()


def test_a_lease_is_live_as_long_as_it_is_held(tmp_path: Path) -> None:
    first, second = Leases(tmp_path), Leases(tmp_path)
    assert first.live() == set()
    first.take()
    second.take()
    assert first.live() == second.live() == {first.own, second.own}
    second.release()
    assert first.live() == {first.own}
    first.release()
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_dead_lease_means_nothing(tmp_path: Path) -> None:
    """Whatever process has its id by now."""
    (tmp_path / f"{os.getpid()}-0123").touch()
    assert Leases(tmp_path).live() == set()
    assert list(tmp_path.iterdir()) == []


def test_a_file_lock_is_exclusive_also_within_a_process(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_take()
    assert not second.try_take()
    first.release()
    first.release()
    assert second.try_take()
    second.release()

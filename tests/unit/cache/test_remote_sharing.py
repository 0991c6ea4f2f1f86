"""Pushing and pulling move everything that the other side lacks, report how far they are, and fail loudly."""

import pytest
from attrs import evolve

from tests.support.remote import LocalStore, MemoryObjects, local_store, make_entry
from thatch.cache import packing, sharing
from thatch.cache.object_store import RemoteError
from thatch.cache.remote_client import RemoteClient
from thatch.cache.sharing import Progress, pull, push

MADE = [make_entry(f"M{number}", b"interface %d" % number, b"the same") for number in range(10)]


@pytest.fixture
def objects() -> MemoryObjects:
    return MemoryObjects()


def client_of(objects: MemoryObjects) -> RemoteClient:
    return RemoteClient(objects, "memory")


def nothing(progress: Progress) -> None:
    """Nobody looks."""


def test_what_is_pushed_can_be_pulled(objects: MemoryObjects) -> None:
    here, there = local_store(MADE), LocalStore()
    pushed, pulled = list[Progress](), list[Progress]()
    push(here.all_entries, here.read, client_of(objects), pushed.append)
    pull(client_of(objects), there, pulled.append)
    assert there.blobs == here.blobs
    assert sorted(there.entries) == sorted(here.entries)
    for progress in (pushed, pulled):
        assert progress[0] == Progress(0, 10, 0)
        assert (progress[-1].done, progress[-1].total) == (10, 10)
        assert [step.n_bytes for step in progress] == sorted(step.n_bytes for step in progress)
    assert pulled[-1].n_bytes == sum(map(len, here.blobs.values()))


def test_what_a_check_needs_lies_together(objects: MemoryObjects) -> None:
    """Then one request brings it, and no interface comes with it."""
    names = ("hi", "hie", "diagnostics", "splices")
    made = []
    for number in range(10):
        entry, blobs = make_entry(f"M{number}", *(f"{name} of {number}".encode() for name in names))
        made.append((evolve(entry, artifacts=dict(zip(names, entry.artifacts.values(), strict=True))), blobs))
    here, client = local_store(made), client_of(objects)
    push(here.all_entries, here.read, client, nothing)
    (pack,) = {place.pack for place in client.index.places.values()}
    order = [
        here.blobs[place.digest].split()[0] for place in sorted(client.index.places.values(), key=lambda it: it.offset)
    ]
    assert order == [b"diagnostics", b"splices"] * 10 + [b"hi", b"hie"] * 10, pack


def test_only_what_is_lacking_is_moved(objects: MemoryObjects) -> None:
    first = local_store(MADE[:4])
    push(first.all_entries, first.read, client_of(objects), nothing)
    everything = local_store(MADE)
    assert push(everything.all_entries, everything.read, client_of(objects), nothing).done == 6
    assert push(everything.all_entries, everything.read, client_of(objects), nothing) == Progress(0, 0, 0)
    there = local_store(MADE[2:5])
    assert pull(client_of(objects), there, nothing).done == 7
    assert there.blobs == everything.blobs


def test_a_lot_goes_in_several_packs_and_groups(objects: MemoryObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PACK_BYTES", 30)
    monkeypatch.setattr(sharing, "GROUP_BYTES", 30)
    here, there = local_store(MADE), LocalStore()
    push(here.all_entries, here.read, client_of(objects), nothing)
    assert len(objects.contents) == 5
    pull(client_of(objects), there, nothing)
    assert there.blobs == here.blobs


@pytest.mark.parametrize("kind", ["list", "get", "put"])
def test_a_store_that_does_not_work_fails_the_command(objects: MemoryObjects, kind: str) -> None:
    def trouble(made: str, name: str) -> None:
        if made == kind:
            raise PermissionError("403 Forbidden")

    here = local_store(MADE)
    push(here.all_entries[:3], here.read, client_of(objects), nothing)
    objects.trouble = trouble
    with pytest.raises(RemoteError, match="403 Forbidden"):
        push(here.all_entries, here.read, client_of(objects), nothing)
    if kind != "put":
        with pytest.raises(RemoteError, match="403 Forbidden"):
            pull(client_of(objects), LocalStore(), nothing)


def test_damaged_entries_are_left_out_of_a_pull(objects: MemoryObjects) -> None:
    here, there = local_store([make_entry("A", b"a" * 3), make_entry("B", b"b" * 3)]), LocalStore()
    push(here.all_entries, here.read, client_of(objects), nothing)
    (pack,) = objects.contents
    objects.contents[pack] = objects.contents[pack][:-1] + b"?"
    progress = pull(client_of(objects), there, nothing)
    assert (progress.done, progress.total) == (1, 2)
    assert [entry.module for entry in there.all_entries] == ["A"]


def test_entries_that_the_local_store_refuses_are_left_out_of_a_pull(objects: MemoryObjects) -> None:
    here, there = local_store([make_entry("A", b"large" * 9), make_entry("B", b"b")]), LocalStore(most_bytes=10)
    push(here.all_entries, here.read, client_of(objects), nothing)
    assert pull(client_of(objects), there, nothing).done == 1


def test_entries_whose_blobs_are_missing_here_are_left_out_of_a_push(objects: MemoryObjects) -> None:
    here = local_store(MADE)
    del here.blobs[MADE[0][0].artifacts["artifact0"]]
    assert push(here.all_entries, here.read, client_of(objects), nothing).done == 9

"""The local store under kill -9, full and read-only disks and many processes: no entry is lost, and none is partial."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.remote import make_entry
from tests.support.store_worker import StoreWorker, WorkerDiedError, put_command
from thatch.cache.blobs import Blobs
from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import Entry, digest_of
from thatch.cache.steps import Step, go_on

LONG = b"interface " * 10_000

WHILE_PUTTING = [
    Step.BLOB_OPENED,
    Step.BLOB_HALF,
    Step.BLOB_WRITTEN,
    Step.BLOB_PLACED,
    Step.ENTRY_BEGUN,
    Step.ENTRY_WRITTEN,
    Step.ENTRY_COMMITTED,
]
WHILE_COLLECTING = [Step.EVICTION_WRITTEN, Step.EVICTION_COMMITTED, Step.BLOBS_UNLINKED]
WHILE_OPENING = [Step.DATABASE_OPENED, Step.DATABASE_FILLED]

Start = Callable[..., StoreWorker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts workers, and ends them with the test."""
    workers: list[StoreWorker] = []

    def started(*before: str) -> StoreWorker:
        workers.append(StoreWorker(before))
        return workers[-1]

    yield started
    for worker in workers:
        worker.kill()


def assert_whole(folder: Path, *entries: Entry) -> None:
    """The store holds exactly these entries, in this order, and each of their blobs."""
    store = DiskStore(folder)
    assert list(store.entries()) == list(entries)
    for entry in entries:
        assert entry in store.lookup([entry.key])[entry.key]
        for digest in entry.artifacts.values():
            content = store.read(digest)
            assert content is not None
            assert digest_of(content) == digest
    assert store.verify().n_damaged == 0
    store.close()


def test_the_steps_are_all_tried() -> None:
    assert {*WHILE_PUTTING, *WHILE_COLLECTING, *WHILE_OPENING, Step.TARGET_WRITTEN} == set(Step)


def put_until_killed(worker: StoreWorker, offered: list[tuple[Entry, dict[str, bytes]]]) -> None:
    for entry, blobs in offered:
        worker.put(entry, blobs)


@pytest.mark.parametrize("step", WHILE_PUTTING)
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_while_putting(tmp_path: Path, start: Start, step: Step, nth: int) -> None:
    """At a step of the first or second blob, which are one entry's; or at a step of the first or second entry."""
    before, blobs_before = make_entry("Before", LONG)
    offered = [make_entry("During", LONG, b"first" * 9000, b"second" * 9000), make_entry("Last", b"last")]
    entries = [entry for entry, _ in offered]
    worker = start()
    worker.open(tmp_path)
    worker.put(before, blobs_before)
    worker.open(tmp_path, die_at=step, nth=nth)
    with pytest.raises(WorkerDiedError):
        put_until_killed(worker, offered)
    n_committed = nth - 1 if step.name.startswith("ENTRY") else 0
    n_committed += step is Step.ENTRY_COMMITTED
    assert_whole(tmp_path, before, *entries[:n_committed])

    again = start()
    again.open(tmp_path)
    put_until_killed(again, offered)
    again.kill()
    assert_whole(tmp_path, before, *entries)


@pytest.mark.parametrize("step", WHILE_PUTTING)
def test_what_a_killed_process_left_is_cleaned_up(tmp_path: Path, start: Start, step: Step) -> None:
    entry, blobs = make_entry("A", LONG, b"[]")
    worker = start()
    worker.open(tmp_path, die_at=step)
    with pytest.raises(WorkerDiedError):
        worker.put(entry, blobs)
    later = DiskStore(tmp_path, StoreOptions(limit=1, clock=lambda: 4e9))
    later.collect()
    later.close()
    assert [path for name in ("blobs", "temporary", "leases") for path in files_of(tmp_path / "v1" / name)] == []


@pytest.mark.parametrize("step", WHILE_COLLECTING)
def test_killed_while_evicting(tmp_path: Path, start: Start, step: Step) -> None:
    store = DiskStore(tmp_path)
    entries = []
    for number in range(10):
        entry, blobs = make_entry(f"M{number}", LONG, os.urandom(20_000))
        store.put(entry, blobs)
        entries.append(entry)
    store.close()
    worker = start()
    worker.open(tmp_path, limit=200_000, die_at=step)
    with pytest.raises(WorkerDiedError):
        worker.ask("collect")
    store = DiskStore(tmp_path, StoreOptions(limit=200_000))
    left = list(store.entries())
    assert left == entries[len(entries) - len(left) :]
    assert_whole(tmp_path, *left)
    store.collect()
    left = list(store.entries())
    assert 0 < len(left) < 10
    n_blobs = store.stats().usage.n_blobs
    store.close()
    assert_whole(tmp_path, *left)
    assert len(files_of(tmp_path / "v1" / "blobs")) == n_blobs == len(left) + 1


@pytest.mark.parametrize("step", WHILE_OPENING)
@pytest.mark.parametrize("damaged", [False, True], ids=["new", "replacing"])
def test_killed_while_making_the_database(tmp_path: Path, start: Start, step: Step, damaged: bool) -> None:
    if damaged:
        (tmp_path / "v1" / "traces").mkdir(parents=True)
        (tmp_path / "v1" / "traces" / "traces-1.sqlite").write_bytes(b"garbage" * 1000)
    entry, blobs = make_entry("A", LONG)
    worker = start()
    worker.open(tmp_path, die_at=step)
    with pytest.raises(WorkerDiedError):
        worker.put(entry, blobs)
    again = start()
    again.open(tmp_path)
    assert again.lookup([entry.key]) == {}
    again.put(entry, blobs)
    again.kill()
    assert_whole(tmp_path, entry)
    assert len(list((tmp_path / "v1" / "traces").glob("*.sqlite"))) == 1 + damaged


def test_killed_while_restoring(tmp_path: Path, start: Start) -> None:
    entry, blobs = make_entry("A", LONG)
    worker = start()
    worker.open(tmp_path / "store", die_at=Step.TARGET_WRITTEN)
    worker.put(entry, blobs)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "A.hi").write_bytes(b"before")
    with pytest.raises(WorkerDiedError):
        worker.ask("restore", digest_of(LONG), str(tmp_path / "out" / "A.hi"))
    assert (tmp_path / "out" / "A.hi").read_bytes() == b"before"
    assert_whole(tmp_path / "store", entry)


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    entry, blobs = make_entry("A", LONG)
    store = DiskStore(tmp_path)
    store.put(entry, blobs)
    found: list[dict[str, list[Entry]]] = []
    other, other_blobs = make_entry("B", LONG)

    def look(step: Step) -> None:
        if step is Step.ENTRY_WRITTEN:
            found.append(store.lookup([entry.key, other.key]))

    writer = DiskStore(tmp_path, StoreOptions(hook=look))
    writer.put(other, other_blobs)
    assert found == [{entry.key: [entry]}]
    assert store.lookup([other.key]) == {other.key: [other]}
    store.close()
    writer.close()


# --- Disks.


def in_own_mounts(script: str) -> tuple[str, ...]:
    """The words before a command that runs it where `script` has mounted what it needs."""
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", f'{script} && exec "$@"', "sh")


def require_mounts(folder: Path) -> None:
    tried = subprocess.run([*in_own_mounts(f"mount -t tmpfs none {folder}"), "true"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"no mounts without privileges here: {tried.stderr.strip()}")


def test_full_disk(tmp_path: Path, start: Start) -> None:
    require_mounts(tmp_path)
    worker = start(*in_own_mounts(f"mount -t tmpfs -o size=1m none {tmp_path}"))
    worker.open(tmp_path)
    entries = []
    for number in range(60):
        entry, blobs = make_entry(f"M{number}", os.urandom(30_000), b"[]")
        worker.put(entry, blobs)
        entries.append(entry)
    found = worker.lookup([entry.key for entry in entries])
    assert 5 < len(found) < 60
    for (entry,) in found.values():
        for digest in entry.artifacts.values():
            content = worker.read(digest)
            assert content is not None
            assert digest_of(content) == digest
    (sentence,) = worker.told()
    assert "full" in sentence

    worker.ask("clear")
    entry, blobs = make_entry("After", LONG)
    worker.put(entry, blobs)
    assert worker.lookup([entry.key]) == {entry.key: [entry]}
    assert len(worker.told()) == 1


@pytest.mark.parametrize("n_pages", range(1, 60, 7))
def test_a_disk_that_is_nearly_full_at_the_start(tmp_path: Path, start: Start, n_pages: int) -> None:
    """Whatever fits is kept whole, be it nothing."""
    require_mounts(tmp_path)
    worker = start(*in_own_mounts(f"mount -t tmpfs -o size={n_pages * 4}k none {tmp_path}"))
    worker.open(tmp_path)
    entry, blobs = make_entry("A", os.urandom(6000))
    worker.put(entry, blobs)
    found = worker.lookup([entry.key])
    assert found in ({}, {entry.key: [entry]})
    if found:
        assert worker.read(entry.artifacts["artifact0"]) is not None
    else:
        assert len(worker.told()) == 1
    assert n_pages < 40 or found


@pytest.mark.parametrize("left", ["closed", "killed"])
def test_read_only_folder(tmp_path: Path, start: Start, left: str) -> None:
    require_mounts(tmp_path)
    entry, blobs = make_entry("A", LONG)
    worker = start()
    worker.open(tmp_path)
    worker.put(entry, blobs)
    worker.kill() if left == "killed" else worker.stop()

    reader = start(*in_own_mounts(f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"))
    reader.open(tmp_path)
    found = reader.lookup([entry.key])
    assert found == {entry.key: [entry]}
    assert reader.read(digest_of(LONG)) == LONG
    reader.put(*make_entry("B", b"[]"))
    reader.used([entry])
    reader.ask("collect")
    reader.ask("clear")
    (sentence,) = reader.told()
    assert "only read" in sentence
    assert_whole(tmp_path, entry)


def test_read_only_folder_without_a_store(tmp_path: Path, start: Start) -> None:
    require_mounts(tmp_path)
    reader = start(*in_own_mounts(f"mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path}"))
    with pytest.raises(AssertionError, match="CacheUnusable"):
        reader.open(tmp_path)


def test_a_disk_that_clones_files(tmp_path: Path) -> None:
    if os.geteuid() or not shutil.which("mkfs.btrfs"):
        pytest.skip("needs root and btrfs-progs")
    image, disk = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(256 << 20)
    disk.mkdir()
    subprocess.run(["mkfs.btrfs", "--quiet", image], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "loop", image, disk], check=True)
    try:
        check_clones(disk, tmp_path / "elsewhere")
    finally:
        subprocess.run(["umount", disk], check=True)


def check_clones(disk: Path, elsewhere: Path) -> None:
    blobs, digest = Blobs(disk, go_on), digest_of(LONG)
    blobs.write(digest, LONG)
    (kept,) = files_of(disk / "blobs")
    assert kept.read_bytes() == LONG, "what is cloned is not packed"
    target = disk / "restored"
    assert blobs.restore(digest, target)
    os.sync()
    extents = subprocess.run(["filefrag", "-v", target], check=True, capture_output=True, text=True).stdout
    assert "shared" in extents
    with target.open("r+b") as file:
        file.write(b"changed")
    assert blobs.read(digest) == LONG
    assert blobs.restore(digest, elsewhere)
    assert elsewhere.read_bytes() == LONG


# --- Many processes.


def test_many_processes_put_the_same_and_different_entries(tmp_path: Path, start: Start) -> None:
    workers = [start() for _ in range(4)]
    for worker in workers:
        worker.send("open", str(tmp_path), 10**9, "", 1)
    shared = [make_entry(f"Shared{number}", LONG, b"%d" % number) for number in range(20)]
    own = [[make_entry(f"Own{number}", LONG, made_with=str(n)) for number in range(20)] for n in range(4)]
    for number in range(20):
        for n, worker in enumerate(workers):
            worker.send(*put_command(*shared[number]))
            worker.send(*put_command(*own[n][number]))
    for worker in workers:
        assert [worker.answer() for _ in range(41)] == [None] * 41
        assert worker.told() == []
    store = DiskStore(tmp_path)
    found = store.lookup([entry.key for entry, _ in shared] + [entry.key for entry, _ in own[0]])
    for entry, _ in shared:
        assert found[entry.key] == [entry]
    for number in range(20):
        assert {entry.dependencies for entry in found[own[0][number][0].key]} == {
            own[n][number][0].dependencies for n in range(4)
        }
    assert store.verify().n_incomplete == 0
    store.close()


def test_eviction_beside_writers_leaves_no_entry_without_its_blobs(tmp_path: Path, start: Start) -> None:
    """The blobs are few and shared, so that what one process evicts another is about to need."""
    workers = [start() for _ in range(3)]
    for worker in workers:
        worker.send("open", str(tmp_path), 60_000, "", 1)
    contents = [os.urandom(9000) for _ in range(6)]
    n_commands = 1
    for number in range(60):
        for n, worker in enumerate(workers):
            worker.send(
                *put_command(*make_entry(f"M{number % 7}", contents[(number + n) % 6], made_with=f"{number}{n}"))
            )
            worker.send(("collect", "clear")[number % 10 == 9])
        n_commands += 2
    for worker in workers:
        assert [worker.answer() for _ in range(n_commands)] == [None] * n_commands
        assert worker.told() == []
    store = DiskStore(tmp_path)
    assert store.verify().n_incomplete == 0
    store.close()


def test_a_database_damaged_under_many_processes_is_replaced_once(tmp_path: Path, start: Start) -> None:
    workers = [start() for _ in range(3)]
    for number, worker in enumerate(workers):
        worker.open(tmp_path)
        worker.put(*make_entry(f"Old{number}", LONG))
    database = tmp_path / "v1" / "traces" / "traces-1.sqlite"
    database.write_bytes(b"garbage" * 3000)
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").write_bytes(b"garbage" * 3000)
    entries = [make_entry(f"New{number}", LONG) for number in range(3)]
    for (entry, blobs), worker in zip(entries, workers, strict=True):
        worker.send(*put_command(entry, blobs))
    for worker in workers:
        worker.answer()
    for worker, (entry, blobs) in zip(workers, entries, strict=True):
        worker.put(entry, blobs)
    for worker in workers:
        found = worker.lookup([entry.key for entry, _ in entries])
        assert found == {entry.key: [entry] for entry, _ in entries}
    assert sorted(path.name for path in database.parent.glob("*.sqlite")) == ["traces-1.sqlite", "traces-2.sqlite"]
    assert sum(len(worker.told()) for worker in workers) == 1


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]

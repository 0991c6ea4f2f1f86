"""The local store as one process sees it: entries come back whole, and trouble is a miss that is told once."""

import errno
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve

from tests.support.remote import key_of, make_entry
from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import Dependency, DependencyKind, Entry, digest_of
from thatch.cache.errors import CacheUnusable, IncompleteEntryError
from thatch.cache.steps import Step
from thatch.cache.store import Store
from thatch.cache.traces import MOST_PER_KEY
from thatch.core.database import Database

LONG = b"interface " * 10_000


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[str]) -> Iterator[DiskStore]:
    store = DiskStore(tmp_path, StoreOptions(tell=told.append))
    yield store
    store.close()


def kept(store: Store, name: str, *contents: bytes, made_with: str = "") -> Entry:
    entry, blobs = make_entry(name, *contents, made_with=made_with)
    store.put(entry, blobs)
    return entry


def databases(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "v1" / "traces").glob("*.sqlite"))


def test_it_is_a_store(store: DiskStore) -> None:
    as_asked_for: Store = store
    assert as_asked_for.lookup([]) == {}


def test_what_was_put_is_found_by_this_and_the_next_process(tmp_path: Path, store: DiskStore) -> None:
    entry = kept(store, "A", LONG, b"[]")
    assert store.lookup([entry.key, "ff" * 32]) == {entry.key: [entry]}
    store.close()
    again = DiskStore(tmp_path)
    assert again.lookup([entry.key]) == {entry.key: [entry]}
    assert again.read(digest_of(LONG)) == LONG
    assert again.restore(digest_of(b"[]"), tmp_path / "restored")
    again.close()


def test_blobs_may_be_given_as_files(tmp_path: Path, store: DiskStore) -> None:
    entry, _ = make_entry("A", LONG)
    (tmp_path / "A.hi").write_bytes(LONG)
    store.put(entry, {digest_of(LONG): tmp_path / "A.hi"})
    assert store.read(digest_of(LONG)) == LONG


def test_blobs_that_are_there_need_not_be_given(store: DiskStore) -> None:
    kept(store, "A", LONG)
    entry, _ = make_entry("B", LONG)
    store.put(entry, {})
    assert store.lookup([entry.key]) == {entry.key: [entry]}


def test_many_are_put_at_once(tmp_path: Path, store: DiskStore) -> None:
    made = [make_entry(f"M{number}", LONG + b"%d" % number, b"shared") for number in range(40)]
    store.put_many(made)
    again = DiskStore(tmp_path)
    for entry, blobs in made:
        assert again.lookup([entry.key]) == {entry.key: [entry]}
        assert {digest: again.read(digest) for digest in blobs} == blobs
    assert again.stats().usage.n_blobs == 41
    again.close()


def test_of_many_those_that_are_not_whole_are_left_out(store: DiskStore) -> None:
    good, blobs = make_entry("A", LONG)
    absent, _ = make_entry("B", b"absent")
    wrong, _ = make_entry("C", b"right")
    store.put_many([(absent, {}), (good, blobs), (wrong, {digest_of(b"right"): b"wrong"})])
    assert store.lookup([absent.key, good.key, wrong.key]) == {good.key: [good]}
    assert store.read(digest_of(b"right")) is None


def test_many_on_a_full_disk_are_told_of_once(tmp_path: Path, told: list[str]) -> None:
    def full(step: Step) -> None:
        if step is Step.BLOB_HALF:
            raise OSError(errno.ENOSPC, "No space left on device")

    store = DiskStore(tmp_path, StoreOptions(tell=told.append, hook=full))
    made = [make_entry(f"M{number}", LONG + b"%d" % number) for number in range(40)]
    store.put_many(made)
    assert store.lookup([entry.key for entry, _ in made]) == {}
    assert len(told) == 1
    assert not list((tmp_path / "v1" / "temporary").iterdir())
    store.close()


def test_what_is_evicted_while_many_are_put_is_written_again(tmp_path: Path) -> None:
    made = [make_entry(f"M{number}", LONG + b"%d" % number) for number in range(3)]
    steps: list[Step] = []

    def evict(step: Step) -> None:
        if step is Step.ENTRY_BEGUN and step not in steps:
            (victim,) = (tmp_path / "v1" / "blobs").rglob(f"{next(iter(made[1][1]))[2:]}*")
            victim.unlink()
        steps.append(step)

    store = DiskStore(tmp_path, StoreOptions(hook=evict))
    store.put_many(made)
    assert steps.count(Step.ENTRY_BEGUN) == 2
    for entry, blobs in made:
        assert store.lookup([entry.key]) == {entry.key: [entry]}
        assert all(store.read(digest) == blob for digest, blob in blobs.items())
    store.close()


def test_an_entry_without_its_blob_is_refused(store: DiskStore, tmp_path: Path) -> None:
    entry, blobs = make_entry("A", LONG, b"[]")
    digest = digest_of(LONG)
    for wrong in ({}, {digest: b"other"}, {digest: tmp_path / "missing"}):
        with pytest.raises(IncompleteEntryError, match="A"):
            store.put(entry, blobs | wrong if wrong else wrong)
    assert store.lookup([entry.key]) == {}


@pytest.mark.parametrize("digest", ["../../../escaped", "", "F" * 64])
def test_an_entry_whose_blob_has_no_proper_name_is_refused(tmp_path: Path, store: DiskStore, digest: str) -> None:
    entry = evolve(make_entry("A")[0], artifacts={"hi": digest})
    with pytest.raises(IncompleteEntryError):
        store.put(entry, {digest: b"content"})
    assert store.lookup([entry.key]) == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["v1"]


def test_blobs_that_the_entry_does_not_name_are_not_kept(store: DiskStore) -> None:
    entry, blobs = make_entry("A", b"[]")
    store.put(entry, blobs | {digest_of(LONG): LONG})
    assert not store.has(digest_of(LONG))


def test_the_newest_entry_of_a_key_comes_first_whatever_the_clock_says(tmp_path: Path) -> None:
    times = iter([3000.0, 2000.0, 1000.0] + 50 * [500.0])
    store = DiskStore(tmp_path, StoreOptions(clock=lambda: next(times)))
    entries = [kept(store, "A", LONG, made_with=f"imports {number}") for number in range(4)]
    assert store.lookup([entries[0].key]) == {entries[0].key: entries[::-1]}
    store.close()


def test_putting_again_what_is_there_makes_it_the_newest_and_no_second(store: DiskStore) -> None:
    first = kept(store, "A", LONG, made_with="1")
    second = kept(store, "A", LONG, made_with="2")
    slower = evolve(first, compile_ms=99)
    store.put(slower, {})
    assert store.lookup([first.key]) == {first.key: [slower, second]}


def test_the_entries_of_one_key_do_not_grow_without_end(store: DiskStore, tmp_path: Path) -> None:
    entries = [kept(store, "A", LONG, made_with=str(number)) for number in range(MOST_PER_KEY + 5)]
    assert store.lookup([entries[0].key])[entries[0].key] == entries[::-1][:MOST_PER_KEY]


def test_many_keys_are_looked_up_at_once(store: DiskStore) -> None:
    entries = [kept(store, f"M{number}", b"[]") for number in range(1100)]
    found = store.lookup([entry.key for entry in entries])
    assert found == {entry.key: [entry] for entry in entries}
    assert list(store.entries()) == entries


def test_a_key_that_is_none_is_a_miss(store: DiskStore) -> None:
    assert store.lookup(["no hex", "", "'; DROP TABLE entry; --"]) == {}


def test_nearest_gives_the_newest_entries_of_a_module(store: DiskStore) -> None:
    entries = [evolve(make_entry("A")[0], key=digest_of(bytes([number]))) for number in range(4)]
    other = evolve(entries[0], key=digest_of(b"other"), unit="other-1.0")
    for entry in [*entries, other]:
        store.put(entry, {})
    assert store.nearest("lib-1.0", "A", 3) == entries[:0:-1]
    assert store.nearest("other-1.0", "A", 3) == [other]
    assert store.nearest("lib-1.0", "B", 3) == []


def test_names_need_not_be_unicode(store: DiskStore) -> None:
    """A file's name is any bytes; Python shows those that are no UTF-8 as lone surrogates."""
    dependency = Dependency(DependencyKind.FILE, "caf\udce9.json", "00")
    entry = evolve(make_entry("A")[0], unit="u\udce9", dependencies=(dependency,))
    store.put(entry, {})
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert store.nearest("u\udce9", "A", 1) == [entry]


def test_a_damaged_blob_is_put_again_after_it_was_read(store: DiskStore, tmp_path: Path) -> None:
    entry, blobs = make_entry("A", LONG)
    store.put(entry, blobs)
    for file in (tmp_path / "v1" / "blobs").rglob("*"):
        if file.is_file():
            file.chmod(0o644)
            file.write_bytes(b"damaged")
    assert not store.restore(digest_of(LONG), tmp_path / "restored")
    assert store.stats().n_damaged_blobs == 1
    store.put(entry, blobs)
    assert store.read(digest_of(LONG)) == LONG


def test_a_damaged_row_is_a_miss_and_goes(store: DiskStore, tmp_path: Path) -> None:
    """SQLite itself does not notice a flipped bit in a value."""
    damaged, whole = kept(store, "A", LONG), kept(store, "B", LONG)
    with sqlite3.connect(tmp_path / "v1" / "traces" / "traces-1.sqlite") as connection:
        ((number, content),) = connection.execute("SELECT id, content FROM entry WHERE module = ?", (b"A",)).fetchall()
        changed = content.replace(b"lib-1.0:Base", b"lib-1.0:Case")
        connection.execute("UPDATE entry SET content = ? WHERE id = ?", (changed, number))
    connection.close()
    assert store.lookup([damaged.key, whole.key]) == {whole.key: [whole]}
    assert store.stats().usage.n_entries == 1


@pytest.mark.parametrize("value", ["text", None, 7, 1.5])
def test_a_row_of_another_type_is_a_miss(store: DiskStore, tmp_path: Path, value: object) -> None:
    entry = kept(store, "A", LONG)
    with sqlite3.connect(tmp_path / "v1" / "traces" / "traces-1.sqlite") as connection:
        connection.execute("UPDATE OR IGNORE entry SET checksum = coalesce(?, 0)", (value,))
    connection.close()
    assert store.lookup([entry.key]) == {}


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"garbage" * 1000], ids=["empty", "header", "garbage"])
def test_a_database_that_is_none_is_set_aside_and_told_of_once(tmp_path: Path, content: bytes) -> None:
    told: list[str] = []
    store = DiskStore(tmp_path)
    old = kept(store, "A", LONG)
    store.close()
    database = tmp_path / "v1" / "traces" / "traces-1.sqlite"
    database.write_bytes(content)

    store = DiskStore(tmp_path, StoreOptions(tell=told.append))
    assert store.lookup([old.key]) == {}
    entry = kept(store, "A", LONG)
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    if content:  # An empty file is what a new database looks like.
        assert database.read_bytes() == content
        assert databases(tmp_path) == ["traces-1.sqlite", "traces-2.sqlite"]
        (sentence,) = told
        assert str(database) in sentence
        assert store.stats().replaced_database == str(database)
    store.close()


@pytest.mark.parametrize("offset", [0.3, 0.6, 0.9])
def test_a_database_damaged_while_it_is_open_is_set_aside(tmp_path: Path, offset: float, told: list[str]) -> None:
    store = DiskStore(tmp_path)
    entries = [kept(store, f"M{number}", b"[]") for number in range(300)]
    store.close()
    store = DiskStore(tmp_path, StoreOptions(tell=told.append))
    database = tmp_path / "v1" / "traces" / "traces-1.sqlite"
    data = database.read_bytes()
    database.write_bytes(data[:100] + b"\xff" * int(len(data) * offset))
    assert store.lookup([entry.key for entry in entries]) == {}
    again = kept(store, "A", LONG)
    assert store.lookup([again.key]) == {again.key: [again]}
    assert len(told) == 1
    store.close()


def test_only_the_last_damaged_database_is_left(tmp_path: Path) -> None:
    for number in range(1, 5):
        store = DiskStore(tmp_path)
        kept(store, "A", LONG)
        store.close()
        (tmp_path / "v1" / "traces" / f"traces-{number}.sqlite").write_bytes(b"garbage" * 1000)
    store = DiskStore(tmp_path)
    kept(store, "A", LONG)
    store.close()
    assert databases(tmp_path) == ["traces-4.sqlite", "traces-5.sqlite"]


def test_a_second_process_follows_to_the_new_database(tmp_path: Path) -> None:
    first, second = DiskStore(tmp_path), DiskStore(tmp_path)
    kept(first, "A", LONG)
    kept(second, "B", LONG)
    successor = tmp_path / "v1" / "traces" / "traces-2.sqlite"
    successor.touch()  # As the process does that finds the first damaged.
    entry = kept(first, "C", LONG)
    assert successor.stat().st_size > 0
    assert second.lookup([entry.key]) == {entry.key: [entry]}
    assert databases(tmp_path) == ["traces-1.sqlite", "traces-2.sqlite"]
    first.close()
    second.close()


def test_a_database_is_replaced_by_one_process_alone(tmp_path: Path) -> None:
    """Two may find the damage before either replaces the file."""
    database = Database(tmp_path, "traces", schema="", version=1, closed=RuntimeError)
    (tmp_path / "traces-1.sqlite").touch()
    assert database._replace(1)
    assert database._replace(1)
    assert sorted(path.name for path in tmp_path.glob("*.sqlite")) == ["traces-1.sqlite", "traces-2.sqlite"]


def test_a_blob_that_is_evicted_while_an_entry_is_put_is_written_again(tmp_path: Path) -> None:
    other = DiskStore(tmp_path)
    kept(other, "Old", b"shared")

    def evict(step: Step) -> None:
        if step is Step.BLOB_PLACED and other.has(digest_of(b"shared")) and other.lookup([key_of("Old")]):
            other.clear()

    store = DiskStore(tmp_path, StoreOptions(hook=evict))
    entry, blobs = make_entry("A", b"shared", LONG)
    store.put(entry, blobs)
    assert not list(other.lookup([key_of("Old")]))
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert store.read(digest_of(b"shared")) == b"shared"
    assert store.verify().n_incomplete == 0
    store.close()
    other.close()


def test_a_blob_that_is_evicted_and_was_not_given_is_missing(tmp_path: Path) -> None:
    other = DiskStore(tmp_path)
    kept(other, "Old", b"shared")

    def evict(step: Step) -> None:
        if step is Step.BLOB_PLACED:
            other.clear()

    store = DiskStore(tmp_path, StoreOptions(hook=evict))
    entry, _ = make_entry("A", b"shared", LONG)
    with pytest.raises(IncompleteEntryError):
        store.put(entry, {digest_of(LONG): LONG})
    assert store.lookup([entry.key]) == {}
    store.close()
    other.close()


def test_another_versions_database_is_left_as_it_is(tmp_path: Path) -> None:
    """It should be in another folder, but whoever put it here may want it."""
    folder = tmp_path / "v1" / "traces"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "traces-1.sqlite") as connection:
        connection.executescript("CREATE TABLE entry (precious); PRAGMA user_version = 2;")
    connection.close()
    before = (folder / "traces-1.sqlite").read_bytes()
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2" / "traces").write_text("of a later version")

    store = DiskStore(tmp_path)
    entry = kept(store, "A", LONG)
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    store.clear()
    store.close()
    assert (folder / "traces-1.sqlite").read_bytes() == before
    assert (tmp_path / "v2" / "traces").read_text() == "of a later version"


def test_a_folder_removed_under_a_running_store_is_made_again(tmp_path: Path, store: DiskStore) -> None:
    lost = kept(store, "A", LONG)
    shutil.rmtree(tmp_path / "v1")
    assert store.lookup([lost.key]) == {}
    assert store.read(digest_of(LONG)) is None
    entry = kept(store, "A", LONG)
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert store.read(digest_of(LONG)) == LONG


def test_a_store_that_can_neither_be_made_nor_read_is_unusable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CacheUnusable, match="THATCH_CACHE_DIR"):
        DiskStore(tmp_path / "file")


def test_a_closed_store_says_so(store: DiskStore) -> None:
    entry = kept(store, "A", LONG)
    store.close()
    store.close()
    with pytest.raises(CacheUnusable):
        store.lookup([entry.key])
    with pytest.raises(CacheUnusable):
        kept(store, "B", LONG)


@pytest.mark.parametrize("step", [Step.BLOB_OPENED, Step.BLOB_HALF, Step.BLOB_WRITTEN, Step.BLOB_PLACED])
@pytest.mark.parametrize(("number", "word"), [(28, "full"), (5, "cannot be written")])
def test_a_put_that_cannot_write_is_told_of_once_and_raises_nothing(
    tmp_path: Path, told: list[str], step: Step, number: int, word: str
) -> None:
    reached: list[Step] = []

    def fail(at: Step) -> None:
        if at is step and len(reached) < 2:
            reached.append(at)
            raise OSError(number, "Trouble")

    store = DiskStore(tmp_path, StoreOptions(tell=told.append, hook=fail))
    for name in "AB":
        assert store.lookup([kept(store, name, name.encode()).key]) == {}
    entry = kept(store, "C", LONG)
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    (sentence,) = told
    assert word in sentence
    assert store.stats().n_failed_writes == 2
    store.close()


@pytest.mark.parametrize("step", [Step.ENTRY_BEGUN, Step.ENTRY_WRITTEN])
def test_a_transaction_that_fails_leaves_no_entry(tmp_path: Path, told: list[str], step: Step) -> None:
    failing = [True]

    def fail(at: Step) -> None:
        if at is step and failing:
            raise OSError(28, "No space left on device")

    store = DiskStore(tmp_path, StoreOptions(tell=told.append, hook=fail))
    entry = kept(store, "A", LONG)
    assert store.lookup([entry.key]) == {}
    failing.clear()
    store.put(entry, {})
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert len(told) == 1
    store.close()


def test_a_process_that_stopped_in_the_middle_of_a_write_holds_up_nobody_for_long(
    tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thatch.core.database.PATIENCE", 0.01)
    store = DiskStore(tmp_path, StoreOptions(tell=told.append))
    entry = kept(store, "A", LONG)
    stopped = sqlite3.connect(tmp_path / "v1" / "traces" / "traces-1.sqlite", isolation_level=None)
    stopped.execute("BEGIN IMMEDIATE")
    kept(store, "B", LONG)
    store.used([entry])
    store.collect()
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert len(told) == 1
    stopped.close()
    late = kept(store, "C", LONG)
    assert store.lookup([late.key]) == {late.key: [late]}
    store.close()


def test_threads_may_share_a_store(store: DiskStore) -> None:
    def work(number: int) -> None:
        for turn in range(20):
            entry = kept(store, f"M{turn}", LONG, b"%d" % turn, made_with=str(number))
            assert entry in store.lookup([entry.key])[entry.key]
            store.used([entry])
            assert store.read(digest_of(b"%d" % turn)) == b"%d" % turn

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert store.stats().usage.n_entries == 80
    assert store.verify().n_incomplete == 0


def test_without_a_listener_trouble_goes_to_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Step) -> None:
        raise OSError(28, "No space left on device")

    store = DiskStore(tmp_path, StoreOptions(hook=fail))
    with caplog.at_level(logging.WARNING):
        kept(store, "A", LONG)
    assert "full" in caplog.text
    store.close()


def test_verify_finds_and_removes_what_is_damaged(store: DiskStore, tmp_path: Path) -> None:
    kept(store, "A", LONG)
    whole = kept(store, "B", b"[]")
    (damaged,) = (path for path in (tmp_path / "v1" / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 2)
    damaged.chmod(0o644)
    damaged.write_bytes(b"")
    verified = store.verify()
    assert (verified.n_blobs, verified.n_damaged) == (2, 1)
    assert (verified.n_entries, verified.n_incomplete) == (2, 1)
    assert verified.database_is_sound
    assert list(store.entries()) == [whole]
    assert store.verify().n_damaged == 0


def test_stats_count(store: DiskStore, tmp_path: Path) -> None:
    kept(store, "A", LONG, b"[]")
    kept(store, "A", LONG, b"[]", made_with="other imports")
    kept(store, "B", LONG)
    stats = store.stats()
    assert stats.folder == tmp_path / "v1"
    assert (stats.usage.n_entries, stats.usage.n_modules, stats.usage.n_blobs) == (3, 2, 2)
    assert stats.usage.n_blob_bytes == sum(
        -(-path.stat().st_size // 4096) * 4096 for path in (tmp_path / "v1" / "blobs").rglob("*") if path.is_file()
    )
    assert stats.usage.n_trace_bytes > 0
    assert stats.n_sessions == 1
    assert stats.writable

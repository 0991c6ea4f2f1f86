"""A store that is only read, and the scratch store over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.remote import key_of, make_entry
from thatch.cache.disk import DiskStore, StoreOptions
from thatch.cache.entry import digest_of
from thatch.cache.errors import CacheUnusable, IncompleteEntryError
from thatch.cache.scratch import Scratch

LONG, OTHER = b"interface " * 10_000, b"other " * 5_000


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder but for the index of its log, which SQLite makes to read beside others that write."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if not path.name.endswith(("-shm", "-wal"))}


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    store = DiskStore(tmp_path / "store")
    store.put(*make_entry("A", LONG))
    store.close()
    return tmp_path / "store"


@pytest.fixture
def below(filled: Path) -> DiskStore:
    return DiskStore(filled, StoreOptions(read_only=True))


@pytest.fixture
def scratch(below: DiskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    store = Scratch(below, StoreOptions())
    yield store
    store.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_is_only_read_is_left_as_it_is(filled: Path, below: DiskStore, tmp_path: Path) -> None:
    before = files(filled)
    entry, _ = make_entry("A", LONG)
    assert below.lookup([entry.key]) == {entry.key: [entry]}
    below.put(*make_entry("B", OTHER))
    below.used([entry])
    assert below.collect() is None
    below.clear()
    assert below.restore(digest_of(LONG), tmp_path / "restored")
    assert below.link(digest_of(LONG), tmp_path / "linked")
    assert (tmp_path / "linked").read_bytes() == LONG
    below.close()
    assert files(filled) == before


def test_damage_is_a_miss_and_stays_for_who_may_write(filled: Path, below: DiskStore) -> None:
    (blob,) = (path for path in (filled / "v1/blobs").rglob("*") if path.is_file())
    blob.chmod(0o644)
    blob.write_bytes(b"damaged")
    assert below.read(digest_of(LONG)) is None
    below.close()
    assert blob.read_bytes() == b"damaged"


def test_where_nothing_was_kept_nothing_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(CacheUnusable):
        DiskStore(tmp_path / "none", StoreOptions(read_only=True))
    assert not (tmp_path / "none").exists()


def test_both_stores_answer(filled: Path, scratch: Scratch, tmp_path: Path) -> None:
    before = files(filled)
    below, above = make_entry("A", LONG), make_entry("B", LONG, OTHER)
    # The one blob lies below, and need not be given.
    scratch.put(above[0], {digest_of(OTHER): OTHER})
    assert scratch.lookup([key_of("A"), key_of("B")]) == {key_of("A"): [below[0]], key_of("B"): [above[0]]}
    for content in (LONG, OTHER):
        assert scratch.read(digest_of(content)) == content
        target = tmp_path / digest_of(content)
        assert scratch.restore(digest_of(content), target)
        assert target.read_bytes() == content
        assert scratch.link(digest_of(content), tmp_path / f"linked {digest_of(content)}")
    assert not scratch.restore(digest_of(b"nothing"), tmp_path / "nothing")
    assert [entry.module for entry in scratch.nearest("lib-1.0", "A", 5)] == ["A"]
    assert files(filled) == before


def test_entries_of_one_key_are_told_once(scratch: Scratch) -> None:
    first, second = make_entry("A", LONG), make_entry("A", OTHER, made_with="another")
    scratch.put_many([first, second])
    assert scratch.lookup([key_of("A")]) == {key_of("A"): [second[0], first[0]]}


def test_a_blob_that_is_nowhere_is_missed(scratch: Scratch) -> None:
    entry, _ = make_entry("C", b"nowhere")
    with pytest.raises(IncompleteEntryError):
        scratch.put(entry, {})
    scratch.put_many([(entry, {})])
    assert scratch.lookup([entry.key]) == {}


def test_nothing_below(tmp_path: Path) -> None:
    store = Scratch(None, StoreOptions())
    entry, blobs = make_entry("A", LONG)
    assert store.lookup([entry.key]) == {}
    store.put(entry, blobs)
    assert store.lookup([entry.key]) == {entry.key: [entry]}
    assert store.restore(digest_of(LONG), tmp_path / "restored")
    assert store.read(digest_of(OTHER)) is None
    store.close()

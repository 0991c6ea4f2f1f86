"""The remote tier gives what it has, and neither raises, nor waits beyond its time, nor tells a failure twice."""

import threading
from pathlib import Path

import pytest

from tests.support.remote import Blobs, FakeClock, MemoryObjects, key_of, local_store, make_entry
from thatch.cache.breaker import Breaker
from thatch.cache.entry import Entry, digest_of
from thatch.cache.heads_folder import HeadsFolder
from thatch.cache.object_store import Redaction, RemoteError
from thatch.cache.remote import Limits, Remote
from thatch.cache.remote_client import RemoteClient

LONG = 60.0
SHORT = 0.05
"""The deadline of tests in which it passes."""


class Tier:
    """A remote tier over a store in memory, and what it told."""

    def __init__(self, objects: MemoryObjects | None = None, *, seconds: float = LONG, writable: bool = True) -> None:
        self.objects = objects or MemoryObjects()
        self.clock = FakeClock()
        self.told: list[RemoteError] = []
        self.limits = Limits(batch_seconds=seconds, upload_seconds=seconds)
        self.client = RemoteClient(self.objects, "memory://shop", Redaction(("pass phrase",)))
        self.remote = Remote(
            self.client, writable=writable, limits=self.limits, tell=self.told.append, clock=self.clock
        )

    def upload(self, *made: tuple[Entry, Blobs]) -> None:
        store = local_store(made)
        self.remote.upload(store.all_entries, store.read)

    def names(self, *keys: str) -> list[str]:
        found = self.remote.lookup([key_of(key) for key in keys])
        return sorted(entry.module for entries in found.values() for entry in entries)


@pytest.fixture
def tier() -> Tier:
    return Tier()


def filled(*names: str) -> MemoryObjects:
    """A store with entries, one in each pack."""
    writer = Tier()
    for name in names:
        writer.upload(make_entry(name, b"content of " + name.encode()))
    writer.remote.close()
    writer.objects.requests.clear()
    return writer.objects


def test_what_one_uploads_another_finds_and_gets(tier: Tier) -> None:
    entry, blobs = make_entry("M", b"interface", b"diagnostics")
    tier.upload((entry, blobs))
    reader = Tier(tier.objects, writable=False)
    assert reader.remote.lookup([entry.key, key_of("N")]) == {entry.key: [entry]}
    assert dict(reader.remote.blobs(blobs)) == blobs
    assert reader.remote.nearest("lib-1.0", "M", 3) == [entry]
    assert reader.told == []


def test_many_keys_cost_one_listing_and_a_request_for_each_new_pack() -> None:
    reader = Tier(filled(*"ABCDE"))
    assert reader.names(*"ABCDE") == list("ABCDE")
    assert (reader.objects.count("list"), reader.objects.count("get")) == (1, 5)
    assert len(list(reader.remote.blobs([digest_of(b"content of A"), digest_of(b"content of B")]))) == 2
    assert (reader.objects.count("list"), reader.objects.count("get")) == (1, 7)


def test_the_blobs_of_one_pack_come_with_one_request(tier: Tier) -> None:
    made = [make_entry(f"M{number}", b"interface %d" % number, b"hie %d" % number) for number in range(100)]
    tier.upload(*made)
    reader = Tier(tier.objects)
    reader.names("M1")
    tier.objects.requests.clear()
    everything = {digest: content for _, blobs in made for digest, content in blobs.items()}
    assert dict(reader.remote.blobs(everything)) == everything
    assert tier.objects.count("get") == 1


def test_nothing_is_asked_for_nothing(tier: Tier) -> None:
    assert tier.remote.lookup([]) == {}
    assert list(tier.remote.blobs([])) == []
    assert tier.objects.requests == []


def test_the_store_is_looked_at_again_after_a_while_only() -> None:
    reader = Tier(filled("A"))
    assert reader.names("A", "B") == ["A"]
    Tier(reader.objects).upload(make_entry("B", b"b"))
    lists = reader.objects.count("list")
    assert reader.names("A", "B") == ["A"]
    assert reader.objects.count("list") == lists
    reader.clock.now += reader.limits.refresh_seconds
    assert reader.names("A", "B") == ["A", "B"]


def test_a_reader_uploads_nothing() -> None:
    reader = Tier(writable=False)
    reader.upload(make_entry("A", b"a"))
    assert reader.objects.requests == []


def test_what_is_there_is_not_uploaded_again(tier: Tier) -> None:
    tier.upload(make_entry("A", b"shared", b"a"))
    other = Tier(tier.objects)
    other.upload(make_entry("A", b"shared", b"a"), make_entry("B", b"shared", b"b"))
    (first, second) = tier.objects.contents.values()
    assert b"shared" in first
    assert b"shared" not in second
    assert Tier(tier.objects).names("A", "B") == ["A", "B"]
    assert other.remote.statistics.entries_uploaded == 1


def test_an_entry_whose_blobs_are_gone_is_not_uploaded(tier: Tier) -> None:
    entry, _ = make_entry("A", b"evicted meanwhile")
    tier.remote.upload([entry], lambda digest: None)
    assert tier.objects.count("put") == 0
    assert tier.told == []


@pytest.mark.parametrize("kind", ["list", "get"])
def test_a_store_that_fails_reads_as_misses_and_is_told_once(kind: str) -> None:
    reader = Tier(filled("A"))
    reader.objects.trouble = failing(kind, OSError("connection to memory://me:pass phrase@shop?sig=abc refused"))
    assert [reader.names("A") for _ in range(9)] == [[]] * 9
    (told,) = reader.told
    assert str(told) == "The remote cache memory://shop cannot be used.\nconnection to memory://shop?*** refused"
    assert reader.remote.statistics.failures == reader.limits.patience


def test_a_store_that_failed_is_left_alone_and_tried_again_after_a_rest() -> None:
    reader = Tier(filled("A"))
    reader.objects.trouble = failing("list", OSError("down"))
    for _ in range(9):
        reader.names("A")
    assert reader.objects.count("list") == reader.limits.patience
    reader.clock.now += reader.limits.rest_seconds
    reader.names("A")
    reader.names("A")
    assert reader.objects.count("list") == reader.limits.patience + 1
    reader.objects.trouble = failing("nothing", OSError())
    reader.clock.now += reader.limits.rest_seconds
    assert reader.names("A") == ["A"]
    assert len(reader.told) == 1


@pytest.mark.parametrize("kind", ["list", "get"])
def test_a_store_that_hangs_is_given_up_and_not_asked_again(kind: str) -> None:
    # The requests are never answered: that this ends shows the deadline.
    reader = Tier(filled("A"), seconds=SHORT)
    reader.objects.hanging = {kind}
    assert [reader.names("A") for _ in range(3)] == [[]] * 3
    assert reader.objects.count("list") == 1
    assert [str(told) for told in reader.told] == ["The remote cache memory://shop did not answer in time."]
    reader.remote.close()


def test_blobs_that_hang_are_given_up_and_those_that_came_are_used() -> None:
    reader = Tier(filled("A", "B"), seconds=SHORT)
    reader.names("A", "B")
    reader.objects.hanging = {reader.client.index.places[digest_of(b"content of B")].pack}
    got = dict(reader.remote.blobs([digest_of(b"content of A"), digest_of(b"content of B")]))
    assert got == {digest_of(b"content of A"): b"content of A"}
    assert len(reader.told) == 1
    assert list(reader.remote.blobs([digest_of(b"content of A")])) == [], "it is left alone now"


def test_what_was_listed_but_not_read_in_time_is_read_next_time() -> None:
    reader = Tier(filled("A", "B"), seconds=SHORT)
    reader.objects.hanging = {min(reader.objects.contents)}
    assert len(reader.names("A", "B")) == 1
    reader.objects.hanging = set()
    reader.clock.now += reader.limits.rest_seconds
    assert reader.names("A", "B") == ["A", "B"]


def test_wrong_bytes_are_misses_and_their_entry_is_not_offered_again() -> None:
    reader = Tier(filled("A", "B"))
    assert reader.names("A", "B") == ["A", "B"]
    spoilt = reader.client.index.places[digest_of(b"content of A")].pack
    reader.objects.contents[spoilt] = reader.objects.contents[spoilt][:-1] + b"?"
    assert dict(reader.remote.blobs([digest_of(b"content of A"), digest_of(b"content of B")])) == {
        digest_of(b"content of B"): b"content of B"
    }
    assert reader.names("A", "B") == ["B"]
    assert reader.remote.statistics.damaged == 1
    assert [told.message for told in reader.told] == ["The remote cache memory://shop holds damaged objects."]


def test_a_damaged_blob_is_healed_by_the_next_upload() -> None:
    reader = Tier(filled("A"))
    reader.names("A")
    (pack,) = reader.objects.contents
    reader.objects.contents[pack] = reader.objects.contents[pack][:-1] + b"?"
    assert list(reader.remote.blobs([digest_of(b"content of A")])) == []
    reader.upload(make_entry("A", b"content of A"))
    later = Tier(reader.objects)
    assert later.names("A") == ["A"]
    assert list(later.remote.blobs([digest_of(b"content of A")])) == [(digest_of(b"content of A"), b"content of A")]


@pytest.mark.parametrize("spoil", [lambda it: it[:-3], lambda it: b"<html>" + it, lambda it: b"", lambda it: it[:9]])
def test_garbage_under_our_names_is_as_good_as_nothing(spoil: object) -> None:
    objects = filled("A", "B")
    spoilt = min(objects.contents)
    assert callable(spoil)
    objects.contents[spoilt] = spoil(objects.contents[spoilt])
    objects.contents["notes.txt"] = b"somebody else's"
    objects.modified["notes.txt"] = 0.0
    reader = Tier(objects)
    wanted = [digest_of(b"content of " + name.encode()) for name in reader.names("A", "B")]
    got = [content for _, content in reader.remote.blobs(wanted)]
    assert len(got) == 1
    assert got[0] in {b"content of A", b"content of B"}


def test_a_damaged_head_is_asked_for_once() -> None:
    objects = filled("A")
    (pack,) = objects.contents
    objects.contents[pack] = b"?" * len(objects.contents[pack])
    reader = Tier(objects)
    reader.names("A")
    reader.clock.now += reader.limits.refresh_seconds
    reader.names("A")
    assert (objects.count("list"), objects.count("get")) == (2, 1)
    assert reader.remote.statistics.damaged == 1


def test_a_pack_that_expires_between_listing_and_reading_is_no_failure() -> None:
    reader = Tier(filled("A", "B"))
    reader.names("A", "B")
    reader.objects.remove(reader.client.index.places[digest_of(b"content of A")].pack)
    got = dict(reader.remote.blobs([digest_of(b"content of A"), digest_of(b"content of B")]))
    assert list(got.values()) == [b"content of B"]
    assert reader.names("A", "B") == ["B"]
    assert (reader.told, reader.remote.statistics.failures) == ([], 0)


def test_a_store_that_takes_nothing_is_told_once_and_still_read() -> None:
    tier = Tier(filled("A"))
    tier.objects.trouble = failing("put", PermissionError("403 Forbidden"))
    for number in range(9):
        tier.upload(make_entry(f"N{number}", b"n%d" % number))
    assert tier.objects.count("put") == tier.limits.patience
    assert [told.detail for told in tier.told] == ["403 Forbidden"]
    assert tier.names("A") == ["A"]


def test_an_upload_that_hangs_is_given_up(tier: Tier) -> None:
    slow = Tier(tier.objects, seconds=SHORT)
    slow.objects.hanging = {"put"}
    slow.upload(make_entry("A", b"a"))
    slow.upload(make_entry("B", b"b"))
    assert slow.objects.count("put") == 1
    assert len(slow.told) == 1


def test_closing_frees_who_waits() -> None:
    reader = Tier(filled("A"))
    asked = threading.Event()
    reader.objects.hanging = {"list"}
    reader.objects.requests = _Noting(asked)
    found: list[list[str]] = []
    waiting = threading.Thread(target=lambda: found.append(reader.names("A")))
    waiting.start()
    assert asked.wait(LONG)
    reader.remote.close()
    waiting.join(LONG)
    assert found == [[]]
    assert reader.names("A") == []


def test_statistics_count_what_happened(tier: Tier) -> None:
    entry, blobs = make_entry("A", b"twelve bytes")
    tier.upload((entry, blobs))
    tier.names("A", "B")
    assert list(tier.remote.blobs(blobs)) != []
    told = tier.remote.statistics
    assert (told.keys_asked, told.keys_found, told.blobs_downloaded, told.bytes_downloaded) == (2, 1, 1, 12)
    assert (told.entries_uploaded, told.bytes_uploaded) == (1, sum(map(len, tier.objects.contents.values())))
    assert (told.failures, told.damaged, told.entries_dropped) == (0, 0, 0)


def test_heads_are_kept_on_this_machine(tmp_path: Path) -> None:
    objects = filled("A", "B")

    def look() -> list[str]:
        client = RemoteClient(objects, "memory", heads=HeadsFolder(tmp_path / "heads"))
        client.update(LONG)
        client.close()
        return sorted(entry.module for entry in client.index.all_entries())

    assert look() == ["A", "B"]
    objects.requests.clear()
    assert look() == ["A", "B"]
    assert objects.requests == [("list", "")]
    first, second = sorted((tmp_path / "heads").iterdir())
    first.write_bytes(b"damaged")
    objects.remove(second.name)
    assert len(look()) == 1
    assert [path.name for path in (tmp_path / "heads").iterdir()] == [first.name]


def test_a_folder_for_heads_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    client = RemoteClient(filled("A"), "memory", heads=HeadsFolder(tmp_path / "file" / "heads"))
    client.update(LONG)
    client.close()
    assert len(list(client.index.all_entries())) == 1


def test_a_breaker_opens_after_failures_in_a_row_and_closes_when_something_works() -> None:
    clock = FakeClock()
    breaker = Breaker(clock, patience=2, rest_seconds=10.0)
    breaker.failed(slowly=False)
    breaker.succeeded()
    breaker.failed(slowly=False)
    assert breaker.allows
    breaker.failed(slowly=False)
    assert not breaker.allows
    clock.now += 10
    assert breaker.allows
    breaker.failed(slowly=False)
    assert not breaker.allows, "after a rest one failure is enough"
    clock.now += 10
    breaker.succeeded()
    breaker.failed(slowly=True)
    assert not breaker.allows, "one that took the user's time is enough, too"


def failing(kind: str, error: Exception) -> object:
    """Trouble for one kind of request."""

    def trouble(made: str, name: str) -> None:
        if made == kind:
            raise error

    return trouble


class _Noting(list[tuple[str, str]]):
    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def append(self, item: tuple[str, str]) -> None:
        super().append(item)
        self._event.set()

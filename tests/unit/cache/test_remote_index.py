"""Readers find exactly what lies in a store, however many writers wrote and bundled without asking each other."""

import math
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.remote import Blobs, LocalStore, MemoryObjects, key_of, local_store, make_entry
from thatch.cache.entry import Entry, digest_of, identity
from thatch.cache.remote_client import RemoteClient
from thatch.cache.remote_index import FAN_IN, Index, Listed, listing_of
from thatch.cache.wire import Head, PackName, parse_name, read_head, write_pack

LONG = 60.0


def stored(*packs: tuple[list[Entry], Blobs]) -> tuple[dict[str, Listed], dict[str, Head], list[str]]:
    """A listing and heads of packs that were stored one after the other, and their names."""
    listing, heads, names = {}, {}, []
    for time, (entries, blobs) in enumerate(packs):
        pack = write_pack(entries, blobs)
        name = parse_name(pack.name)
        assert isinstance(name, PackName)
        listing[pack.name] = Listed(name, float(time), len(pack.content))
        heads[pack.name] = read_head(name, pack.content[: name.head_bytes])
        names.append(pack.name)
    return listing, heads, names


def test_the_newest_entry_comes_first() -> None:
    old, old_blobs = make_entry("M", b"old", made_with="old imports")
    new, new_blobs = make_entry("M", b"new", made_with="new imports")
    listing, heads, _ = stored(([old], old_blobs), ([new], new_blobs))
    index = Index.build(listing, heads)
    assert index.find(key_of("M")) == [new, old]
    assert index.find(key_of("N")) == []
    assert index.of_module("lib-1.0", "M", 1) == [new]
    assert index.of_module("lib-1.0", "N", 9) == []


def test_entries_that_verify_alike_are_one() -> None:
    one, one_blobs = make_entry("M", b"one")
    other, other_blobs = make_entry("M", b"other")
    assert identity(one) == identity(other)
    listing, heads, _ = stored(([one], one_blobs), ([other], other_blobs))
    assert Index.build(listing, heads).find(key_of("M")) == [other]


def test_an_entry_without_one_of_its_blobs_is_not_there() -> None:
    entry, blobs = make_entry("M", b"a", b"b")
    blobs.pop(digest_of(b"b"))
    index = Index.build(*stored(([entry], blobs))[:2])
    assert index.find(entry.key) == []
    assert not index.has(entry)
    assert list(index.all_entries()) == []


def test_an_entry_may_use_the_blobs_of_an_older_pack_until_that_is_removed() -> None:
    old, old_blobs = make_entry("M", b"shared")
    new, _ = make_entry("N", b"shared")
    listing, heads, names = stored(([old], old_blobs), ([new], {}))
    assert Index.build(listing, heads).has(new)
    del listing[names[0]]
    index = Index.build(listing, heads)
    assert not index.has(new)
    assert index.heads.keys() == {names[1]}


def test_of_two_copies_of_a_blob_the_newest_is_used_and_a_distrusted_one_is_not() -> None:
    entry, blobs = make_entry("M", b"content")
    again = make_entry("N", b"content")[0]
    listing, heads, names = stored(([entry], blobs), ([again], blobs))
    digest = digest_of(b"content")
    assert Index.build(listing, heads).places[digest].pack == names[1]
    assert Index.build(listing, heads, {(names[1], digest)}).places[digest].pack == names[0]
    assert not Index.build(listing, heads, {(name, digest) for name in names}).has(entry)


def test_a_pack_that_was_cut_short_serves_what_it_still_has() -> None:
    kept, kept_blobs = make_entry("Kept", b"\x00\x01\x02")
    lost, lost_blobs = make_entry("Lost", b"\x03\x04\x05")
    listing, heads, (name,) = stored(([kept, lost], kept_blobs | lost_blobs))
    whole = listing[name]
    index = Index.build({name: Listed(whole.name, whole.modified, whole.size - 1)}, heads)
    assert (index.has(kept), index.has(lost)) == (True, False)


def test_an_entry_under_a_wrong_key_or_of_another_format_is_not_there() -> None:
    entry, _ = make_entry("M", b"x")
    wrong = Head(((key_of("N"), b'{"key":"%s"}' % entry.key.encode()), (entry.key, b'{"format":99}')), (), b"")
    name = PackName(f"pack-{'0' * 64}-7", "0" * 64, 7)
    index = Index.build({name.name: Listed(name, 0.0, 7)}, {name.name: wrong})
    assert index.find(key_of("N")) == index.find(entry.key) == []


def test_a_listing_leaves_out_what_it_does_not_know() -> None:
    ours = f"pack-{'0' * 64}-7"
    assert listing_of([("readme.txt", 1.0, 5), (ours, 2.0, 7)]).keys() == {ours}


class Writers(RuleBasedStateMachine):
    """Writers put packs and bundles into one store in any order; some see it late, some objects expire."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = MemoryObjects()
        self.writers = [RemoteClient(self.objects, "memory") for _ in range(3)]
        self.n_made = 0
        self.alive: dict[str, set[str]] = {}

    @rule(writer=st.integers(0, 2), n_packs=st.integers(1, FAN_IN + 1), late=st.booleans())
    def write(self, writer: int, n_packs: int, late: bool) -> None:
        client = self.writers[writer]
        if not late:
            client.update(LONG)
        for _ in range(n_packs):
            name = f"M{self.n_made}"
            self.n_made += 1
            entry, blobs = make_entry(name, name.encode())
            before = set(self.objects.contents)
            (sent,) = client.send([entry], blobs.get, LONG)
            assert (sent.problem, sent.n_entries) == (None, 1)
            (pack,) = set(self.objects.contents) - before
            self.alive.setdefault(pack, set()).add(name)
        client.bundle(LONG)

    @rule(choose=st.randoms(use_true_random=False), n_objects=st.integers(1, 5))
    def expire(self, choose: object, n_objects: int) -> None:
        for name in sorted(self.objects.contents, key=lambda name: self.objects.modified[name])[:n_objects]:
            self.objects.remove(name)
            self.alive.pop(name, None)

    @invariant()
    def a_new_reader_finds_everything_in_few_requests(self) -> None:
        reader = RemoteClient(self.objects, "memory")
        before = self.objects.count("get")
        reader.update(LONG)
        reader.close()
        expected = {name for names in self.alive.values() for name in names}
        assert {entry.module for entry in reader.index.all_entries()} == expected
        assert reader.n_damaged == 0
        # Each of three writers may have left some unbundled, and bundled what another one did, too.
        levels = 1 + math.ceil(math.log(max(self.n_made, 2), FAN_IN))
        assert self.objects.count("get") - before <= 4 * FAN_IN * levels

    def teardown(self) -> None:
        for client in self.writers:
            client.close()


TestWriters = Writers.TestCase
TestWriters.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


def test_a_thousand_packs_are_read_with_a_few_dozen_requests() -> None:
    objects = MemoryObjects()
    writer = RemoteClient(objects, "memory")
    for number in range(FAN_IN * FAN_IN + 5):
        entry, blobs = make_entry(f"M{number}", b"%d" % number)
        assert [sent.problem for sent in writer.send([entry], blobs.get, LONG)] == [None]
        writer.bundle(LONG)
    writer.close()
    reader = RemoteClient(objects, "memory")
    objects.requests.clear()
    reader.update(LONG)
    reader.close()
    assert len(list(reader.index.all_entries())) == FAN_IN * FAN_IN + 5
    assert (objects.count("list"), objects.count("get")) == (1, 1 + 5)


def test_two_writers_who_bundle_at_once_make_the_same_bundle() -> None:
    objects = MemoryObjects()
    writers = [RemoteClient(objects, "memory") for _ in range(2)]
    local: LocalStore = local_store(make_entry(f"M{number}", b"%d" % number) for number in range(FAN_IN))
    for entry in local.all_entries:
        assert [sent.problem for sent in writers[0].send([entry], local.read, LONG)] == [None]
    for writer in writers:
        writer.update(LONG)
    for writer in writers:
        writer.bundle(LONG)
        writer.close()
    assert [name for name in objects.contents if name.startswith("heads-")] == [
        name for kind, name in objects.requests if kind == "put" and name.startswith("heads-")
    ][:1]


@pytest.mark.parametrize("spoil", [lambda content: content[:-1] + b"?", lambda content: content[:50], None])
def test_a_damaged_or_vanished_bundle_loses_nothing_and_is_made_again(spoil: Callable[[bytes], bytes] | None) -> None:
    objects = MemoryObjects()
    writer = RemoteClient(objects, "memory")
    for number in range(FAN_IN):
        entry, blobs = make_entry(f"M{number}", b"%d" % number)
        assert [sent.problem for sent in writer.send([entry], blobs.get, LONG)] == [None]
    writer.bundle(LONG)
    writer.close()
    (bundle,) = (name for name in objects.contents if name.startswith("heads-"))
    good = objects.contents[bundle]

    def vanish(kind: str, name: str) -> None:
        if name == bundle and kind == "get":
            objects.remove(bundle)

    if spoil:
        objects.contents[bundle] = spoil(good)
    else:
        objects.trouble = vanish
    reader = RemoteClient(objects, "memory")
    reader.update(LONG)
    assert len(list(reader.index.all_entries())) == FAN_IN
    assert reader.n_damaged == (1 if spoil else 0)
    reader.bundle(LONG)
    reader.close()
    assert objects.contents[bundle] == good

"""Packs and bundles say exactly what was put into them, and nothing else passes for one."""

from itertools import pairwise

import pytest
import zstandard
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.support.remote import make_entry
from thatch.cache import wire
from thatch.cache.entry import Entry, decode_entry, digest_of, encode_entry
from thatch.cache.wire import (
    BundleName,
    DamagedObjectError,
    Head,
    Object,
    PackName,
    Place,
    parse_name,
    plan_spans,
    read_blob,
    read_bundle,
    read_head,
    write_bundle,
    write_pack,
)

CONTENTS = st.lists(st.binary(max_size=300) | st.binary(min_size=1, max_size=4).map(lambda it: it * 200), max_size=8)
NAMES = st.lists(st.text(min_size=1, max_size=20), max_size=5, unique=True)


def head_of(pack: Object) -> Head:
    name = parse_name(pack.name)
    assert isinstance(name, PackName)
    return read_head(name, pack.content[: name.head_bytes])


def named_after(head: bytes) -> PackName:
    return PackName("pack-x", digest_of(head), len(head))


def pack_of(*contents: bytes, name: str = "M") -> tuple[Object, Entry]:
    entry, blobs = make_entry(name, *contents)
    return write_pack([entry], blobs), entry


@given(NAMES, CONTENTS)
def test_a_pack_gives_back_what_it_was_made_of(names: list[str], contents: list[bytes]) -> None:
    entries = [make_entry(name)[0] for name in names]
    blobs = {digest_of(content): content for content in contents}
    pack = write_pack(entries, blobs)
    head = head_of(pack)
    assert [decode_entry(line) for _, line in head.entries] == entries
    assert [key for key, _ in head.entries] == [entry.key for entry in entries]
    assert {place.digest: read_blob(place, pack.content[place.offset : place.end]) for place in head.places} == blobs


def test_what_compresses_is_compressed_and_what_does_not_is_left_alone() -> None:
    plain = bytes(range(256))
    pack, _ = pack_of(b"interface " * 1000, plain)
    compressed, stored = head_of(pack).places
    assert compressed.stored < 100
    assert stored.stored == stored.size
    assert pack.content.endswith(plain)


def test_names_are_read_back() -> None:
    pack, _ = pack_of(b"x")
    name = parse_name(pack.name)
    assert isinstance(name, PackName)
    assert name.name == pack.name
    assert digest_of(pack.content[: name.head_bytes]) == name.digest
    bundle = write_bundle(2, [], {})
    assert parse_name(bundle.name) == BundleName(bundle.name, 2, digest_of(bundle.content))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "pack-abc-3",
        f"pack-{'0' * 64}-0",
        f"pack-{'0' * 64}-{wire.MAX_HEAD_BYTES + 1}",
        f"pack-{'A' * 64}-7",
        f"heads-0-{'0' * 64}",
        f"../pack-{'0' * 64}-7",
        f"pack-{'0' * 64}-7\n",
    ],
)
def test_other_names_are_not_ours(name: str) -> None:
    assert parse_name(name) is None


@given(st.text())
def test_any_name_can_be_looked_at(name: str) -> None:
    assert parse_name(name) is None or name.startswith(("pack-", "heads-"))


@given(st.data())
def test_a_changed_bit_of_a_head_is_noticed(data: st.DataObject) -> None:
    pack, _ = pack_of(b"some interface", b"some diagnostics")
    name = parse_name(pack.name)
    assert isinstance(name, PackName)
    head = bytearray(pack.content[: name.head_bytes])
    head[data.draw(st.integers(0, len(head) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedObjectError):
        read_head(name, bytes(head))


@given(st.data())
def test_a_changed_or_missing_byte_of_a_blob_never_gives_another_blob(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([b"interface " * 50, bytes(range(256))]))
    pack, _ = pack_of(content)
    (place,) = head_of(pack).places
    stored = bytearray(pack.content[place.offset : place.end])
    position = data.draw(st.integers(0, len(stored) - 1))
    if data.draw(st.booleans()):
        del stored[position:]
    else:
        stored[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        read = read_blob(place, bytes(stored))
    except DamagedObjectError:
        return
    # A frame has a bit or two that mean nothing.
    assert place.stored != place.size
    assert read == content


@given(st.binary(max_size=200).filter(lambda it: not it.startswith(b"thatch pack 1")))
def test_a_head_that_is_rightly_named_but_makes_no_sense_is_damaged(content: bytes) -> None:
    for head in (content, zstandard.compress(content)):
        with pytest.raises(DamagedObjectError):
            read_head(named_after(head), head)


@pytest.mark.parametrize(
    "line",
    [
        b"B " + b"0" * 64 + b" 5 4",
        b"B " + b"0" * 64 + b" 5 9999999999",
        b"B " + b"0" * 63 + b" 5 5",
        b"B nothing",
        b"E",
        b"E nokey {}",
        b"E abc",
    ],
)
def test_a_head_with_an_impossible_line_is_damaged(line: bytes) -> None:
    head = zstandard.compress(b"thatch pack 1\n" + line + b"\nE abc {}")
    if line == b"E":
        assert read_head(named_after(head), head).entries == (("abc", b"{}"),), "lines of a later kind are skipped"
        return
    with pytest.raises(DamagedObjectError):
        read_head(named_after(head), head)


def test_a_frame_that_claims_to_be_huge_is_refused_before_memory_is_taken() -> None:
    frame = bytearray(zstandard.compress(bytes(1 << 20)))
    assert zstandard.frame_content_size(bytes(frame)) == 1 << 20
    for claimed in (1 << 20, 1 << 40, (1 << 64) - 3):
        # A frame header with a content size of eight bytes, as the format (RFC 8878) has it.
        bomb = bytes(frame[:4]) + b"\xe0" + claimed.to_bytes(8, "little") + bytes(frame[9:])
        place = Place("pack", digest_of(b""), 0, len(bomb), len(bomb) + 1)
        with pytest.raises(DamagedObjectError):
            read_blob(place, bomb)


def test_a_bundle_gives_back_its_heads() -> None:
    packs = [pack_of(name.encode(), name=name)[0] for name in "ABC"]
    heads = {pack.name: head_of(pack).raw for pack in packs}
    covered = write_bundle(1, [], {}).name
    bundle = write_bundle(2, [covered], heads)
    name = parse_name(bundle.name)
    assert isinstance(name, BundleName)
    read = read_bundle(name, bundle.content)
    assert (dict(read.heads), read.covers) == (heads, (covered,))


def test_a_bundle_does_not_depend_on_who_makes_it() -> None:
    heads = {pack.name: head_of(pack).raw for pack in (pack_of(b"a")[0], pack_of(b"b", name="N")[0])}
    assert write_bundle(1, ["y", "x"], heads) == write_bundle(1, ["x", "y"], dict(reversed(heads.items())))


@given(st.binary(max_size=100) | st.sampled_from([b"[]\n", b"{}\n", b'{"packs":1,"covers":[]}\n', b'{"packs":[1]}\n']))
def test_a_bundle_of_anything_else_is_damaged(content: bytes) -> None:
    with pytest.raises(DamagedObjectError):
        read_bundle(BundleName("heads", 1, digest_of(content)), content)
    with pytest.raises(DamagedObjectError):
        read_bundle(BundleName("heads", 1, digest_of(b"other")), content)


@given(st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 3_000_000)), max_size=40), st.randoms())
def test_spans_cover_all_blobs_in_few_requests_of_bounded_size(sizes: list[tuple[str, int]], random: object) -> None:
    offsets = {"p": 10, "q": 10}
    places = []
    for number, (pack, size) in enumerate(sizes):
        places.append(Place(pack, digest_of(str(number).encode()), offsets[pack], size, size))
        offsets[pack] += size + (number % 3) * 100_000
    spans = plan_spans(places)
    assert sorted((place for span in spans for place in span.places), key=repr) == sorted(places, key=repr)
    for span in spans:
        assert all(span.start <= place.offset and place.end <= span.end for place in span.places)
        assert {place.pack for place in span.places} == {span.pack}
        assert span.end - span.start <= wire.SPAN_BYTES or len(span.places) == 1
    for one, next_one in pairwise(spans):
        joined = next_one.places[0].end - one.start
        assert one.pack != next_one.pack or joined > wire.SPAN_BYTES or next_one.start - one.end > wire.SPAN_GAP


def test_an_entry_is_stored_as_everywhere_else() -> None:
    pack, entry = pack_of(b"x")
    assert head_of(pack).entries == ((entry.key, encode_entry(entry)),)
    assert head_of(write_pack([evolve(entry, compile_ms=13)], {})).raw != head_of(pack).raw

"""Entries as bytes, and what makes two of them the same trace."""

import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from thatch.cache.entry import (
    MAX_ENTRY_BYTES,
    Dependency,
    DependencyKind,
    Entry,
    decode_entry,
    digest_of,
    encode_entry,
    identity,
    is_digest,
)
from thatch.cache.errors import DamagedEntryError

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)
DEPENDENCIES = st.builds(
    Dependency, st.sampled_from(DependencyKind), TEXT, TEXT.map(lambda text: text.replace(" ", ""))
)
ENTRIES = st.builds(
    Entry,
    key=HEX,
    unit=TEXT,
    module=TEXT,
    boot=st.booleans(),
    dependencies=st.lists(DEPENDENCIES, max_size=4).map(tuple),
    abi=TEXT,
    interface=TEXT,
    artifacts=st.dictionaries(TEXT, HEX, max_size=3),
    inputs=st.dictionaries(TEXT, TEXT, max_size=3),
    compile_ms=st.integers(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SAMPLE = Entry(
    key="0123456789abcdef",
    unit="lib-1.0",
    module="Lib.Foo",
    boot=False,
    dependencies=(
        Dependency(DependencyKind.ABI, "lib-1.0:Lib.Bar", "ab" * 16),
        Dependency(DependencyKind.ABSENT, "src/with space.json", ""),
    ),
    abi="cd" * 16,
    interface="ef" * 16,
    artifacts={"hi": "1" * 64},
    inputs={"ghc": "9.6.6"},
    compile_ms=120,
)


def test_the_stored_form() -> None:
    """What is written today must be read by every later version that has the same `ENTRY_FORMAT`."""
    assert json.loads(encode_entry(SAMPLE)) == {
        "format": 1,
        "key": "0123456789abcdef",
        "unit": "lib-1.0",
        "module": "Lib.Foo",
        "boot": False,
        "dependencies": ["abi " + "ab" * 16 + " lib-1.0:Lib.Bar", "absent  src/with space.json"],
        "abi": "cd" * 16,
        "interface": "ef" * 16,
        "artifacts": {"hi": "1" * 64},
        "inputs": {"ghc": "9.6.6"},
        "compile_ms": 120,
    }


def test_the_digest_is_blake2b_of_256_bits() -> None:
    assert digest_of(b"") == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"


@given(ENTRIES)
def test_what_was_encoded_comes_back(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


@given(ENTRIES, st.data())
def test_a_field_of_another_type_is_refused_or_harmless(entry: Entry, data: st.DataObject) -> None:
    fields = json.loads(encode_entry(entry))
    name = data.draw(st.sampled_from(sorted(fields)))
    fields[name] = data.draw(JSON)
    try:
        decoded = decode_entry(json.dumps(fields).encode())
    except DamagedEntryError:
        return
    assert decode_entry(encode_entry(decoded)) == decoded
    assert all(map(is_digest, decoded.artifacts.values()))
    bytes.fromhex(decoded.key)


@given(st.binary())
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedEntryError):
        decode_entry(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"format": 1' + b"0" * 5000 + b"}",
        b" " * (MAX_ENTRY_BYTES + 1),
        json.dumps(["format"]).encode(),
    ],
)
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedEntryError):
        decode_entry(data)


@pytest.mark.parametrize("name", ["../../etc/passwd", "1" * 63, "1" * 64 + "\n", "G" * 64, "A" * 64, ""])
def test_names_of_blobs_are_safe_as_names_of_files(name: str) -> None:
    fields = json.loads(encode_entry(SAMPLE)) | {"artifacts": {"hi": name}}
    with pytest.raises(DamagedEntryError):
        decode_entry(json.dumps(fields).encode())
    assert not is_digest(name)


@pytest.mark.parametrize("key", ["", "0" * 14, "0" * 17, "0" * 130, "x" * 32, "../" * 8])
def test_keys_are_whole_bytes_in_hex(key: str) -> None:
    with pytest.raises(DamagedEntryError):
        decode_entry(encode_entry(evolve(SAMPLE, key=key)))


def test_a_value_with_a_space_could_not_be_read_back() -> None:
    with pytest.raises(ValueError, match="space"):
        Dependency(DependencyKind.FILE, "a", "b c")


def test_the_identity_is_that_of_the_trace_not_of_what_came_of_it() -> None:
    again = evolve(SAMPLE, compile_ms=7, artifacts={}, abi="", interface="", inputs={})
    reordered = evolve(SAMPLE, dependencies=tuple(reversed(SAMPLE.dependencies)))
    assert identity(again) == identity(reordered) == identity(SAMPLE)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "f" * 64},
        {"unit": "other"},
        {"module": "Other"},
        {"boot": True},
        {"dependencies": SAMPLE.dependencies[:1]},
        {"dependencies": (Dependency(DependencyKind.FILE, "lib-1.0:Lib.Bar", "ab" * 16), SAMPLE.dependencies[1])},
    ],
)
def test_the_identity_tells_traces_apart(change: dict[str, object]) -> None:
    assert identity(evolve(SAMPLE, **change)) != identity(SAMPLE)

"""GHC's binary encoding: numbers, strings and hashes are read as they were written, and damage is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ghc_encode as put
from thatch.core.binary.cursor import Cursor, DecodeError
from thatch.core.binary.ghc_binary import GhcCursor, StringTable

TEXTS = st.text(st.characters(codec=None), max_size=200)


def cursor(data: bytes) -> GhcCursor:
    return GhcCursor(data, StringTable(b"\0", 0))


def table(*texts: str) -> StringTable:
    encoded = [text.encode("utf-8", "surrogatepass").replace(b"\0", b"\xc0\x80") for text in texts]
    return StringTable(b"??" + put.many(encoded, lambda text: put.number(len(text)) + text), 2)


@given(st.integers(0, 2**64 - 1), st.binary())
def test_words(value: int, behind: bytes) -> None:
    encoded = put.word(value)
    at = cursor(encoded + behind)
    assert at.word() == value
    assert at.position == len(encoded)


@given(st.integers(-(2**63), 2**63 - 1), st.binary())
def test_numbers(value: int, behind: bytes) -> None:
    encoded = put.number(value)
    at = cursor(encoded + behind)
    assert at.number() == value
    assert at.position == len(encoded)


@given(st.integers(0, 2**128 - 1), st.binary())
def test_hashes(value: int, behind: bytes) -> None:
    text = f"{value:032x}"
    encoded = put.fingerprint(text)
    at = cursor(encoded + behind)
    assert at.fingerprint() == text
    assert at.position == len(encoded)


@given(TEXTS, st.binary())
def test_characters(text: str, behind: bytes) -> None:
    encoded = put.characters(text)
    at = cursor(encoded + behind)
    assert at.characters() == text
    assert at.position == len(encoded)


@given(st.lists(TEXTS, min_size=1), st.data())
def test_strings_in_any_order(texts: list[str], data: st.DataObject) -> None:
    strings = table(*texts)
    for index in data.draw(st.lists(st.integers(0, len(texts) - 1))):
        assert strings[index] == texts[index]


def test_units() -> None:
    strings = table("base", "impl", "A", "B")
    filled = b"\1" + put.word(1) + put.many([(2, 0, 3)], lambda at: bytes([at[0], 0, at[1], at[2]]))
    assert GhcCursor(b"\0\0", strings).unit() == "base"
    assert GhcCursor(filled, strings).unit() == "impl[A=base:B]"
    assert GhcCursor(b"\2", strings).unit() == "<hole>"


@pytest.mark.parametrize(
    ("data", "read", "expected"),
    [
        (b"", "byte", "one more byte"),
        (b"\x80" * 20, "word", "a number of at most 64 bits"),
        (b"\x80\x80", "number", "a number of at most 64 bits"),
        (b"\x7f", "count", "a length below 0, not -1"),
        (b"\xff\xff\xff\xff\x07", "count", "a length below 0, not 2147483647"),
        (b"\x05abc", "blob", "a length below 3, not 5"),
        (b"\2", "flag", "a tag below 2"),
        (b"\x80\x80\x01", "fingerprint", "a hash"),
        (b"\0\0\0\2abc", "skip_lazy", "a pointer between 4 and 7, not 2"),
        (b"\0\0\1\0abc", "skip_lazy", "a pointer between 4 and 7, not 256"),
        (b"\2\xff\xff\xff\x7f\0", "characters", "characters"),
        (b"\1" * 200, "unit", "more than 1 strings, not 0"),
    ],
)
def test_damage_is_named(data: bytes, read: str, expected: str) -> None:
    with pytest.raises(DecodeError) as caught:
        getattr(cursor(data), read)()
    assert caught.value.expected == expected


def test_units_in_units_without_end() -> None:
    endless = b"\1\0\1\0" * 1000
    with pytest.raises(DecodeError, match="an end of units in units"):
        GhcCursor(endless, table("x")).unit()


@pytest.mark.parametrize(
    ("encoded", "index", "expected"),
    [
        (b"", 0, "a number of at most 64 bits"),
        (b"\x01\x01", 0, "a length below 0, not 1"),
        (b"\x01\x01a", 1, "more than 1 strings, not 1"),
        (b"\x02\x01a", 1, "a number of at most 64 bits"),
        (b"\x01\x02\xff\xff", 0, "UTF-8"),
        (b"\x02\x3fa", 1, "a number of at most 64 bits"),
    ],
)
def test_damaged_strings(encoded: bytes, index: int, expected: str) -> None:
    strings = StringTable(encoded, 0)
    for _ in range(2):
        with pytest.raises(DecodeError, match=expected) as caught:
            strings[index]
        assert caught.value.path == ("string table",)


def test_errors_tell_where() -> None:
    at = Cursor(b"ab", 1)
    with pytest.raises(DecodeError) as caught:
        at.part("outer", lambda: at.part("inner", lambda: at.take(2)))
    error = caught.value
    assert (error.offset, error.path) == (1, ("outer", "inner"))
    assert str(error) == "Cannot decode the byte at 1 in outer -> inner: expected 2 more bytes of 1."


def test_seeking_stays_inside() -> None:
    at = Cursor(b"ab")
    at.seek(2)
    for position in (-1, 3):
        with pytest.raises(DecodeError):
            at.seek(position)

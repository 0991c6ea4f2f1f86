"""Where values end, however their bytes are cut."""

import collections

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.iserv import readers
from thatch.core.iserv.readers import (
    BLOB,
    CHARACTERS,
    CODE,
    FIXED,
    LIST,
    NAMED,
    RECORD,
    SUM,
    TEXT,
    Reader,
    Walker,
    WrongBytes,
)

TREE = {"Tree": (SUM, (), ((TEXT,), (NAMED, "Tree"), (NAMED, "Tree")))}


def length(number: int) -> bytes:
    return number.to_bytes(8, "big")


def text(value: str) -> bytes:
    return length(len(value)) + value.encode("utf-8", "surrogatepass")


VALUES = [
    ((FIXED, 3), b"abc"),
    ((FIXED, 0), b""),
    ((CHARACTERS, 1), "λ".encode()),
    ((BLOB,), length(5) + b"hello"),
    ((TEXT,), text("plain")),
    ((TEXT,), text("λ → 𝄞 \n\x00 ü")),
    ((TEXT,), text("\ud800 alone")),
    ((LIST, (FIXED, 8)), length(2) + bytes(16)),
    ((LIST, (TEXT,)), length(3) + text("a") + text("") + text("ß")),
    ((LIST, (TEXT,)), length(0)),
    ((SUM, (), ((FIXED, 2),)), b"\x01ab"),
    ((RECORD, (TEXT,), (FIXED, 1)), text("x") + b"!"),
    ((NAMED, "Tree"), b"\x01" + text("root") + b"\x00\x01" + text("λ") + b"\x00\x00"),
    ((LIST, (CODE,)), length(2) + length(10) + length(3) + b"ab" + length(8) + length(4)),
]


@pytest.mark.parametrize(("of", "data"), VALUES)
def test_a_value_ends_where_it_ends(of: readers.Type, data: bytes) -> None:
    for trailing in (b"", b"\x00", b"\xff" * 20):
        walker = Walker(TREE)
        walker.start(of)
        assert walker.feed(b"head" + data + trailing, 4) == 4 + len(data)
        assert (walker.done, walker.seen) == (True, len(data))


@pytest.mark.parametrize(("of", "data"), VALUES)
@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_a_value_may_come_in_pieces(of: readers.Type, data: bytes, step: int) -> None:
    walker = Walker(TREE)
    walker.start(of, (FIXED, 1))
    whole = data + b"!"
    for start in range(0, len(whole), step):
        assert not walker.done
        piece = whole[start : start + step]
        assert walker.feed(piece) == len(piece)
    assert walker.done


def test_lengths_are_counted_where_asked() -> None:
    walker = Walker({})
    walker.start((LIST, (CODE,)))
    walker.feed(length(2) + length(10) + length(3) + b"ab" + length(8) + length(4))
    assert walker.counted == 7
    walker.start((LIST, (BLOB,), True))
    walker.feed(length(2) + length(1) + b"a" + length(0))
    assert walker.counted == 2


@pytest.mark.parametrize(
    ("of", "data", "expected", "offset"),
    [
        ((SUM, (), ()), b"\x02", "a tag below 2", 0),
        ((RECORD, (FIXED, 2), (BLOB,)), b"ab" + b"\xff" * 8, "a length of at most", 2),
        ((TEXT,), length(2) + b"a\xff", "the start of a character", 9),
        ((CODE,), length(3) + b"abc", "a length within a string of bytes", 0),
    ],
)
@pytest.mark.parametrize("step", [1, 100])
def test_wrong_bytes_are_told_with_their_place(
    of: readers.Type, data: bytes, expected: str, offset: int, step: int
) -> None:
    walker = Walker({})
    walker.start(of)
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    with pytest.raises(WrongBytes) as caught:
        collections.deque(map(walker.feed, pieces), maxlen=0)
    assert expected in str(caught.value)
    assert caught.value.offset == offset


def test_a_long_list_costs_nothing_before_it_comes() -> None:
    walker = Walker({})
    walker.start((LIST, (TEXT,)))
    assert walker.feed(length(2**32)) == 8
    assert not walker.done


@given(st.text(st.characters(), max_size=40), st.binary(max_size=9))
def test_texts_are_read_as_they_were_written(value: str, trailing: bytes) -> None:
    reader = Reader(text(value) + trailing)
    assert (reader.text(), reader.position) == (value, len(text(value)))


@pytest.mark.parametrize("data", [b"", length(1), length(-1 % 2**64), length(2**40) + b"abc", length(1) + b"\xff"])
def test_a_damaged_text_is_one_error(data: bytes) -> None:
    with pytest.raises(WrongBytes):
        Reader(data).text()

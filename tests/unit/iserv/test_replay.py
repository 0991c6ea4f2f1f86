"""Replaying a splice: fresh names are renamed consistently, and whatever else differs ends it."""

import marshal
import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.iserv.recorder import Place
from thatch.core.iserv.replay import MOST_COMPILATIONS, Differs, Replay, Replays

NAME_U, NAME_L = b"\x02", b"\x03"


def fresh(number: int, tag: bytes = NAME_U) -> bytes:
    """The flavour of a fresh name, as GHC writes it."""
    return tag + b"\x01\x01" + (8).to_bytes(8, "big") + number.to_bytes(8, "little")


def replay_of(result: bytes, *questions: tuple[bytes, bytes]) -> Replay:
    return Replay((result, list(questions), {}, []), lambda _, reference: reference)


A, B, C, D = ((0x6B << 56) + n for n in (7, 8, 9, 10))


def test_fresh_names_are_renamed_in_questions_and_the_result() -> None:
    replay = replay_of(b"<" + fresh(A) + fresh(B, NAME_L) + b">", (b"new", fresh(A)), (b"about" + fresh(A), fresh(B)))
    assert replay.question() == b"new"
    replay.take(fresh(C))
    assert replay.question() == b"about" + fresh(C)
    replay.take(fresh(D))
    assert replay.question() is None
    assert replay.result() == b"<" + fresh(C) + fresh(D, NAME_L) + b">"


@pytest.mark.parametrize(
    ("recorded", "answered"),
    [
        (b"yes", b"no"),
        (b"yes", b"yes!"),
        (fresh(A), fresh(A, NAME_L)),
        # The same name can become one only, and two names two.
        (fresh(A) + fresh(A), fresh(C) + fresh(D)),
        (fresh(A) + fresh(B), fresh(C) + fresh(C)),
    ],
)
def test_an_answer_that_differs(recorded: bytes, answered: bytes) -> None:
    replay = replay_of(b"", (b"asked", recorded))
    replay.question()
    with pytest.raises(Differs):
        replay.take(answered)


def test_a_fresh_name_that_no_answer_told() -> None:
    """It stands in the code of the splice, which is that of a local variable."""
    with pytest.raises(Differs):
        replay_of(fresh(A)).result()
    with pytest.raises(Differs):
        replay_of(b"", (fresh(A), b"")).question()


@given(st.lists(st.binary(max_size=12) | st.integers(0, 3).map(lambda n: fresh((0x6B << 56) + n)), max_size=12))
def test_any_renaming_is_found(parts: list[bytes]) -> None:
    recorded = b"".join(parts)
    renamed = recorded
    for n in range(4):
        renamed = renamed.replace(fresh((0x6B << 56) + n), fresh((0x6C << 56) + 100 + n))
    replay = replay_of(recorded, (b"asked", recorded))
    replay.question()
    replay.take(renamed)
    assert replay.result() == renamed


def place(span: tuple[int, int, int, int], path: Path, compilation: int = 0) -> Place:
    def text(value: str) -> bytes:
        return len(value).to_bytes(8, "big") + value.encode()

    numbers = b"".join(number.to_bytes(8, "big") for number in span)
    return Place(
        b"\x22"
        + compilation.to_bytes(8, "big")
        + bytes(8)
        + b"\x00\x01"
        + text(str(path))
        + text("unit-1")
        + text("M")
        + numbers
    )


def result_of(replays: Replays, at: Place) -> bytes:
    return replays.start(at, ()).result()


def test_records_are_found_by_source_and_order(tmp_path: Path) -> None:
    path, file = tmp_path / "M.hs", tmp_path / "records"
    path.write_text("a = $x\nb = $x\nc = $y\n")
    replays = Replays(str(file), count().__next__)
    first, second, third = (place((line, 6, line, 7), path) for line in (1, 2, 3))
    with pytest.raises(Differs):
        replays.start(first, ())
    records = {("unit-1", "M"): {("expression", "$x", ""): [(b"one", [], {}, []), (b"two", [], {}, [2, 6, 2, 7])]}}
    file.write_bytes(marshal.dumps(records))
    for n in range(1, MOST_COMPILATIONS + 2):
        again = [place((line, 6, line, 7), path, n) for line in (1, 2)]
        assert [result_of(replays, at) for at in again] == [b"one", b"two"]
    # GHC may take them in another order: where one stands as it did is the record for it.
    assert result_of(replays, place((2, 6, 2, 7), path, 1000)) == b"two"
    with pytest.raises(Differs):
        replays.start(third, ())
    # One more that looks the same may do something else.
    path.write_text("a = $x\nb = $x\nc = $x\n")
    assert [result_of(replays, at) for at in (first, second)] == [b"one", b"two"]
    with pytest.raises(Differs):
        replays.start(third, ())
    file.write_bytes(b"damaged")
    os.utime(file, (1, 1))
    with pytest.raises(Differs):
        replays.start(first, ())


def test_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "records"
    file.write_bytes(marshal.dumps({("unit-1", "M"): {("expression", "", ""): [(b"", [], {}, [])]}}))
    with pytest.raises(Differs):
        Replays(str(file), count().__next__).start(place((1, 6, 1, 7), tmp_path / "gone.hs"), ())
    with pytest.raises(Differs):
        Replays(str(file), count().__next__).start(None, ())


def leaving(reference: int) -> bytes:
    """The question `AddModFinalizer`."""
    return b"\x13" + reference.to_bytes(8, "big")


def test_what_splices_leave_is_found_by_its_new_references(tmp_path: Path) -> None:
    path, file = tmp_path / "M.hs", tmp_path / "records"
    path.write_text("a = $x\nb = $y\n")
    left = [(b"new", fresh(A)), (leaving(7), b""), (leaving(8), b"")]
    at_the_end = {(7, 8): [(b"about" + fresh(A), fresh(B))]}
    records = {
        ("unit-1", "M"): {
            ("expression", "$x", ""): [(b"one", left, at_the_end, [])],
            ("expression", "$y", ""): [(b"two", [(leaving(7), b"")], {}, [])],
        }
    }
    file.write_bytes(marshal.dumps(records))
    replays = Replays(str(file), count(100).__next__)
    replay, other = (replays.start(place(span, path), ()) for span in ((1, 6, 1, 7), (2, 6, 2, 7)))
    assert replay.question() == b"new"
    replay.take(fresh(C))
    asked = [replay.question(), replay.question(), replay.question(), other.question()]
    assert asked == [leaving(100), leaving(101), None, leaving(102)]
    # Fresh names of the splice stand in what it left, too.
    ending = replays.start(None, (100, 101))
    assert ending.question() == b"about" + fresh(C)
    ending.take(fresh(D))
    assert (ending.question(), ending.result()) == (None, b"")
    # It ends once, the other one's never ran, and nobody left the last.
    for references in ((100, 101), (102,), (7,)):
        with pytest.raises(Differs):
            replays.start(None, references)

"""Damaged conversations: whatever the bytes are, they are followed or given up, and never anything else."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support import record_conversation
from tests.support.follow_together import follow_together
from tests.support.record_conversation import Pieces
from thatch.core.iserv.conversation import LOST, Conversation, Message
from thatch.core.iserv.grammar import th_types
from thatch.core.iserv.messages import SERIES, protocol_of
from thatch.core.iserv.readers import WrongBytes
from thatch.core.iserv.recorder import Place, Recorder
from thatch.core.iserv.wire import Frames, WrongFrame

CAPTURES = Path(__file__).parents[1] / "unit" / "iserv" / "captures"


@cache
def recorded(series: str) -> Pieces:
    return record_conversation.load(CAPTURES / f"{series}.gz")


def conversation(series: str) -> Conversation:
    protocol = protocol_of(series)
    assert protocol
    return Conversation(protocol, th_types(series))


def follow(talk: Conversation, pieces: Pieces, most: int) -> None:
    """Look at one piece after the other if `most` is 0, else at so many together."""
    recorder = Recorder()
    for messages in [follow_together(talk, pieces, most)[0]] if most else one_by_one(talk, pieces):
        for message in messages:
            recorder.take(message)
            recorder.finish(message, 0)
        assert talk.incomplete >= 0
    assert (talk.state == LOST) == bool(talk.trouble)
    talk.answered()
    talk.interpreter_is_gone()


def one_by_one(talk: Conversation, pieces: Pieces) -> Iterator[list[Message]]:
    # Nobody reads an empty piece: it would be the end.
    for speaker, data in ((speaker, data) for speaker, data in pieces if data):
        yield talk.from_ghc(data) if speaker == "G" else talk.from_interpreter(data)


@given(st.data(), st.sampled_from(SERIES), st.sampled_from([0, 1, 5, 1000]))
def test_one_damaged_piece(data: st.DataObject, series: str, most: int) -> None:
    pieces = recorded(series)
    start = data.draw(st.integers(0, len(pieces) - 60))
    chosen = list(pieces[:start] if most else pieces[:start][-40:]) + list(pieces[start : start + 60])
    at = data.draw(st.integers(0, len(chosen) - 1))
    speaker, piece = chosen[at]
    place = data.draw(st.integers(0, len(piece)))
    change = data.draw(st.sampled_from(["cut", "drop", "insert", "flip", "swap"]))
    inserted = data.draw(st.binary(min_size=1, max_size=12))
    changed = {
        "cut": piece[:place],
        "drop": piece[:place] + piece[place + 1 :],
        "insert": piece[:place] + inserted + piece[place:],
        "flip": piece[:place] + inserted + piece[place + len(inserted) :],
        "swap": piece,
    }[change]
    chosen[at] = ("GI"[speaker == "G"] if change == "swap" else speaker, changed)
    follow(conversation(series), chosen, most)


@given(st.lists(st.tuples(st.sampled_from("GI"), st.binary(max_size=60)), max_size=12), st.sampled_from(SERIES))
def test_any_bytes(pieces: Pieces, series: str) -> None:
    for most in (0, 2, 1000):
        follow(conversation(series), pieces, most)


@given(st.binary(max_size=80))
def test_a_place_is_read_or_refused(raw: bytes) -> None:
    try:
        place = Place(raw)
    except WrongBytes:
        return
    assert len(place.span) == 4


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_frames_are_cut_or_refused(pieces: list[bytes]) -> None:
    frames = Frames()
    try:
        for piece in pieces:
            frames.feed(piece)
    except WrongFrame:
        return

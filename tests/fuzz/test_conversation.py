"""Damaged conversations: whatever the bytes are, they are followed or given up, and never anything else."""

from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support import record_conversation
from tests.support.record_conversation import Pieces
from thatch.core.iserv.conversation import LOST, Conversation
from thatch.core.iserv.grammar import th_types
from thatch.core.iserv.messages import SERIES, protocol_of
from thatch.core.iserv.readers import WrongBytes
from thatch.core.iserv.recorder import Place, Recorder
from thatch.core.iserv.wire import Frames, WrongFrame

CAPTURES = Path(__file__).parents[1] / "unit" / "iserv" / "captures"


@cache
def recorded(series: str) -> Pieces:
    return record_conversation.load(CAPTURES / f"{series}.gz")


def conversation(series: str, *, hasty: bool) -> Conversation:
    protocol = protocol_of(series)
    assert protocol
    talk = Conversation(protocol, th_types(series))
    if not hasty:
        talk.interpreter_is_gone()
    return talk


def follow(talk: Conversation, pieces: Pieces) -> None:
    recorder = Recorder()
    # Nobody reads an empty piece: it would be the end.
    for speaker, data in ((speaker, data) for speaker, data in pieces if data):
        for message in talk.from_ghc(data) if speaker == "G" else talk.from_interpreter(data):
            recorder.take(message)
            recorder.finish(message, 0)
        assert talk.incomplete >= 0
    assert (talk.state == LOST) == bool(talk.trouble)
    talk.answered()
    talk.interpreter_is_gone()


@given(st.data(), st.sampled_from(SERIES), st.booleans())
def test_one_damaged_piece(data: st.DataObject, series: str, hasty: bool) -> None:
    pieces = recorded(series)
    start = data.draw(st.integers(0, len(pieces) - 60))
    chosen = list(pieces[:start][-40:] if not hasty else pieces[:start]) + list(pieces[start : start + 60])
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
    follow(conversation(series, hasty=hasty), chosen)


@given(st.lists(st.tuples(st.sampled_from("GI"), st.binary(max_size=60)), max_size=12), st.sampled_from(SERIES))
def test_any_bytes(pieces: Pieces, series: str) -> None:
    follow(conversation(series, hasty=True), pieces)
    follow(conversation(series, hasty=False), pieces)


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

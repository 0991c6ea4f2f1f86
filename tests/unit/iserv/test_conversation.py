"""Recorded conversations of real GHCs, read whole, byte by byte and with every sort of trailing bytes."""

from pathlib import Path

import pytest

from tests.support import record_conversation
from tests.support.follow_together import follow_together
from tests.support.record_conversation import Pieces
from thatch.core.iserv.conversation import (
    ANSWER,
    ASKING,
    LOST,
    REPLY,
    REQUEST,
    RUNNING,
    WRITTEN_AT_ONCE,
    Conversation,
    Message,
)
from thatch.core.iserv.grammar import th_types
from thatch.core.iserv.messages import RUN_TH, SERIES, protocol_of
from thatch.core.iserv.recorder import Place

CAPTURES = Path(__file__).parent / "captures"


def conversation(series: str) -> Conversation:
    protocol = protocol_of(series)
    assert protocol
    return Conversation(protocol, th_types(series))


def recorded(series: str) -> Pieces:
    return record_conversation.load(CAPTURES / f"{series}.gz")


def follow(talk: Conversation, pieces: Pieces) -> list[Message]:
    found = []
    for speaker, data in filter(lambda piece: piece[1], pieces):
        found += talk.from_ghc(data) if speaker == "G" else talk.from_interpreter(data)
    return found


def of_splices(messages: list[Message]) -> list[tuple[str, str, bytes, float]]:
    """The messages of splices, each with the number of the piece that it ended in."""
    return [(one.kind, one.name, one.raw, one.at) for one in messages if one.raw]


def told(messages: list[Message]) -> list[tuple[str, str, bytes]]:
    return [(message.kind, message.name, message.raw) for message in messages]


@pytest.fixture(params=SERIES)
def series(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_recorded_conversation_is_understood_to_its_end(series: str) -> None:
    talk = conversation(series)
    messages = follow(talk, recorded(series))
    assert (talk.trouble, talk.state) == ("", REQUEST)
    assert talk.request and talk.request.name == "Shutdown"
    places = [Place(message.raw) for message in messages if (message.kind, message.name) == (REQUEST, RUN_TH)]
    assert {place.kind for place in places} == {"expression", "pattern", "type", "declarations", "annotation"}
    assert {(place.file, place.unit, place.module) for place in places} == {("Use.hs", "main", "Use")}
    results = [message.raw for message in messages if (message.kind, message.name) == (REPLY, RUN_TH)]
    assert len(results) == len(places)
    assert all(raw[0] == 0 and int.from_bytes(raw[1:9], "big") == len(raw) - 9 for raw in results)
    asked = {message.name for message in messages if message.kind == ASKING}
    assert asked >= {
        "NewName", "Report", "LookupName", "Reify", "ReifyFixity", "ReifyInstances", "ReifyRoles", "ReifyType",
        "ReifyAnnotations", "AddDependentFile", "AddModFinalizer", "ExtsEnabled", "StartRecover", "EndRecover",
        "FailIfErrs", "RunTHDone",
    }  # fmt: skip


def test_a_splice_covers_what_is_behind_its_dollar(series: str) -> None:
    lines = (Path(__file__).parent / "sample" / "Use.hs").read_text().splitlines()
    messages = follow(conversation(series), recorded(series))
    places = [Place(message.raw) for message in messages if (message.kind, message.name) == (REQUEST, RUN_TH)]
    texts = []
    for place in places:
        start_line, start, end_line, end = place.span
        if start_line == end_line and place.module == "Use":
            texts.append(lines[start_line - 1][start - 1 : end - 1])
    assert "mkShow ''T" in texts
    assert "(power 3)" in texts
    assert "(tpower 2)" in texts
    assert "q1 q2|]" in texts
    assert "{-# ANN x1 (Just 'c') #-}" in texts


def test_every_answer_is_known_to_be_complete_when_it_is(series: str) -> None:
    talk = conversation(series)
    last, n_answers = b"", 0
    for speaker, data in recorded(series):
        if speaker == "I":
            if talk.state == ANSWER and last:
                # GHC has said all of it but for what was kept back here.
                assert not talk.answered()
                talk.from_ghc(last)
                assert talk.answered(), talk.ask and talk.ask.name
                n_answers, last = n_answers + 1, b""
            talk.from_interpreter(data)
        elif talk.state == ANSWER:
            talk.from_ghc(last + data[:-1])
            last = data[-1:]
        else:
            talk.from_ghc(data)
    assert (talk.trouble, n_answers > 30) == ("", True)


@pytest.mark.parametrize("most", [1, 2, 3, 10, 10_000])
def test_what_is_looked_at_together_is_told_as_if_each_had_been_looked_at(series: str, most: int) -> None:
    pieces = recorded(series)
    alone, together = conversation(series), conversation(series)
    expected = []
    for at, (speaker, data) in enumerate(pieces):
        expected += alone.from_ghc(data, at) if speaker == "G" else alone.from_interpreter(data, at)
    found, _ = follow_together(together, pieces, most)
    assert of_splices(found) == of_splices(expected)
    assert together.request and alone.request
    assert (together.trouble, together.state, together.request.name) == ("", REQUEST, alone.request.name)


def test_nearly_all_pieces_are_passed_on_without_a_look(series: str) -> None:
    pieces = recorded(series)
    _, n_alone = follow_together(conversation(series), pieces, 10_000)
    assert n_alone < len(pieces) / 20


def test_byte_by_byte_is_the_same(series: str) -> None:
    pieces = recorded(series)
    whole, slow = conversation(series), conversation(series)
    expected = told(follow(whole, pieces))
    bytes_of = [(speaker, data[at : at + 1]) for speaker, data in pieces for at in range(len(data))]
    assert told(follow(slow, bytes_of)) == expected
    assert (slow.trouble, slow.state) == ("", REQUEST)


def test_what_is_held_back_is_what_is_incomplete(series: str) -> None:
    talk = conversation(series)
    held = b""
    for speaker, data in recorded(series):
        if speaker == "G":
            assert held == b""
            talk.from_ghc(data)
            continue
        for at in range(len(data)):
            talk.from_interpreter(data[at : at + 1])
            held += data[at : at + 1]
            incomplete = talk.incomplete
            assert incomplete in (0, len(held))
            held = held if incomplete else b""
    assert held == b""


def test_an_interpreter_that_dies_anywhere_leaves_a_turn_to_take(series: str) -> None:
    pieces = recorded(series)
    for n_pieces in range(0, len(pieces), 7):
        speaker, data = pieces[n_pieces]
        half = data[: len(data) // 2]
        talk, together = conversation(series), conversation(series)
        follow(talk, [*pieces[:n_pieces], (speaker, half)])
        talk.interpreter_is_gone()
        assert talk.trouble == ""
        follow_together(together, [*pieces[:n_pieces], (speaker, half)], 10_000)
        together.interpreter_is_gone()
        if together.state == LOST:
            # Half of a message so small that it always comes in one piece has gone to GHC.
            assert speaker == "I" and len(half) < WRITTEN_AT_ONCE and "broke off" in together.trouble
        else:
            assert together.state == talk.state
            if talk.state == REPLY and talk.request and talk.request.name not in RUNNING:
                assert together.counted == talk.counted
        if speaker == "G":
            follow(talk, [("G", data[len(half) :])])
            assert talk.state in (REQUEST, REPLY, ASKING, ANSWER)
            assert talk.trouble == ""


def test_bytes_out_of_turn_are_told_once_and_nothing_after(series: str) -> None:
    talk = conversation(series)
    assert talk.from_interpreter(b"\x00") == []
    assert talk.state == LOST
    trouble = talk.trouble
    assert "GHC to speak" in trouble
    assert talk.from_ghc(b"\x00") == [] and talk.from_interpreter(b"\x00") == []
    assert (talk.trouble, talk.state, talk.incomplete) == (trouble, LOST, 0)


def test_an_unknown_request_is_told_with_its_tag(series: str) -> None:
    talk = conversation(series)
    talk.from_ghc(b"\xfe")
    assert talk.trouble == "expected the tag of a request at byte 0 of the request"

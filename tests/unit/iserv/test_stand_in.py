"""Invented replies are such as the conversation takes for whole replies."""

import pytest

from thatch.core.iserv.conversation import REPLY, REQUEST, RUNNING, Conversation
from thatch.core.iserv.grammar import th_types
from thatch.core.iserv.messages import RUN_FINALIZERS, RUN_TH_DONE, SERIES, UNIT, protocol_of
from thatch.core.iserv.readers import Walker
from thatch.core.iserv.stand_in import StandIn


@pytest.mark.parametrize("series", SERIES)
def test_every_reply_but_one_can_be_invented(series: str) -> None:
    protocol = protocol_of(series)
    assert protocol
    for request in protocol.requests.values():
        if request.name in (*RUNNING, "GetClosure") or request.reply == UNIT:
            continue
        assert request.reply
        data = StandIn(protocol).reply(request, 3)
        walker = Walker({})
        walker.start(request.reply)
        assert (walker.feed(data), walker.done) == (len(data), True), request.name


@pytest.mark.parametrize("series", SERIES)
def test_what_cannot_be_invented_is_an_error(series: str) -> None:
    protocol = protocol_of(series)
    assert protocol
    for request in protocol.requests.values():
        if request.name in (*RUNNING, "GetClosure"):
            with pytest.raises(ValueError, match=request.name):
                StandIn(protocol).reply(request, 0)


def test_as_many_references_as_the_request_holds_and_all_different() -> None:
    protocol = protocol_of("9.6")
    assert protocol
    stand_in = StandIn(protocol)
    request = next(request for request in protocol.requests.values() if request.name == "CreateBCOs")
    data = stand_in.reply(request, 5) + stand_in.reply(request, 5)[8:]
    assert data[:8] == (5).to_bytes(8, "big")
    assert len({data[at : at + 8] for at in range(8, len(data), 8)}) == 10


@pytest.mark.parametrize("series", SERIES)
def test_loading_a_library_succeeds(series: str) -> None:
    protocol = protocol_of(series)
    assert protocol
    request = next(request for request in protocol.requests.values() if request.name == "LoadDLL")
    # `Nothing` in 9.6, where `Just` is an error; `Right` in 9.10, where `Left` is one.
    assert StandIn(protocol).reply(request, 0)[:1] == (b"\x00" if series == "9.6" else b"\x01")


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("announced", [False, True])
def test_a_splice_is_ended_with_a_message(series: str, announced: bool) -> None:
    protocol = protocol_of(series)
    assert protocol
    talk = Conversation(protocol, th_types(series))
    location = b"\x00"
    talk.from_ghc(b"\x22" + bytes(16) + b"\x00" + location)
    stand_in = StandIn(protocol)
    if announced:
        talk.from_interpreter(bytes([protocol.ask_tag(RUN_TH_DONE)]))
        assert talk.state == REPLY
    (*_, reply) = talk.from_interpreter(stand_in.exception("stopped: λ", announced=announced))
    assert (reply.kind, reply.raw) == (REPLY, b"\x01" + (10).to_bytes(8, "big") + "stopped: λ".encode())
    assert (talk.state, talk.trouble) == (REQUEST, "")


@pytest.mark.parametrize("series", SERIES)
def test_what_splices_left_is_ended_well(series: str) -> None:
    protocol = protocol_of(series)
    assert protocol
    talk = Conversation(protocol, th_types(series))
    (tag,) = (tag for tag, request in protocol.requests.items() if request.name == RUN_FINALIZERS)
    talk.from_ghc(bytes([tag]) + bytes(8) + (1).to_bytes(8, "big") + bytes(8))
    assert talk.request
    (*_, reply) = talk.from_interpreter(StandIn(protocol).result(talk.request))
    assert (reply.kind, reply.name, reply.raw) == (REPLY, RUN_FINALIZERS, b"\x00")
    assert (talk.state, talk.trouble) == (REQUEST, "")

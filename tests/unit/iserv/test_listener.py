"""From frames to events: what a listener makes of what taps send, good and bad."""

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import until
from thatch.core.diagnostics import Span
from thatch.core.iserv import wire
from thatch.core.iserv.events import (
    DecodingTrouble,
    InterpreterDied,
    InterpreterSaid,
    Place,
    SpliceDone,
    SpliceFinalized,
    TapEvent,
)
from thatch.core.iserv.listener import Listener
from thatch.core.iserv.server_link import ServerLink
from thatch.core.splices.runs import Finalizer, Question, SpliceKind, SpliceRun

DIED: wire.Header = {"event": wire.DIED, "cause": "why", "running": True}
SPLICE: wire.Header = {
    "event": wire.SPLICE,
    "kind": "type",
    "file": "src/A.hs",
    "unit": "u",
    "module": "A",
    "span": [1, 2, 3, 4],
    "ms": 1.5,
    "memory": 7,
    "failure": "",
    "stopped": False,
    "result": 3,
    "questions": [["Reify", 2, 1, 0.5]],
    "files": ["a.txt", "a.txt"],
}


def locate(unit: str, file: str) -> Path:
    return Path("/project") / unit / file


async def hear(folder: Path, *sent: bytes) -> list[TapEvent]:
    events: list[TapEvent] = []
    listener = Listener(folder / "socket", events.append, locate)
    await listener.start()
    reader, writer = await asyncio.open_unix_connection(str(folder / "socket"))
    for data in sent:
        writer.write(data)
        await writer.drain()
    writer.write_eof()
    await reader.read()
    writer.close()
    await listener.settled()
    await listener.close()
    assert not (folder / "socket").exists()
    return events


async def test_a_splice_is_told_with_its_questions(tmp_path: Path) -> None:
    events = await hear(tmp_path, wire.frame(SPLICE, b"resqua"))
    run = SpliceRun(
        unit="u",
        module="A",
        path=Path("/project/u/src/A.hs"),
        span=Span(1, 2, 3, 4),
        kind=SpliceKind.TYPE,
        result=b"res",
        milliseconds=1.5,
        questions=(Question("Reify", b"qu", b"a", 0.5),),
        dependent_files=(Path("/project/u/a.txt"),),
        memory=7,
    )
    assert events == [SpliceDone(run)]


async def test_what_a_splice_left_is_told_with_its_questions(tmp_path: Path) -> None:
    left = {**SPLICE, "event": wire.FINALIZED, "result": 0, "finalizers": [7, 8], "stopped": True, "failure": "why"}
    events = await hear(tmp_path, wire.frame(left, b"qua"))
    place = Place("u", "A", Path("/project/u/src/A.hs"), Span(1, 2, 3, 4), SpliceKind.TYPE)
    questions = (Question("Reify", b"qu", b"a", 0.5),)
    finalizer = Finalizer(references=(7, 8), questions=questions, failure="why", milliseconds=1.5)
    assert events == [SpliceFinalized(place, finalizer, (Path("/project/u/a.txt"),), stopped=True)]


async def test_frames_may_be_cut_anywhere(tmp_path: Path) -> None:
    said = wire.frame({"event": wire.SAID}, "wörds".encode())
    data = wire.frame(DIED) + said + wire.frame({"event": "not known yet"})
    events = await hear(tmp_path, *(data[at : at + 1] for at in range(len(data))))
    assert events == [InterpreterDied("why", running=True), InterpreterSaid("wörds")]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 8,
        b"\x00\x00\x00\x02\x00\x00\x00\x00{]",
        b"\x00\x00\x00\x02\x00\x00\x00\x00[]",
        wire.frame({"event": wire.DIED}),
        wire.frame({**SPLICE, "kind": "nothing"}),
        wire.frame({**SPLICE, "span": [1, 2]}),
        wire.frame({**SPLICE, "questions": [1]}),
        wire.frame({**SPLICE, "event": wire.FINALIZED, "finalizers": 7}),
    ],
)
async def test_a_bad_frame_ends_the_connection_with_one_event(tmp_path: Path, data: bytes) -> None:
    (event,) = await hear(tmp_path, data + wire.frame(DIED))
    assert isinstance(event, DecodingTrouble)


async def test_a_path_of_any_length_will_do(tmp_path: Path) -> None:
    folder = tmp_path / ("long " * 40)
    folder.mkdir()
    events: list[TapEvent] = []
    listener = Listener(folder / "socket", events.append, locate)
    await listener.start()
    link = ServerLink(str(folder / "socket"))
    link.send(wire.frame(DIED))
    await asyncio.to_thread(link.close, 1.0)
    await listener.settled()
    await listener.close()
    assert events == [InterpreterDied("why", running=True)]


async def test_taps_are_asked_for_what_they_hold_back(tmp_path: Path) -> None:
    events: list[TapEvent] = []
    listener = Listener(tmp_path / "socket", events.append, locate)
    await listener.start()
    link = ServerLink(str(tmp_path / "socket"))
    waiting = [asyncio.create_task(listener.settled()) for _ in range(2)]
    asked = [await until(link.asked, "a question")]
    if asked == [1]:
        asked.append(await until(link.asked, "the other question"))
    assert sum(asked) == 2
    assert not any(one.done() for one in waiting)
    link.send(wire.frame(DIED) + wire.frame({"event": wire.TOLD}))
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert events == [InterpreterDied("why", running=True)]
    # The other one will not be answered any more.
    link.close(0.0)
    await asyncio.gather(*waiting)
    await listener.close()


async def test_a_tap_that_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thatch.core.iserv.listener.ANSWER_SECONDS", 0.01)
    listener = Listener(tmp_path / "socket", lambda _: None, locate)
    await listener.start()
    link = ServerLink(str(tmp_path / "socket"))
    await listener.settled()
    assert (link.asked(), link.asked()) == (1, 0)
    await listener.close()
    assert (link.asked(), link.descriptor) == (0, -1)


async def test_closing_hangs_up_on_taps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thatch.core.iserv.listener.ANSWER_SECONDS", 0.01)
    listener = Listener(tmp_path / "socket", lambda _: None, locate)
    await listener.start()
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / "socket"))
    await listener.settled()
    await listener.close()
    assert await reader.read() == wire.ASK
    writer.close()


def test_a_link_to_nobody_takes_everything(tmp_path: Path) -> None:
    for path in ("", str(tmp_path / "nobody"), str(tmp_path / ("no " * 90) / "nobody")):
        link = ServerLink(path)
        link.send(wire.frame(DIED))
        assert (link.descriptor, link.waiting) == (-1, False)
        link.close(0.1)


def test_a_frame_that_is_too_long_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BODY", 10)
    assert wire.frame({"event": "a"}, bytes(11)) == b""


async def test_a_start_that_is_cancelled_leaves_no_socket(tmp_path: Path) -> None:
    listener = Listener(tmp_path / "socket", lambda _: None, locate)
    starting = asyncio.ensure_future(listener.start())
    # Right behind its first step, when the socket is there.
    asyncio.get_running_loop().call_soon(starting.cancel)
    with pytest.raises(asyncio.CancelledError):
        await starting
    await listener.close()
    # A long path is bound by another name.
    opened = [connection.laddr for connection in psutil.Process().net_connections("unix")]
    assert not any(str(name).endswith("/socket") for name in opened)

"""Framing: whole, in pieces, with junk around it."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.lsp.transport import MAX_BODY, MAX_HEADER, Frame, Framer, Junk, Message, Oversized


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def receive(*pieces: bytes) -> list[Frame]:
    framer = Framer()
    frames = [found for piece in pieces for found in framer.receive(piece)]
    return [*frames, *framer.end()]


HEADERS = {
    "plain": b"Content-Length: 2\r\n\r\n{}",
    "lower case": b"content-length:2\r\n\r\n{}",
    "with a type before": b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
    "with a type after": b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n{}",
}


@pytest.mark.parametrize("data", HEADERS.values(), ids=HEADERS)
def test_a_message_is_found_whole_byte_by_byte_and_with_more_behind(data: bytes) -> None:
    assert receive(data) == [Message(b"{}")]
    assert receive(*(bytes([byte]) for byte in data)) == [Message(b"{}")]
    assert receive(data + data) == [Message(b"{}")] * 2
    assert receive(data + b"rest") == [Message(b"{}"), Junk(b"rest")]


JUNK = {
    "a line": (b"hello\r\n\r\n", b"hello"),
    "a line before a header": (b"hello\n", b"hello"),
    "a header without length": (b"Content-Type: x\r\n\r\n", b"Content-Type: x"),
    "a length that is no number": (b"Content-Length: many\r\n\r\n", b"Content-Length: many"),
    "a negative length": (b"Content-Length: -5\r\n\r\n", b"Content-Length: -5"),
}


@pytest.mark.parametrize(("junk", "told"), JUNK.values(), ids=JUNK)
def test_junk_is_told_and_the_message_behind_it_is_found(junk: bytes, told: bytes) -> None:
    assert receive(junk + frame(b"{}")) == [Junk(told), Message(b"{}")]


def test_endless_junk_is_not_kept() -> None:
    framer = Framer()
    frames = [found for _ in range(100) for found in framer.receive(b"x" * MAX_HEADER)]
    assert all(isinstance(found, Junk) for found in frames)
    assert sum(len(found.data) for found in frames if isinstance(found, Junk)) > 98 * MAX_HEADER
    assert list(framer.receive(b"\r\n" + frame(b"{}")))[-1] == Message(b"{}")


def test_an_impossible_length_is_not_waited_for() -> None:
    assert receive(b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1)) == [Oversized(MAX_BODY + 1)]


def test_an_incomplete_message_is_junk_at_the_end() -> None:
    assert receive(b"Content-Length: 5\r\n\r\nab") == [Junk(b"ab")]


@given(st.lists(st.binary(max_size=40)), st.data())
def test_messages_survive_any_cutting(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(frame, bodies))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert receive(*pieces) == [Message(body) for body in bodies]


@given(st.binary())
def test_any_bytes_are_survived(data: bytes) -> None:
    framer = Framer()
    list(framer.receive(data))
    list(framer.end())


async def test_threads_carry_bytes_both_ways_and_tell_the_end() -> None:
    import asyncio

    from tests.support.waiting import until
    from thatch.lsp.transport import StdinThread, WriterThread

    loop = asyncio.get_running_loop()
    reader, writer = os.pipe()
    received: list[bytes] = []
    StdinThread(reader, loop, received.append)
    out = WriterThread(writer, lambda: None)
    out.write(b"a" * 100_000)
    out.write(b"b")
    out.close()
    os.close(writer)
    await until(lambda: b"" in received, "the end of the stream")
    assert b"".join(received) == b"a" * 100_000 + b"b"
    os.close(reader)


async def test_a_writer_whose_reader_is_gone_tells_so() -> None:
    import asyncio

    from thatch.lsp.transport import WriterThread

    reader, writer = os.pipe()
    os.close(reader)
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    out = WriterThread(writer, lambda: lost.get_loop().call_soon_threadsafe(lost.set_result, None))
    out.write(b"x")
    await lost
    out.close()
    os.close(writer)

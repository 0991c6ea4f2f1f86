"""Bytes in and out: LSP's framing without I/O, and threads for stdin and stdout that never block the loop."""

import contextlib
import os
import queue
import re
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator

from attrs import frozen

MAX_HEADER = 8 * 1024
"""The most bytes that a message's header may have."""

MAX_BODY = 256 * 1024 * 1024
"""The most bytes that a message may have: far above any source file, far below what would hurt the machine."""

FLUSH_SECONDS = 1.0
"""How long the last messages may take to be written when the server ends."""


@frozen
class Message:
    """The body of one message."""

    body: bytes


@frozen
class Junk:
    """Bytes that are no message; they were skipped."""

    data: bytes


@frozen
class Oversized:
    """A message of an impossible length; nothing after it can be understood."""

    n_bytes: int


Frame = Message | Junk | Oversized


class Framer:
    """Cuts a stream into messages; it finds its way back after junk, and never holds more than one message.

    A message is `Content-Length: <n>` and possibly other header lines, each ended by CRLF, an empty line, and
    n bytes (Language Server Protocol 3.17, "Base Protocol").
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._expected: int | None = None

    def receive(self, data: bytes) -> Iterator[Frame]:
        """Take bytes as they come and yield what is complete."""
        self._buffer += data
        while True:
            frame = self._junk_or_header() if self._expected is None else self._body()
            if frame is None:
                return
            if not isinstance(frame, _Header):
                yield frame
            if isinstance(frame, Oversized):
                return

    def end(self) -> Iterator[Frame]:
        """The stream has ended; an incomplete message is junk."""
        if self._buffer or self._expected:
            yield Junk(bytes(self._buffer))
        self._buffer.clear()

    def _junk_or_header(self) -> "Frame | _Header | None":
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) <= MAX_HEADER:
                return None
            # The tail may be the beginning of a header.
            junk = Junk(bytes(self._buffer[:-_TAIL]))
            del self._buffer[:-_TAIL]
            return junk
        header = bytes(self._buffer[:end])
        lengths = list(_LENGTH.finditer(header))
        if not lengths:
            del self._buffer[: end + 4]
            return Junk(header)
        length = lengths[-1]
        if foreign := _not_header(header[: length.start()]):
            del self._buffer[: length.start()]
            return Junk(foreign)
        del self._buffer[: end + 4]
        n_bytes = int(length[1])
        if n_bytes > MAX_BODY:
            return Oversized(n_bytes)
        self._expected = n_bytes
        return _Header()

    def _body(self) -> Message | None:
        assert self._expected is not None
        if len(self._buffer) < self._expected:
            return None
        body = bytes(self._buffer[: self._expected])
        del self._buffer[: self._expected]
        self._expected = None
        return Message(body)


class _Header:
    """A header was taken off; the body comes next."""


_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,18})[ \t]*(?=\r\n|$)", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"[!-9;-~]+:[^\r\n]*\r?")
_TAIL = 64


def _not_header(before: bytes) -> bytes:
    """What stands before the length and is not another header line."""
    lines = before.split(b"\n")
    return b"\n".join(line for line in lines if line.strip() and not _HEADER_LINE.fullmatch(line))


class StdinThread:
    """Reads a file descriptor in a thread of its own, which never keeps the process alive."""

    def __init__(self, descriptor: int, loop: AbstractEventLoop, receive: Callable[[bytes], None]) -> None:
        """Call `receive` on the loop with each piece, and with empty bytes at the end of the stream."""
        self._descriptor = descriptor
        self._loop = loop
        self._receive = receive
        threading.Thread(target=self._run, name="stdin", daemon=True).start()

    def _run(self) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(self._descriptor, 1 << 16)
            except OSError:
                data = b""
            with contextlib.suppress(RuntimeError):  # The loop is closed: the server has ended.
                self._loop.call_soon_threadsafe(self._receive, data)


class WriterThread:
    """Writes to a file descriptor in a thread of its own, so that an editor that does not read blocks nothing."""

    def __init__(self, descriptor: int, lost: Callable[[], None]) -> None:
        """Call `lost`, in that thread, when nobody reads any more."""
        self._descriptor = descriptor
        self._lost = lost
        self._closed = False
        self._pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"writer-{descriptor}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Write soon; the order is kept."""
        self._pieces.put(data)

    def close(self) -> None:
        """Write what is left, unless that takes too long; safe to call twice."""
        if not self._closed:
            self._closed = True
            self._pieces.put(None)
            self._thread.join(FLUSH_SECONDS)

    def _run(self) -> None:
        while (data := self._pieces.get()) is not None:
            try:
                self._write_all(data)
            except OSError:
                self._lost()
                return

    def _write_all(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

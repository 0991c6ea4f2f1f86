"""The server's end of the sockets on which taps tell what they see."""

import asyncio
import contextlib
import os
import select
import socket
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from thatch.core.diagnostics import Span
from thatch.core.iserv import wire
from thatch.core.iserv.events import (
    DecodingTrouble,
    InterpreterDied,
    InterpreterSaid,
    InterpreterStarted,
    Place,
    SpliceDone,
    SpliceFinalized,
    SpliceRefused,
    SpliceReplayed,
    SpliceRunning,
    TapEvent,
)
from thatch.core.iserv.server_link import MOST_PATH
from thatch.core.splices.runs import Finalizer, Question, SpliceKind, SpliceRun

QUIET_TURNS = 8
"""For so many turns of the loop nothing must come: a connection takes some from being taken to being read."""

ANSWER_SECONDS = 2.0
"""How long a tap may take to tell what it has seen; it answers at once unless GHC or the system keeps it."""

Locate = Callable[[str, str], Path]
"""From the id of a unit and a file as GHC names it to the user's file, absolute."""


class Listener:
    """Listens on a socket, and tells what taps say as events.

    `told` is called on the event loop, in the order in which one tap saw things.
    """

    def __init__(self, path: Path, told: Callable[[TapEvent], None], locate: Locate) -> None:
        self._path = path
        self._told = told
        self._locate = locate
        self._server: asyncio.Server | None = None
        self._taps: set[_Tap] = set()

    async def start(self) -> None:
        """Begin to listen; raises OSError when the socket cannot be made (its path must be free).

        Cancelling is safe: `close` closes what there is by then.
        """
        loop = asyncio.get_running_loop()
        # To make and start it in one would lose it where that is cancelled.
        self._server = await loop.create_unix_server(self._met, sock=_bound(self._path), start_serving=False)
        await self._server.start_serving()

    async def settled(self) -> None:
        """Wait until everything that taps have seen so far was told.  May be cancelled at any time."""
        await self._quiet()
        asked = [tap.ask() for tap in self._taps]
        if asked:
            await asyncio.wait(asked, timeout=ANSWER_SECONDS)

    async def _quiet(self) -> None:
        """Wait until all taps that have connected are met, and what they have begun to send was told."""
        n_quiet = 0
        while self._server and n_quiet < QUIET_TURNS:
            n_quiet = 0 if self._is_hearing() else n_quiet + 1
            # The loop itself is what reads.
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Stop listening and hang up on all taps, which carry on without."""
        if self._server:
            self._server.close()
            self._server = None
        for tap in tuple(self._taps):
            tap.hang_up()
        # The connections are closed in the loop's next turn.
        await asyncio.sleep(0)
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _met(self) -> "_Tap":
        # One that connected just before the end is met after it.
        return _Tap(self._hear, self._told, self._taps, welcome=self._server is not None)

    def _hear(self, header: wire.Header, body: bytes) -> None:
        event = event_of(header, body, self._locate)
        if event is not None:
            self._told(event)

    def _is_hearing(self) -> bool:
        assert self._server
        sockets = [one.fileno() for one in self._server.sockets] + [tap.descriptor for tap in self._taps]
        readable, _, _ = select.select([one for one in sockets if one >= 0], [], [], 0)
        return bool(readable) or any(tap.in_a_frame for tap in self._taps)


class _Tap(asyncio.Protocol):
    """One tap's connection."""

    def __init__(
        self,
        hear: Callable[[wire.Header, bytes], None],
        told: Callable[[TapEvent], None],
        taps: "set[_Tap]",
        *,
        welcome: bool,
    ) -> None:
        self._hear = hear
        self._told = told
        self._taps = taps
        self._welcome = welcome
        self._frames = wire.Frames()
        self._transport: asyncio.Transport | None = None
        self._asked: deque[asyncio.Future[None]] = deque()

    def ask(self) -> "asyncio.Future[None]":
        """Ask the tap for what it has not told yet; done when it has told, or hung up."""
        asked = asyncio.get_running_loop().create_future()
        if self._transport and not self._transport.is_closing():
            self._asked.append(asked)
            self._transport.write(wire.ASK)
        else:
            asked.set_result(None)
        return asked

    @property
    def descriptor(self) -> int:
        """The socket's; -1 when it is closed."""
        return self._transport.get_extra_info("socket").fileno() if self._transport else -1

    @property
    def in_a_frame(self) -> bool:
        """Whether a frame has come in part."""
        return self._frames.incomplete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._taps.add(self)
        if not self._welcome:
            self.hang_up()

    def data_received(self, data: bytes) -> None:
        try:
            for header, body in self._frames.feed(data):
                if header["event"] == wire.TOLD:
                    self._answered(1)
                else:
                    self._hear(header, body)
        except wire.WrongFrame as error:
            self._told(DecodingTrouble(f"A tap sent {error}."))
            self.hang_up()

    def connection_lost(self, error: Exception | None) -> None:
        self._taps.discard(self)
        self._answered(len(self._asked))

    def _answered(self, n_asked: int) -> None:
        for _ in range(min(n_asked, len(self._asked))):
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_result(None)

    def hang_up(self) -> None:
        """Close the connection at once."""
        self._taps.discard(self)
        if self._transport:
            self._transport.abort()


def event_of(header: wire.Header, body: bytes, locate: Locate) -> TapEvent | None:
    """The event that a frame tells of; None for one of an unknown kind.  Raises `WrongFrame`."""
    read = _READERS.get(header["event"])
    try:
        return read(header, body, locate) if read else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise wire.WrongFrame(f"a bad frame ({header['event']}): {type(error).__name__} {error}") from None


def _place(header: wire.Header, locate: Locate) -> Place:
    span = Span(*map(int, header["span"]))
    unit = str(header["unit"])
    path = locate(unit, str(header["file"]))
    return Place(unit, str(header["module"]), path, span, SpliceKind(header["kind"]))


def _splice(header: wire.Header, body: bytes, locate: Locate) -> TapEvent:
    place = _place(header, locate)
    run = SpliceRun(
        unit=place.unit,
        module=place.module,
        path=place.path,
        span=place.span,
        kind=place.kind,
        result=body[: header["result"]] if header["result"] >= 0 else None,
        failure=str(header["failure"]),
        milliseconds=float(header["ms"]),
        questions=_questions(header, body),
        dependent_files=_files(header, place, locate),
        memory=int(header["memory"]),
        stopped=bool(header["stopped"]),
    )
    return SpliceDone(run)


def _finalized(header: wire.Header, body: bytes, locate: Locate) -> TapEvent:
    place = _place(header, locate)
    finalizer = Finalizer(
        references=tuple(map(int, header["finalizers"])),
        questions=_questions(header, body),
        failure=str(header["failure"]),
        milliseconds=float(header["ms"]),
    )
    return SpliceFinalized(place, finalizer, _files(header, place, locate), bool(header["stopped"]))


def _questions(header: wire.Header, body: bytes) -> tuple[Question, ...]:
    position = max(0, header["result"])
    questions = []
    for name, n_asked, n_answer, milliseconds in header["questions"]:
        middle = position + int(n_asked)
        end = middle + int(n_answer)
        questions.append(Question(str(name), body[position:middle], body[middle:end], float(milliseconds)))
        position = end
    return tuple(questions)


def _files(header: wire.Header, place: Place, locate: Locate) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(locate(place.unit, str(file)) for file in header["files"]))


_Read = Callable[[dict[str, Any], bytes, Locate], TapEvent]

_READERS: dict[str, _Read] = {
    wire.SPLICE: _splice,
    wire.FINALIZED: _finalized,
    wire.RUNNING: lambda header, _, locate: SpliceRunning(_place(header, locate), float(header["ms"])),
    wire.REFUSED: lambda header, _, locate: SpliceRefused(_place(header, locate), str(header["why"])),
    wire.REPLAYED: lambda header, _, locate: SpliceReplayed(_place(header, locate)),
    wire.STARTED: lambda header, *_: InterpreterStarted(int(header["pid"]), str(header["program"])),
    wire.DIED: lambda header, *_: InterpreterDied(str(header["cause"]), bool(header["running"])),
    wire.SAID: lambda _, body, __: InterpreterSaid(body.decode("utf-8", "replace")),
    wire.TROUBLE: lambda header, *_: DecodingTrouble(str(header["what"])),
}


def _bound(path: Path) -> socket.socket:
    """A socket bound to a path of any length, which only this user may connect to."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = -1
    try:
        name = os.fsencode(path)
        if len(name) > MOST_PATH:
            folder = os.open(path.parent, os.O_RDONLY)
            name = b"/proc/self/fd/%d/%s" % (folder, os.fsencode(path.name))
        bound.bind(name)
        path.chmod(0o600)
    except OSError:
        bound.close()
        raise
    finally:
        if folder >= 0:
            os.close(folder)
    return bound

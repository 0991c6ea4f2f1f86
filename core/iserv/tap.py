"""What stands between GHC and its interpreter: it passes on what they say, and watches.  `start` starts both.

Standard library only, as is all that it imports.  One thread waits for all sides, so that bytes are looked at in the
order in which they travel.  They are passed on as they come, whatever they are, and put down; many are looked at
together, because what the tap does between two messages, GHC waits for, and it costs twice with cold caches.

What cannot wait is looked at before it is passed on: bytes of the interpreter that may not be a whole message (what is
incomplete is held back, so that GHC can still be answered if the end never comes), and requests to run splices when
some must not be run.
"""

import marshal
import os
import select
import time

from . import child, endings, wire
from .conversation import ANSWER, ASKING, LOST, REPLY, REQUEST, RUNNING, Conversation, Message, Piece
from .messages import RUN_FINALIZERS, RUN_TH, SHUTDOWN, protocol_of
from .quarantine import Quarantine
from .recorder import Recorder
from .server_link import ServerLink
from .stand_in import StandIn

READ_BYTES = 2**15
"""Python makes room for as much at each read; for much more the C library would ask the system every time."""
LOOK_SECONDS = 0.25
"""How often a running splice is looked at."""
PUT_DOWN_SECONDS = 0.05
"""How long what was said may go without being looked at; a server that asks hears of it at once."""
LONG_SECONDS = 0.5
"""The server hears of a splice that is still running after that time."""
PARTING_SECONDS = 1.0
"""How long the interpreter may take to end when GHC is done, and the server to take the last frames."""
MOST_SAID = 2**20
"""What a splice prints beyond that is dropped."""

NEVER = float("inf")

SPLICE_RUNS = (ASKING, ANSWER)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .replay import Replay, Replays

    Config = dict[str, Any]
else:
    Config = dict


def run(path: str, program: str, interpreter: child.Child | None, to_ghc: int, from_ghc: int) -> int:
    """Stand between GHC and the program that was started, or None, until the end; returns the exit code.

    `path` is that of the configuration, the numbers are descriptors.
    """
    with open(path, "rb") as file:  # noqa: PTH123  # pathlib loads slowly.
        config = marshal.load(file)  # noqa: S302  # Written by the server, with the same Python.
    return Tap(config, program, interpreter, to_ghc, from_ghc).run()


class Done(BaseException):
    """The tap's work is done.  No error: it may come at any place, from a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Tap:
    """One interpreter of one GHC."""

    def __init__(
        self, config: Config, program: str, interpreter: child.Child | None, to_ghc: int, from_ghc: int
    ) -> None:
        self._config = config
        """As `thatch.core.iserv.launcher` makes it."""
        self._program = program
        self._to_ghc = to_ghc
        self._from_ghc = from_ghc
        protocol = protocol_of(config["series"])
        self._talk = Conversation(protocol, config["types"]) if protocol else None
        self._stand_in = StandIn(protocol) if protocol else None
        self._recorder = Recorder()
        self._quarantine = Quarantine(config["quarantine"])
        self._replays = _replays(config["replays"], self._stand_in)
        """What is said instead of running splices, by a tap without an interpreter."""
        self._replay: Replay | None = None
        self._link = ServerLink(config["socket"])
        self._poll = select.poll()
        self._child = interpreter
        self._put_down: list[Piece] = []
        """What was said and has not been looked at."""
        self._held_from_ghc = b""
        self._held_from_child = b""
        self._said = b""
        self._n_said = 0
        self._cause = ""
        """Why there is no interpreter any more."""
        self._last_words = ""
        """What GHC is told about the splice that was running when the interpreter ended; empty when told."""
        self._now = 0.0
        """When the latest wait was over."""
        self._since = 0.0
        """When the splice that runs began."""
        self._next_look = NEVER
        """When it is to be looked at again."""
        self._wait: float | None = None
        """How many milliseconds to wait until then."""
        self._hear: dict[int, Callable[[int], None]] = {}
        """What to do when a descriptor is ready, with the events."""
        self._told_running = False
        self._told_trouble = False
        self._is_ending = False

    def run(self) -> int:
        """Work until GHC or the interpreter is done; return the exit code."""
        child.when_terminated(_terminated)
        try:
            self._start()
            # What writes the first frame is loaded while the interpreter is busy with its first request.
            self._turn()
            if self._child:
                self._send(wire.frame({"event": wire.STARTED, "pid": self._child.pid, "program": self._program}))
            while True:
                self._turn()
        except Done as done:
            return done.code
        except BrokenPipeError:
            return 0
        finally:
            self._is_ending = True
            child.hold_termination(True)
            self._catch_up()
            if self._child and not self._child.ended():
                self._child.kill()
            self._link.close(PARTING_SECONDS)

    # --- Waiting

    def _start(self) -> None:
        self._watch(self._from_ghc, self._hear_ghc)
        if self._link.descriptor >= 0:
            self._watch(self._link.descriptor, self._hear_link)
        if self._replays:
            return
        if not self._child:
            self._gone("There is no interpreter for this way of linking.")
            return
        for descriptor in (self._child.read, self._child.write, self._child.said):
            os.set_blocking(descriptor, False)
        self._watch(self._child.read, self._hear_child)
        self._watch(self._child.said, self._hear_said)
        self._watch(self._child.watch, self._child_ended)

    def _watch(self, descriptor: int, hear: "Callable[[int], None]", events: int = select.POLLIN) -> None:
        if descriptor >= 0:
            self._poll.register(descriptor, events)
            self._hear[descriptor] = hear

    def _forget(self, descriptor: int) -> None:
        if self._hear.pop(descriptor, None):
            self._poll.unregister(descriptor)

    def _turn(self) -> None:
        heard = self._poll.poll(self._wait)
        self._now = time.monotonic()
        for descriptor, events in heard:
            # Hearing one may end another.
            if hear := self._hear.get(descriptor):
                hear(events)
        if self._now >= self._next_look:
            self._look()

    def _hear_link(self, events: int) -> None:
        descriptor = self._link.descriptor
        if events & select.POLLOUT:
            self._link.flush()
        if events & ~select.POLLOUT and (n_asked := self._link.asked()):
            self._catch_up()
            self._send(wire.frame({"event": wire.TOLD}) * n_asked)
        self._watch_link(descriptor)

    def _look(self) -> None:
        """Look at what was put down, and see whether the running splice, if one runs, keeps its limits."""
        self._catch_up()
        if self._child is None or self._talk is None or self._talk.state not in SPLICE_RUNS:
            self._next_look, self._wait = NEVER, None
            return
        now = time.monotonic()
        seconds = self._config["seconds"]
        lasted = now - self._since
        self._look_in(min(LOOK_SECONDS, max(0.0, seconds - lasted)), now)
        if lasted > LONG_SECONDS and not self._told_running:
            self._told_running = True
            self._send(self._recorder.running(now))
        if lasted > seconds:
            self._stop(endings.too_long(seconds))
            return
        memory, n_processes = self._child.usage_of_all()
        if memory > self._config["memory"]:
            self._stop(endings.too_big(self._config["memory"]))
        elif n_processes > self._config["processes"]:
            self._stop(endings.too_many(self._config["processes"]))
        elif self._child.watch < 0 and self._child.ended():
            self._child_ended()

    def _look_in(self, seconds: float, now: float) -> None:
        self._next_look = now + seconds
        self._wait = max(1.0, seconds * 1000)

    # --- GHC speaks

    def _hear_ghc(self, _: int) -> None:
        data = os.read(self._from_ghc, READ_BYTES)
        if not data:
            self._part()
        talk = self._talk
        if talk is None or talk.state == LOST:
            self._pass_to_child(data)
        elif self._put_down or self._may_put_down(talk):
            # Most of the conversation; so that is all that it costs.
            self._put_down.append((True, data, self._now))
            self._pass_to_child(data)
        else:
            self._take_from_ghc(data, talk)

    def _may_put_down(self, talk: Conversation) -> bool:
        """Whether what GHC says can be looked at later, where nothing has been put down so far."""
        if self._child is None or talk.pending_run or self._quarantine.holds_some():
            return False
        if self._now + PUT_DOWN_SECONDS < self._next_look:
            self._look_in(PUT_DOWN_SECONDS, self._now)
        return True

    def _catch_up(self) -> None:
        """Look at what was put down, all of it: GHC may end the tap meanwhile, and the server is to hear of it."""
        if self._put_down and self._talk:
            child.hold_termination(True)
            pieces, self._put_down = self._put_down, []
            self._note(self._talk.follow(pieces))
            child.hold_termination(self._is_ending)

    def _take_from_ghc(self, data: bytes, talk: Conversation) -> None:
        messages = talk.from_ghc(data, self._now)
        if self._child is None:
            self._note(messages)
            self._answer_ghc()
            return
        data = self._held_from_ghc + data
        last = messages[-1] if messages else None
        if last and last.kind == REQUEST and last.name == RUN_TH and (why := self._quarantine.message(last.raw)):
            self._held_from_ghc = b""
            self._pass_to_child(data[: -len(last.raw)])
            self._note(messages)
            self._refuse(why)
            return
        n_ready = len(data) - talk.pending_run
        self._held_from_ghc = data[n_ready:]
        self._pass_to_child(data[:n_ready])
        self._note(messages)

    def _pass_to_child(self, data: bytes | memoryview) -> None:
        while data and self._child:
            try:
                n_written = os.write(self._child.write, data)
                data = memoryview(data)[n_written:] if n_written < len(data) else b""
            except BlockingIOError:
                self._wait_for_child()
            except BrokenPipeError:
                # What there is still to read of it says more than this.
                self._child_ended()

    def _wait_for_child(self) -> None:
        """Wait until the child reads; it may be over a limit instead, or print, or die."""
        assert self._child
        waiting = select.poll()
        waiting.register(self._child.write, select.POLLOUT)
        waiting.register(self._child.said, select.POLLIN)
        for descriptor, _ in waiting.poll(LOOK_SECONDS * 1000):
            if descriptor == self._child.said:
                self._hear_said(0)
        self._look()

    def _part(self) -> None:
        """GHC is gone, or done."""
        self._catch_up()
        if self._child:
            os.close(self._child.write)
            self._child.write = -1
            if (self._talk and self._talk.running) or not self._child.wait(PARTING_SECONDS):
                self._child.kill()
        raise Done(0)

    # --- The interpreter speaks

    def _hear_child(self, _: int) -> None:
        data = self._read_child()
        if data:
            said = self._put_down
            if said and self._talk and self._talk.is_whole(data, said[-1]):
                said.append((False, data, self._now))
                self._pass_to_ghc(data)
            else:
                self._take_from_child(data)
        elif data is not None:
            self._child_ended()

    def _read_child(self) -> bytes | None:
        """What it wrote; empty when it will write no more, None when there is nothing now."""
        if self._child is None:
            return None
        try:
            return os.read(self._child.read, READ_BYTES)
        except BlockingIOError:
            return None

    def _take_from_child(self, data: bytes) -> None:
        if self._talk is None:
            self._pass_to_ghc(data)
            return
        self._catch_up()
        talk = self._talk
        messages = talk.from_interpreter(data, self._now)
        if self._held_from_child or talk.incomplete:
            data = self._held_from_child + data
            n_ready = len(data) - talk.incomplete
            data, self._held_from_child = data[:n_ready], data[n_ready:]
        self._note(messages)
        self._pass_to_ghc(data)

    def _pass_to_ghc(self, data: bytes | memoryview) -> None:
        while (n_written := os.write(self._to_ghc, data)) < len(data):
            data = memoryview(data)[n_written:]

    def _hear_said(self, _: int) -> None:
        assert self._child
        try:
            data = os.read(self._child.said, READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._forget(self._child.said)
        self._said = (self._said + data)[-endings.MOST_QUOTED :]
        data = data[: max(0, MOST_SAID - self._n_said)]
        self._n_said += len(data)
        if self._link.descriptor >= 0:
            self._send(wire.frame({"event": wire.SAID}, data) if data else b"")
        elif data:
            os.write(2, data)

    # --- The interpreter ends

    def _child_ended(self, _: int = 0) -> None:
        """It has exited, or closed its pipes, or both."""
        assert self._child
        self._catch_up()
        if self._child.wait(PARTING_SECONDS if self._is_shut_down() else LOOK_SECONDS):
            while data := self._read_child():
                self._take_from_child(data)
            self._hear_said(0)
            code = self._child.code
            cause = endings.died(code, self._program, self._said)
        else:
            code = 1
            cause = endings.hung_up()
        self._child.kill()
        if self._is_shut_down() or not self._can_stand_in():
            raise Done(code if code >= 0 else 128 - code)
        self._gone(cause)

    def _stop(self, cause: str) -> None:
        assert self._child
        self._child.kill()
        self._gone(cause)

    def _gone(self, cause: str) -> None:
        """There is no interpreter (any more): speak in its stead from now on."""
        self._catch_up()
        if self._child:
            for descriptor in (self._child.read, self._child.said, self._child.watch):
                self._forget(descriptor)
            self._child.close()
        talk = self._talk
        if talk is None or not self._can_stand_in():
            raise Done(1)
        runs = talk.request is not None and talk.request.name in RUNNING and talk.state != REQUEST
        self._child = None
        self._held_from_child = self._held_from_ghc = b""
        self._cause = cause
        self._last_words = cause if runs else ""
        self._recorder.stopped = runs
        talk.interpreter_is_gone()
        self._send(wire.frame({"event": wire.DIED, "cause": cause, "running": runs}))
        self._answer_ghc()

    def _is_shut_down(self) -> bool:
        request = self._talk.request if self._talk else None
        return request is not None and request.name == SHUTDOWN

    def _can_stand_in(self) -> bool:
        return self._talk is not None and self._talk.state != LOST

    # --- Speaking in its stead

    def _answer_ghc(self) -> None:
        """If it is the interpreter's turn, say what GHC can go on with."""
        talk = self._talk
        if talk is None or talk.state == LOST or self._is_shut_down():
            raise Done(1 if talk is None or talk.state == LOST else 0)
        if talk.request is None or talk.state == REQUEST or (talk.state == ANSWER and not talk.answered()):
            return
        assert self._stand_in
        if talk.request.name in RUNNING:
            if self._recorder.runs_nothing:
                self._say(self._stand_in.result(talk.request, announced=talk.state == REPLY))
            elif self._replays:
                self._go_on(talk, self._replays)
            else:
                self._refuse(self._last_words or endings.refusal(self._cause))
            return
        try:
            self._say(self._stand_in.reply(talk.request, talk.counted))
        except ValueError:
            raise Done(1) from None

    def _go_on(self, talk: Conversation, replays: "Replays") -> None:
        """Say what the splice said next when it ran, or end it where GHC does not answer as it did then."""
        from .replay import Differs

        assert self._stand_in and talk.request
        try:
            if talk.state == ANSWER and self._replay:
                self._replay.take(talk.answer)
            else:
                self._replay = replays.start(self._recorder.place, self._recorder.finalizers)
            while (question := self._replay.question()) is not None:
                self._say(question)
                if talk.ask and talk.ask.answer is not None:
                    return
            self._recorder.replayed = True
            self._say(self._stand_in.result(talk.request, self._replay.result()))
        except Differs:
            self._refuse(endings.NOT_REPLAYED)

    def _refuse(self, why: str) -> None:
        """End the splice that runs, or would run, with a message."""
        assert self._talk and self._talk.request and self._stand_in
        announced = self._talk.state == REPLY
        if self._cause and not self._last_words and self._talk.request.name == RUN_FINALIZERS:
            # Enough is said of splices.
            self._recorder.place = None
            self._say(self._stand_in.result(self._talk.request, announced=announced))
            return
        if not self._recorder.stopped:
            self._recorder.refused = why
        self._last_words = ""
        self._say(self._stand_in.exception(why, announced=announced))

    def _say(self, data: bytes) -> None:
        assert self._talk
        self._note(self._talk.from_interpreter(data, time.monotonic()))
        self._pass_to_ghc(data)

    # --- Telling the server

    def _note(self, messages: list[Message]) -> None:
        self._note_trouble()
        frames = []
        for message in messages:
            if message.kind == REPLY:
                if message.name in RUNNING:
                    memory = self._child.memory() if self._child else 0
                    frames.append(self._recorder.finish(message, memory))
            elif message.kind != REQUEST:
                self._recorder.take(message)
            elif message.name in RUNNING:
                self._since = message.at
                self._look_in(min(LOOK_SECONDS, self._config["seconds"]), message.at)
                self._told_running = False
                self._n_said = 0
                self._recorder.take(message)
        if frames:
            self._send(b"".join(frames))

    def _note_trouble(self) -> None:
        if self._talk and self._talk.state == LOST and not self._told_trouble:
            self._told_trouble = True
            self._send(wire.frame({"event": wire.TROUBLE, "what": self._talk.trouble}))

    def _send(self, data: bytes) -> None:
        descriptor = self._link.descriptor
        self._link.send(data)
        self._watch_link(descriptor)

    def _watch_link(self, descriptor: int) -> None:
        """Wait for the socket to take more only while there is more; `descriptor` is what it was."""
        if self._link.descriptor >= 0:
            self._poll.modify(descriptor, select.POLLIN | (select.POLLOUT if self._link.waiting else 0))
        elif descriptor >= 0:
            self._forget(descriptor)


def _replays(path: str, stand_in: StandIn | None) -> "Replays | None":
    if not path or not stand_in:
        return None
    # Other taps start without it.
    from .replay import Replays

    return Replays(path, stand_in.number)


def _terminated(number: int, frame: object) -> None:
    raise Done(128 + number)

"""The conversation of GHC with its interpreter as a state machine over both directions: no input or output here.

Part of the tap: standard library only.  The two sides take turns: GHC makes a request, the interpreter replies; while
it runs a splice the turns are swapped, it asks and GHC answers, until `RunTHDone` and the reply.  Bytes must be given
in the order in which they travel: those of one side before the other side can have seen and answered them.

Because of the turns, most messages need not be walked through to find their end: it is where the other side speaks.
`follow` makes use of that, given many pieces of a conversation at once; `from_ghc` and `from_interpreter` find the end
when its bytes are there.
"""

from .messages import NAMED_HERE, RUN_FINALIZERS, RUN_TH, RUN_TH_DONE, UNIT, Ask, Protocol, Request, th_result
from .readers import FIXED, Type, Walker, WrongBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    _Step = Callable[[bytes, int, list["Message"]], int]

Piece = tuple[bool, bytes, float]
"""Bytes, at least one, that were read at once: whether GHC wrote them, the bytes, and when they were read."""

REQUEST = "request"
"""Waiting for GHC's next request, or in the middle of it."""
REPLY = "reply"
"""Waiting for the interpreter's reply, or in the middle of it."""
ASKING = "asking"
"""A splice runs: waiting for its next question, or in the middle of it."""
ANSWER = "answer"
"""A splice runs: waiting for GHC's answer, or in the middle of it, or behind it (the next question tells)."""
LOST = "lost"
"""Something was not understood: nothing is looked at any more."""

RUNNING = (RUN_TH, RUN_FINALIZERS)
"""The requests that run code in the `Q` monad."""

MOST_KEPT = 2**26
"""How many bytes of one message are kept; of a longer one none are."""

WRITTEN_AT_ONCE = 2048
"""A message below that comes in one piece: the interpreter and the system cut at 4096 bytes (less a few) at least."""


class Message:
    """A message that is complete."""

    __slots__ = ("at", "kind", "name", "raw")

    def __init__(self, kind: str, name: str, raw: bytes, at: float = 0.0) -> None:
        self.kind = kind
        """`REQUEST`, `REPLY`, `ASKING` (a question) or `ANSWER`."""
        self.name = name
        """The request or question that it is, or belongs to."""
        self.raw = raw
        """All its bytes with its tag; empty for requests and replies that are of no interest, and for enormous ones."""
        self.at = at
        """When its last byte came, by the clock of whoever gives the bytes."""


class Conversation:
    """Follows one conversation.

    `state` says whose turn it is.  After bytes that are not understood it is `LOST` for good, with the reason in
    `trouble`.  The methods never raise and never block.
    """

    def __init__(self, protocol: Protocol, named: "Mapping[str, Type]") -> None:
        self._protocol = protocol
        self._named = {**NAMED_HERE, **named}
        self._walker = Walker(self._named)
        self._open = False
        """Whether the message lasts until the other side speaks, because no table says where it ends."""
        self._started = False
        """Whether some of the message whose turn it is has been seen."""
        self._n_bytes = 0
        self._parts: list[bytes] | None = None
        self._replied = {tag: one for tag, one in protocol.requests.items() if one.reply != UNIT or one.name in RUNNING}
        """The requests behind which GHC waits for the interpreter, by their tag."""
        self._unanswered = {tag: _fixed_size(ask) for tag, ask in protocol.asks.items() if ask.answer is None}
        """The sizes of what a splice says without waiting for GHC, by its tag."""
        self._passed = False
        """Whether the beginning of the interpreter's incomplete message has gone to GHC, as `follow` is told."""
        self._at = 0.0
        self._at_before = 0.0
        """When the latest bytes came, and those before."""
        self.state = REQUEST
        self.request: Request | None = None
        """The request that is being made or was made last."""
        self.ask: Ask | None = None
        """The question that is being asked or was asked last."""
        self.counted = 0
        """How many things the reply to the latest request must name."""
        self.trouble = ""

    @property
    def running(self) -> bool:
        """Whether code in the `Q` monad runs."""
        return self.state in (ASKING, ANSWER)

    @property
    def incomplete(self) -> int:
        """How many of the latest bytes of the interpreter are to be held back: the end of their message is missing."""
        unfinished = self._started and not self._open and self.state in (REPLY, ASKING)
        return self._n_bytes if unfinished and not self._passed else 0

    @property
    def pending_run(self) -> int:
        """How many of the latest bytes of GHC belong to an incomplete request to run a splice."""
        is_run = self.state == REQUEST and self._started and self.request is not None and self.request.name == RUN_TH
        return self._n_bytes if is_run else 0

    def from_ghc(self, data: bytes, at: float = 0.0) -> list[Message]:
        """Take bytes that GHC has written, at least one, at this time; return the messages that are found complete."""
        return self._take(data, at, self._step_of_ghc)

    def from_interpreter(self, data: bytes, at: float = 0.0) -> list[Message]:
        """The same with bytes that the interpreter has written."""
        return self._take(data, at, self._step_of_interpreter)

    def follow(self, pieces: "Sequence[Piece]") -> list[Message]:
        """Take all that was said since the last call and was passed on; return the messages that are found complete.

        The interpreter's pieces must be of whole messages, as `is_whole` tells.  Ordinary replies are not told of.
        """
        found: list[Message] = []
        position = 0
        while position < len(pieces) and self.state != LOST:
            of_ghc, data, at = pieces[position]
            position += 1
            if of_ghc:
                turn = [data]
                while position < len(pieces) and pieces[position][0]:
                    _, data, at = pieces[position]
                    turn.append(data)
                    position += 1
                data = b"".join(turn)
            if position == len(pieces) or self._started:
                found += self.from_ghc(data, at) if of_ghc else self.from_interpreter(data, at)
                self._passed = self.incomplete > 0
            elif of_ghc:
                self._turn_of_ghc(data, at, found)
            else:
                self._turn_of_interpreter(data, at, found)
        return found

    def is_whole(self, data: bytes, before: "Piece") -> bool:
        """Whether a piece of the interpreter, behind another piece, surely is made of whole messages.

        It is if it is short, and the interpreter had to wait for GHC or said nothing before but what gets no answer.
        """
        return len(data) < WRITTEN_AT_ONCE and (before[0] or self._is_unanswered(before[1]))

    def interpreter_is_gone(self) -> None:
        """Forget the incomplete message of the interpreter, whose bytes were held back from GHC.

        One whose end is not known has gone to GHC and counts as complete.  Nobody can go on with another that was not
        held back: then the state is `LOST`.
        """
        if self.state in (REPLY, ASKING) and self._started:
            if self._passed:
                self._lose(f"the interpreter broke off in {self._path()}")
            elif self._open:
                self._finish([])
            self._started = False

    @property
    def answer(self) -> bytes:
        """All that GHC has said so far in answer to the question that waits for it."""
        return b"".join(self._parts or ())

    def answered(self) -> bool:
        """Whether GHC, whose turn it is to answer a question, has done so in full.  Walks over all of the answer."""
        if self.state != ANSWER or self.ask is None or self.ask.answer is None or self._parts is None:
            return False
        walker = Walker(self._named)
        walker.start(th_result(self.ask.answer))
        try:
            walker.feed(self.answer)
        except (WrongBytes, KeyError):
            return False
        return walker.done

    def _is_unanswered(self, data: bytes) -> bool:
        """Whether bytes are all of what a splice says without waiting for GHC, and nothing else."""
        position = 0
        while position < len(data) and data[position] in self._unanswered:
            position += self._unanswered[data[position]]
        return position == len(data)

    def _turn_of_ghc(self, data: bytes, at: float, found: list[Message]) -> None:
        """Take all that GHC said before the interpreter spoke again."""
        if self.state == ANSWER and self.ask:
            found.append(Message(ANSWER, self.ask.name, data, at))
            self.state = ASKING
        elif self.state == REQUEST and data[0] in self._replied:
            self.request = self._replied[data[0]]
            self.state = self._next_state()
            if self.state == ASKING:
                found.append(Message(REQUEST, self.request.name, data, at))
        else:
            # GHC may go on behind a request that gets no reply.
            found += self.from_ghc(data, at)

    def _turn_of_interpreter(self, data: bytes, at: float, found: list[Message]) -> None:
        """Take whole messages of the interpreter, behind which more may come before GHC speaks."""
        position = 0
        while self.state == ASKING and position < len(data):
            ask = self._protocol.asks.get(data[position])
            end = position + self._unanswered.get(data[position], len(data) - position)
            if ask is None or end > len(data):
                break
            self.ask = ask
            found.append(Message(ASKING, ask.name, data[position:end], at))
            self.state = self._next_state()
            position = end
        if self.state == REPLY and self.request and position < len(data):
            if self.request.name in RUNNING:
                found.append(Message(REPLY, self.request.name, data[position:], at))
            self.state = REQUEST
        elif position < len(data):
            found += self.from_interpreter(data[position:], at)

    def _take(self, data: bytes, at: float, step: "_Step") -> list[Message]:
        self._at_before, self._at = self._at, at
        found: list[Message] = []
        position = 0
        try:
            while position < len(data) and self.state != LOST:
                position = step(data, position, found)
        except WrongBytes as error:
            error.path = self._path()
            self._lose(str(error))
        except Exception as error:  # Whatever it is, GHC and the interpreter go on without us.
            self._lose(f"{type(error).__name__}: {error} in {self._path()}")
        return found

    def _step_of_ghc(self, data: bytes, position: int, found: list[Message]) -> int:
        if self._open and self._started and self.state in (REPLY, ASKING):
            self._finish(found)
        if self.state == ANSWER:
            if not self._started:
                self._begin(None)
            return self._keep(data, position, len(data))
        if self.state != REQUEST:
            raise WrongBytes(f"the interpreter to speak ({self.state})", 0)
        if not self._started:
            self.request = self._protocol.requests.get(data[position])
            if self.request is None:
                raise WrongBytes("the tag of a request", 0, f"tag {data[position]}")
            self._begin(self.request.body, keep=self.request.name in RUNNING)
            position = self._keep(data, position, position + 1)
        return self._walk(data, position, found)

    def _step_of_interpreter(self, data: bytes, position: int, found: list[Message]) -> int:
        if self.state == ANSWER and self._started:
            self._finish(found)
        if self.state == REPLY:
            assert self.request
            if not self._started:
                reply = self.request.reply
                self._begin(None if reply is None else (reply,), keep=self.request.name in RUNNING)
        elif self.state == ASKING:
            if not self._started:
                self.ask = self._protocol.asks.get(data[position])
                if self.ask is None:
                    raise WrongBytes("the tag of a question", 0, f"tag {data[position]}")
                self._begin(self.ask.body)
                position = self._keep(data, position, position + 1)
        else:
            raise WrongBytes(f"GHC to speak ({self.state})", 0)
        return self._walk(data, position, found)

    def _begin(self, types: tuple[Type, ...] | None, keep: bool = True) -> None:
        self._started = True
        self._open = types is None
        self._passed = False
        self._n_bytes = 0
        self._parts = [] if keep else None
        self._walker.start(*(types or ()))

    def _walk(self, data: bytes, position: int, found: list[Message]) -> int:
        if self._open:
            return self._keep(data, position, len(data))
        reached = self._walker.feed(data, position)
        self._keep(data, position, reached)
        if self._walker.done:
            self._finish(found)
        return reached

    def _keep(self, data: bytes, start: int, end: int) -> int:
        self._n_bytes += end - start
        if self._n_bytes > MOST_KEPT:
            self._parts = None
        if self._parts is not None:
            self._parts.append(data[start:end])
        return end

    def _finish(self, found: list[Message]) -> None:
        """The message is complete: tell of it, and give the turn to whose it is."""
        of_splice = self.state in (ASKING, ANSWER)
        subject = self.ask if of_splice else self.request
        assert subject
        raw = b"".join(self._parts or ())
        # What is open, as all answers are, is found complete when the other side has spoken.
        found.append(Message(self.state, subject.name, raw, self._at_before if self._open else self._at))
        if self.state == REQUEST:
            self.counted = self._walker.counted
        self._started = False
        self._parts = None
        self.state = self._next_state()

    def _next_state(self) -> str:
        assert self.request
        if self.state == REQUEST:
            if self.request.name in RUNNING:
                return ASKING
            return REQUEST if self.request.reply == UNIT else REPLY
        if self.state == REPLY:
            return REQUEST
        assert self.ask
        if self.state == ASKING and self.ask.name == RUN_TH_DONE:
            return REPLY
        return ANSWER if self.state == ASKING and self.ask.answer is not None else ASKING

    def _path(self) -> str:
        subject = self.ask if self.running else self.request
        return f"the {self.state} {subject.name if subject else ''}".rstrip()

    def _lose(self, trouble: str) -> None:
        self.trouble = trouble
        self.state = LOST
        self._started = False
        self._parts = None


def _fixed_size(ask: Ask) -> int:
    """How many bytes a message has whose fields are all of a fixed size, with its tag."""
    fields = ask.body or ()
    assert all(field[0] == FIXED for field in fields)
    return 1 + sum(int(field[1]) for field in fields)

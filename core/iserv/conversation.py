"""The conversation of GHC with its interpreter as a state machine over both directions: no input or output here.

Part of the tap: standard library only.  The two sides take turns: GHC makes a request, the interpreter replies; while
it runs a splice the turns are swapped, it asks and GHC answers, until `RunTHDone` and the reply.  Bytes must be given
in the order in which they travel: those of one side before the other side can have seen and answered them.

Because of the turns, an ordinary request need not be looked into: it and its reply end where the other side speaks.
Only the requests that run splices are, and those that are not replied to, behind which GHC may speak again.  Questions
of a splice are put aside with their answers until it is done, while only their first byte is looked at.
"""

from .messages import NAMED_HERE, RUN_FINALIZERS, RUN_TH, RUN_TH_DONE, UNIT, Ask, Protocol, Request, th_result
from .readers import Type, Walker, WrongBytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _Step = Callable[[bytes, int, list["Message"]], int]

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

MOST_ASIDE = 2**20
"""How many bytes of questions and answers are put aside."""

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


class _Exchange:
    """A question that was put aside, with the answer as far as it has come."""

    __slots__ = ("answer", "answered_at", "asked_at", "question")

    def __init__(self, question: bytes, asked_at: float) -> None:
        self.question = question
        self.asked_at = asked_at
        self.answer = b""
        self.answered_at = 0.0


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
        self._unread: list[bytes] = []
        """The bytes of a request that was not looked into: all that GHC said until the interpreter replied."""
        self._reply: list[bytes] = []
        """The bytes of the reply to it: all that the interpreter says until GHC speaks again."""
        self._hasty = True
        """Whether what need not be looked into (yet) is not, which is most of the conversation."""
        self._plain = {
            tag: one for tag, one in protocol.requests.items() if one.reply != UNIT and one.name not in RUNNING
        }
        """The requests that need not be looked into, by their tag."""
        self._questions = frozenset(tag for tag, ask in protocol.asks.items() if ask.answer is not None)
        """The tags of questions behind which the interpreter waits for GHC."""
        self._aside: list[_Exchange] = []
        """Questions that have not been looked into, with their answers."""
        self._n_aside = 0
        self._state_before = REQUEST
        """The state before what was put aside."""
        self._passed = False
        """Whether the beginning of the interpreter's incomplete message has gone to GHC, because it was put aside."""
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

    def skips(self, data: bytes, at: float, of_ghc: bool) -> bool:
        """Take bytes, at least one, that need not be looked into now; say whether these are such.

        If not, they are still to be given to `from_ghc` or `from_interpreter`.
        """
        if self._aside:
            last = self._aside[-1]
            if of_ghc:
                last.answer += data
                last.answered_at = at
                self._n_aside += len(data)
                return True
            if not last.answer or self._n_aside > MOST_ASIDE or not self._is_question(data):
                return False
        elif of_ghc:
            return self._skips_request(data)
        elif self._unread:
            self._reply.append(data)
            return True
        elif self._hasty and self.state == (ANSWER if self._started else ASKING) and self._is_question(data):
            self._state_before = self.state
            self.state = ANSWER
        else:
            return False
        self._aside.append(_Exchange(data, at))
        self._n_aside += len(data)
        return True

    def from_ghc(self, data: bytes, at: float = 0.0) -> list[Message]:
        """Take bytes that GHC has written, at least one, at this time; return the messages that are found complete."""
        return [] if self.skips(data, at, True) else self._take(data, at, self._step_of_ghc)

    def from_interpreter(self, data: bytes, at: float = 0.0) -> list[Message]:
        """The same with bytes that the interpreter has written."""
        if self.skips(data, at, False):
            return []
        return [*self.look_back(), *self._take(data, at, self._step_of_interpreter)]

    def look_back(self) -> list[Message]:
        """Look into what was put aside; return the messages that are found complete."""
        if not self._aside:
            return []
        (*earlier, last), self._aside, self._n_aside = self._aside, [], 0
        self.state = self._state_before
        found: list[Message] = []
        if earlier:
            # Behind each of these the other side has spoken: no need to look for its end.
            if self._started:
                self._at_before = self._at
                self._finish(found)
            for one in earlier:
                name = self._protocol.asks[one.question[0]].name
                found.append(Message(ASKING, name, one.question, one.asked_at))
                found.append(Message(ANSWER, name, one.answer, one.answered_at))
            self.state = ASKING
        found += self._take(last.question, last.asked_at, self._step_of_interpreter)
        self._passed = self.incomplete > 0
        if last.answer:
            found += self._take(last.answer, last.answered_at, self._step_of_ghc)
        return found

    def interpreter_is_gone(self) -> list[Message]:
        """Forget the incomplete message of the interpreter, whose bytes were held back from GHC.

        One whose end is not known has gone to GHC and counts as complete.  From now on every message is looked into.
        Nobody can go on with an incomplete one that was not held back, as an ordinary reply: then the state is `LOST`.
        Returns the messages that had been put aside.
        """
        self._hasty = False
        found = self.look_back()
        if self.state == REPLY and self._unread:
            self._read_ordinary()
        if self.state in (REPLY, ASKING) and self._started:
            if self._passed:
                self._lose(f"the interpreter broke off in {self._path()}")
            elif self._open:
                self._finish([])
            self._started = False
        return found

    def answered(self) -> bool:
        """Whether GHC, whose turn it is to answer a question, has done so in full.  Walks over all of the answer."""
        if self.state != ANSWER or self.ask is None or self.ask.answer is None or self._parts is None:
            return False
        walker = Walker(self._named)
        walker.start(th_result(self.ask.answer))
        try:
            walker.feed(b"".join(self._parts))
        except (WrongBytes, KeyError):
            return False
        return walker.done

    def _is_question(self, data: bytes) -> bool:
        """Whether bytes at the beginning of a turn are one question, all of it."""
        return data[0] in self._questions and len(data) < WRITTEN_AT_ONCE

    def _skips_request(self, data: bytes) -> bool:
        """Whether these bytes belong to an ordinary request of GHC."""
        if self._unread and not self._reply:
            self._unread.append(data)
            return True
        if not self._hasty or not (self._reply or (self.state == REQUEST and not self._started)):
            return False
        request = self._plain.get(data[0])
        if request is None:
            return False
        self.request = request
        self.state = REPLY
        self._unread, self._reply = [data], []
        return True

    def _read_ordinary(self) -> None:
        """Look into the request that was passed over, and the reply to it."""
        unread, reply = b"".join(self._unread), b"".join(self._reply)
        self._unread, self._reply = [], []
        self.state = REQUEST
        self.from_ghc(unread)
        if reply:
            self.from_interpreter(reply)
            if self.state != REQUEST:
                self._lose(f"the interpreter broke off in {self._path()}")

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
        if self._unread:
            self._unread, self._reply = [], []
            self.state = REQUEST
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
            if self._hasty and data[position] in self._plain:
                self.state = REPLY
                self._unread.append(data[position:])
                return len(data)
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
                self._begin(None if reply is None else (reply,), keep=self.request.name == RUN_TH)
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
        self._unread, self._reply = [], []

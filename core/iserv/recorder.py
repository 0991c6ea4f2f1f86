"""From the messages of a conversation to what the server is told of splices: no input or output here.

Part of the tap: standard library only.
"""

from . import wire
from .conversation import ANSWER, ASKING, REPLY, REQUEST, RUNNING, Message
from .messages import ADD_DEPENDENT_FILE, ADD_FINALIZER, REPORT, RUN_FINALIZERS, RUN_TH, RUN_TH_DONE
from .readers import Reader, WrongBytes

KINDS = ("expression", "pattern", "type", "declarations", "annotation")
"""By the tag of `THResultType`."""

MOST_RECORDED = 2**27
"""The bytes of a splice's questions and answers beyond which the further ones are recorded without them."""

_FAILED = "Q monad failure"
"""What a splice fails with that has said the reason before, in a report: `fail` does so (template-haskell)."""


class Place:
    """Where a splice stands, as GHC told the interpreter."""

    __slots__ = ("compilation", "file", "kind", "module", "span", "unit")

    def __init__(self, raw: bytes) -> None:
        """Read it from a `RunTH` request; raises `WrongBytes`."""
        self.compilation = raw[1:9]
        """The reference that GHC has for the state of splices, one for each time that it compiles a module."""
        reader = Reader(raw, 17)
        self.kind = KINDS[min(reader.byte(), len(KINDS) - 1)]
        known = reader.byte()
        self.file = reader.text() if known else ""
        self.unit = reader.text() if known else ""
        self.module = reader.text() if known else ""
        self.span = [reader.integer() for _ in range(4)] if known else [0, 0, 0, 0]
        """Start line and column, end line and column: 1-based, the end exclusive."""

    def header(self, event: str) -> wire.Header:
        """The start of a frame about this splice."""
        return {
            "event": event,
            "kind": self.kind,
            "file": self.file,
            "unit": self.unit,
            "module": self.module,
            "span": self.span,
        }


def finalizers(raw: bytes) -> list[int]:
    """The references to the code that a `RunModFinalizers` request names; raises `WrongBytes`."""
    reader = Reader(raw, 9)
    return [reader.integer() for _ in range(reader.integer())]


class Recorder:
    """Puts together what is known of the splice that runs, or of what one left for the end of its module."""

    def __init__(self) -> None:
        self.place: Place | None = None
        """The splice that runs, or that left what runs; None when nothing does."""
        self.finalizers: list[int] = []
        """The references to what runs of what a splice has left; none while it runs itself."""
        self._ends = False
        """Whether what runs is no splice, but what one has left."""
        self.since = 0.0
        """When it began."""
        self.stopped = False
        """Whether its interpreter died or was ended."""
        self.refused = ""
        """Why it is answered without being run; empty when it runs."""
        self.replayed = False
        """Whether it is replayed."""
        self._questions: list[list[object]] = []
        self._parts: list[bytes] = []
        self._n_bytes = 0
        self._files: list[str] = []
        self._asked_at = 0.0
        self._reported = ""
        """The latest error that the splice reported."""
        self._left: dict[int, Place] = {}
        """The splices that left something for the end of the module, by the references to that."""

    def take(self, message: Message) -> None:
        """Take note of a message of a running splice, all but its reply.  Times are in seconds."""
        if message.kind == REQUEST and message.name in RUNNING:
            self._begin(message)
        elif message.kind == ASKING and message.name != RUN_TH_DONE:
            self._asked(message)
        elif message.kind == ANSWER and self._questions:
            self._answered(message)

    def finish(self, message: Message, memory: int) -> bytes:
        """The frame about a splice whose reply this is; empty when the message is no such reply."""
        if message.kind != REPLY or message.name not in RUNNING or self.place is None:
            return b""
        place, self.place = self.place, None
        if self.refused:
            return wire.frame({**place.header(wire.REFUSED), "why": self.refused})
        if self.replayed:
            return wire.frame(place.header(wire.REPLAYED))
        result, failure = _outcome(message)
        failure = self._reported if failure == _FAILED and self._reported else failure
        header = {
            **place.header(wire.FINALIZED if self.finalizers else wire.SPLICE),
            "ms": _milliseconds(message.at - self.since),
            "memory": memory,
            "failure": failure,
            "stopped": self.stopped,
            "result": -1 if result is None else len(result),
            "questions": self._questions,
            "files": self._files,
            "finalizers": self.finalizers,
        }
        return wire.frame(header, b"".join((result or b"", *self._parts))) or wire.frame({**header, "result": -1})

    def running(self, now: float) -> bytes:
        """The frame that says for how long the splice has been running; empty when none runs."""
        if self.place is None:
            return b""
        return wire.frame({**self.place.header(wire.RUNNING), "ms": _milliseconds(now - self.since)})

    @property
    def runs_nothing(self) -> bool:
        """Whether GHC wants to have run what splices left, and none has left anything, as it mostly is."""
        return self._ends and not self.finalizers

    def _begin(self, message: Message) -> None:
        self.place, self.finalizers, self._ends = None, [], message.name == RUN_FINALIZERS
        self.since = message.at
        self.stopped, self.refused, self.replayed = False, "", False
        self._questions, self._parts, self._n_bytes, self._files, self._reported = [], [], 0, [], ""
        try:
            if message.name == RUN_TH:
                self.place = Place(message.raw)
            else:
                self.finalizers = finalizers(message.raw)
                places = [self._left.pop(one, None) for one in self.finalizers]
                self.place = places[0] if places else None
        except WrongBytes:
            # The conversation found it well-formed, so this cannot be; then it is a splice that nobody hears of.
            self.place = None

    def _asked(self, message: Message) -> None:
        self._asked_at = message.at
        self._questions.append([message.name, self._recorded(message.raw), 0, 0.0])
        if message.name == ADD_DEPENDENT_FILE:
            self._files.append(Reader(message.raw, 1).text())
        elif message.name == ADD_FINALIZER and self.place:
            self._left[Reader(message.raw, 1).integer()] = self.place
        elif message.name == REPORT and message.raw[1]:
            self._reported = Reader(message.raw, 2).text()

    def _answered(self, message: Message) -> None:
        question = self._questions[-1]
        question[2] = self._recorded(message.raw)
        question[3] = _milliseconds(message.at - self._asked_at)

    def _recorded(self, raw: bytes) -> int:
        if self._n_bytes + len(raw) > MOST_RECORDED:
            return 0
        self._n_bytes += len(raw)
        self._parts.append(raw)
        return len(raw)


def _outcome(message: Message) -> tuple[bytes | None, str]:
    """The result and the failure in a reply; what is run at the end of a module has an empty result."""
    if not message.raw:
        return None, "The result is too big to be looked at."
    try:
        reader = Reader(message.raw)
        if reader.byte():
            return None, reader.text()
        return (reader.blob() if message.name == RUN_TH else b""), ""
    except WrongBytes as error:
        return None, f"The result could not be read: {error}."


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)

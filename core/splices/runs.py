"""What is known about a Template Haskell splice that ran: where, what it asked, what it gave back; no syntax trees."""

from enum import Enum
from itertools import chain
from pathlib import Path

from attrs import field, frozen

from thatch.core.diagnostics import Span


class SpliceKind(Enum):
    """What a splice stands for; GHC asks the interpreter for a result of that type."""

    EXPRESSION = "expression"
    PATTERN = "pattern"
    TYPE = "type"
    DECLARATIONS = "declarations"
    ANNOTATION = "annotation"
    """The value of an `ANN` pragma."""


@frozen
class Question:
    """One question that a splice put to GHC while it ran, with its answer, both as they went over the pipe."""

    name: str
    """The name of the message, such as `Reify` (constructors of `THMessage` in ghci's GHCi/Message.hs)."""

    asked: bytes = field(repr=lambda data: f"{len(data)} bytes")
    """The whole message with its tag."""

    answer: bytes = field(repr=lambda data: f"{len(data)} bytes")
    """GHC's whole reply with its tag."""

    milliseconds: float
    """How long GHC took to answer."""


@frozen(kw_only=True)
class Finalizer:
    """What a splice left to be run at the end of its module (`addModFinalizer`), as it ran there."""

    references: tuple[int, ...]
    """To the interpreter's memory: those in the splice's questions `AddModFinalizer` that GHC had run at once."""

    questions: tuple[Question, ...] = ()

    failure: str = ""
    """Why it did not come to its end; empty if it did."""

    milliseconds: float = 0.0


@frozen(kw_only=True)
class SpliceRun:
    """One splice or quasi-quote, as it ran while its module was compiled."""

    unit: str
    """The id of the unit whose module holds the splice."""

    module: str

    path: Path
    """The user's file that holds the splice, absolute."""

    span: Span
    """Where GHC says that it is, in GHC's columns: 1-based, the end exclusive.

    That is the splice without its `$` or `$$`, and of a quasi-quote its text and what closes it;
    `thatch.core.splices.inline.extent` gives all of it.
    """

    kind: SpliceKind

    result: bytes | None = field(repr=False)
    """The syntax tree that it gave back, encoded as template-haskell's `Binary` instances do; None when it failed."""

    failure: str = ""
    """Why there is no result: the exception, or what `fail` said."""

    milliseconds: float
    """From the request to run it until its result, with the answering of its questions."""

    questions: tuple[Question, ...] = ()

    dependent_files: tuple[Path, ...] = ()
    """The files that it named with `addDependentFile`, absolute."""

    memory: int = 0
    """The memory of the interpreter when it was done or a moment later, in bytes; 0 when unknown."""

    stopped: bool = False
    """Whether its interpreter died or was ended for a limit while it ran; `failure` says which."""

    finalizers: tuple[Finalizer, ...] = ()

    @property
    def all_questions(self) -> tuple[Question, ...]:
        """Its own and those of its finalizers."""
        return tuple(chain(self.questions, *(finalizer.questions for finalizer in self.finalizers)))

    @property
    def all_milliseconds(self) -> float:
        """How long it and its finalizers took."""
        return self.milliseconds + sum(finalizer.milliseconds for finalizer in self.finalizers)


@frozen
class FileSplices:
    """The splices of one file, as they last ran."""

    text: str = field(repr=False)
    """The text that was compiled then; the buffer may hold another one by now."""

    runs: tuple[SpliceRun, ...]
    """Sorted by place."""

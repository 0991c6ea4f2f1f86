"""Evaluates examples of one project's modules: a session on demand, kept for a while for the next question."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from attrs import frozen

from thatch.core.artifacts import Job
from thatch.core.documents import Document, read_text
from thatch.core.errors import ThatchError
from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.model import Block, Example, Outcome, Prompt
from thatch.core.evaluation.plan import Wanted, plan_evaluation, restorable, same_session
from thatch.core.evaluation.session import EvalSession
from thatch.core.evaluation.statements import (
    Refusal,
    free_variables,
    has_properties,
    imported,
    leaves_traces,
    missing_code,
    property_statements,
    property_type,
    statement,
)
from thatch.core.ghc.lane_host import LaneHost
from thatch.core.ghc.plugins import project_uses_plugins
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.syntax import parse_header

log = logging.getLogger(__name__)

QUICKCHECK = ("-package", "QuickCheck")


@frozen
class Described:
    """A project as its lane knows it at one moment."""

    project: Project
    toolchain: Toolchain
    settings: Settings

    graph: ModuleGraph | None
    """The modules as they were when the cache was last asked; None if it was not."""


@frozen
class Evaluated:
    """An example and what came of it."""

    example: Example
    outcome: Outcome


class Evaluator:
    """Owns the session for examples of one project.  One evaluation at a time."""

    def __init__(
        self,
        folder: Path,
        host: LaneHost,
        describe: Callable[[], Described],
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        """`folder` is a private one that need not exist yet; `settled` waits until the cache has what was compiled."""
        self._folder = folder
        self._host = host
        self._describe = describe
        self._settled = settled
        self._session: EvalSession | None = None
        self._lock = asyncio.Lock()
        self._running: asyncio.Future[None] | None = None
        self._barred: frozenset[ModuleKey] = frozenset()
        """The modules of whose interfaces GHC cannot make code."""
        self._has_quickcheck = True
        """Whether GHC can be told to use it."""
        self._numbers = itertools.count()
        self._idle: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the session's GHC, if one runs."""
        return self._session.pid if self._session else None

    async def evaluate(
        self,
        path: Path,
        text: str,
        lines: Collection[int] | None,
        tell: Callable[[int, int], None],
        beside: Mapping[Path, str],
    ) -> list[Evaluated]:
        """Evaluate the examples whose prompts are in these 0-based lines of a module's text, or all of them.

        What comes before them in their comments is evaluated too, and `$setup`.  `tell` hears how many are done, of how
        many.  `beside` are the texts of files that are asked about as well, now and in later calls.
        Raises `ThatchError` when the module cannot be loaded, OSError.  Cancelling ends the session.
        """
        evaluation = _Evaluation(path, text, lines, beside)
        async with self._lock:
            self._stay()
            self._running = running = asyncio.ensure_future(self._evaluate_all(evaluation, tell))
            try:
                await asyncio.wait([running])
            finally:
                running.cancel()
                await asyncio.wait([running])
                self._running = None
                self._rest()
            if running.cancelled():
                raise ThatchError(message=f"The evaluation of {path.name} was ended, because its project is closed.")
            running.result()
        return evaluation.found

    async def close(self) -> None:
        """End what is evaluated, and the session; safe to call twice."""
        if self._running is not None:
            self._running.cancel()
        await self._give_back()

    async def _evaluate_all(self, evaluation: "_Evaluation", tell: Callable[[int, int], None]) -> None:
        try:
            for block, asked in evaluation.asked:
                await self._evaluate(evaluation, block, asked, tell)
        except BaseException:
            await self._end()
            raise

    async def _evaluate(
        self, evaluation: "_Evaluation", block: Block, asked: Collection[Example], tell: Callable[[int, int], None]
    ) -> None:
        """Evaluate the examples of a block up to the last that is asked for."""
        before = [] if block.is_setup else evaluation.setup
        last = block.examples.index(max(asked, key=lambda example: example.line))
        while True:
            session = await self._ready(evaluation)
            outcomes = [await self._outcome(session, one) for one in (*before, *block.examples[: last + 1])]
            if not await self._barred_more(session, outcomes):
                break
        for example, outcome in zip(block.examples, outcomes[len(before) :], strict=False):
            if example in asked:
                evaluation.found.append(Evaluated(example, outcome))
        tell(len(evaluation.found), evaluation.n_asked)
        if leaves_traces(block.examples, several_units=session.several_units) and not block.is_setup:
            await self._end()

    async def _outcome(self, session: EvalSession, example: Example) -> Outcome:
        if not session.alive:
            return NOT_REACHED
        if example.prompt is Prompt.PROPERTY:
            return await _try_property(session, example.code)
        command = statement(example.code)
        if isinstance(command, Refusal):
            return Outcome((f"*** {command.reason}",))
        return await session.run(command) if command else Outcome(())

    async def _barred_more(self, session: EvalSession, outcomes: Iterable[Outcome]) -> bool:
        """Have modules compiled from now on whose interfaces do not do; if there are any, the session is ended."""
        names = {name for outcome in outcomes if (name := missing_code(outcome.lines))}
        found = [await asyncio.to_thread(session.without_code, name) for name in names]
        fresh = frozenset().union(*found) - self._barred
        self._barred |= fresh
        if fresh:
            log.info("The interfaces of %s give GHC no code that it can link", sorted(str(key.path) for key in fresh))
            await self._end()
        return bool(fresh)

    async def _ready(self, evaluation: "_Evaluation") -> EvalSession:
        """A session in which nothing is defined yet."""
        wanted = await self._wanted(evaluation)
        session = self._session
        if session is not None and session.alive and same_session(session.wanted, wanted):
            await session.reload(wanted)
            return session
        await self._end()
        try:
            return await self._start(wanted, evaluation)
        except ThatchError as error:
            if not (self._has_quickcheck and " ".join(QUICKCHECK) in error.detail):
                raise
        self._has_quickcheck = False
        evaluation.wanted = None
        return await self._ready(evaluation)

    async def _wanted(self, evaluation: "_Evaluation") -> Wanted:
        """What is loaded, found out once."""
        if evaluation.wanted is None:
            documents, described = dict(self._host.documents()), self._describe()
            job = await asyncio.to_thread(_job, described, documents, evaluation, with_quickcheck=self._has_quickcheck)
            graph = described.graph
            if graph is None and self._host.store is not None:
                graph = (await asyncio.to_thread(self._host.store.plan, job)).graph
            graph = graph and await asyncio.to_thread(_as_written, graph, job.unsaved)
            names = imported(evaluation.all_examples)
            evaluation.job = job
            evaluation.wanted = await asyncio.to_thread(
                plan_evaluation, job, graph, evaluation.path, names, evaluation.beside
            )
        return evaluation.wanted

    async def _start(self, wanted: Wanted, evaluation: "_Evaluation") -> EvalSession:
        store = self._host.store
        await self._settled()
        plan = None
        if store is not None and wanted.loaded and evaluation.job is not None:
            plan = await asyncio.to_thread(store.plan, evaluation.job)

        def restore(interfaces: Path) -> None:
            if store is not None and plan is not None:
                store.restore(restorable(wanted, plan, self._barred), interfaces)

        folder = self._folder / str(next(self._numbers))
        session = self._session = EvalSession(wanted, folder, self._describe().settings)
        await session.start(restore)
        return session

    async def _end(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.stop()

    def _stay(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _rest(self) -> None:
        """Give the session back when nothing is evaluated for long."""
        minutes = self._describe().settings.sessions_idle_minutes
        if self._session is not None and minutes > 0:
            self._idle = asyncio.get_running_loop().call_later(minutes * 60, self._give_back_soon)

    def _give_back_soon(self) -> None:
        self._closing = asyncio.create_task(self._give_back(), name="end of evaluation")

    async def _give_back(self) -> None:
        async with self._lock:
            self._stay()
            await self._end()


NO_QUICKCHECK = Outcome(("*** QuickCheck is not among the packages that this module can use.",))
NOT_REACHED = Outcome((), ended="*** Not evaluated: what stands before it was stopped.")


class _Evaluation:
    """What is to be evaluated of one text, and what came of it so far."""

    def __init__(self, path: Path, text: str, lines: Collection[int] | None, beside: Mapping[Path, str]) -> None:
        self.path = path
        self.text = text
        self.beside = beside
        blocks = _blocks(path, text)
        others = [block for other, its in beside.items() if other != path for block in _blocks(other, its)]
        self.all_examples = [example for block in (*blocks, *others) for example in block.examples]
        self.setup = [example for block in blocks if block.is_setup for example in block.examples]
        self.asked = [(block, some) for block in blocks if (some := _asked(block, lines))]
        self.n_asked = sum(len(some) for _, some in self.asked)
        self.found: list[Evaluated] = []
        self.job: Job | None = None
        """The whole project, once it is looked at."""
        self.wanted: Wanted | None = None


@lru_cache(maxsize=256)
def _blocks(path: Path, text: str) -> tuple[Block, ...]:
    return find_blocks(text, literate=path.suffix == ".lhs")


def _asked(block: Block, lines: Collection[int] | None) -> list[Example]:
    return [example for example in block.examples if lines is None or example.line in lines]


def _job(
    described: Described, documents: Mapping[Path, Document], evaluation: _Evaluation, *, with_quickcheck: bool
) -> Job:
    """The whole project with the texts that nobody has saved."""
    texts = {path: document.text for path, document in documents.items()} | {evaluation.path: evaluation.text}
    unsaved = {path: text for path, text in texts.items() if read_text(path) != text}
    flags = unit_flags(described.project, described.settings.ghc_options)
    if with_quickcheck and has_properties(evaluation.all_examples):
        flags = {unit: (*given, *(() if _names_quickcheck(given) else QUICKCHECK)) for unit, given in flags.items()}
    plugins = project_uses_plugins(described.project, flags, described.graph)
    toolchain = described.toolchain.without_interpreters() if plugins else described.toolchain
    return Job(project=described.project, toolchain=toolchain, flags=flags, unsaved=unsaved)


def _names_quickcheck(flags: Iterable[str]) -> bool:
    return any(flag.removeprefix("-package-id=").startswith("QuickCheck-") for flag in flags)


def _as_written(graph: ModuleGraph, unsaved: Mapping[Path, str]) -> ModuleGraph:
    """The graph with what unsaved texts import."""
    for path, text in unsaved.items():
        header = parse_header(text, literate=path.suffix == ".lhs")
        for module in graph.at(path):
            graph = graph.with_header(module, header)
    return graph


async def _try_property(session: EvalSession, code: str) -> Outcome:
    outcome = await session.run(property_type(code))
    for command in property_statements(code, free_variables(outcome.lines)):
        if not session.alive:
            return outcome
        outcome = await session.run(command)
        if outcome.lines and command.startswith("import "):
            return NO_QUICKCHECK
        if outcome.lines and not command.startswith("$("):
            return outcome
    return outcome

"""Opening a workspace on what `check` is to look at, and waiting until all is known."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from attrs import frozen

from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache
from thatch.cli.check_options import Options
from thatch.cli.choice import Choice
from thatch.cli.formats.look import printable
from thatch.cli.output import remark
from thatch.cli.progress import shown_progress
from thatch.cli.settled import listener
from thatch.core.artifacts import Job
from thatch.core.events import DiagnosticsChanged, Event, Listener, WorkStarted
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.discover import find_root
from thatch.core.project.model import Project
from thatch.core.workspace import Snapshot, Workspace
from thatch.core.workspace_folder import Narrow

if TYPE_CHECKING:
    from thatch.cli.narrowing import Narrowing
    from thatch.cli.observed import Observed
    from thatch.cli.stream import Stream
    from thatch.cli.timings import Timing


@frozen
class Gathered:
    """What was found out."""

    snapshot: Snapshot

    timings: Sequence["Timing"]
    """Of all modules, where somebody wants to know."""


async def gather(choice: Choice, options: Options, stream: "Stream | None") -> Gathered:
    """Everything that a workspace finds out about what is wanted; cancelling ends its child processes."""
    with shown_progress() as show:
        modules = await asyncio.to_thread(_open, options)
        observed = _observed(modules) if modules and options.timed else None
        hearing = listener(show, *([stream.hear] if stream else []), *([observed.hear] if observed else []))
        async with _opened(choice, options, hearing, observed or modules, watched=False) as workspace:
            try:
                await workspace.idle()
                snapshot = workspace.snapshot()
            finally:
                if stream:
                    stream.stop()
        # Not before: what was compiled last is kept in the background.
        return Gathered(snapshot, observed.timings() if observed else ())


async def keep_gathering(choice: Choice, options: Options, tell: Callable[[Snapshot, float], None]) -> NoReturn:
    """Tell what there is to know, and in how many seconds it was found out, again whenever files have changed.

    Goes on until it is cancelled, which ends all child processes.
    """
    ear = Ear()
    began = time.monotonic()
    modules = await asyncio.to_thread(_open, options)
    async with _opened(choice, options, listener(ear.hear), modules, watched=True) as workspace:
        while True:
            with ear.shown():
                await workspace.idle()
            ear.news.clear()
            tell(workspace.snapshot(), time.monotonic() - began)
            await ear.news.wait()
            began = time.monotonic()


class Ear:
    """Hears a workspace that is watched: whether there is news, and what to show of the work that goes on."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self.news = asyncio.Event()
        """Whether something was done or found."""
        self._show: Listener | None = None
        self._missed: list[Event] = []

    def hear(self, event: Event) -> None:
        """Take in an event."""
        if isinstance(event, WorkStarted | DiagnosticsChanged):
            self.news.set()
        if self._show is None:
            self._missed.append(event)
        else:
            self._show(event)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show work while the context lasts, that which began before it too."""
        with shown_progress() as show:
            for event in self._missed:
                show(event)
            self._missed.clear()
            self._show = show
            try:
                yield
            finally:
                self._show = None


@asynccontextmanager
async def _opened(
    choice: Choice, options: Options, hearing: Listener, modules: ModuleCache | None, *, watched: bool
) -> AsyncIterator[Workspace]:
    """A workspace that has begun to work.  Cancelling ends its child processes."""
    named = sorted(choice.selection.files | choice.selection.folders)
    roots = tuple(dict.fromkeys(map(find_root, named)))
    narrow = _narrower(choice.narrowing, options, modules) if choice.narrowing else None
    workspace = Workspace(roots, options.settings, hearing, modules, narrow)
    try:
        await workspace.start(watched=watched)
        yield workspace
    finally:
        await workspace.close()
        if modules:
            await asyncio.to_thread(modules.close)


def _open(options: Options) -> ModuleCache | None:
    if options.no_cache:
        return None
    return open_cache(
        options.settings,
        upload=options.remote_write and not options.read_only_cache,
        read_only=options.read_only_cache,
        tell=lambda sentence: remark(f"thatch: {printable(sentence)}"),
    )


def _observed(modules: ModuleCache) -> "Observed":
    from thatch.cli.observed import Observed

    return Observed(modules.store, modules.heads_folder, modules.tallies)


def _narrower(narrowing: "Narrowing", options: Options, modules: ModuleCache | None) -> Narrow:
    def job(project: Project, toolchain: Toolchain) -> Job:
        flags = unit_flags(project, options.settings.ghc_options)
        return Job(project=project, toolchain=toolchain, flags=flags, unsaved={})

    def narrowed(project: Project, toolchain: Toolchain) -> Project:
        whole = job(project, toolchain)
        if modules is None:
            from thatch.cache.survey import survey

            return narrowing.narrow(project, survey(whole).graph, {}, _size)
        from thatch.cache.modules import examine

        found = examine(whole, modules.store, modules.heads_folder)
        graph = found.survey.graph
        compiled = (module for module in graph.nodes if found.survey.keys.get(module) in found.entries)
        made_from = {module: tuple(found.files_before(module, project.root)) for module in compiled}
        return narrowing.narrow(project, graph, made_from, _size)

    async def narrow(project: Project, toolchain: Toolchain) -> Project:
        part = await asyncio.to_thread(narrowed, project, toolchain)
        if options.shard_wait and modules is not None:
            from thatch.cli.other_shards import wait_for_others

            needed = await asyncio.to_thread(job, part, toolchain)
            await wait_for_others(needed, modules, narrowing.is_chosen, options.shard_wait)
        return part

    return narrow


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

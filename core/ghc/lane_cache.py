"""A project lane's use of the cache: what is up to date before GHC starts, and what is kept after it has compiled."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from attrs import evolve

from thatch.core.artifacts import ArtifactStore, Compiled, Job, Plan, Planned, Recompiled, Standing, Tally
from thatch.core.ghc.lane_buffers import LaneBuffers
from thatch.core.ghc.lane_splices import LaneSplices
from thatch.core.ghc.load_log import LoadLog
from thatch.core.ghc.overlooked import Overlooked
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.reach import above, unread
from thatch.core.ghc.results import ModuleKey, Results, Stamp, Written
from thatch.core.ghc.stamps import file_stamp, source_stamp
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.splices.runs import SpliceRun
from thatch.core.syntax import parse_header

log = logging.getLogger(__name__)


class LaneCache:
    """Joins the results of one lane and the cache; all that blocks runs in threads."""

    def __init__(self, store: ArtifactStore, interfaces: Path, on_inputs: Callable[[], None]) -> None:
        """`interfaces` is where sessions keep interfaces, a folder for each unit; `on_inputs` hears of new `inputs`."""
        self._store = store
        self._interfaces = interfaces
        self._on_inputs = on_inputs
        self.graph: ModuleGraph | None = None
        """The modules of the latest plan and the imports between them, as the latest load saw them."""
        self._loaded = False
        """Whether something was loaded since the latest plan."""
        self._planned: Mapping[tuple[str, str], Planned] = {}
        self._by_key: Mapping[ModuleKey, Planned] = {}
        self._files: dict[ModuleKey, Mapping[Path, str]] = {}
        self._overlooked = Overlooked()
        self._background: asyncio.Task[None] | None = None
        self.log = LoadLog()
        """What is to hear of every module that GHC compiles."""
        self.inputs: Mapping[Path, str] = {}
        """The files besides sources that the modules were made from, as far as known, each with the hash it had."""
        self.n_misses = 0
        """How many modules the latest plan leaves to GHC."""

    async def plan(
        self,
        project: Project,
        toolchain: Toolchain,
        settings: Settings,
        unsaved: Mapping[Path, str],
        results: Results,
        splices: LaneSplices,
        *,
        replays: bool = False,
    ) -> tuple[Job, Plan]:
        """Find out what is up to date, and give the results what GHC said about it, and the splices that ran.

        With `replays` the plan tells what ran earlier in modules that must be compiled.
        """
        await self.settled()
        # First, so that a change made meanwhile is one.
        modules = [module.path for unit in project.units for module in unit.modules]
        await asyncio.to_thread(self._overlooked.note, modules)
        job = evolve(await asyncio.to_thread(_job, project, toolchain, settings, unsaved), replays=replays)
        plan = await asyncio.to_thread(self._store.plan, job)
        tally = _tally(plan)
        self.n_misses = tally.n_misses
        self.graph, self._loaded = plan.graph, False
        await asyncio.to_thread(self._overlooked.note, self._paths())
        self._planned = {(module.key.unit, module.name): module for module in plan.modules if not module.boot}
        self._by_key = {module.key: module for module in self._planned.values()}
        self._later(lambda: asyncio.to_thread(self._record, tally))
        self.log.promise({})
        planned = {module.key: module.files for module in plan.modules}
        self._files = {key: files for key, files in self._files.items() if key in planned}
        # A module that GHC cannot compile now may be mended by what it was made from before.
        known = plan.known
        self._made_from({key: files for key, files in planned.items() if files or key in known})
        _adopt(plan, {module.key: Stamp("", "") for module in plan.modules}, results)
        results.adopt_notices(plan.notices or ())
        for module in plan.modules:
            if module.standing is not Standing.MISS:
                splices.adopt(module.key, module.splices)
        return job, plan

    async def restore(self, plan: Plan, results: Results) -> None:
        """Put the interfaces that are up to date where a session finds them, which is to start.  Raises OSError."""
        await asyncio.to_thread(self._overlooked.read)
        stamps = await asyncio.to_thread(self._restore, plan)
        hits = {module.key for module in plan.modules if module.standing is Standing.HIT}
        self.log.promise({key: stamp.source for key, stamp in stamps.items() if key in hits})
        known = plan.known
        results.keep(lambda key: key not in known or key in stamps)
        _adopt(plan, stamps, results)

    async def overlooked(self, modules: Iterable[Path]) -> bool:
        """Whether a source was written since the last call so that a session which goes on would overlook something."""
        return await asyncio.to_thread(self._overlooked.changed, {*modules, *self._paths()})

    def interface(self, unit: str, module: str) -> bytes | None:
        """The interface of a module of the latest plan, if the cache has it.  Blocking."""
        planned = self._planned.get((unit, module))
        return self._store.interface(planned) if planned else None

    def interface_of(self, key: ModuleKey) -> bytes | None:
        """The interface of a module of the latest plan by its key, if the cache has it.  Blocking."""
        planned = self._by_key.get(key)
        return self._store.interface(planned) if planned else None

    def hie(self, key: ModuleKey) -> bytes | None:
        """The `.hie` file of a module of the latest plan, if the cache has it.  Blocking."""
        planned = self._by_key.get(key)
        return self._store.hie(planned) if planned else None

    def hie_stamp(self, key: ModuleKey) -> str | None:
        """Tells one content of that file from another; None if the cache has none."""
        planned = self._by_key.get(key)
        return planned.artifacts.get("hie") if planned else None

    def left_out(self, results: Results, buffers: LaneBuffers) -> Collection[ModuleKey]:
        """The modules that a load did not get to, going by their imports as it saw them.  Blocking."""
        if self.graph is None:
            return ()
        # The first load saw what the plan saw, but for the buffers.
        reached = results.take_reached()
        changed = reached if self._loaded else {key for key in reached if key.path in buffers.unsaved}
        self._loaded = True
        for key in changed:
            header = parse_header(buffers.text(key.path), literate=key.path.suffix.startswith(".lhs"))
            for module in self.graph.at(key.path):
                self.graph = self.graph.with_header(module, header)
        if results.all_loaded:
            return ()
        return unread(self.graph) if results.unreadable else above(self.graph, results.failed)

    def loaded(self, unsaved: Mapping[Path, str]) -> None:
        """A load came to its end, with these buffers: count what GHC compiled although it had been restored."""
        self.n_misses = 0
        promised, broken = self.log.take_broken()
        if broken:
            self._later(lambda: asyncio.to_thread(self._tell_broken, promised, broken, unsaved))

    def keep(
        self,
        project: Project,
        toolchain: Toolchain,
        settings: Settings,
        results: Results,
        splices: LaneSplices,
    ) -> None:
        """Take into the cache, in the background, what was compiled since the last call."""
        fresh = results.take_fresh()
        notices = tuple(results.notices) if results.all_loaded else None
        milliseconds = {key: self.log.milliseconds(key) for key in fresh}
        spoke = results.preprocessor_spoke
        # A load that could not make sense of the imports has accepted nothing.
        accepted = {} if results.unreadable else results.written()
        runs = {key: splices.of(key) for key in fresh}

        def keep() -> Mapping[ModuleKey, Mapping[Path, str]]:
            compiled = self._compiled(fresh, milliseconds, runs, preprocessor_spoke=spoke)
            untouched = self._compiled({key: written for key, written in accepted.items() if key not in fresh}, {}, {})
            try:
                return self._store.keep(_job(project, toolchain, settings, {}), compiled, notices, untouched)
            except Exception:
                # What is not kept is only compiled again.
                log.exception("The cache could not take in what was compiled")
                return {}

        async def work() -> None:
            self._made_from(await asyncio.to_thread(keep))

        self._later(work)

    async def settled(self) -> None:
        """Wait until everything has been taken in.  May be cancelled; the work goes on."""
        if self._background is not None:
            await asyncio.shield(self._background)

    def _later(self, begin: Callable[[], Awaitable[None]]) -> None:
        """Do some work in the background, when what was begun before is done."""
        before, self._background = self._background, None

        async def work() -> None:
            if before is not None:
                await before
            await begin()

        self._background = asyncio.create_task(work(), name="cache")

    def _made_from(self, files: Mapping[ModuleKey, Mapping[Path, str]]) -> None:
        self._files.update(files)
        self.inputs = {path: known for made_from in self._files.values() for path, known in made_from.items()}
        self._on_inputs()

    def _paths(self) -> set[Path]:
        """The files of the latest plan's modules."""
        return set(map(self.graph.path, self.graph.nodes)) if self.graph else set()

    def _record(self, tally: Tally) -> None:
        try:
            self._store.record(tally)
        except Exception:
            log.exception("The cache could not count a load")

    def _tell_broken(
        self, promised: Mapping[ModuleKey, str], broken: Sequence[Recompiled], unsaved: Mapping[Path, str]
    ) -> None:
        # Who edits while GHC starts is the reason himself.
        if any(source_stamp(key.path, unsaved.get(key.path)) != source for key, source in promised.items()):
            return
        for module in broken:
            log.warning(
                "GHC compiled %s of %s, which the cache had restored (%s)",
                module.module,
                module.unit,
                module.reason or "it gives no reason",
            )
        self._record(Tally(recompiled=tuple(broken)))

    def _restore(self, plan: Plan) -> dict[ModuleKey, Stamp]:
        for module in plan.modules:
            if module.standing is Standing.MISS:
                # What an earlier session left may not be true: see `ProjectLane.read_again`.
                name = _interface(module.name, boot=module.boot)
                (self._interfaces / module.key.unit / name).unlink(missing_ok=True)
        restored = set(self._store.restore(plan, self._interfaces))
        return {
            module.key: Stamp(
                source_stamp(module.key.path, None),
                file_stamp(self._interfaces / module.key.unit / _interface(module.name, boot=module.boot)),
            )
            for module in plan.modules
            if module.key in restored
        }

    def _compiled(
        self,
        modules: Mapping[ModuleKey, Written],
        milliseconds: Mapping[ModuleKey, int],
        splices: Mapping[ModuleKey, tuple[SpliceRun, ...]],
        *,
        preprocessor_spoke: bool = False,
    ) -> list[Compiled]:
        """The modules whose interfaces are still what the load left or accepted."""
        return [
            Compiled(
                key,
                self._interfaces / key.unit / written.interface,
                written.stamp.source,
                written.diagnostics,
                milliseconds.get(key, 0),
                splices.get(key, ()),
                preprocessor_spoke=preprocessor_spoke,
                files=self._files.get(key, {}),
            )
            for key, written in modules.items()
            if file_stamp(self._interfaces / key.unit / written.interface) == written.stamp.interface
        ]


def _job(project: Project, toolchain: Toolchain, settings: Settings, unsaved: Mapping[Path, str]) -> Job:
    flags = unit_flags(project, settings.ghc_options)
    return Job(project=project, toolchain=toolchain, flags=flags, unsaved=unsaved)


def _tally(plan: Plan) -> Tally:
    n_modules = Counter(module.standing for module in plan.modules)
    return Tally(n_modules[Standing.HIT], n_modules[Standing.LIKELY], n_modules[Standing.MISS])


def _adopt(plan: Plan, stamps: Mapping[ModuleKey, Stamp], results: Results) -> None:
    for module in plan.modules:
        stamp = stamps.get(module.key)
        if stamp is not None and module.standing is not Standing.MISS:
            results.adopt(module.key, _interface(module.name, boot=module.boot), module.diagnostics, stamp)


def _interface(module: str, *, boot: bool) -> PurePosixPath:
    return PurePosixPath(module.replace(".", "/") + (".hi-boot" if boot else ".hi"))

"""A project lane's use of the cache: what is up to date before GHC starts, and what is kept after it has compiled."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from thatch.core.artifacts import ArtifactStore, Compiled, Job, Plan, Standing
from thatch.core.ghc.output import Notice
from thatch.core.ghc.results import ModuleKey, Results, Stamp, Written
from thatch.core.ghc.session_files import unit_flags
from thatch.core.ghc.stamps import file_stamp, source_stamp
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.model import Project
from thatch.core.settings import Settings

log = logging.getLogger(__name__)


class LaneCache:
    """Joins the results of one lane and the cache; all that blocks runs in threads."""

    def __init__(self, store: ArtifactStore, interfaces: Path) -> None:
        """`interfaces` is where sessions keep interfaces: a folder for each unit."""
        self._store = store
        self._interfaces = interfaces
        self._keeping: asyncio.Task[None] | None = None
        self.n_misses = 0
        """How many modules the latest plan leaves to GHC."""

    async def plan(
        self, project: Project, toolchain: Toolchain, settings: Settings, unsaved: Mapping[Path, str], results: Results
    ) -> Plan:
        """Find out what is up to date, and give the results what GHC said about it."""
        await self.settled()
        job = await asyncio.to_thread(_job, project, toolchain, settings, unsaved)
        plan = await asyncio.to_thread(self._store.plan, job)
        self.n_misses = sum(module.standing is Standing.MISS for module in plan.modules)
        _adopt(plan, {module.key: Stamp("", "") for module in plan.modules}, results)
        results.adopt_notices(plan.notices or ())
        return plan

    async def restore(self, plan: Plan, results: Results) -> None:
        """Put the interfaces that are up to date where a session finds them.  Raises OSError."""
        stamps = await asyncio.to_thread(self._restore, plan)
        results.keep(lambda key: key not in plan.known or key in stamps)
        _adopt(plan, stamps, results)

    def keep(
        self,
        project: Project,
        toolchain: Toolchain,
        settings: Settings,
        results: Results,
    ) -> None:
        """Take into the cache, in the background, what was compiled since the last call."""
        fresh = results.take_fresh()
        notices = tuple(results.notices) if results.all_loaded else None
        before, self._keeping = self._keeping, None

        async def work() -> None:
            if before is not None:
                await before
            await asyncio.to_thread(self._keep, project, toolchain, settings, fresh, notices)

        self._keeping = asyncio.create_task(work(), name="keep")

    async def settled(self) -> None:
        """Wait until everything has been taken in.  May be cancelled; the work goes on."""
        if self._keeping is not None:
            await asyncio.shield(self._keeping)

    def _restore(self, plan: Plan) -> dict[ModuleKey, Stamp]:
        restored = set(self._store.restore(plan, self._interfaces))
        return {
            module.key: Stamp(
                source_stamp(module.key.path, None),
                file_stamp(self._interfaces / module.key.unit / _interface(module.name, boot=module.boot)),
            )
            for module in plan.modules
            if module.key in restored
        }

    def _keep(
        self,
        project: Project,
        toolchain: Toolchain,
        settings: Settings,
        fresh: Mapping[ModuleKey, Written],
        notices: Sequence[Notice] | None,
    ) -> None:
        compiled = [
            Compiled(key, self._interfaces / key.unit / written.interface, written.stamp.source, written.diagnostics)
            for key, written in fresh.items()
            if file_stamp(self._interfaces / key.unit / written.interface) == written.stamp.interface
        ]
        try:
            self._store.keep(_job(project, toolchain, settings, {}), compiled, notices)
        except Exception:
            # What is not kept is only compiled again.
            log.exception("The cache could not take in what was compiled")


def _job(project: Project, toolchain: Toolchain, settings: Settings, unsaved: Mapping[Path, str]) -> Job:
    flags = unit_flags(project, settings.ghc_options)
    return Job(project=project, toolchain=toolchain, flags=flags, unsaved=unsaved)


def _adopt(plan: Plan, stamps: Mapping[ModuleKey, Stamp], results: Results) -> None:
    for module in plan.modules:
        stamp = stamps.get(module.key)
        if stamp is not None and module.standing is not Standing.MISS:
            results.adopt(module.key, _interface(module.name, boot=module.boot), module.diagnostics, stamp)


def _interface(module: str, *, boot: bool) -> PurePosixPath:
    return PurePosixPath(module.replace(".", "/") + (".hi-boot" if boot else ".hi"))

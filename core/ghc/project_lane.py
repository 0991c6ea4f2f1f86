"""The project lane: one project's GHC session, kept alive and up to date; the authority on its diagnostics."""

import asyncio
import itertools
import logging
import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.errors import SessionError, ThatchError, unexpected
from thatch.core.events import Health
from thatch.core.ghc.judge import Judge
from thatch.core.ghc.lane_buffers import LaneBuffers
from thatch.core.ghc.lane_cache import LaneCache
from thatch.core.ghc.lane_edits import LaneEdits
from thatch.core.ghc.lane_hie import LaneHie
from thatch.core.ghc.lane_host import LaneHost, Trouble, Work
from thatch.core.ghc.lane_interpreter import LaneInterpreter
from thatch.core.ghc.lane_libraries import LaneLibraries
from thatch.core.ghc.lane_publisher import LanePublisher
from thatch.core.ghc.lane_replays import LaneReplays, find_replays
from thatch.core.ghc.load_log import LoadLog
from thatch.core.ghc.memory import excess
from thatch.core.ghc.plugins import project_uses_plugins, refused_plugins
from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.results import ModuleKey, Results, Stamp
from thatch.core.ghc.stamps import file_stamp, source_stamp
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.splices.runs import SpliceRun

if TYPE_CHECKING:
    # Where nothing is compiled or expanded these are not loaded: they are a third of a warm check.
    from thatch.core.evaluation.evaluator import Evaluator
    from thatch.core.ghc.expander import Expander
    from thatch.core.ghc.load_output import LoadOutput
    from thatch.core.ghc.open_session import OpenSession
    from thatch.core.ghc.overlay import Overlay
    from thatch.core.ghc.session import Session
    from thatch.core.th.expansion import Expansion

log = logging.getLogger(__name__)

ANSWERS = "answers"
"""The folder, in the cache's, of what GHCs have said about themselves."""

RESTARTS = 3
"""How many deaths in a row are answered with a new session before the lane waits for a change."""

STALL_SECONDS = 10.0
"""How long a parallel load may say nothing while newer work waits before it is given up."""

WORTH_ALL_CORES = 16
"""How many modules must be compiled to be worth a session of their own, which uses all cores."""

BACKOFF_SECONDS = 0.5
"""The pause before the second restart in a row; it doubles with each further one."""


class ProjectLane:
    """Loads a project into GHC, again whenever asked to, and publishes what GHC says.

    One load at a time: a request during a load interrupts it, and requests that wait are merged.

    The first load, for which there are no interfaces yet, uses all cores if GHC can.  It cannot be interrupted:
    GHC would lose the messages of modules that it has finished (9.6).  So a session that does it does nothing else.
    """

    def __init__(
        self, project: Project, toolchain: Toolchain, settings: Settings, folder: Path, host: LaneHost
    ) -> None:
        """Describe the lane; `folder` is a private folder that need not exist yet."""
        self.project = project
        self.toolchain = toolchain
        self.trouble: Trouble | None = None
        self.busy = False
        self.settings = settings
        self._folder = folder
        self._host = host
        self._session: OpenSession | None = None
        self._results = Results()
        self._interfaces = folder / "interfaces"
        self._buffers = LaneBuffers()
        self._publisher = LanePublisher(host, self.name)
        self._interpreter = LaneInterpreter(self._buffers.text, self._splice_is_running)
        self._splices = self._interpreter.splices
        self.edits = LaneEdits(
            self.name,
            self,
            host,
            self._interfaces,
            folder / "edits",
            barred=lambda: self._interpreter.quarantined,
            splices=self._splices,
        )
        self._cache = LaneCache(host.store, self._interfaces, host.lane_changed) if host.store else None
        self.hie = LaneHie(
            self._results,
            self._interfaces,
            self._cache,
            LaneLibraries(toolchain, settings.cache_dir / ANSWERS, lambda: (self.project, self.settings)),
            lambda unit: self._its_expander().exports(self.project, unit),
            self.edits.facts,
        )
        self._expander: Expander | None = None
        self._evaluator: Evaluator | None = None
        self._output: LoadOutput | None = None
        self._parallel = False
        self._sandboxed = False
        self._one_by_one = False
        self._replays: LaneReplays | None = None
        """What the session's splices are answered with; None when there is an interpreter."""
        self._must_evaluate = False
        """Whether replaying was tried in vain."""
        self._plugins = False
        """Whether GHC loads plugins, and so must run splices by itself."""
        self._session_number = itertools.count()
        self._wanted = asyncio.Event()
        self._causes: list[str] = []
        self._renew = False
        self._outdated: set[str] = set()
        self._deaths = 0
        self._interrupted = False
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"<ProjectLane {self.name} busy={self.busy} {self.pid}>"

    @property
    def _overlaid(self) -> bool:
        """Whether loads see the buffers rather than the files: without a cache, or where edits are left to them."""
        return self._cache is None or (self.edits.ready and self.edits.overlaid)

    @property
    def name(self) -> str:
        """The lane's key in the diagnostic store."""
        return f"project:{self.project.root}"

    @property
    def pid(self) -> int | None:
        """The process id of the running GHC, if one runs."""
        return self._session.ghc.pid if self._session else None

    @property
    def inputs(self) -> Mapping[Path, str]:
        """The files besides sources that modules were made from, as far as known, each with the hash it had then."""
        return self._cache.inputs if self._cache else {}

    def request(self, cause: str) -> None:
        """Ask for a load, because of `cause`; interrupts the one that is running."""
        self._causes.append(cause)
        self._wanted.set()
        self.busy = True
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self.name)
        elif self._session is not None and self._parallel:
            self._interrupt_when_stalled(self._session.ghc)
        elif self._session is not None:
            self._session.ghc.interrupt()
        self._host.lane_changed()

    def edited(self, cause: str) -> None:
        """A buffer was edited, opened with other contents than its file, or closed."""
        if not self.edits.request():
            self.request(cause)

    def wake(self, cause: str) -> None:
        """Have a session at hand for edits that are to come, unless there is one."""
        if not self.edits.request() and self._session is None and not self.busy and self.trouble is None:
            self.request(cause)

    def read_again(self, cause: str) -> None:
        """Ask for a load in a new session, because a file changed that modules are made from besides their source.

        A session that stays compiles a module anew when a file that it includes has changed, but from the text that it
        preprocessed before, and writes an interface that claims to be of the new one (9.6 and 9.10).
        """
        self._renew = True
        self.request(cause)

    async def expand(self, run: SpliceRun) -> "Expansion":
        """The expansion of one of the lane's splices.  Raises `ThatchError` for what cannot be shown."""
        return await self._its_expander().expand(self.project, run, self._text_of(run))

    async def expand_all(self, runs: Sequence[SpliceRun]) -> "list[Expansion | ThatchError]":
        """The expansions of splices of one module that are replaced together; an error for what cannot be shown.

        Raises `ThatchError` when nothing can be shown.
        """
        return await self._its_expander().expand_all(self.project, runs, self._text_of(runs[0])) if runs else []

    def declares(self, path: Path) -> bool:
        """Whether a file is a module that the project declares."""
        return any(module.path == path for unit in self.project.units for module in unit.modules)

    @property
    def evaluator(self) -> "Evaluator":
        """Who evaluates examples in comments."""
        if self._evaluator is None:
            from thatch.core.evaluation.evaluator import Described, Evaluator

            def describe() -> Described:
                graph = self._cache.graph if self._cache else None
                return Described(self.project, self.toolchain, self.settings, graph)

            async def settled() -> None:
                if self._cache:
                    await self._cache.settled()

            self._evaluator = Evaluator(self._folder / "examples", self._host, describe, settled)
        return self._evaluator

    def _its_expander(self) -> "Expander":
        if self._expander is None:
            from thatch.core.ghc.expander import Expander

            self._expander = Expander(self.toolchain, self.settings.cache_dir / ANSWERS, self._interface)
        return self._expander

    def _text_of(self, run: SpliceRun) -> str:
        """The text of a splice's module, as it was compiled."""
        known = self._splices.text(ModuleKey(run.unit, run.path))
        return self._buffers.text(run.path) if known is None else known

    def run_splice_again(self, path: Path, run: SpliceRun) -> None:
        """Run a splice of a file again that was stopped, although nothing has changed."""
        if self._interpreter.release(path, run.span):
            self.request(f"splice of {path.name}")

    def restart(self, cause: str, project: Project, settings: Settings) -> None:
        """Ask for a load in a new session, for a changed project or changed settings; interfaces are kept."""
        self._outdated |= _outdated(self.project, self.settings, project, settings)
        known = {(unit.id, module.path) for unit in self.project.units for module in unit.modules}
        wanted = {(unit.id, module.path) for unit in project.units for module in unit.modules}
        # A module that no description names may still be imported, and GHC would not repeat its warnings.
        self._keep(
            lambda key: (
                key.unit not in self._outdated and ((key.unit, key.path) in wanted or (key.unit, key.path) not in known)
            )
        )
        self.project = project
        self.settings = settings
        self._renew = True
        self.edits.forget()
        self._deaths = 0
        self._plugins = False
        self.request(cause)

    async def close(self) -> None:
        """End the session and remove the lane's folder; safe to call twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.edits.close()
        if self._evaluator is not None:
            await self._evaluator.close()
        await self._end_session()
        if self._cache is not None:
            await self._cache.settled()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _run(self) -> None:
        while True:
            if not self._wanted.is_set():
                self.busy = False
                self._host.lane_changed()
            await self._request_or_idleness()
            self._wanted.clear()
            cause = ", ".join(dict.fromkeys(self._causes))
            self._causes.clear()
            work = self._host.begin_work(f"Checking {self.project.root.name} ({cause})")
            try:
                await self._load(work)
            except OSError as error:
                self._give_up(_not_writable(self._folder, error))
            except Exception as error:
                log.exception("The load of %s failed", self.project.root)
                await self._end_session()
                self._give_up(unexpected(error))
            finally:
                self._output = None
                work.end("")
            await self._give_memory_back()

    async def _request_or_idleness(self) -> None:
        """Wait for a request; meanwhile give back a session that nobody has needed for long."""
        minutes = self.settings.sessions_idle_minutes
        if self._session is not None and minutes > 0:
            try:
                async with asyncio.timeout(minutes * 60):
                    await self._wanted.wait()
            except TimeoutError:
                log.info("The session of %s is ended: nothing was saved for %g minutes", self.project.root, minutes)
                await self._end_session()
        await self._wanted.wait()

    async def _give_memory_back(self) -> None:
        """End the session of the project if the project's sessions hold too much together."""
        pids = [pid for pid in (self.pid, self.edits.pid) if pid is not None]
        reason = await asyncio.to_thread(excess, pids, self.settings.sessions_memory_mb)
        if reason and self._session is not None:
            log.warning(
                "The session of %s is ended, and started again when it is needed: %s", self.project.root, reason
            )
            self._causes.append(reason)
            await self._end_session()

    async def _load(self, work: Work) -> None:
        await self._interpreter.release_changed(self._host.documents())
        if self._replays:
            # What it was given is of this state of the files only.
            self._renew = True
        elif self._session and self._cache and await self._cache.overlooked(self._module_paths()):
            self._renew = True
        if self._renew or self._session is None:
            await self._end_session()
            self._renew = False
            await self._drop_outdated()
            if await self._take_from_cache():
                return
        units = self.project.units
        self._results.begin(sole_unit=units[0].id if len(units) == 1 else "")
        try:
            await self._drive(work)
        except SessionError as error:
            await self._settle(complete=False)
            await self._end_session()
            await self._recover(error)
            return
        self._interrupted = not self._results.ended and self._session is not None and self._session.ghc.cut_short
        if self._interrupted:
            # What interrupted it asked for the next load, which goes on where this one stopped.
            await self._settle(complete=False)
            self._wanted.set()
            return
        await self._settle(complete=True)
        in_vain = (
            self._replays.in_vain(self._interpreter, self._results.diagnostics()) if self._replays else frozenset()
        )
        misses_plugins = not self._plugins and refused_plugins(self._results.notices)
        self._plugins |= misses_plugins
        again = self._interpreter.must_begin_anew() or bool(in_vain) or misses_plugins
        await self._take_in(self._interpreter.refused | in_vain if again else frozenset())
        if again:
            graph = self._cache.graph if self._cache else None
            await self._interpreter.quarantine(graph, self._module_paths(), self._buffers.unsaved)
            await self._end_session()
            self._causes.append("splices need another interpreter")
            self._must_evaluate = self._replays is not None
            self._wanted.set()
        elif self._replays:
            # It can do nothing else.
            await self._end_session()
        elif self._parallel and self._overlaid and self._buffers.documents:
            # Somebody is editing: have the session ready that answers an edit.
            self._causes.append("ready for edits")
            self._wanted.set()

    async def _take_in(self, again: Collection[ModuleKey]) -> None:
        """A load came to its end; what it says of some modules does not count, for they will be compiled `again`."""
        if self._cache:
            left_out = await asyncio.to_thread(self._cache.left_out, self._results, self._buffers)
            self._results.settle(left_out)
            self._results.supersede(await asyncio.to_thread(self._buffers.stamps, left_out))
        gone = await asyncio.to_thread(self._buffers.gone, self._results.paths())
        self._keep(lambda key: key.path not in gone and key not in again)
        self._deaths = 0
        self.trouble = None
        said = self._publish()
        await self.edits.loaded(self._results, said, self._buffers.unsaved)
        self._look_at_buffers()
        if self._expander:
            self._expander.changed()
        self._host.publish_splices(self.name, self._splices.files())
        if self._cache:
            self._cache.loaded(self._buffers.unsaved)
        if self._cache and not self._buffers.unsaved:
            self._cache.keep(self.project, self.toolchain, self.settings, self._results, self._splices)

    async def _drop_outdated(self) -> None:
        for unit in self._outdated:
            await asyncio.to_thread(shutil.rmtree, self._interfaces / unit, ignore_errors=True)
        self._outdated.clear()

    async def _take_from_cache(self) -> bool:
        """Take over what is up to date; whether that is everything, so that no GHC is needed."""
        if self._cache is None:
            return False
        # Edits are none of the project's business yet, unless it is known that they must be.
        await self._buffers.take(self._host.documents(), saved_only=not self._overlaid)
        replays = self.settings.splices_replay_saved and not (self._overlaid or self._must_evaluate or self._plugins)
        job, plan = await self._cache.plan(
            self.project,
            self.toolchain,
            self.settings,
            self._buffers.unsaved,
            self._results,
            self._splices,
            replays=replays,
        )
        # Of the others a session will be told.
        await self._buffers.read_options(self._results.diagnostics().keys())
        self._publish()
        self._host.publish_splices(self.name, self._splices.files())
        await self.edits.planned(job, plan, self._results)
        self._look_at_buffers()
        if plan.complete and not (self._overlaid or self.edits.needs_project):
            self.trouble = None
            return True
        self._replays = await asyncio.to_thread(find_replays, job, plan) if replays else None
        self._must_evaluate = False
        await self._cache.restore(plan, self._results)
        return False

    def _look_at_buffers(self) -> None:
        # One may have been opened when there was nothing yet that edits could be checked with.
        if self._host.documents():
            self.edits.request()

    async def _settle(self, *, complete: bool) -> None:
        if self._parallel and not complete:
            # What was compiled but not told of yet would never be told.
            await asyncio.to_thread(shutil.rmtree, self._interfaces, ignore_errors=True)
            self._one_by_one = True
        stamps = await asyncio.to_thread(_stamps, self._results.to_stamp(), self._buffers.unsaved, self._interfaces)
        compiled = self._results.end(stamps, complete=complete)
        for run in self._replays.runs(compiled) if self._replays else ():
            self._splices.add(run)
        self._splices.end(compiled)
        self.edits.wrote(compiled)

    def _interrupt_when_stalled(self, session: "Session") -> None:
        """Interrupt a parallel load after all if it says nothing any more, as with a splice that never ends."""
        heard = session.heard

        def look() -> None:
            if session.busy and session.heard == heard:
                session.interrupt()
            elif session.busy:
                self._interrupt_when_stalled(session)

        asyncio.get_running_loop().call_later(STALL_SECONDS, look)

    async def _drive(self, work: Work) -> None:
        """Have GHC load the files and buffers as they are now."""
        from thatch.core.ghc.load_output import LoadOutput
        from thatch.core.ghc.output_parser import OutputParser

        if self._parallel or self._session is None:
            await self._end_session()
            self._session = await self._new_session()
            self._sandboxed = self._session.sandboxed
        ghc, overlay = self._session.ghc, self._session.files.overlay
        await self._write_buffers(overlay)
        self._interpreter.begin()
        parser = OutputParser(overlay.user_path)
        self._output = output = LoadOutput(parser, self._results, work, self._tell_on, self._new_log())
        if ghc.pid is None:
            await ghc.start(output.line)
        else:
            await ghc.command(":reload", output.line)
        output.finish()
        await self._interpreter.settled()

    def _new_log(self) -> LoadLog:
        log = self._cache.log if self._cache else LoadLog()
        units = self.project.units
        log.begin(sole_unit=units[0].id if len(units) == 1 else "", one_by_one=not self._parallel)
        return log

    async def _write_buffers(self, overlay: "Overlay") -> None:
        while True:
            self._wanted.clear()
            self._causes.clear()
            await self._buffers.take(self._host.documents(), saved_only=not self._overlaid)
            await self._buffers.fill(overlay, self._module_paths())
            # A change made meanwhile belongs to this load as well.
            if not self._wanted.is_set():
                return

    def _module_paths(self) -> set[Path]:
        return {module.path for unit in self.project.units for module in unit.modules} | self._results.paths()

    async def _recover(self, error: SessionError) -> None:
        """After the death of the session: try again, or tell the user why not."""
        if self._interrupted or error.interrupted:
            # A GHC that was interrupted in the middle of a splice has ended its interpreter, and ends itself then,
            # in the same load or in the next one.
            self._interrupted = False
            self._causes.append("a splice was interrupted")
            self._wanted.set()
            return
        self._deaths += 1
        self._publish()
        # A GHC that exits by itself before it compiled anything would do so again.
        if self._deaths > RESTARTS or (self._results.compiled == 0 and error.by_itself):
            self._give_up(error)
            return
        reason = error.message.rstrip(".")
        self.trouble = Trouble(Health.WARNING, f"{reason}; it is being started again ({self._deaths}/{RESTARTS}).")
        self._host.lane_changed()
        if self._deaths > 1:
            await asyncio.sleep(BACKOFF_SECONDS * 2 ** (self._deaths - 2))
        self._causes.append(reason)
        self._wanted.set()

    def _give_up(self, error: ThatchError) -> None:
        self._deaths = 0
        self.trouble = Trouble(Health.ERROR, str(error))
        self._host.lane_changed()

    async def _new_session(self) -> "OpenSession":
        from thatch.core.ghc.open_session import open_session

        flags = await asyncio.to_thread(unit_flags, self.project, self.settings.ghc_options)
        graph = self._cache.graph if self._cache else None
        self._plugins = self._plugins or await asyncio.to_thread(project_uses_plugins, self.project, flags, graph)
        toolchain = self.toolchain.without_interpreters() if self._plugins else self.toolchain
        jobs = self.settings.jobs or os.cpu_count() or 1
        cold = self._cache.n_misses >= WORTH_ALL_CORES if self._cache else not self._interfaces.exists()
        self._parallel = cold and jobs > 1 and toolchain.parallel and not self._one_by_one
        return await open_session(
            self._folder / f"session-{next(self._session_number)}",
            self._interfaces,
            self.project,
            toolchain,
            self.settings,
            self._interpreter,
            unit_flags=flags,
            jobs=jobs if self._parallel else 1,
            replays=self._replays.encoded() if self._replays else None,
        )

    async def _end_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _keep(self, wanted: Callable[[ModuleKey], bool]) -> None:
        self._results.keep(wanted)
        self._splices.keep(wanted)

    def _interface(self, unit: str, module: str) -> bytes | None:
        """The interface of a module: the session's, else the one that it would be restored from."""
        file = (self._interfaces / unit / module.replace(".", "/")).with_suffix(".hi")
        try:
            return file.read_bytes()
        except OSError:
            return self._cache.interface(unit, module) if self._cache else None

    def _splice_is_running(self, where: str) -> None:
        if self._output is not None:
            self._output.remark(where)

    def _tell_on(self) -> None:
        """Tell what is known while a load goes on, unless it may be repeated with another interpreter."""
        if not self._interpreter.died and not self._replays:
            self._publish()

    def _publish(self) -> Mapping[Path, FileDiagnostics]:
        judge = Judge(self.project, self.toolchain.version, self.settings.ghc_options, self._buffers.options)
        return self._publisher.publish(
            self._results, judge, self._buffers, sandboxed=self._session is not None and self._session.sandboxed
        )


def _outdated(before: Project, then: Settings, project: Project, settings: Settings) -> set[str]:
    """The units that are gone or have other flags now: of some flags, such as for warnings, GHC takes no notice."""
    flags = {unit.id: (unit.flags, settings.ghc_options) for unit in project.units}
    return {unit.id for unit in before.units if flags.get(unit.id) != (unit.flags, then.ghc_options)}


def _stamps(
    modules: Mapping[ModuleKey, PurePosixPath], dirty: Mapping[Path, str], interfaces: Path
) -> dict[ModuleKey, Stamp]:
    """What the latest load saw and left of each module."""
    return {
        key: Stamp(source_stamp(key.path, dirty.get(key.path)), file_stamp(interfaces / key.unit / interface))
        for key, interface in modules.items()
    }


def _not_writable(folder: Path, error: OSError) -> ThatchError:
    return ThatchError(
        message=f"{error.filename or folder} cannot be written: {error.strerror}.",
        remedy="Make it writable, or choose another folder with the setting `cacheDir` "
        "or the environment variable THATCH_CACHE_DIR.",
    )

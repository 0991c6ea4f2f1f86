"""The edit lane: what is typed is checked by a session that holds only the modules that it concerns.

It works on what the project lane has found out (`know`), and leaves to that lane what it cannot do: modules that
import something which was never compiled, and splices that run code of the project, for which there is no code in a
view.  What it says of a file stands in the place of what the project lane says, as long as the text differs from the
one that the file's interface was made from; so after a save it is the project lane that confirms.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path

from attrs import field, frozen

from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document
from thatch.core.edit.edit_session import Checked, EditSession, Facts, Home
from thatch.core.edit.home_set import Modules, serves
from thatch.core.edit.look import Known, Look, Looker, shown, text_of
from thatch.core.edit.records import Code
from thatch.core.edit.view import Kept, Left, View
from thatch.core.errors import SessionError
from thatch.core.ghc.judge import Judge
from thatch.core.ghc.lane_host import LaneHost
from thatch.core.ghc.memory import excess
from thatch.core.ghc.pragmas import options_of
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.stamps import text_stamp
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.resolve import ModuleId
from thatch.core.sandbox.explain import explain
from thatch.core.settings import Settings
from thatch.core.splices.runs import FileSplices

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.3
"""How long nothing is typed before the session of the project evaluates what this lane cannot."""

DEATHS = 3
"""How many sessions in a row may die for no reason that can be told before edits are left to the project lane."""


@frozen
class Told:
    """What the lane said last."""

    files: Mapping[Path, FileDiagnostics] = {}
    dirty: Mapping[ModuleId, str] = {}
    facts: Mapping[ModuleKey, Facts] = field(default={}, repr=False)


class EditLane:
    """Checks the open buffers of one project.

    One check at a time: a newer request interrupts it, and requests that wait are merged.
    """

    def __init__(
        self,
        name: str,
        view: View,
        folder: Path,
        host: LaneHost,
        *,
        bring: Callable[[], Awaitable[None]],
        settings: Callable[[], Settings],
        ask_project: Callable[[str], None],
        barred: Callable[[], Collection[ModuleKey]],
        spliced: Callable[[], frozenset[ModuleKey]],
        is_stranger: Callable[[Path], bool],
    ) -> None:
        """`folder` is for sessions and need not exist; `bring` calls `know`, for a lane that knows nothing.

        `ask_project` has the project lane load what is left to it, as are modules that are `barred`; `spliced` tells
        which modules are known to have splices; `is_stranger` tells whether a file that is no module may belong to
        the project.
        """
        self.busy = False
        self.overlaid = False
        """Whether the project lane is to load the buffers as they are, not the files."""
        self.needs_project = False
        """Whether the project lane is to have a session at hand."""
        self.n_differences = 0
        """How many files the project lane judged otherwise than this lane, once it had loaded the same texts."""
        self._name = name
        self._view = view
        self._folder = folder
        self._host = host
        self._bring = bring
        self._settings = settings
        self._ask_project = ask_project
        self._barred = barred
        self._spliced = spliced
        self._looker = Looker(view, is_stranger)
        self._known: Known | None = None
        self._told = Told()
        self._session: EditSession | None = None
        self._coming: asyncio.Task[EditSession] | None = None
        self._coming_home: Home | None = None
        self._stale = False
        self._renew = False
        """Whether the sessions are for a project that is another one now."""
        self._coming_stale = False
        self._asking: asyncio.TimerHandle | None = None
        self._overlaid_with: object = None
        self._asked: object = False
        """The texts with which the project lane was asked to load the buffers, and what it was asked last."""
        self._deaths = 0
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        self._generation = itertools.count()

    @property
    def facts(self) -> Mapping[ModuleKey, Facts]:
        """What is known of the code of modules that are told about here."""
        return self._told.facts

    @property
    def pid(self) -> int | None:
        """The process id of the running session, if one runs."""
        return self._session.pid if self._session else None

    def request(self) -> None:
        """Ask for a look at the buffers; interrupts the check that is running."""
        self._wanted.set()
        self.busy = True
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self._name)
        elif self._session is not None:
            self._session.interrupt()
        self._host.lane_changed()

    async def know(
        self,
        known: Known,
        interfaces: Mapping[ModuleId, tuple[Kept | Left, str]],
        splices: Mapping[ModuleId, FileSplices],
        unsaved: Mapping[Path, str],
        *,
        whole: bool = False,
    ) -> None:
        """Take what the project lane has found out: these interfaces are other ones, or all that there are.

        `splices` are those of all modules that are up to date, with the unsaved texts by path over the files.
        Raises OSError when the view cannot be written.
        """
        if whole:
            self._view.forget(known.graph.nodes)
        units = [unit.id for unit in known.job.project.units]
        changed = await asyncio.to_thread(self._view.take, interfaces, units)
        self._renew |= self._known is not None and self._known.job.flags != known.job.flags
        dirty = {module: text_stamp(text) for path, text in unsaved.items() for module in known.graph.at(path)}
        dirty = {module: stamp for module, stamp in dirty.items() if self._view.source(module) != stamp}
        self._looker.records.know(Code(known.graph, self._view.digest), known.graph, dirty, splices)
        self._known = known
        self._looker.forget_home_sets()
        self._deaths = 0
        self._stale |= self._session is not None and _concerns(known.graph, self._session.home, changed)
        self._coming_stale |= self._coming_home is not None and _concerns(known.graph, self._coming_home, changed)
        self.request()

    def forget(self) -> None:
        """The project is another one: everything is left to the project lane until it is known."""
        self._known = None
        self._renew = True
        self._looker.records.forget()
        self._tell(Told())
        self.request()

    def confirm(self, said: Mapping[Path, FileDiagnostics]) -> None:
        """Compare with what the project lane says now that it has loaded what the buffers hold."""
        told = self._told
        known = self._known
        if not told.dirty or known is None or any(map(known.failed.__contains__, told.files)):
            return
        if any(self._view.source(module) != stamp for module, stamp in told.dirty.items()):
            return
        for path, found in told.files.items():
            here, there = _essence(found), _essence(said.get(path, FileDiagnostics()))
            if here != there:
                self.n_differences += 1
                log.warning("%s: while it was edited GHC said %s, and now %s", path, here - there, there - here)

    async def close(self) -> None:
        """End the sessions and remove the view; safe to call twice."""
        if self._asking:
            self._asking.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._end_sessions()
        await asyncio.to_thread(self._view.remove)

    async def _run(self) -> None:
        while True:
            if not self._wanted.is_set():
                self._rest()
                await self._lighten()
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._turn()
            except (SessionError, OSError) as error:
                await self._recover(error)
            except Exception:
                log.exception("Checking edits failed; the session of the whole project does it from now on")
                await self._give_up()

    async def _lighten(self) -> None:
        """Use the time for what makes later sessions lighter."""
        try:
            while not self._wanted.is_set() and await asyncio.to_thread(self._view.lighten):
                pass
        except Exception:  # It serves as it is, and edits must be checked all the same.
            log.exception("An interface could not be cut down")

    def _rest(self) -> None:
        self.busy = self._coming is not None or self._asking is not None
        self._host.lane_changed()

    async def _turn(self) -> None:
        if self._renew:
            self._renew = False
            self._looker.refused.clear()
            await self._end_sessions()
        if self._known is None:
            await self._bring()
        known = self._known
        if known is None:
            return
        homes = [self._coming_home, self._session.home if self._session else None]
        held = frozenset[ModuleId]().union(*(home.modules for home in homes if home))
        barred, spliced = self._barred(), self._spliced()
        look = await asyncio.to_thread(
            self._looker.look,
            known,
            dict(self._host.documents()),
            barred,
            spliced,
            held,
            replays=self._settings().splices_replay,
            hopeless=self._deaths >= DEATHS,
        )
        if not look.wanted.affected:
            self._tell(Told())
        await self._check(known, look)
        self._leave(look)

    def _leave(self, look: Look) -> None:
        """Have the project lane do what this one cannot, and undo it when there is nothing left of that."""
        left = bool(look.wanted.left) or look.strangers
        if left:
            self._overlaid_with = look.unsaved
        # What was laid over the files stays there until the texts are others: what comes of it may be enough to do
        # without, and taking it back might be the end of that.
        self.overlaid = left or (bool(look.unsaved) and self._overlaid_with == look.unsaved)
        self.needs_project = self.overlaid or bool(look.wanted.out)
        asked = look.unsaved if self.overlaid else self.needs_project
        if asked == self._asked:
            return
        self._asked = asked
        if self._asking:
            self._asking.cancel()
        pause = PAUSE_SECONDS if self.overlaid else 0.0
        self._asking = asyncio.get_running_loop().call_later(pause, self._ask_now)

    def _ask_now(self) -> None:
        self._asking = None
        self._ask_project("edited")
        if self.busy and not self._wanted.is_set():
            self._rest()

    async def _check(self, known: Known, look: Look) -> None:
        wanted = look.wanted
        if not wanted.home:
            await (self._stop_coming() if look.opened else self._end_sessions())
            return
        home = Home(known.job, look.graph, wanted.home, known.ids, wanted.needs_code, look.plugins)
        session = await self._session_for(home, look)
        if self._learns(session) or not wanted.affected:
            return
        paths = {look.graph.path(module) for module in session.home.modules}
        texts = await asyncio.to_thread(_texts, paths, look.documents)
        checked = await session.check(texts, look.records)
        if self._learns(session):
            return
        if checked is None:
            # Cut short by a newer request, or by the late signal of an older one.
            self._wanted.set()
        elif not self._wanted.is_set():
            self._deaths = 0
            self._tell(self._judged(known, look, checked, session))
        if await self._holds_too_much():
            await self._end_sessions()

    def _learns(self, session: EditSession) -> bool:
        """Leave modules to the project lane whose splices were refused; whether there are new ones."""
        if not session.refused.items() - self._looker.refused.items():
            return False
        self._looker.refused |= session.refused
        self._wanted.set()
        return True

    async def _holds_too_much(self) -> bool:
        limit = self._settings().sessions_memory_mb
        reason = await asyncio.to_thread(excess, [self.pid] if self.pid else [], limit)
        if reason:
            log.warning("The session for edits is started again: %s", reason)
        return bool(reason)

    async def _session_for(self, home: Home, look: Look) -> EditSession:
        """The session for a home set: the one that there is, or the next one when that is ready."""
        current = self._session
        fits = current is not None and _serves(current.home, look)
        if current and fits and not self._stale:
            await self._stop_coming()
            return current
        if self._coming and (self._coming_stale or not (self._coming_home and _serves(self._coming_home, look))):
            await self._stop_coming()
        if self._coming is None:
            self._coming_stale = False
            self._coming_home = home
            self._coming = asyncio.create_task(self._start(home, look), name=f"{self._name}: next session")
        if current and fits and not self._coming.done():
            # It goes on answering meanwhile.
            self._coming.add_done_callback(self._look_again)
            return current
        try:
            # Whoever types meanwhile is answered right afterwards.
            self._session = await self._coming
            self._stale = self._coming_stale
        finally:
            self._coming = None
        if current:
            await current.stop()
        return self._session

    def _look_again(self, _: "asyncio.Task[EditSession]") -> None:
        self._wanted.set()

    async def _start(self, home: Home, look: Look) -> EditSession:
        work = self._host.begin_work(f"Getting ready for edits in {home.job.project.root.name}")
        session = EditSession(home, self._folder / str(next(self._numbers)), self._settings())
        try:
            modules = [module for module in home.graph.nodes if not module.boot]
            units, toolchain = home.job.project.units, home.job.toolchain
            database = await self._view.database(units, modules, toolchain, with_code=home.plugins)
            texts = await asyncio.to_thread(_texts, map(home.graph.path, home.modules), look.documents)
            await session.start(database, texts, look.records)
        except BaseException:
            await session.stop()
            raise
        finally:
            work.end("")
        return session

    async def _recover(self, error: Exception) -> None:
        log.warning("The session for edits ended: %s", error)
        self._deaths += 1
        self._looker.forget_home_sets()
        await self._end_sessions()
        self._wanted.set()

    async def _give_up(self) -> None:
        self._deaths = DEATHS
        await self._end_sessions()
        self._tell(Told())
        self.overlaid = True
        self._ask_project("edited")

    async def _stop_coming(self) -> None:
        coming, self._coming = self._coming, None
        self._coming_home = None
        if coming is not None:
            coming.cancel()
            for session in await asyncio.gather(coming, return_exceptions=True):
                if isinstance(session, EditSession):
                    await session.stop()

    async def _end_sessions(self) -> None:
        session, self._session = self._session, None
        await self._stop_coming()
        self._stale = False
        if session is not None:
            await session.stop()

    def _judged(self, known: Known, look: Look, checked: Checked, session: EditSession) -> Told:
        paths = {look.graph.path(module) for module in look.wanted.affected}
        options = {path: options_of(text_of(path, look.documents), path) for path in paths}
        job = known.job
        judge = Judge(job.project, job.toolchain.version, self._settings().ghc_options, options)

        def found(path: Path) -> FileDiagnostics:
            said: tuple[Diagnostic, ...] = checked.diagnostics.get(path, ())
            document = look.documents.get(path)
            return FileDiagnostics(
                explain(map(judge.judged, said), sandboxed=session.sandboxed), document.version if document else None
            )

        facts = {key: found for key, found in checked.facts.items() if key.path in paths}
        return Told({path: found(path) for path in paths}, look.dirty, facts)

    def _tell(self, told: Told) -> None:
        if told == self._told:
            return
        before, self._told = self._told, told
        self._host.publish(self._name, next(self._generation), told.files, over=True)
        known, now = before.facts, told.facts
        if changed := {key.path for key in known.keys() | now.keys() if known.get(key) != now.get(key)}:
            self._host.code_changed(frozenset(changed))


def _serves(home: Home, look: Look) -> bool:
    """Whether a session for a home set does what is wanted now."""
    # Of a module whose splices fail GHC makes nothing, and looks at nothing that imports it.
    lost = look.graph.dependents(home.modules & look.without)
    sound = lost.isdisjoint(look.wanted.home) and home.needs_code >= look.wanted.needs_code
    sound = sound and home.plugins >= look.plugins
    return sound and serves(look.graph, home.modules, look.wanted)


def _concerns(graph: ModuleGraph, home: Home, changed: Modules) -> bool:
    """Whether a session is outdated: of what it holds itself, or never looks at, it needs no news."""
    held = home.modules
    return not changed.isdisjoint(graph.dependencies(held & graph.nodes.keys()) - held)


def _texts(paths: "map[Path] | set[Path]", documents: Mapping[Path, Document]) -> dict[Path, str]:
    """The text of each module as GHC sees it."""
    return {path: shown(text_of(path, documents), path) for path in paths}


def _essence(found: FileDiagnostics) -> set[tuple[object, ...]]:
    """What does not depend on whether a name comes from a package: texts say where it is from."""
    return {(said.span, said.severity, said.code, said.flag) for said in found.diagnostics}

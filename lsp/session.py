"""One editor's session, from `initialize` to `exit`: what handlers may use, and the joining of workspace and editor."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from attrs import evolve, frozen
from lsprotocol import types

from thatch.core.diagnostics import Diagnostic
from thatch.core.errors import ThatchError
from thatch.core.events import (
    CodeChanged,
    DiagnosticsChanged,
    Event,
    Listener,
    SettingsFileChanged,
    SplicesChanged,
    Status,
    StatusChanged,
    WorkEnded,
    WorkProgressed,
    WorkStarted,
)
from thatch.core.index.index import Index
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.texts import Texts
from thatch.core.project.discover import find_root
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.settings_reading import SECTION, read_settings
from thatch.core.splices.runs import SpliceRun
from thatch.core.splices.views import Expansion
from thatch.core.tools.inspector import Inspector
from thatch.core.tools.linter import Linter
from thatch.core.workspace import Snapshot, Workspace
from thatch.lsp.answers import answered
from thatch.lsp.client import Client
from thatch.lsp.documents import Documents
from thatch.lsp.progress import Progress, ServerWork
from thatch.lsp.publish import Publisher
from thatch.lsp.refresh import Refresh
from thatch.lsp.semantic_tokens import SemanticTokens
from thatch.lsp.settings import FileSettings, read_files
from thatch.lsp.splice_errors import SpliceErrors
from thatch.lsp.splices import Splices
from thatch.lsp.status import StatusTeller
from thatch.lsp.syntax import CABAL, Syntax

if TYPE_CHECKING:
    # Not loaded before somebody types, or opens a `.cabal` file.
    from thatch.core.cabal.checker import CabalChecker
    from thatch.core.completion.completion import Completer
    from thatch.core.evaluation.evaluator import Evaluated

log = logging.getLogger(__name__)

ANSWER_SECONDS = 5.0
"""How long the editor may take to answer `workspace/configuration` before the work begins without it."""

SETTLE_SECONDS = 2.0
"""How long a pull waits for GHC, if the client can be asked to pull again later."""

CLOSE_SECONDS = 5.0
"""How long ending everything may take before the process ends regardless."""

OpenWorkspace = Callable[[Sequence[Path], Settings, Listener], Workspace]
"""Makes the workspace; tests give a fake one."""


class Link(Protocol):
    """How a session speaks to the editor."""

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""

    def send_request(self, method: str, params: Any = None) -> "Future[Any]":
        """Send a request; the future holds the result or the editor's error."""


@frozen
class View:
    """What handlers that only read are given: it never changes under their feet."""

    snapshot: Snapshot
    client: Client

    splices: Splices
    """Works out what of the snapshot's splices can be shown, and remembers it."""

    modules: Modules
    """Decodes what GHC has written about the code of modules, and remembers it."""

    code: Code
    """What is known of all modules together."""

    settings: Settings

    uri: Callable[[Path], str]
    """The URI to name a file by: the editor's own spelling while it is open."""

    syntax: Syntax
    """Parses files as the editor shows them, and remembers their trees."""

    tokens: SemanticTokens
    """Makes semantic tokens, and remembers those that the editor has."""

    linter: Linter
    """Knows what hlint says of open documents."""

    cabal_checker: "Callable[[], CabalChecker]"
    """Gives who says what is wrong with open `.cabal` files."""

    completer: "Callable[[], Completer]"
    """Gives who knows what can stand at a place, and remembers what imports bring."""


class Session:
    """The state of one connection.  All methods run on the event loop's thread."""

    def __init__(self, link: Link, open_workspace: OpenWorkspace, client: Client, options: object) -> None:
        self.client = client
        self.documents = Documents(client.encoding)
        self.settings = Settings()
        self.settings_file: Path | None = None
        self.trace = types.TraceValue.Off
        self._link = link
        self._open_workspace = open_workspace
        self._options = options
        self._given: object = None
        self._files = FileSettings()
        self.folders = list(client.folders)
        self._alone = not client.folders
        self.trusted = client.trusted
        self._workspace: Workspace | None = None
        self._projects: tuple[Project, ...] = ()
        self._ready = asyncio.Event()
        self._told: set[str] = set()
        # The workspace counts its own upwards.
        self._work_keys = itertools.count(-1, -1)
        self._duties: asyncio.Queue[tuple[str, Callable[[], Awaitable[None]]]] = asyncio.Queue()
        self._n_duties = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self.publisher = Publisher(client, self.documents, self.snapshot, self._publish, self._ask_to_pull)
        self.linter = Linter(lambda: self.settings.hlint, self.extensions, self.publisher.hinted)
        self.publisher.hints = self._hints
        self.splices = Splices(self._expand)
        self.modules = Modules(lambda: self._workspace.hie_files() if self._workspace else ())
        self.syntax = Syntax(self.documents)
        self.tokens = SemanticTokens(
            client, self.syntax, lambda path: self.modules.seen(path, self.snapshot().documents)
        )
        self.index = Index(
            lambda: self.settings.cache_dir,
            lambda: self._workspace.project_files() if self._workspace else (),
            lambda: self.snapshot().documents,
            self.modules,
            self._begin_work,
        )
        self._texts = Texts()
        self._splice_errors = SpliceErrors(client, self.splices, self.snapshot, self.publisher.again, self._spawn)
        self.publisher.explain = self._splice_errors.related
        self._refresh = Refresh(
            client,
            lambda method, params: self._spawn(self._request(method, params)),
            asyncio.get_running_loop().call_later,
        )
        self.progress = Progress(
            self._create_progress,
            lambda params: link.notify(types.PROGRESS, params),
            asyncio.get_running_loop().call_later,
        )
        self.status = StatusTeller(client, link.notify, self.show)
        self._spawn(self._do_duties())

    # What handlers call.

    def start(self) -> None:
        """Begin to work: the editor has said `initialized`."""
        self._later("register for settings", self._register)
        self._later("start", self._start)

    def configure(self, given: object) -> None:
        """The settings changed; an editor that cannot be asked for them has sent them along."""
        self._later("use new settings", lambda: self._configure(given))

    def add_folder(self, folder: Path) -> None:
        """Check one more folder, because the user works in it."""
        self._alone = False
        self._add_folder(folder)

    def remove_folder(self, folder: Path) -> None:
        """Check a folder no longer."""
        if folder not in self.folders:
            return
        self.folders.remove(folder)
        self._later(f"remove {folder}", lambda: self._with(lambda workspace: workspace.remove_folder(folder)))
        self._later("read the settings of the folders that are left", self._read_settings_again)

    def open_document(self, path: Path) -> None:
        """The document was opened.  While the editor has opened no folder, its project becomes one."""
        if self._alone:
            self._add_folder(find_root(path))
        self.publisher.opened(path)
        if self._workspace is not None:
            document = self.documents[path]
            self._workspace.open_document(path, document.text, document.version)
            self._inspect(path)

    def change_document(self, path: Path) -> None:
        """The document has another text."""
        if self._workspace is not None:
            document = self.documents[path]
            self._workspace.change_document(path, document.text, document.version)
            self._inspect_soon(path)

    def save_document(self, path: Path) -> None:
        """The document was saved."""
        if self._workspace is not None:
            self._workspace.save_document(path)
            self._inspect(path)

    def close_document(self, path: Path) -> None:
        """The document is closed."""
        if path not in self.documents:
            return
        uri = self.documents.uri(path)
        self.documents.close(path)
        self.linter.forget(path)
        if path.suffix == CABAL:
            self.cabal_checker.forget(path)
        self.syntax.forget(path)
        self.tokens.forget(path)
        if self._workspace is not None:
            self._workspace.close_document(path)
            self.publisher.closed(path, uri)

    def files_changed(self, paths: frozenset[Path]) -> None:
        """The editor's own watcher saw files change."""
        if self._workspace is not None:
            self._workspace.files_changed(paths)

    def grant_trust(self) -> None:
        """The user trusts the project: its code may run from now on."""
        self.trusted = True
        self._later("read the settings of what is trusted now", self._read_settings_again)
        self._inspect_all()
        self._later("check what is trusted now", lambda: self._with(lambda workspace: workspace.grant_trust()))

    async def restart(self) -> None:
        """New GHC sessions; returns when the old ones are ended.  Cancelling it does not undo it."""
        self._later("restart", lambda: self._with(lambda workspace: workspace.restart("restart asked for")))
        await self._duties.join()

    async def settle(self) -> None:
        """Wait until GHC has judged what the editor last sent.  May be cancelled at any time.

        A client that can be asked to pull again is not kept waiting for long.
        """
        try:
            async with asyncio.timeout(SETTLE_SECONDS if self.client.refreshes else None):
                await self._ready.wait()
                await self._duties.join()
                if self._workspace is not None:
                    await self._workspace.idle()
        except TimeoutError:
            return

    def snapshot(self) -> Snapshot:
        """What is known now; nothing, before the work has begun."""
        if self._workspace is None:
            return Snapshot({}, {}, Status(work="Starting"), (), 0)
        snapshot = self._workspace.snapshot()
        return evolve(snapshot, status=self._whole(snapshot.status))

    def view(self) -> View:
        """What a reading handler is given."""
        snapshot = self.snapshot()
        return View(
            snapshot,
            self.client,
            self.splices,
            self.modules,
            Code(self.modules, self.index, self._texts, snapshot.documents),
            self.settings,
            self.documents.uri,
            self.syntax,
            self.tokens,
            self.linter,
            lambda: self.cabal_checker,
            lambda: self.completer,
        )

    @cached_property
    def completer(self) -> "Completer":
        """Who knows what can stand at a place; loaded when the user first types."""
        from thatch.core.completion.completion import Completer

        return Completer(lambda: self.settings.cache_dir)

    @cached_property
    def cabal_checker(self) -> "CabalChecker":
        """Who says what is wrong with `.cabal` files; loaded when the user first opens one."""
        from thatch.core.cabal.checker import CabalChecker

        return CabalChecker(lambda: self.settings.cabal, self.publisher.hinted)

    def show_document(self, uri: str) -> None:
        """Ask the editor to open a document."""
        params = types.ShowDocumentParams(uri, take_focus=True)
        self._spawn(self._request(types.WINDOW_SHOW_DOCUMENT, params))

    def apply_edit(self, params: types.ApplyWorkspaceEditParams) -> None:
        """Ask the editor to change documents."""
        self._spawn(self._request(types.WORKSPACE_APPLY_EDIT, params))

    async def run_splice_again(self, run: SpliceRun) -> None:
        """Run a splice that was stopped; returns when that is under way.  Cancelling it does not undo it."""
        self._later("run a splice again", lambda: self._with(lambda workspace: _run_again(workspace, run)))
        await self._duties.join()

    async def evaluate(self, path: Path, text: str, lines: Collection[int]) -> "list[Evaluated]":
        """What comes of the examples in a text whose prompts are in these 0-based lines.  Cancelling ends what runs.

        Raises `ThatchError` for what cannot be evaluated.
        """
        if not self.trusted:
            raise ThatchError(message="The workspace is not trusted, so nothing in it is evaluated.")
        await self._ready.wait()
        await self._duties.join()
        if self._workspace is None:
            raise ThatchError(message="The work is over.")
        return await self._workspace.evaluate(path, text, lines)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification to the editor."""
        self._link.notify(method, params)

    def show(self, params: types.ShowMessageParams) -> None:
        """Show a message to the user."""
        self._link.notify(types.WINDOW_SHOW_MESSAGE, params)

    async def close(self) -> None:
        """End everything; safe to call twice."""
        workspace, self._workspace = self._workspace, None
        await self.index.close()
        await self.linter.close()
        if "cabal_checker" in vars(self):
            await self.cabal_checker.close()
        if "completer" in vars(self):
            await self.completer.close()
        self.progress.close()
        self.publisher.close()
        self._refresh.close()
        self.splices.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if workspace is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await workspace.close()
        except TimeoutError:
            log.error("Ending GHC took longer than %g s; leaving all the same.", CLOSE_SECONDS)  # noqa: TRY400
        except Exception:
            log.exception("Ending GHC failed; leaving all the same.")

    # What the workspace says.

    def _on_event(self, event: Event) -> None:
        match event:
            case DiagnosticsChanged():
                self.publisher.changed(event)
                self._splice_errors.look(event.path)
            case SplicesChanged():
                self._refresh.soon(self.splices.changed(event.paths))
                for path in event.paths:
                    self._splice_errors.look(path)
            case CodeChanged():
                self._refresh.soon()
            case SettingsFileChanged():
                self._later("use changed settings", self._read_settings_again)
            case StatusChanged():
                self.status.tell(self._whole(event.status))
            case WorkStarted():
                log.debug("Begun: %s", event.title)
                self.progress.started(event)
            case WorkProgressed():
                self.progress.progressed(event)
            case WorkEnded():
                log.debug("Ended: %s", event.message or "well")
                self.progress.ended(event)
                self.index.changed()
                self._look_at_projects()
                # By now it may be known which extensions the modules are compiled with.
                self._inspect_all()
            case _:
                assert_never(event)

    def _look_at_projects(self) -> None:
        """Lenses that run something depend on what the projects are."""
        before, self._projects = self._projects, self.snapshot().projects
        if self._projects != before and self.client.shows.terminals:
            self._refresh.soon()

    def _begin_work(self, title: str) -> ServerWork:
        return ServerWork(self.progress, next(self._work_keys), title)

    # What the user's own programs are asked.

    def extensions(self, path: Path) -> tuple[str, ...]:
        """The language extensions that the unit of a file switches on, as far as its project is known."""
        units = [unit for project in self.snapshot().projects for unit in project.units]
        flags = next((unit.flags for unit in units if any(module.path == path for module in unit.modules)), ())
        return tuple(flag.removeprefix("-X") for flag in flags if flag.startswith("-X"))

    def _inspect(self, path: Path) -> None:
        """Have the user's programs look at a document at once."""
        if self.trusted:
            self._inspector(path).look(path, self.documents[path].text)

    def _inspect_soon(self, path: Path) -> None:
        """Have them look at it when it has been left alone for a while."""
        if self.trusted:
            inspector = self._inspector(path)
            inspector.look(path, self.documents[path].text, pause=inspector.pause_seconds)

    def _inspector(self, path: Path) -> Inspector[Any]:
        return self.cabal_checker if path.suffix == CABAL else self.linter

    def _inspect_all(self) -> None:
        for path in dict(self.documents.items()):
            self._inspect_soon(path)

    def _hints(self, path: Path) -> list[Diagnostic]:
        text = self.documents[path].text if path in self.documents else ""
        if path.suffix == CABAL:
            return self.cabal_checker.remarks(path, text) if path in self.documents else []
        return [hint.diagnostic(path) for hint in self.linter.remarks(path, text)]

    # Duties: changes of the workspace that wait for something, done one after the other in the order they came.

    def _later(self, what: str, duty: Callable[[], Awaitable[None]]) -> None:
        self._n_duties += 1
        self._duties.put_nowait((what, duty))

    async def _do_duties(self) -> None:
        while True:
            what, duty = await self._duties.get()
            try:
                await duty()
            except Exception as error:
                log.exception("Could not %s", what)
                self._show_once(f"thatch could not {what}: {error}", types.MessageType.Error)
            finally:
                self._n_duties -= 1
                self._duties.task_done()
                self.status.tell(self.snapshot().status)

    def _whole(self, status: Status) -> Status:
        """The status of the workspace and of what is about to change it."""
        return evolve(status, busy=True) if self._n_duties else status

    def _add_folder(self, folder: Path) -> None:
        if folder in self.folders:
            return
        self.folders.append(folder)
        self._later(f"read the settings of {folder}", self._read_settings_again)
        self._later(f"add {folder}", lambda: self._with(lambda workspace: workspace.add_folder(folder)))

    async def _with(self, action: Callable[[Workspace], Awaitable[None]]) -> None:
        if self._workspace is not None:
            await action(self._workspace)

    async def _start(self) -> None:
        try:
            settings = await self._read_settings()
            # Folders that come or go from now on have duties of their own behind this one.
            self._workspace = workspace = self._open_workspace(list(self.folders), settings, self._on_event)
            for path, document in self.documents.items():
                workspace.open_document(path, document.text, document.version)
            await workspace.start(trusted=self.trusted)
            self._inspect_all()
            self.status.tell(self.snapshot().status)
        finally:
            self._ready.set()

    async def _configure(self, given: object) -> None:
        self._given = given
        settings = await self._read_settings()
        await self._with(lambda workspace: workspace.configure(settings))
        self._inspect_all()

    async def _read_settings_again(self) -> None:
        """Heed what `thatch.toml` says by now, if it says anything else."""
        if self._workspace is not None and await self._read_files() != self._files:
            await self._configure(self._given)

    async def _read_settings(self) -> Settings:
        """Settings from `thatch.toml`, over them `initializationOptions`, then the editor's configuration."""
        self._files = await self._read_files()
        self.settings_file = self._files.path
        given = await self._ask_for_settings() if self.client.configuration else self._given
        reading = read_settings(self._files.section, self._options, given)
        for problem in (*self._files.problems, *reading.problems):
            log.warning("%s", problem)
            self._show_once(problem, types.MessageType.Warning)
        for key in reading.unknown:
            log.warning("The setting %s.%s means nothing to thatch.", SECTION, key)
        self.settings = reading.settings
        return reading.settings

    async def _read_files(self) -> FileSettings:
        """What files of the project say: nothing before it is trusted, since they name programs to run."""
        return await asyncio.to_thread(read_files, tuple(self.folders) if self.trusted else ())

    async def _ask_for_settings(self) -> object:
        params = types.ConfigurationParams(items=[types.ConfigurationItem(section=SECTION)])
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._request(types.WORKSPACE_CONFIGURATION, params)
        except TimeoutError:
            log.warning("The editor did not answer workspace/configuration within %g s.", ANSWER_SECONDS)
            return None
        return answer[0] if answer else None

    async def _register(self) -> None:
        if not self.client.registers_configuration:
            return
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        options = types.DidChangeConfigurationRegistrationOptions(section=SECTION)
        registration = types.Registration(id=f"thatch/{method}", method=method, register_options=options)
        self._spawn(self._request(types.CLIENT_REGISTER_CAPABILITY, types.RegistrationParams([registration])))

    async def _expand(self, path: Path, run: SpliceRun) -> Expansion:
        workspace = self._workspace
        if workspace is None:
            raise ThatchError(message="The work has not begun.")
        return await workspace.expand(path, run)

    # What the editor is asked and told.

    async def _request(self, method: str, params: Any) -> Any:
        """The editor's answer, or None when it answers with an error (logged)."""
        try:
            return await answered(self._link.send_request(method, params))
        except Exception as error:  # Whatever the editor answers, the server lives on.
            log.warning("The editor refused %s: %s", method, error)
            return None

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        self._link.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    async def _ask_to_pull(self) -> None:
        await self._request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def _create_progress(self, params: types.WorkDoneProgressCreateParams, created: Callable[[bool], None]) -> None:
        if not self.client.progress:
            created(False)
            return

        async def ask() -> None:
            try:
                await answered(self._link.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params))
            except Exception as error:  # An editor may refuse to show progress.
                log.info("The editor shows no progress: %s", error)
                created(False)
            else:
                created(True)

        self._spawn(ask())

    def _show_once(self, message: str, kind: types.MessageType) -> None:
        if message not in self._told:
            self._told.add(message)
            self.show(types.ShowMessageParams(type=kind, message=message))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _run_again(workspace: Workspace, run: SpliceRun) -> None:
    workspace.run_splice_again(run.path, run)

"""A real editor's side of LSP: the server as a child process, capability sets of real editors, nothing unnoticed.

Whatever the server says that a test neither expects nor takes makes the test fail at the end: messages to the user,
logged errors, errors on stderr, requests that no editor knows.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest_lsp
from lsprotocol import types
from pygls.lsp.client import LanguageClient as BaseClient
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol

from tests.support.check import clean_environment
from tests.support.markers import Label, annotate, parse_file
from tests.support.waiting import seconds, until
from thatch.core.text import Encoding, LineIndex, Position
from thatch.lsp import convert

SERVER = (sys.executable, "-m", "thatch.cli.main", "lsp", "--log-level", "info")

CAPABILITIES = {
    "vscode": "visual-studio-code@1.65.2",
    "neovim": "neovim@0.11.0",
}
"""The editors that tests play, by the name of pytest-lsp's record of them."""

ENCODINGS = {"vscode": Encoding.UTF16, "neovim": Encoding.UTF8}
"""What the server agrees on with each: VS Code names none, Neovim names utf-8 first."""

EDITORS = tuple(CAPABILITIES)

REFRESHES = (
    types.WORKSPACE_INLAY_HINT_REFRESH,
    types.WORKSPACE_CODE_LENS_REFRESH,
    types.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
)
"""What an editor may be asked at any time to ask for again."""


def capabilities(editor: str) -> types.ClientCapabilities:
    """What an editor says it can do, and that it wants to know the server's status.

    `vscode-pull` is a VS Code since 1.66, which pulls diagnostics too.
    """
    found = pytest_lsp.client_capabilities(CAPABILITIES[editor.removesuffix("-pull")])
    found.experimental = {"statusNotification": True}
    if editor.endswith("-pull"):
        assert found.text_document
        assert found.workspace
        found.text_document.diagnostic = types.DiagnosticClientCapabilities(dynamic_registration=True)
        found.workspace.diagnostics = types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    return found


class _Protocol(LanguageClientProtocol):
    """Tells the client of every message before it is handled."""

    _server: "_Recorder"  # type: ignore[assignment]

    def handle_message(self, message: Any) -> None:
        self._server.saw(message)
        super().handle_message(message)
        self._server.changed.set()


class _Recorder(LanguageClient):
    """pytest-lsp's client, which keeps the server's stderr and what no editor knows."""

    def __init__(self) -> None:
        super().__init__(protocol_cls=_Protocol, converter_factory=pytest_lsp.client.default_converter)
        register_lsp_features(self)
        self.changed = asyncio.Event()
        self.stderr: list[str] = []
        self.unknown: list[str] = []
        self.published: list[types.PublishDiagnosticsParams] = []
        self.statuses: list[Any] = []
        self.registered: list[str] = []
        self.refreshed: list[str] = []
        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.drain: asyncio.Task[None] | None = None

    def saw(self, message: Any) -> None:
        method = getattr(message, "method", None)
        if method == types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS:
            self.published.append(message.params)
        elif method == "thatch/status":
            self.statuses.append(message.params)
        elif method == types.CLIENT_REGISTER_CAPABILITY:
            self.registered += [one.method for one in message.params.registrations]
        elif method == types.WORKSPACE_APPLY_EDIT:
            self.applied.append(message.params)
        elif method in REFRESHES:
            self.refreshed.append(method)
        elif method is not None and method not in {*DEFAULT_CLIENT_FEATURES, "$/cancelRequest"}:
            self.unknown.append(method)

    async def start_io(self, cmd: str, *args: Any, **kwargs: Any) -> None:
        # Past pytest-lsp's own, which forwards stderr instead of keeping it.
        await BaseClient.start_io(self, cmd, *args, **kwargs)
        self.drain = asyncio.create_task(self._keep_stderr())

    async def _keep_stderr(self) -> None:
        assert self._server
        assert self._server.stderr
        while line := await self._server.stderr.readline():
            self.stderr.append(line.decode("utf-8", "replace").rstrip())
            self.changed.set()


class LspClient:
    """An editor with a server of its own.  Positions in its results are given as labels (see `markers`)."""

    def __init__(self, editor: str) -> None:
        self.editor = editor
        self.encoding = ENCODINGS[editor.removesuffix("-pull")]
        self.texts: dict[Path, str] = {}
        """The open documents."""

        self.rpc = _Recorder()
        self.rpc.feature("thatch/status")(_ignore)
        for method in (types.CLIENT_REGISTER_CAPABILITY, *REFRESHES):
            self.rpc.feature(method)(_ignore)
        self.rpc.feature(types.WORKSPACE_APPLY_EDIT)(lambda _params: types.ApplyWorkspaceEditResult(applied=True))
        self.stopped = False
        self._versions: dict[Path, int] = {}

    # The server's life.

    async def start(
        self,
        *folders: Path,
        environment: Mapping[str, str],
        options: Mapping[str, Any] | None = None,
        configuration: Mapping[str, Any] | None = None,
        command: Sequence[str] = SERVER,
    ) -> types.InitializeResult:
        """Start the server and open folders; `options` are the initialization options."""
        self.rpc.set_configuration(dict(configuration or {}), section="thatch")
        await self.rpc.start_io(*command, env={**clean_environment(), **environment})
        return await self.rpc.initialize_session(
            types.InitializeParams(
                capabilities=capabilities(self.editor),
                process_id=os.getpid(),
                root_uri=folders[0].as_uri() if folders else None,
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
                initialization_options=dict(options or {}),
                trace=types.TraceValue.Messages,
            )
        )

    @property
    def process(self) -> psutil.Process:
        """The server's process."""
        assert self.rpc._server
        return psutil.Process(self.rpc._server.pid)

    async def exited(self) -> int:
        """The server's exit code, when it has ended."""
        assert self.rpc._server
        async with asyncio.timeout(seconds(20)):
            return await self.rpc._server.wait()

    async def stop(self) -> None:
        """Shut the server down as an editor does; nothing unexpected may have been said and no process be left."""
        processes = [self.process, *self.process.children(recursive=True)]
        async with asyncio.timeout(seconds(30)):
            await self.rpc.shutdown_session()
        assert await self.exited() == 0
        await self.none_left(processes)
        await self.abandon()
        assert self.surprises() == []

    async def abandon(self) -> None:
        """Let go of a server that has ended or is to be killed."""
        self.stopped = True
        assert self.rpc._server
        if self.rpc._server.returncode is None:
            self.rpc._server.kill()
            await self.rpc._server.wait()
        if self.rpc.drain:
            await self.rpc.drain
        await self.rpc.stop()

    async def none_left(self, processes: Sequence[psutil.Process]) -> None:
        """Wait until processes are gone."""
        await until(
            lambda: not any(_runs(process) for process in processes),
            lambda: f"the end of {[process.cmdline()[:2] for process in processes if _runs(process)]}",
            timeout=15,
        )

    def surprises(self) -> list[str]:
        """What the server said that no test asked for."""
        errors = [message for message in self.rpc.log_messages if message.type == types.MessageType.Error]
        return [
            *(f"unknown to editors: {method}" for method in self.rpc.unknown),
            *(f"progress left open: {reports[0]}" for reports in self.progress() if reports[-1].kind != "end"),
            *(f"shown to the user: {message.message}" for message in self.rpc.messages),
            *(f"logged: {message.message}" for message in errors),
            *(f"on stderr: {line}" for line in self.rpc.stderr if _is_error(line)),
        ]

    def progress(self) -> list[list[Any]]:
        """What was shown of each long operation so far."""
        return [reports for reports in self.rpc.progress_reports.values() if reports]

    def take_messages(self) -> list[str]:
        """The messages to the user so far; they are expected now."""
        messages = [message.message for message in self.rpc.messages]
        self.rpc.messages.clear()
        return messages

    # What a user does.

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a file, or a text that is not saved yet."""
        self.texts[path] = path.read_bytes().decode("utf-8", "replace") if text is None else text
        self._versions[path] = 1
        item = types.TextDocumentItem(path.as_uri(), "haskell", 1, self.texts[path])
        self.rpc.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def edit(self, path: Path, text: str) -> None:
        """Change an open document: the smallest region that differs is sent, in the encoding agreed on."""
        old, self.texts[path] = self.texts[path], text
        self._versions[path] += 1
        start, end = _difference(old, text)
        lines = LineIndex(old)
        region = types.Range(*(_position(lines.position(offset, self.encoding)) for offset in (start, len(old) - end)))
        change = types.TextDocumentContentChangePartial(range=region, text=text[start : len(text) - end])
        identifier = types.VersionedTextDocumentIdentifier(self._versions[path], path.as_uri())
        self.rpc.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    def replace(self, path: Path, old: str, new: str) -> None:
        """Change the only occurrence of a text in an open document."""
        assert self.texts[path].count(old) == 1
        self.edit(path, self.texts[path].replace(old, new))

    def take(self, path: Path, edit: types.WorkspaceEdit | None) -> None:
        """Have an edit of one open document done, which must be for the version that is open."""
        assert path in self.texts
        assert self.take_all(edit) == [path]

    def take_all(self, edit: types.WorkspaceEdit | None) -> list[Path]:
        """Have an edit of any files done: in open documents, for the versions that are open, and in closed files."""
        assert edit
        edits = {uri: list(changes) for uri, changes in (edit.changes or {}).items()}
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            path = _path(change.text_document.uri)
            assert change.text_document.version == self._versions.get(path)
            edits[change.text_document.uri] = [one for one in change.edits if isinstance(one, types.TextEdit)]
        for uri, changes in edits.items():
            path = _path(uri)
            if path in self.texts:
                self.edit(path, self._applied(self.texts[path], changes))
            else:
                path.write_text(self._applied(path.read_text("utf-8"), changes), "utf-8", newline="")
        return [_path(uri) for uri in edits]

    def _applied(self, text: str, changes: Sequence[types.TextEdit]) -> str:
        lines = LineIndex(text)
        for one in reversed(changes):
            start, end = (
                lines.offset(Position(edge.line, edge.character), self.encoding)
                for edge in (one.range.start, one.range.end)
            )
            text = text[:start] + one.new_text + text[end:]
        return text

    def save(self, path: Path) -> None:
        """Write an open document to its file."""
        path.write_text(self.texts[path], "utf-8", newline="")
        self.rpc.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    def close(self, path: Path) -> None:
        """Close a document without saving it."""
        del self.texts[path]
        self.rpc.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(path.as_uri())))

    # What a user sees.

    def diagnostics(self, path: Path) -> list[types.Diagnostic]:
        """The last published diagnostics of a file."""
        return list(self.rpc.diagnostics.get(path.as_uri(), ()))

    def messages(self, path: Path) -> list[str]:
        """The texts of a file's diagnostics."""
        return [diagnostic.message for diagnostic in self.diagnostics(path)]

    def labels(self, path: Path) -> list[Label]:
        """A file's diagnostics as labels such as `error GHC-83865` or `warning -Wunused-imports`."""
        lines = LineIndex(self._text(path))
        return sorted(_label(diagnostic, lines, self.encoding) for diagnostic in self.diagnostics(path))

    def marked(self, path: Path) -> str:
        """A file's text with its diagnostics beneath the lines."""
        return annotate(self._text(path), self.labels(path))

    async def sees(self, expected: Mapping[Path, str]) -> None:
        """Wait until files have exactly the diagnostics that are written beneath their lines."""
        wanted = {path: parse_file(marked) for path, marked in expected.items()}

        def met() -> bool:
            return all(
                self._text(path) == file.text and tuple(self.labels(path)) == file.labels
                for path, file in wanted.items()
            )

        try:
            await self.until(met, "diagnostics")
        except AssertionError:
            for path, file in wanted.items():
                assert annotate(file.text, file.labels) == self.marked(path), self._last_words()
            raise

    async def until(self, condition: Any, what: str, timeout: float = 60) -> Any:
        """Wait for a condition that the server's messages bring about."""
        return await until(
            condition,
            lambda: f"{what}; {self._last_words()}",
            timeout=timeout,
            changed=self.rpc.changed,
        )

    async def quiescent(self) -> Any:
        """Wait until the server has nothing to do; returns its status."""

        while True:
            # Counted before asking, so that what comes while the answer is under way is not missed.
            seen = len(self.rpc.statuses)
            status = await self.rpc.protocol.send_request_async("thatch/status", None)
            if status.quiescent:
                return status
            await self.until(lambda seen=seen: len(self.rpc.statuses) > seen, "the end of the work")

    def _text(self, path: Path) -> str:
        if path in self.texts:
            return self.texts[path]
        return path.read_bytes().decode("utf-8", "replace") if path.exists() else ""

    def _last_words(self) -> str:
        last = {Path(uri).name: [one.message for one in found] for uri, found in self.rpc.diagnostics.items() if found}
        status = self.rpc.statuses[-1] if self.rpc.statuses else None
        return f"diagnostics: {last}; status: {status}; stderr: {self.rpc.stderr[-10:]}"


def _path(uri: str) -> Path:
    found = convert.path(uri)
    assert found
    return found


def _ignore(_params: Any) -> None:
    """An editor's answer to what needs none."""


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_error(line: str) -> bool:
    return " ERROR " in line or " CRITICAL " in line or line.startswith("Traceback")


def _difference(old: str, new: str) -> tuple[int, int]:
    """How many characters two texts have in common at the start and, of the rest, at the end."""
    most = min(len(old), len(new))
    start = next((i for i in range(most) if old[i] != new[i]), most)
    if old[start - 1 : start] == "\r":
        start -= 1  # No position stands inside a line's end.
    most -= start
    end = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    return start, end - 1 if end and old[len(old) - end] == "\n" else end


def _position(position: Position) -> types.Position:
    return types.Position(position.line, position.column)


def _label(diagnostic: types.Diagnostic, lines: LineIndex, encoding: Encoding) -> Label:
    start, end = (
        lines.offset(Position(place.line, place.character), encoding)
        for place in (diagnostic.range.start, diagnostic.range.end)
    )
    line = lines.line_of(start)
    begin = lines.offset(Position(line, 0), encoding)
    goes_on = diagnostic.range.end.line != line
    if goes_on:
        end = begin + len(lines.line_text(line))
    severity = (diagnostic.severity or types.DiagnosticSeverity.Error).name.lower()
    # The flag rather than the code: not every GHC has a code for every warning.
    name = (diagnostic.data or {}).get("flag") or diagnostic.code or ""
    return Label(line, start - begin, end - begin, goes_on, f"{severity} {name}".rstrip())


logging.getLogger("pygls").setLevel(logging.WARNING)

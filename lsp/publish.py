"""Brings diagnostics to the editor, pushed or pulled, each message once; what they look like is `convert`'s matter.

Push or pull?  VS Code and Neovim keep pushed and pulled diagnostics in separate collections and show both, so what a
client pulls must not be pushed too.  No capability says *which* files a client will pull: VS Code pulls open
documents and, from time to time, the whole workspace; Neovim pulls open documents only.  So behaviour decides: a file
is pushed until the client pulls it (its pushed set is then emptied), and pushed again when its document is closed; a
client that has pulled the workspace is pushed nothing more.  Pulling is offered only to clients that pull again when
asked to (`workspace/diagnostic/refresh`), because GHC's answer often comes after the question and because an edit
changes the diagnostics of other files; and to clients that cannot be pushed to at all.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from pathlib import Path

from attrs import frozen
from lsprotocol import types

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.events import DiagnosticsChanged
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot
from thatch.lsp import convert
from thatch.lsp.client import Client
from thatch.lsp.documents import Documents

TURN_SECONDS = 0.02
"""How long one turn of the loop may convert diagnostics before others get theirs."""

REFRESH_SECONDS = 0.3
"""The shortest time between two requests to pull again."""

Explain = Callable[[Snapshot, Diagnostic], list[types.DiagnosticRelatedInformation]]
"""Places to point to along with a message, as far as they are known now."""


Hints = Callable[[Path], Sequence[Diagnostic]]
"""What others than GHC say of a document, about its text as it is now."""


@frozen
class Report:
    """What is to be told about a file when it is pulled."""

    path: Path
    uri: str
    version: int | None

    result_id: str
    """Names this state of the file's diagnostics; differs between server runs."""

    items: list[types.Diagnostic] | None
    """None when the client has this state already."""


class Publisher:
    """Knows what the client was told of each file."""

    def __init__(
        self,
        client: Client,
        documents: Documents,
        snapshot: Callable[[], Snapshot],
        publish: Callable[[types.PublishDiagnosticsParams], None],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._client = client
        self._documents = documents
        self._snapshot = snapshot
        self._publish = publish
        self._refresh = refresh
        self.explain: Explain = lambda _snapshot, _diagnostic: []
        """What to say along with a message, besides what GHC said; set by who knows more."""

        self.hints: Hints = lambda _path: []
        """What else is to be told of an open document; set by who knows it."""

        self._told: dict[Path, DiagnosticsChanged] = {}
        self._epoch = f"{time.time_ns():x}"
        self._revisions: dict[Path, int] = {}
        self._pending: dict[Path, DiagnosticsChanged] = {}
        self._pushed: dict[Path, str] = {}
        self._pulled: dict[Path, str] = {}
        self._pulls_workspace = False
        self._flushing: asyncio.Task[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self, event: DiagnosticsChanged) -> None:
        """A file's diagnostics changed: push them soon, or ask the client to pull."""
        path = event.path
        self._told[path] = event
        self._revisions[path] = self._revisions.get(path, 0) + 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        if path in self._pulled or self._pulls_workspace:
            self._refresh_soon()
        elif self._client.pushed:
            self._push_soon(event)

    def again(self, path: Path) -> None:
        """What is to be said along with a file's diagnostics changed: tell them again."""
        event = self._told.get(path)
        if event is not None and event.diagnostics:
            self.changed(event)

    def hinted(self, path: Path) -> None:
        """What is said of a document by others than GHC changed: tell it again, with what GHC says."""
        known = DiagnosticsChanged(path, self._snapshot().diagnostics.get(path, ()), self._documents.version(path))
        self.changed(self._told.get(path, known))

    def closed(self, path: Path, uri: str) -> None:
        """A document was closed; the client pulls it no more, and may have known it by another spelling of its URI."""
        self._pulled.pop(path, None)
        pushed = self._pushed.get(path)
        if pushed is not None and pushed != convert.uri(path):
            del self._pushed[path]
            self._publish(types.PublishDiagnosticsParams(uri=pushed, diagnostics=[]))
        if not self._pulls_workspace and self._client.pushed:
            self._push_soon(DiagnosticsChanged(path, self._snapshot().diagnostics.get(path, ()), None))

    def opened(self, path: Path) -> None:
        """A document was opened; what was pushed under another spelling of its URI moves to the editor's own."""
        pushed = self._pushed.get(path)
        if pushed is None or pushed == self._documents.uri(path):
            return
        del self._pushed[path]
        self._publish(types.PublishDiagnosticsParams(uri=pushed, diagnostics=[]))
        self._push_soon(DiagnosticsChanged(path, self._snapshot().diagnostics.get(path, ()), None))

    def pull(self, snapshot: Snapshot, path: Path, previous: str | None) -> Report:
        """Answer a client that asks for a file; from now on it is not pushed."""
        report = self._report(snapshot, path, previous)
        if path in self._documents:
            self._pulled[path] = report.result_id
        self._take_back([path])
        return report

    def pull_workspace(self, snapshot: Snapshot, previous: dict[Path, str]) -> Iterator[Report]:
        """Answer a client that asks for everything; from now on nothing is pushed.

        Yields a report for each file that has diagnostics or of which the client knows something.
        """
        self._pulls_workspace = True
        self._pending.clear()
        self._take_back(list(self._pushed))
        hinted = {path for path, _ in self._documents.items() if self.hints(path)}
        for path in sorted(snapshot.diagnostics.keys() | previous.keys() | hinted):
            yield self._report(snapshot, path, previous.get(path))

    async def change(self) -> None:
        """Wait until the diagnostics of any file change.  May be cancelled at any time."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)

    def close(self) -> None:
        """Send nothing more."""
        for task in (self._flushing, self._refreshing):
            if task is not None:
                task.cancel()

    def _report(self, snapshot: Snapshot, path: Path, previous: str | None) -> Report:
        version = self._documents.version(path)
        # Positions depend on the text too, so that an edit makes another state even if GHC repeats its words.
        result_id = f"{self._epoch}.{self._revisions.get(path, 0)}.{'' if version is None else version}"
        items = None
        if result_id != previous:
            items = self._convert(snapshot, self._joined(path, snapshot.diagnostics.get(path, ())))
        return Report(path, self._documents.uri(path), version, result_id, items)

    def _joined(self, path: Path, said: Iterable[Diagnostic]) -> list[Diagnostic]:
        """What is said of a file, each error once: what keeps cabal from reading it is known twice if it is open."""
        hints = self.hints(path)
        known = {_line_of(hint) for hint in hints if _is_cabals(hint)}
        return [*(one for one in said if not (_is_cabals(one) and _line_of(one) in known)), *hints]

    def _take_back(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._pending.pop(path, None)
            uri = self._pushed.pop(path, None)
            if uri is not None:
                self._publish(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def _push_soon(self, event: DiagnosticsChanged) -> None:
        self._pending[event.path] = event
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        try:
            started = time.monotonic()
            while self._pending:
                if time.monotonic() - started > TURN_SECONDS:
                    await asyncio.sleep(0)
                    started = time.monotonic()
                    continue
                self._push(self._pending.pop(next(iter(self._pending))))
        finally:
            self._flushing = None

    def _push(self, event: DiagnosticsChanged) -> None:
        uri = self._documents.uri(event.path)
        found = self._joined(event.path, event.diagnostics)
        if not found and event.path not in self._pushed:
            return
        version = event.version if self._client.versions else None
        items = self._convert(self._snapshot(), found)
        self._publish(types.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version))
        if items:
            self._pushed[event.path] = uri
        else:
            self._pushed.pop(event.path, None)

    def _convert(self, snapshot: Snapshot, found: Iterable[Diagnostic]) -> list[types.Diagnostic]:
        known: dict[Path, LineIndex] = {}

        def lines(path: Path) -> LineIndex:
            if path not in known:
                document = snapshot.documents.get(path)
                known[path] = document.lines if document else LineIndex(snapshot.text(path) or "")
            return known[path]

        return [self._explained(snapshot, one, convert.diagnostic(one, lines, self._client)) for one in found]

    def _explained(self, snapshot: Snapshot, one: Diagnostic, shown: types.Diagnostic) -> types.Diagnostic:
        more = self.explain(snapshot, one) if self._client.related else []
        if more:
            shown.related_information = [*(shown.related_information or ()), *more]
        return shown

    def _refresh_soon(self) -> None:
        if self._client.refreshes and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._ask_to_pull())

    async def _ask_to_pull(self) -> None:
        # What changes while this waits is seen by the pull that follows; what changes after it asks again.
        try:
            await asyncio.sleep(REFRESH_SECONDS)
        finally:
            self._refreshing = None
        await self._refresh()


def _is_cabals(one: Diagnostic) -> bool:
    """Whether it is an error that cabal told of."""
    return one.source == "cabal" and one.severity is Severity.ERROR


def _line_of(one: Diagnostic) -> int | None:
    return one.span.start_line if one.span else None

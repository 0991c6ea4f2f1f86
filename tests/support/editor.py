"""An editor inside the test's process: real bytes through the real server, a fake workspace behind it."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.fake_workspace import FakeWorkspace
from tests.support.waiting import until
from thatch.core.events import Listener
from thatch.core.settings import Settings
from thatch.lsp.server import ThatchServer
from thatch.lsp.transport import Framer, Message

JSON = dict[str, Any]


class Editor:
    """Sends and receives JSON; answers the server's requests from `answers` (null if none is given)."""

    def __init__(self) -> None:
        self.workspaces: list[FakeWorkspace] = []
        self.server = ThatchServer(self._open_workspace)  # type: ignore[arg-type]
        self.server.protocol.set_writer(self)
        self.answers: dict[str, Any] = {}
        self.unanswered: set[str] = set()
        """Methods that this editor never answers."""

        self.notifications: list[JSON] = []
        self.requests: list[JSON] = []
        self.responses: dict[Any, JSON] = {}
        self._framer = Framer()
        self._count = 0
        self._changed = asyncio.Event()

    @property
    def workspace(self) -> FakeWorkspace:
        (workspace,) = self.workspaces
        return workspace

    # What a test does.

    def notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request and return its id."""
        self._count += 1
        message = {"id": self._count, "method": method}
        self._send(message if params is None else {**message, "params": params})
        return self._count

    async def response(self, request: Any) -> JSON:
        return await until(
            lambda: self.responses.get(request), f"response {request}", timeout=10, changed=self._changed
        )

    async def result(self, method: str, params: Any = None) -> Any:
        answer = await self.response(self.ask(method, params))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    async def error(self, method: str, params: Any = None) -> JSON:
        answer = await self.response(self.ask(method, params))
        return answer["error"]

    async def initialize(self, capabilities: JSON | None = None, **params: Any) -> JSON:
        """Begin the session; returns the server's capabilities."""
        result = await self.result("initialize", {"processId": None, "capabilities": capabilities or {}, **params})
        return result["capabilities"]

    async def start(self, capabilities: JSON | None = None, **params: Any) -> FakeWorkspace:
        """Begin the session and wait until the work begins; returns the workspace."""
        await self.initialize(capabilities, **params)
        self.notify("initialized", {})
        await until(lambda: self.workspaces and ("start",) in self.workspace.calls, "the start")
        return self.workspace

    def open(self, path: Path, text: str) -> JSON:
        """Open a document; returns its identifier."""
        item = {"uri": path.as_uri(), "languageId": "haskell", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return {"uri": path.as_uri()}

    def change(self, path: Path, text: str, version: int = 2) -> None:
        """Replace a document's text."""
        document = {"uri": path.as_uri(), "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    async def told(self, method: str, n: int = 1) -> list[JSON]:
        """The parameters of all notifications of a method, when there are at least n."""
        await until(
            lambda: len(self.all(method)) >= n,
            lambda: f"{n} x {method} in {self.notifications}",
            timeout=10,
            changed=self._changed,
        )
        return self.all(method)

    def all(self, method: str) -> list[JSON]:
        return [message["params"] for message in self.notifications if message["method"] == method]

    async def asked(self, method: str) -> JSON:
        """The server's first request of a method."""
        found = await until(
            lambda: [one for one in self.requests if one["method"] == method], method, timeout=10, changed=self._changed
        )
        return found[0]

    async def called(self, *call: Any) -> None:
        """Wait until the workspace was called so."""
        await until(lambda: call in self.workspace.calls, lambda: f"{call} in {self.workspace.calls}", timeout=10)

    def answer(self, request: JSON, result: Any) -> None:
        self._send({"id": request["id"], "result": result})

    def refuse(self, request: JSON, message: str) -> None:
        self._send({"id": request["id"], "error": {"code": -32803, "message": message}})

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.server.receive(data)

    async def close(self) -> int:
        """End the server; returns its exit code."""
        self.server.stop(0)
        return await self.server.stopped()

    # What the server calls.

    def write(self, data: bytes) -> None:
        for frame in self._framer.receive(data):
            assert isinstance(frame, Message)
            self._receive(json.loads(frame.body))
        self._changed.set()

    def _receive(self, message: JSON) -> None:
        if "method" not in message:
            self.responses[message["id"]] = message
        elif "id" not in message:
            self.notifications.append(message)
        else:
            self.requests.append(message)
            if message["method"] not in self.unanswered:
                result = self.answers.get(message["method"])
                asyncio.get_running_loop().call_soon(self.answer, message, result)

    def _send(self, message: JSON) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.raw(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def _open_workspace(self, folders: Sequence[Path], settings: Settings, listener: Listener) -> FakeWorkspace:
        self.workspaces.append(FakeWorkspace(folders, settings, listener))
        return self.workspaces[-1]

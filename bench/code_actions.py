"""How long an editor waits for code actions in a large project: wall time, from request to answer.

    python bench/code_actions.py [--modules 500] [--asked 30] [--cache FOLDER]

One module of a synthetic project is opened, in which a name is not in scope, an import is redundant and a binding has
no signature; then the actions at each of these places are asked for again and again.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import median, print_table
from synthetic import write_project

from thatch.lsp.transport import Framer, Message

LONGEST_SECONDS = 600
READ_BYTES = 1 << 16
CAPABILITIES = {
    "textDocument": {
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor"]}}},
        "publishDiagnostics": {"dataSupport": True},
    },
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"statusNotification": True},
}
ADDED = """
lacking = sortOn negate (catMaybes [Just 3])

unsigned x y = Map.insert x [y]
"""


class Editor:
    """The least that an editor must be."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._framer = Framer()
        self._count = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._changed = asyncio.Event()
        self.quiescent = asyncio.Event()
        self.diagnostics: dict[str, list[Any]] = {}

    async def listen(self) -> None:
        """Take what the server says, until it ends."""
        assert self._process.stdout
        while data := await self._process.stdout.read(READ_BYTES):
            for frame in self._framer.receive(data):
                if isinstance(frame, Message):
                    self._heard(json.loads(frame.body))

    async def judged(self, uri: str) -> None:
        """Wait until a file has diagnostics, and nothing is left to do."""
        while not (self.diagnostics.get(uri) and self.quiescent.is_set()):
            self._changed.clear()
            await self._changed.wait()

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    async def ask(self, method: str, params: Any) -> Any:
        """The answer to a request."""
        number = next(self._count)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send({"id": number, "method": method, "params": params})
        return await self._waiting[number]

    def _heard(self, message: dict[str, Any]) -> None:
        self._changed.set()
        method = message.get("method")
        if method is None:
            self._waiting.pop(message["id"]).set_result(message.get("result"))
        elif method == "thatch/status":
            (self.quiescent.set if message["params"]["quiescent"] else self.quiescent.clear)()
        elif method == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message:
            self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))


def worked_on(root: Path) -> tuple[Path, str]:
    """The last module of the project, and its text with something to be done about it."""
    path = next(path for path in sorted(root.rglob("*.hs"), reverse=True) if "Map.Map" in path.read_text("utf-8"))
    text = path.read_text("utf-8").replace("import Data.List (sortOn)", "import Data.List ()\nimport Data.Char")
    return path, "{-# OPTIONS_GHC -Wunused-imports -Wmissing-signatures #-}\n" + text + ADDED


async def run(root: Path, cache: Path, n_asked: int) -> dict[str, list[float]]:
    """The seconds of each question, by its place."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "thatch.cli.main", "lsp", "--log-level", "error",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=READ_BYTES,
        env={**os.environ, "THATCH_CACHE_DIR": str(cache)},
    )  # fmt: skip
    editor = Editor(process)
    listening = asyncio.create_task(editor.listen())
    await editor.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": CAPABILITIES})
    editor.tell("initialized", {})
    path, text = await asyncio.to_thread(worked_on, root)
    item = {"uri": path.as_uri(), "languageId": "haskell", "version": 1, "text": text}
    async with asyncio.timeout(LONGEST_SECONDS):
        await editor.quiescent.wait()
        editor.tell("textDocument/didOpen", {"textDocument": item})
        await editor.judged(path.as_uri())
    lines = text.split("\n")
    found: dict[str, list[float]] = {}
    for what, words in (
        ("not in scope", "lacking ="),
        ("redundant import", "import Data.Char"),
        ("binding", "unsigned"),
    ):
        line = next(number for number, text in enumerate(lines) if text.startswith(words))
        column = lines[line].find("sortOn") if what == "not in scope" else 2
        region = {edge: {"line": line, "character": column} for edge in ("start", "end")}
        params = {"textDocument": {"uri": path.as_uri()}, "range": region, "context": {"diagnostics": []}}
        for _ in range(n_asked):
            begun = time.perf_counter()
            actions = await editor.ask("textDocument/codeAction", params)
            found.setdefault(what, []).append(time.perf_counter() - begun)
        print(what, [action["title"] for action in actions][:4])
    await editor.ask("shutdown", None)
    editor.tell("exit", None)
    await process.wait()
    listening.cancel()
    return found


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=500)
    parser.add_argument("--asked", type=int, default=30)
    parser.add_argument("--cache", type=Path, help="a cache folder that is kept")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as folder:
        root = Path(folder) / "project"
        write_project(arguments.modules, 10, root)
        times = asyncio.run(run(root, arguments.cache or Path(folder) / "cache", arguments.asked))
    print_table(
        ["first", "median", "worst of the others"],
        {
            what: [
                f"{seconds[0] * 1000:.0f} ms",
                f"{median(seconds) * 1000:.1f} ms",
                f"{max(seconds[1:]) * 1000:.0f} ms",
            ]
            for what, seconds in times.items()
        },
    )


if __name__ == "__main__":
    main()

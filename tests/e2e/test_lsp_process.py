"""The server as a process: how it starts, what it survives, how it ends, and that it leaves nothing behind."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from tests.conftest import Ghc
from tests.support.check import clean_environment
from tests.support.lsp_client import SERVER, LspClient
from tests.support.lsp_sessions import StartServer, lsp_environment
from tests.support.waiting import seconds, until
from thatch.lsp.transport import Framer, Message

RIGHT = "module A where\nx :: Int\nx = 1\n"
WRONG = "module A where\nx :: Int\nx = 'c'\n"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module with an error, in a folder of its own."""
    path = tmp_path / "project" / "src" / "A.hs"
    path.parent.mkdir(parents=True)
    path.write_text(WRONG)
    return path


async def checked(lsp: StartServer, ghc: Ghc, module: Path) -> tuple[LspClient, list[psutil.Process]]:
    """An editor that sees the module's error, and the processes behind it."""
    client = await lsp("vscode", ghc, module.parent.parent)
    await client.until(lambda: client.diagnostics(module), "the error")
    processes = client.process.children(recursive=True)
    assert any("ghc" in process.name() for process in processes), processes
    return client, [client.process, *processes]


async def test_nothing_is_left_when_the_editor_says_goodbye(ghc: Ghc, lsp: StartServer, module: Path) -> None:
    client, processes = await checked(lsp, ghc, module)
    await client.stop()
    await client.none_left(processes)


async def test_nothing_is_left_when_the_editors_pipe_breaks(ghc: Ghc, lsp: StartServer, module: Path) -> None:
    client, processes = await checked(lsp, ghc, module)
    assert client.rpc._server
    assert client.rpc._server.stdin
    client.rpc._server.stdin.close()
    assert await client.exited() == 1
    await client.none_left(processes)
    await client.abandon()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_nothing_is_left_after_a_signal(number: signal.Signals, ghc: Ghc, lsp: StartServer, module: Path) -> None:
    client, processes = await checked(lsp, ghc, module)
    client.process.send_signal(number)
    assert await client.exited() == 128 + number
    await client.none_left(processes)
    await client.abandon()


async def test_a_killed_server_leaves_nothing_and_another_can_take_over(
    ghc: Ghc, lsp: StartServer, module: Path
) -> None:
    client, processes = await checked(lsp, ghc, module)
    client.process.kill()
    await client.exited()
    await client.none_left(processes)
    await client.abandon()
    again = await lsp("neovim", ghc, module.parent.parent)
    await again.until(lambda: again.diagnostics(module), "the error again")
    again.open(module)
    again.edit(module, RIGHT)
    await again.until(lambda: not again.diagnostics(module), "the error to go")


async def test_a_killed_ghc_is_started_again(ghc: Ghc, lsp: StartServer, module: Path) -> None:
    client, (_, *processes) = await checked(lsp, ghc, module)
    for process in processes:
        # What runs for a moment only, such as a question to GHC, may be gone by now.
        with contextlib.suppress(psutil.NoSuchProcess):
            if "ghc" in process.name():
                process.kill()
    await client.none_left(processes)
    client.open(module)
    client.edit(module, RIGHT)
    await client.until(lambda: not client.diagnostics(module), "the error to go")
    client.edit(module, WRONG)
    await client.until(lambda: client.diagnostics(module), "the error to come back")


async def test_restart_makes_new_sessions(ghc: Ghc, lsp: StartServer, module: Path) -> None:
    from lsprotocol import types

    client, (_, *processes) = await checked(lsp, ghc, module)
    await client.rpc.workspace_execute_command_async(types.ExecuteCommandParams("thatch.restart"))
    await client.none_left(processes)
    client.open(module)
    client.edit(module, RIGHT)
    await client.until(lambda: not client.diagnostics(module), "the error to go")


# Without pytest-lsp: bytes as they are.


class Raw:
    """A server whose input is written by hand."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._framer = Framer()
        self._messages: list[Any] = []

    def send(self, method: str, params: Any = None, **rest: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **rest}).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def write(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)

    async def receive(self) -> Any:
        """The next message; everything on stdout must be one."""
        assert self.process.stdout
        async with asyncio.timeout(seconds(20)):
            while not self._messages:
                for frame in self._framer.receive(await self.process.stdout.read(1 << 16)):
                    assert isinstance(frame, Message), frame
                    self._messages.append(json.loads(frame.body))
        return self._messages.pop(0)

    async def end(self) -> tuple[int, str]:
        """The exit code and what was said on stderr."""
        assert self.process.stderr
        async with asyncio.timeout(seconds(20)):
            said = await self.process.stderr.read()
            return await self.process.wait(), said.decode()


@pytest_asyncio.fixture
async def raw(tmp_path: Path) -> AsyncIterator[Any]:
    """Starts servers; those that still run at the end of the test are killed."""
    servers: list[Raw] = []

    async def start(command: Sequence[str] = SERVER) -> Raw:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**clean_environment(), **lsp_environment(tmp_path)},
        )
        servers.append(Raw(process))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.returncode is None:
            server.process.kill()
            await server.process.wait()
        server.process._transport.close()  # type: ignore[attr-defined]


INITIALIZE: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}


async def test_a_proper_end_is_exit_code_0(raw: Any) -> None:
    server = await raw()
    server.send("initialize", INITIALIZE, id=1)
    assert (await server.receive())["result"]["serverInfo"]["name"] == "thatch"
    server.send("initialized", {})
    server.send("shutdown", id=2)
    while (await server.receive()).get("id") != 2:
        pass
    server.send("exit")
    assert (await server.end())[0] == 0


@pytest.mark.parametrize("before", [[], ["initialize"], ["initialize", "initialized"]])
async def test_exit_without_shutdown_is_exit_code_1(raw: Any, before: list[str]) -> None:
    server = await raw()
    for method in before:
        server.send(method, INITIALIZE, **({"id": 1} if method == "initialize" else {}))
    server.send("exit")
    assert (await server.end())[0] == 1


async def test_a_request_before_initialize_is_refused(raw: Any) -> None:
    server = await raw()
    server.send("textDocument/hover", {}, id=1)
    assert (await server.receive())["error"]["code"] == -32002


async def test_garbage_is_logged_and_survived(raw: Any) -> None:
    server = await raw()
    server.write(b"GET / HTTP/1.1\r\n\r\n" + os.urandom(100_000) + b"\r\n\r\nContent-Length: 3\r\n\r\n{]}")
    server.send("initialize", INITIALIZE, id=1)
    assert (await server.receive())["error"]["code"] == -32700
    assert (await server.receive())["id"] == 1
    server.send("exit")
    code, said = await server.end()
    assert code == 1
    assert "no LSP message" in said
    assert "Not JSON" in said
    assert "Traceback" not in said


async def test_an_empty_input_ends_the_server(raw: Any) -> None:
    server = await raw()
    server.process.stdin.close()
    assert await server.end() == (1, "")


async def test_the_server_ends_with_the_editors_process_although_its_pipe_stays_open(raw: Any) -> None:
    editor = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    server = await raw()
    server.send("initialize", {**INITIALIZE, "processId": editor.pid}, id=1)
    await server.receive()
    editor.kill()
    await editor.wait()
    code, said = await server.end()
    assert code == 1
    assert "The editor's process" in said


async def test_an_editor_that_reads_nothing_does_not_stop_the_server_from_ending(raw: Any) -> None:
    server = await raw()
    server.send("initialize", INITIALIZE, id=1)
    for number in range(5_000):
        server.send("what/ever", {}, id=number + 2)
    server.send("exit")
    # Not `wait`, which waits for somebody to read as well.
    assert await until(lambda: server.process.returncode, "the end", timeout=30) == 1


PROGRAM = """
import atexit, os, sys
from thatch.lsp import session
start = session.Session.start
def noisy(self):
    print("stray print")
    os.system("echo stray child")
    start(self)
session.Session.start = noisy
atexit.register(lambda: print("rich" in sys.modules and "RICH" or "no rich", file=sys.stderr))
sys.argv = ["thatch", "lsp"]
from thatch.cli.main import main
main()
"""


async def test_stray_output_does_not_reach_the_editor_and_rich_is_not_imported(raw: Any) -> None:
    server = await raw([sys.executable, "-c", PROGRAM])
    server.send("initialize", INITIALIZE, id=1)
    server.send("initialized", {})
    assert (await server.receive())["id"] == 1
    server.send("shutdown", id=2)
    while (await server.receive()).get("id") != 2:
        pass
    server.send("exit")
    code, said = await server.end()
    assert code == 0
    assert "stray print" in said
    assert "stray child" in said
    assert "no rich" in said


async def test_the_log_goes_to_a_file_if_wished(raw: Any, tmp_path: Path) -> None:
    log = tmp_path / "thatch.log"
    server = await raw([*SERVER, "--log-file", str(log)])
    server.write(b"hello\r\n\r\n")
    server.send("exit")
    assert await server.end() == (1, "")
    assert re.search(r"^\d{4}-\d\d-\d\d .* ERROR thatch.lsp.server: .*hello.*$", log.read_text(), re.MULTILINE)


async def test_a_log_file_that_cannot_be_written_is_told(raw: Any, tmp_path: Path) -> None:
    server = await raw([*SERVER, "--log-file", str(tmp_path / "no" / "log")])
    code, said = await server.end()
    assert code == 1
    assert "cannot write the log file" in said


async def test_tcp_serves_one_client_and_ends_with_it(raw: Any) -> None:
    server = await raw([*SERVER, "--tcp", "127.0.0.1:0"])
    line = (await server.process.stderr.readline()).decode()
    found = re.search(r"Waiting for a client on 127\.0\.0\.1:(\d+)", line)
    assert found, line
    reader, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": INITIALIZE}).encode()
    writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"Content-Length: ")
    writer.close()
    assert (await server.end())[0] == 1


async def test_tcp_on_a_taken_port_is_told(raw: Any) -> None:
    taken = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    server = await raw([*SERVER, "--tcp", f"127.0.0.1:{port}"])
    code, said = await server.end()
    taken.close()
    assert code == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in said


async def test_a_slow_turn_of_the_loop_is_logged_in_debug_mode(raw: Any) -> None:
    slow = PROGRAM.replace('print("stray print")', "__import__('threading').Event().wait(0.2)")
    slow = slow.replace('"lsp"]', '"lsp", "--log-level", "debug"]')
    server = await raw([sys.executable, "-c", slow])
    server.send("initialize", INITIALIZE, id=1)
    server.send("initialized", {})
    await server.receive()
    server.send("exit")
    _, said = await server.end()
    assert re.search(r"WARNING asyncio: Executing .* took 0\.[2-9]", said)

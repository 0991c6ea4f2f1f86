"""`thatch check --watch`, on a terminal and in a pipe, with real compilers."""

import asyncio
import os
import pty
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.check import Checker, write_files
from tests.support.waiting import seconds

CLEAR = "\x1b[2J\x1b[1;1H"

FILES = {
    "A.hs": "module A where\na :: Int\na = 1\n",
    "B.hs": "module B where\nimport A\nb :: Int\nb = a\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path / "p", FILES)
    return tmp_path / "p"


class Watching:
    """A check that goes on, whose terminal or pipe is read."""

    def __init__(self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader) -> None:
        self.process = process
        self._reader = reader

    async def result(self) -> str:
        """What is printed until it waits for changes."""
        async with asyncio.timeout(seconds(120)):
            text = await self._reader.readuntil(b"waiting for changes")
            return (text + await self._reader.readline()).decode().replace("\r\n", "\n")

    async def result_with(self, expected: str) -> str:
        """The first result that has some text: a change may be noticed in two parts."""
        while expected not in (shown := await self.result()):
            pass
        return shown

    def compilers(self) -> set[int]:
        """The process ids of GHCs."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return {child.pid for child in children if "--interactive" in child.cmdline()}

    async def end(self, number: signal.Signals) -> int:
        """The exit code after a signal."""
        self.process.send_signal(number)
        async with asyncio.timeout(seconds(30)):
            return await self.process.wait()


@pytest.fixture
async def on_terminal(project: Path, ghc: Ghc) -> AsyncIterator[Watching]:
    """A check with a terminal of 60 columns and 10 rows."""
    terminal, slave = pty.openpty()
    os.set_blocking(terminal, False)
    checker = Checker(project.parent)
    process = await asyncio.create_subprocess_exec(
        *checker.command("--watch", "--ghc", ghc, "--format", "concise"),
        cwd=project,
        env={**checker.environment, "TERM": "xterm", "COLUMNS": "60", "LINES": "10"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(terminal, "rb", 0)
    )
    try:
        yield Watching(process, reader)
    finally:
        transport.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_results_replace_each_other_and_ghc_stays(on_terminal: Watching, project: Path) -> None:
    first = await on_terminal.result()
    assert CLEAR in first
    assert "No problems in 2 modules" in first
    (project / "A.hs").write_text("module A where\na :: Int\na = 'x'\n")
    wrong = (await on_terminal.result_with("1 error")).rpartition(CLEAR)[2]
    assert without_escapes(wrong).startswith("A.hs:3:5: error [GHC-83865]: Couldn't match expected type")
    before = on_terminal.compilers()
    assert before
    # More than there is room for: the first are shown, and how many there are.
    many = "".join(f"b{number} = missing{number}\n" for number in range(20))
    (project / "B.hs").write_text(f"module B where\n{many}")
    crowded = without_escapes((await on_terminal.result_with("21 errors")).rpartition(CLEAR)[2])
    assert crowded.startswith("A.hs:3:5: error")
    assert re.search(r"^\.\.\. and \d+ more$", crowded, re.MULTILINE)
    assert crowded.count("\n") <= 10
    write_files(project, FILES)
    assert "No problems in 2 modules" in await on_terminal.result_with("No problems")
    assert on_terminal.compilers() == before
    compilers = list(map(psutil.Process, before))
    assert await on_terminal.end(signal.SIGINT) == 130
    assert psutil.wait_procs(compilers, timeout=seconds(10))[1] == []


async def test_in_a_pipe_results_follow_each_other(project: Path) -> None:
    checker = Checker(project.parent)
    process = await asyncio.create_subprocess_exec(
        *checker.command("--watch", "--format", "concise", "--statistics"),
        cwd=project,
        env=checker.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout
    watching = Watching(process, process.stdout)
    assert "No problems in 2 modules" in await watching.result()
    (project / "A.hs").write_text("module A where\na :: Int\na = 'x'\n")
    wrong = await watching.result_with("1 error")
    assert "A.hs:3:5: error [GHC-83865]" in wrong
    assert "\x1b" not in wrong
    assert re.search(r"^ +1 +error +GHC-83865", wrong, re.MULTILINE)
    assert await watching.end(signal.SIGTERM) == 143


@pytest.mark.parametrize(
    "options",
    [("--shard", "1/2"), ("--format", "sarif"), ("-o", "x"), ("--write-baseline",), ("--timings",)],
    ids=lambda options: options[0],
)
def test_what_is_for_one_result_alone(project: Path, options: tuple[str, ...]) -> None:
    checked = Checker(project.parent).run("--watch", *options, cwd=project)
    assert (checked.code, checked.out) == (2, "")
    assert "--watch" in checked.err


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")

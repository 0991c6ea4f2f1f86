"""How long from an edit to its error, in the language server and in a raw GHCi that holds the whole project?

    python bench/edits.py [--modules 500] [--functions 12] [--edits 12] [--project FOLDER --file PATH]

Everything is compiled before, and both sides start with that.  The edits are those of somebody who adds a definition
with a type error at the end of a module and takes it away again; server and GHCi take turns.  For GHCi the edit is
written into the file of a copy of the project, and `:reload` is timed up to the line with the error: it would go on and
compile what imports the module.  `typecheck` is the part of that from the line that tells of the module on; GHC writes
both lines at once where a module takes less than some tenths of a second, and then it says nothing.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree, ignore_patterns

import psutil
from attrs import frozen
from checks import check, options
from lsprotocol import types
from measure import median, print_table
from pygls.lsp.client import LanguageClient
from raw import raw_ghci
from synthetic import write_project

BROKEN = '\nthatchProbe{0} :: Int\nthatchProbe{0} = "oops{0}"\n'
PROMPT = "##bench##"
LIMIT = 120.0


@frozen
class Edit:
    """One edit, in seconds."""

    to_error: float
    to_clear: float
    typecheck: float = 0.0


def main() -> None:
    parser = options(__doc__ or "", rounds=1)
    parser.add_argument("--edits", type=int, default=12)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--file", default="src/Lib/M{}.hs")
    arguments = parser.parse_args()
    with workplace(arguments) as (folder, project):
        file = arguments.file.format(arguments.modules // 2 + 1)
        print(f"edits of {file}, {len((project / file).read_text().splitlines())} lines", flush=True)
        check(project, folder / "cache")
        copy = folder / "copy"
        copytree(project, copy)
        ghci = raw_ghci(copy, folder / "raw", jobs=os.cpu_count() or 1)
        ghci.load()
        server, raw = asyncio.run(take_turns(project, folder / "cache", file, Raw(ghci.command, copy), arguments.edits))
    report(server, raw)


@contextmanager
def workplace(arguments: argparse.Namespace) -> Iterator[tuple[Path, Path]]:
    """A temporary folder, and in it the project."""
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
        folder = Path(name)
        project = folder / "project"
        if arguments.project:
            copytree(arguments.project, project, ignore=ignore_patterns("dist-newstyle", ".git"))
        else:
            write_project(arguments.modules, arguments.functions, project)
        yield folder, project


async def take_turns(project: Path, cache: Path, file: str, raw: "Raw", n_edits: int) -> tuple["Server", "Raw"]:
    """Make the same edits on both sides, one after the other; the first of each only warms."""
    server = Server(project, cache, project / file)
    await server.start()
    raw.start()
    for number in range(n_edits + 1):
        await server.edit(number)
        raw.edit(raw.root / file, number)
    await server.stop()
    raw.stop()
    return server, raw


def report(server: "Server", raw: "Raw") -> None:
    """Print what was measured."""
    rows = {
        name: [*(f"{1000 * median(each):.0f}" for each in columns(side.edits[1:])), f"{side.peak / 2**20:.0f}"]
        for name, side in (("raw GHCi", raw), ("thatch", server))
    }
    print_table(["error ms", "clear ms", "typecheck ms", "memory MB"], rows)
    ratios = [ours.to_error / theirs.to_error for ours, theirs in zip(server.edits[1:], raw.edits[1:], strict=True)]
    alone = [ours.to_error / theirs.typecheck for ours, theirs in zip(server.edits[1:], raw.edits[1:], strict=True)]
    print(f"edit to error, medians of the pairs: {median(ratios):.2f} of :reload, {median(alone):.2f} of typecheck")
    print(
        f"start of the server: {server.initialized:.2f} s to initialize, {server.first_error:.2f} s to the first error"
    )


def columns(edits: Sequence[Edit]) -> list[list[float]]:
    return [[edit.to_error for edit in edits], [edit.to_clear for edit in edits], [edit.typecheck for edit in edits]]


class Server:
    """The language server with one open file."""

    def __init__(self, project: Path, cache: Path, file: Path) -> None:
        self.edits: list[Edit] = []
        self.peak = 0
        self.initialized = self.first_error = 0.0
        self._project = project
        self._cache = cache
        self._uri = file.as_uri()
        self._text = file.read_text()
        self._version = 1
        self._said: list[str] = []
        self._heard = asyncio.Event()
        self._client = LanguageClient("bench", "1")

    async def start(self) -> None:
        """Start it and open the file; one edit is the first error."""
        began = time.perf_counter()
        client = self._client
        program = str(Path(sys.executable).with_name("thatch"))
        environment = {**os.environ, "THATCH_CACHE_DIR": str(self._cache), "THATCH_SANDBOX": "off"}

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def hear(params: types.PublishDiagnosticsParams) -> None:
            self._hear(params)

        await client.start_io(program, "lsp", env=environment, cwd=str(self._project))
        folder = types.WorkspaceFolder(self._project.as_uri(), "bench")
        await client.initialize_async(
            types.InitializeParams(types.ClientCapabilities(), os.getpid(), workspace_folders=[folder])
        )
        self.initialized = time.perf_counter() - began
        client.initialized(types.InitializedParams())
        item = types.TextDocumentItem(self._uri, "haskell", self._version, self._text)
        client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        self._change(BROKEN.format("First"))
        await self._until(lambda: any("oopsFirst" in said for said in self._said))
        self.first_error = time.perf_counter() - began
        self._change("")
        await self._until(lambda: not any("oops" in said for said in self._said))

    async def edit(self, number: int) -> None:
        """Break the module and mend it."""
        begun = time.perf_counter()
        self._change(BROKEN.format(number))
        await self._until(lambda: any(f"oops{number}" in said for said in self._said))
        broken = time.perf_counter()
        self._change("")
        await self._until(lambda: not any("oops" in said for said in self._said))
        self.edits.append(Edit(broken - begun, time.perf_counter() - broken))
        self.peak = max(self.peak, held(self.pid))

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return int(self._client._server.pid)  # type: ignore[union-attr]  # noqa: SLF001

    async def stop(self) -> None:
        """End it."""
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]

    def _change(self, addition: str) -> None:
        self._version += 1
        change = types.TextDocumentContentChangeWholeDocument(self._text + addition)
        identifier = types.VersionedTextDocumentIdentifier(self._version, self._uri)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    def _hear(self, params: types.PublishDiagnosticsParams) -> None:
        if params.uri == self._uri:
            self._said = [str(said.message) for said in params.diagnostics]
            self._heard.set()

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT):
            while not condition():
                self._heard.clear()
                await self._heard.wait()


class Raw:
    """A GHCi that holds all modules of a project."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self.edits: list[Edit] = []
        self.peak = 0
        self.root = root
        self._command = command

    def start(self) -> None:
        """Start it; that it has loaded everything is seen at its prompt."""
        self._process = subprocess.Popen(
            [*self._command, "-ignore-dot-ghci"],
            cwd=self.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._say(f':set prompt "{PROMPT}\\n"')
        self._until(PROMPT)

    def edit(self, file: Path, number: int) -> None:
        """Break the module and mend it, as soon as the error is seen."""
        text = file.read_text()
        begun = time.perf_counter()
        file.write_text(text + BROKEN.format(number))
        self._say(":reload")
        compiling = self._until(f"Compiling {self._module(file)} ")
        broken = self._until(f"oops{number}")
        # What imports the module is not what is measured.
        os.kill(self._process.pid, signal.SIGINT)
        self._until(PROMPT)
        mended = time.perf_counter()
        file.write_text(text)
        self._say(":reload")
        self._until(PROMPT)
        self.edits.append(Edit(broken - begun, time.perf_counter() - mended, broken - compiling))
        self.peak = max(self.peak, held(self._process.pid))

    def stop(self) -> None:
        """End it."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _module(self, file: Path) -> str:
        header = next(line for line in file.read_text().splitlines() if line.startswith("module "))
        return header.split()[1].split("(")[0]

    def _say(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _until(self, words: str) -> float:
        assert self._process.stdout
        for line in self._process.stdout:
            if words in line:
                return time.perf_counter()
        raise SystemExit("raw GHCi ended")


def held(pid: int) -> int:
    """The proportional set size of a process and all its children, in bytes."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    n_bytes = 0
    for one in processes:
        # Some end meanwhile.
        with suppress(psutil.NoSuchProcess):
            n_bytes += one.memory_full_info().pss
    return n_bytes


if __name__ == "__main__":
    main()

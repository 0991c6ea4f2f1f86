"""How fast does a Haskell language server start, answer and check, whichever it is?  The same steps for each of them.

    python bench/servers.py --server 'thatch lsp' [--modules 500] [--functions 12] [--edits 10]
    python bench/servers.py --server 'haskell-language-server-wrapper --lsp'

The server is started twice on the synthetic project: cold, and warm, when it has kept what it keeps.  A module in the
middle is opened; the first hover is asked for until there is an answer.  Then a definition with a type error comes and
goes at the end of the module, and the same questions are asked again and again.  Memory is that of all its processes.
"""

import asyncio
import os
import re
import shlex
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
from attrs import define, field
from checks import options, workplace
from lsprotocol import types
from measure import median, print_table
from pygls.lsp.client import LanguageClient

LIMIT = 300.0
SAMPLE_SECONDS = 0.25
N_QUESTIONS = 15


def main() -> None:
    parser = options(__doc__ or "", rounds=1)
    parser.add_argument("--server", default="thatch lsp")
    parser.add_argument("--edits", type=int, default=10)
    arguments = parser.parse_args()
    with workplace(arguments) as (folder, project):
        file = project / f"src/Lib/M{arguments.modules // 2 + 1}.hs"
        runs = {name: asyncio.run(drive(arguments.server, folder, file, arguments.edits)) for name in ("cold", "warm")}
    names = list(runs["warm"])
    print_table(list(runs), {name: [f"{run[name]:.4g}" for run in runs.values()] for name in names})


@define
class Driven:
    """A server that runs, and what it has said."""

    client: LanguageClient
    errors: dict[str, list[str]] = field(factory=dict)
    """The messages of the errors that are known of each document."""
    told: asyncio.Event = field(factory=asyncio.Event)
    version: int = 1

    async def until(self, uri: str, holds: Callable[[list[str]], bool]) -> float:
        """Wait until the errors of a document are such; in how many seconds they were."""
        began = time.perf_counter()
        async with asyncio.timeout(LIMIT):
            while uri not in self.errors or not holds(self.errors[uri]):
                self.told.clear()
                await self.told.wait()
        return time.perf_counter() - began

    def change(self, uri: str, text: str) -> None:
        self.version += 1
        # What was said of an earlier text does not count.
        self.errors.pop(uri, None)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=uri, version=self.version),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )


async def drive(server: str, folder: Path, file: Path, n_edits: int) -> dict[str, float]:
    """The seconds of each step, and the megabytes; what the server keeps is below `folder`."""
    project, text, uri = folder / "project", await asyncio.to_thread(file.read_text), file.as_uri()
    kept = {"XDG_CACHE_HOME": str(folder / "kept"), "THATCH_CACHE_DIR": str(folder / "kept/thatch")}
    began = time.perf_counter()
    client = LanguageClient("bench", "1")
    driven = Driven(client)
    listen(driven)
    program, *more = shlex.split(server)
    await client.start_io(program, *more, cwd=project, env={**os.environ, **kept})
    peak = [0.0]
    watching = asyncio.create_task(watch_memory(peak))
    found: dict[str, float] = {}
    await client.initialize_async(
        types.InitializeParams(
            capabilities=capabilities(),
            root_uri=project.as_uri(),
            workspace_folders=[types.WorkspaceFolder(uri=project.as_uri(), name="bench")],
        )
    )
    found["start to initialize, s"] = time.perf_counter() - began
    client.initialized(types.InitializedParams())
    document = types.TextDocumentItem(uri=uri, language_id="haskell", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    place = types.Position(line=definition_line(text), character=0)
    at = types.TextDocumentIdentifier(uri=uri)
    async with asyncio.timeout(LIMIT):
        # Servers do not tell when they can answer.
        while await client.text_document_hover_async(types.HoverParams(at, place)) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    found["start to first hover, s"] = time.perf_counter() - began
    await edit(driven, uri, text, 0)
    found["start to first error, s"] = time.perf_counter() - began
    edits = [await edit(driven, uri, text, number) for number in range(1, n_edits + 1)]
    found["edit to error, s"] = median([error for error, _ in edits])
    found["edit to clean, s"] = median([clean for _, clean in edits])
    context = types.ReferenceContext(include_declaration=True)
    for name, ask in {
        "hover, s": lambda: client.text_document_hover_async(types.HoverParams(at, place)),
        "definition, s": lambda: client.text_document_definition_async(types.DefinitionParams(at, place)),
        "references, s": lambda: client.text_document_references_async(types.ReferenceParams(context, at, place)),
    }.items():
        found[name] = await timed(ask)
    watching.cancel()
    found["peak memory, MB"] = peak[0]
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return found


def listen(driven: Driven) -> None:
    """Take in what the server says, and answer what it asks."""

    @driven.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: types.PublishDiagnosticsParams) -> None:
        found = [one.message for one in params.diagnostics if one.severity == types.DiagnosticSeverity.Error]
        driven.errors[params.uri] = [*map(str, found)]
        driven.told.set()

    @driven.client.feature(types.WORKSPACE_CONFIGURATION)
    def configuration(params: types.ConfigurationParams) -> list[None]:
        return [None for _ in params.items]

    for method in (
        types.WINDOW_WORK_DONE_PROGRESS_CREATE,
        types.CLIENT_REGISTER_CAPABILITY,
        types.PROGRESS,
        types.WINDOW_LOG_MESSAGE,
        types.WINDOW_SHOW_MESSAGE,
    ):
        driven.client.feature(method)(lambda _: None)


async def edit(driven: Driven, uri: str, text: str, number: int) -> tuple[float, float]:
    """Make a mistake and undo it; until the server has said so, each in seconds."""
    mistake = f'\nthatchProbe{number} :: Int\nthatchProbe{number} = "oops{number}"\n'
    driven.change(uri, text + mistake)
    error = await driven.until(uri, lambda said: any(f"oops{number}" in one for one in said))
    driven.change(uri, text)
    return error, await driven.until(uri, lambda said: not said)


async def timed(ask: Callable[[], Awaitable[object]]) -> float:
    """The median of several answers, in seconds."""
    taken = []
    for _ in range(N_QUESTIONS):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return median(taken)


async def watch_memory(peak: list[float]) -> None:
    """Note the highest sum of the proportional set sizes of all child processes, in MB."""
    while True:
        peak[0] = max(peak[0], await asyncio.to_thread(memory))
        await asyncio.sleep(SAMPLE_SECONDS)


def memory() -> float:
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def definition_line(text: str) -> int:
    """The line of the first equation whose signature stands before it, from 0."""
    lines = text.split("\n")
    name = next(match[1] for line in lines if (match := re.match(r"(\w+) ::", line)))
    return next(number for number, line in enumerate(lines) if re.match(rf"{name}\b(?! *::)", line))


def capabilities() -> types.ClientCapabilities:
    return types.ClientCapabilities(
        window=types.WindowClientCapabilities(work_done_progress=True),
        workspace=types.WorkspaceClientCapabilities(configuration=True),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        ),
    )


if __name__ == "__main__":
    main()

"""How long a user waits for completions in a large project, in milliseconds, in the language server.

    python bench/completion_times.py [--modules 500] [--functions 12] [--rounds 3] [--words 12]

Everything was compiled before.  In each round a server starts, a file is opened, and when the server has done all that
it does by itself a definition is typed at the end of the file, letter by letter; each letter is followed by a question.
*first* is the first question of a server, *later* are all others: wall time, and the time that all threads of the
server took.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from attrs import frozen
from checks import check, options, workplace
from lsprotocol import types
from measure import median, print_table
from pygls.lsp.client import LanguageClient

WORDS = (
    "foldr",
    "mapM",
    "Maybe",
    "show",
    "length",
    "fromIntegral",
    "concatMap",
    "zipWith",
    "Just",
    "print",
    "even",
    "sum",
)
PAUSE_SECONDS = 0.15
"""Between two letters, as somebody types who is quick."""


@frozen
class Waited:
    """One question, in seconds."""

    wall: float
    cpu: float
    n_offered: int


def main() -> None:
    parser = options(__doc__ or "", rounds=3)
    parser.add_argument("--words", type=int, default=len(WORDS))
    parser.add_argument("--file", default="src/Lib/M{}.hs")
    arguments = parser.parse_args()
    first, later = [], []
    with workplace(arguments) as (folder, project):
        check(project, folder / "cache")
        file = project / arguments.file.format(arguments.modules // 2 + 1)
        for _ in range(arguments.rounds):
            waited = asyncio.run(typed(project, folder / "cache", file, file.read_text(), WORDS[: arguments.words]))
            first.append(waited[0])
            later += waited[1:]
    rows = {
        "first": cells(first),
        "later": cells(later),
        "later, slowest": cells([max(later, key=lambda one: one.wall)]),
    }
    print_table(["wall ms", "cpu ms", "offered"], rows)


def cells(some: list[Waited]) -> list[str]:
    """Medians."""
    wall, cpu = (1000 * median([one.wall for one in some]), 1000 * median([one.cpu for one in some]))
    return [f"{wall:.0f}", f"{cpu:.0f}", f"{median([one.n_offered for one in some]):.0f}"]


async def typed(project: Path, cache: Path, file: Path, text: str, words: tuple[str, ...]) -> list[Waited]:
    """Start a server and type words into a file."""
    client = LanguageClient("bench", "1")
    begun = asyncio.Event()
    client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda _: None)
    client.feature("thatch/status")(lambda params: begun.set() if params.quiescent else None)
    environment = {**os.environ, "THATCH_CACHE_DIR": str(cache), "THATCH_SANDBOX": "off"}
    program = str(Path(sys.executable).with_name("thatch"))
    await client.start_io(program, "lsp", env=environment, cwd=str(project))
    capabilities = types.ClientCapabilities(experimental={"statusNotification": True})
    folders = [types.WorkspaceFolder(project.as_uri(), "bench")]
    await client.initialize_async(types.InitializeParams(capabilities, os.getpid(), workspace_folders=folders))
    client.initialized(types.InitializedParams())
    item = types.TextDocumentItem(file.as_uri(), "haskell", 1, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    await asyncio.wait_for(begun.wait(), 120)
    waited = [await ask(client, file, version, before) for version, before in enumerate(letters(text, words), 2)]
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return waited


def letters(text: str, words: tuple[str, ...]) -> Iterator[str]:
    """The file as it grows letter by letter, each time with a letter to complete at its end."""
    text = f"{text}\nprobe ="
    for word in words:
        text += " "
        for letter in word:
            text += letter
            yield text


async def ask(client: LanguageClient, file: Path, version: int, text: str) -> Waited:
    """What can stand at the end of a text."""
    await asyncio.sleep(PAUSE_SECONDS)
    process = psutil.Process(client._server.pid)  # type: ignore[union-attr]  # noqa: SLF001
    last = types.Position(text.count("\n"), len(text) - text.rfind("\n") - 1)
    begun, cpu = time.perf_counter(), process.cpu_times()
    change = types.TextDocumentContentChangeWholeDocument(text)
    identifier = types.VersionedTextDocumentIdentifier(version, file.as_uri())
    client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    params = types.CompletionParams(types.TextDocumentIdentifier(file.as_uri()), last)
    found = await client.text_document_completion_async(params)
    now = process.cpu_times()
    assert isinstance(found, types.CompletionList)
    return Waited(time.perf_counter() - begun, now.user + now.system - cpu.user - cpu.system, len(found.items))


if __name__ == "__main__":
    main()

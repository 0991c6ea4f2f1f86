"""Does taking an offered import mend a module?  Items of import lists of a real package are removed one by one.

    python bench/auto_import.py [--package aeson] [--items 100] [--seed 1] [--failures]

GHC is asked what is wrong without the item.  Where an error is about a name, completion is asked at the end of that
name; the first candidate of just that name which must be imported is taken with its edit, and so on until GHC finds no
error, or nothing more is offered.  Items that nothing needs are passed over.
"""

import argparse
import asyncio
import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen
from completion import SOURCES, opened

from thatch.core.completion.completion import Completer
from thatch.core.completion.details import import_for
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.navigation.code import Code
from thatch.core.settings import Settings
from thatch.core.syntax import parse_header
from thatch.core.text import LineIndex
from thatch.core.workspace import Workspace

MOST_STEPS = 12
"""How many imports are added for one item, which may be a type with all its constructors."""

IMPORT_LIST = re.compile(r"(?:\s+qualified)?(?:\s+as\s+[\w.]+)?\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
ITEM = re.compile(r"(?:pattern\s+|type\s+)?(?:[\w']+|\([^\w\s()]+\))(?:\s*\((?:[^()]|\([^()]*\))*\))?")
"""An item of a list, with what stands in parentheses behind it."""


@frozen
class Removal:
    """An item of an import list, by its offsets with the comma."""

    path: Path
    text: str
    start: int
    end: int
    item: str

    @property
    def without(self) -> str:
        """The module without it."""
        return self.text[: self.start] + self.text[self.end :]


@frozen
class Tried:
    """What became of a module."""

    removal: Removal
    needed: bool
    mended: bool
    left: str = ""
    """The error that is left."""


def removals(path: Path, text: str) -> Iterator[Removal]:
    """All items of the import lists of a module."""
    lines = LineIndex(text)
    for head in parse_header(text).imports:
        found = IMPORT_LIST.match(text, lines.offsets(head.span)[1])
        if found is None or head.conditional or "--" in found[1] or "#" in found[1]:
            continue
        items = list(ITEM.finditer(text, found.start(1), found.end(1)))
        for index, item in enumerate(items):
            start, end = item.span()
            if index + 1 < len(items):
                end = items[index + 1].start()
            elif index:
                start = items[index - 1].end()
            yield Removal(path, text, start, end, " ".join(item[0].split()))


async def errors(workspace: Workspace, path: Path, text: str) -> Sequence[Diagnostic]:
    """What GHC has to say against a buffer."""
    version = workspace.documents()[path].version + 1
    workspace.change_document(path, text, version)
    await workspace.idle()
    found = workspace.snapshot().diagnostics.get(path, ())
    return [each for each in found if each.severity is Severity.ERROR]


async def attempt(workspace: Workspace, code: Code, completer: Completer, removal: Removal) -> Tried:
    """Remove an item, and take what is offered until the module compiles or nothing more is offered."""
    text = removal.without
    found = await errors(workspace, removal.path, text)
    if not found:
        return Tried(removal, needed=False, mended=True)
    for _ in range(MOST_STEPS):
        mended = await _mended(workspace, code, completer, removal.path, text, found)
        if mended is None:
            break
        text = mended
        found = await errors(workspace, removal.path, text)
        if not found:
            return Tried(removal, needed=True, mended=True)
    return Tried(removal, needed=True, mended=False, left=found[0].message.split("\n")[0])


async def _mended(
    workspace: Workspace, code: Code, completer: Completer, path: Path, text: str, found: Sequence[Diagnostic]
) -> str | None:
    """The text with the import that is offered for the first name that is not in scope."""
    lines = LineIndex(text)
    now = evolve(code, documents=workspace.documents())
    for error in found:
        start, end = lines.offsets(error.span) if error.span else (0, 0)
        word = text[start:end].strip("`()")
        if not word or len(word.split()) > 1:
            continue
        place = start + text[start:end].index(word) + len(word)
        offered = await completer.complete(now, path, place)
        for each in offered.candidates:
            if each.needs_import and each.label == text[offered.start : place]:
                insertion = import_for(text, each, offered.qualifier, literate=False)
                return insertion and insertion.apply(text)
    return None


async def run(project: Path, settings: Settings, n_items: int, seed: int) -> list[Tried]:
    """Try items in a random order until enough were needed."""
    async with opened(project, settings) as (workspace, code, completer):
        paths = sorted({home.key.path for home in code.modules.homes()})
        known = [each for path in paths if path.is_file() for each in removals(path, path.read_text("utf-8"))]
        random.Random(seed).shuffle(known)
        tried: list[Tried] = []
        for removal in known:
            if sum(each.needed for each in tried) == n_items:
                break
            if removal.path not in workspace.documents():
                for path in list(workspace.documents()):
                    workspace.close_document(path)
                workspace.open_document(removal.path, removal.text, 1)
                await workspace.idle()
            await completer.read(code, removal.path)
            tried.append(await attempt(workspace, code, completer, removal))
        return tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=SOURCES.resolve() / "aeson")
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ghc", default="")
    parser.add_argument("--failures", action="store_true", help="list what was not mended")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as folder:
        project = Path(folder) / "project"
        ignored = shutil.ignore_patterns("dist-newstyle", "cabal.project")
        shutil.copytree(arguments.package, project / arguments.package.name, ignore=ignored)
        (project / "cabal.project").write_text(f"packages: {arguments.package.name}\nallow-newer: *\n", "utf-8")
        settings = Settings(cache_dir=Path(folder) / "cache", ghc=arguments.ghc)
        tried = asyncio.run(run(project, settings, arguments.items, arguments.seed))
        needed = [each for each in tried if each.needed]
        for each in needed if arguments.failures else ():
            if not each.mended:
                print(f"{each.removal.path.relative_to(project)}: {each.removal.item}: {each.left}")
    n_mended = sum(each.mended for each in needed)
    print(f"{len(needed)} items removed from import lists; {len(tried) - len(needed)} others were not needed")
    print(f"compile again: {100 * n_mended / max(len(needed), 1):.1f} %")


if __name__ == "__main__":
    main()

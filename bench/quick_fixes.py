"""How well quick fixes bring back what imports of a real package lack: items of import lists are removed one by one.

    python bench/quick_fixes.py [--project FOLDER] [--items 100] [--seed 1] [--failures]

Of each of some items that a module uses, picked at random, the import list is freed.  GHC checks the buffer, the first
action for a name that is not in scope is taken, and so on as long as there is such a name: a type may come with its
constructors.  The module counts as mended if GHC then has nothing more to say of it than before.  Seconds are the
processor's, for making the actions the first time.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from completion import SOURCES, opened
from measure import median

from thatch.core.completion.completion import Completer
from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document
from thatch.core.fixes.import_lists import ImportList, import_lists, without_items
from thatch.core.fixes.model import Fix, applied
from thatch.core.fixes.offers import fixes
from thatch.core.fixes.scope import missing_name
from thatch.core.fixes.source import Source
from thatch.core.navigation.code import Code
from thatch.core.navigation.texts import Texts
from thatch.core.settings import Settings
from thatch.core.text import LineIndex
from thatch.core.th.scope import NoExports
from thatch.core.workspace import Workspace

LONGEST_SECONDS = 300
MOST_STEPS = 6


@frozen(eq=False)
class Removal:
    """An item that is taken out of an import list."""

    path: Path
    text: str
    without: str
    module: str
    name: str


@frozen
class Outcome:
    """What came of it."""

    removal: Removal
    needed: bool
    """Whether GHC missed it."""
    titles: tuple[str, ...]
    mended: bool
    cpu_seconds: float


def removals(path: Path, text: str) -> Iterator[Removal]:
    """All items and parts of items that the imports of a module list."""
    source = Source(path, LineIndex(text), NoExports())
    for one in import_lists(source):
        if one.hiding is None and not one.conditional:
            for name in _names(one):
                edits = without_items(source, one, {name})
                if edits:
                    yield Removal(path, text, applied(text, tuple(edits)), one.module, name)


def _names(one: ImportList) -> Iterator[str]:
    for item in one.items or ():
        yield f"{item.name}(..)" if item.brings_all else item.name
        yield from (part.name for part in item.parts)


class Trial:
    """Buffers of a project, checked by GHC."""

    def __init__(self, workspace: Workspace, code: Code, completer: Completer) -> None:
        self._workspace = workspace
        self._code = code
        self._completer = completer
        self._version = 0

    async def check(self, path: Path, text: str) -> tuple[Diagnostic, ...]:
        """What GHC says of a text."""
        self._version += 1
        if path in self._workspace.documents():
            self._workspace.change_document(path, text, self._version)
        else:
            self._workspace.open_document(path, text, self._version)
        async with asyncio.timeout(LONGEST_SECONDS):
            await self._workspace.idle()
        return self._workspace.snapshot().diagnostics.get(path, ())

    async def offered(self, path: Path, text: str, said: tuple[Diagnostic, ...]) -> list[Fix]:
        """The fixes of names that are not in scope."""
        home = self._code.modules.nearest(path)
        assert home
        exports = await home.files.exports(home.module.unit)
        lines = LineIndex(text)
        source = Source(path, lines, exports)
        missing = {found.name for one in said if (found := missing_name(source, one))}
        code = Code(self._code.modules, self._code.index, Texts(), {path: Document(path, text, 1)})
        for name in missing:
            source.importable[name] = await self._completer.named(code, path, name)
        about = [one for one in said if missing_name(source, one)]
        return [fix for fix in fixes(source, about) if not fix.title.startswith("Disable")]

    async def mend(self, removal: Removal) -> Outcome:
        """Remove an item, and take what is offered first."""
        path = removal.path
        before = {(one.code, one.flag, one.message) for one in await self.check(path, removal.text)}
        said = await self.check(path, removal.without)
        started = time.process_time()
        found = await self.offered(path, removal.without, said)
        seconds = time.process_time() - started
        needed = any((one.code, one.flag, one.message) not in before for one in said)
        titles, text = tuple(fix.title for fix in found), removal.without
        for _ in range(MOST_STEPS):
            if not found:
                break
            text = applied(text, found[0].edits)
            said = await self.check(path, text)
            found = await self.offered(path, text, said)
        mended = all((one.code, one.flag, one.message) in before for one in said)
        return Outcome(removal, needed, titles, mended, seconds)


async def run(project: Path, cache: Path, under: str, n_items: int, seed: int) -> list[Outcome]:
    """Mend some modules of a project."""
    async with opened(project, Settings(cache_dir=cache)) as (workspace, code, completer):
        paths = sorted(
            {home.key.path for home in code.modules.homes() if home.key.path.is_relative_to(project / under)}
        )
        known = [one for path in paths for one in removals(path, path.read_text("utf-8"))]
        some = random.Random(seed).sample(known, len(known))
        await completer.read(code, paths[0])
        trial = Trial(workspace, code, completer)
        outcomes: list[Outcome] = []
        for removal in some:
            if sum(one.needed for one in outcomes) >= n_items:
                break
            outcomes.append(await trial.mend(removal))
            workspace.close_document(removal.path)
        return [one for one in outcomes if one.needed]


def main() -> None:
    """Print how many items came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=SOURCES / "aeson")
    parser.add_argument("--under", default="src", help="the folder of the project whose modules are taken")
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="a cache folder that is kept")
    parser.add_argument("--failures", action="store_true", help="tell which were not mended")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as folder:
        cache = arguments.cache or Path(folder)
        outcomes = asyncio.run(
            run(arguments.project.resolve(), cache, arguments.under, arguments.items, arguments.seed)
        )
    n_mended = sum(one.mended for one in outcomes)
    print(f"mended by the first actions: {n_mended} of {len(outcomes)} ({n_mended / len(outcomes):.1%})")
    print(f"offered at all: {sum(bool(one.titles) for one in outcomes)}")
    seconds = [one.cpu_seconds for one in outcomes]
    print(f"making the actions: median {median(seconds) * 1000:.1f} ms of CPU, worst {max(seconds) * 1000:.0f} ms")
    for one in outcomes if arguments.failures else ():
        if not one.mended:
            print(f"{one.removal.path.name}: {one.removal.name} of {one.removal.module}: {one.titles[:4]}")


if __name__ == "__main__":
    main()

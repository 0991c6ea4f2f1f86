"""How well completion offers what is really meant: names of a real package are deleted one by one.

    python bench/completion.py [--project FOLDER] [--uses 300] [--seed 1] [--failures]

Of each of some uses of names, picked at random, all but the first letters are deleted; then it is asked what can stand
there, of those who answer in the language server.  GHC has seen the module as it was before.  What would have to be
imported does not count as offered.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import frozen
from measure import median

from thatch.cache.open import open_cache
from thatch.core.completion.completion import Completer
from thatch.core.documents import Document
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import ContextKind, ExternalName, LocalName
from thatch.core.index.index import Index
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.texts import Texts
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

N_LETTERS = 2
FIRST = 10
SOURCES = Path(__file__).parent.parent / ".toolchains" / "sources"


@frozen(eq=False)
class Use:
    """A name where it is used."""

    path: Path
    text: str
    start: int
    name: str
    is_local: bool


@frozen
class Asked:
    """How a use was found again."""

    use: Use
    place: int | None
    """Its place among what was offered, from 0; None if it was not."""

    n_offered: int
    cpu_seconds: float


class Quiet:
    """Work that nobody looks at."""

    def progress(self, message: str, done: int, total: int) -> None:
        """Nobody is told."""

    def end(self, message: str) -> None:
        """Nobody is told."""


@asynccontextmanager
async def opened(project: Path, settings: Settings) -> AsyncIterator[tuple[Workspace, Code, Completer]]:
    """A project that was compiled, and who answers about it."""
    store = open_cache(settings)
    workspace = Workspace([project], settings, lambda _: None, store)
    await workspace.start(watched=False)
    await workspace.idle()
    modules = Modules(workspace.hie_files)
    index = Index(lambda: settings.cache_dir, workspace.project_files, workspace.documents, modules, lambda _: Quiet())
    index.changed()
    await index.caught_up()
    completer = Completer(lambda: settings.cache_dir)
    try:
        yield workspace, Code(modules, index, Texts(), {}), completer
    finally:
        await completer.close()
        await index.close()
        await workspace.close()
        store.close()


async def uses(code: Code) -> list[Use]:
    """All uses of names in the modules of a project, in a fixed order."""
    found = []
    for home in sorted(code.modules.homes(), key=lambda home: (str(home.key.path), home.key.unit)):
        facts = await code.modules.facts(home)
        if facts and home.key.path.is_file() and home.key.path.read_text("utf-8") == facts.text:
            found += list(_uses_in(home.key.path, facts))
    return found


def _uses_in(path: Path, facts: ModuleFacts) -> Iterator[Use]:
    for one in facts.occurrences:
        name = one.name
        if not isinstance(name, ExternalName | LocalName) or not facts.is_written(one) or not _is_use(one):
            continue
        label = label_of(name.occ)
        start, end = facts.lines.offsets(one.span)
        start = end - len(label)
        if facts.text[start:end] == label and label[0].isalpha() and len(label) > N_LETTERS:
            yield Use(path, facts.text, start, label, isinstance(name, LocalName))


def _is_use(one: Occurrence) -> bool:
    return not one.binds and ContextKind.MATCH not in one.kinds and ContextKind.TYPE_SIGNATURE not in one.kinds


async def delete(code: Code, completer: Completer, use: Use) -> Asked:
    """What is offered when a name is deleted but for its first letters."""
    point = use.start + N_LETTERS
    text = use.text[:point] + use.text[use.start + len(use.name) :]
    documents = {use.path: Document(use.path, text, 1)}
    before = time.process_time()
    found = await completer.complete(Code(code.modules, code.index, Texts(), documents), use.path, point)
    seconds = time.process_time() - before
    labels = [one.label for one in found.candidates if not one.needs_import]
    return Asked(use, labels.index(use.name) if use.name in labels else None, len(found.candidates), seconds)


async def run(project: Path, settings: Settings, under: str, n_uses: int, seed: int) -> list[Asked]:
    """Delete some uses of names in a project."""
    async with opened(project, settings) as (_, code, completer):
        known = [use for use in await uses(code) if use.path.is_relative_to(project / under)]
        some = random.Random(seed).sample(known, min(n_uses, len(known)))
        await completer.read(code, some[0].path)
        return [await delete(code, completer, use) for use in some]


def share(some: Sequence[Asked], place: int) -> str:
    """The share that is offered before a place, in percent."""
    n_found = sum(one.place is not None and one.place < place for one in some)
    return f"{100 * n_found / max(len(some), 1):.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=SOURCES.resolve())
    parser.add_argument("--under", default="hledger-lib", help="only uses in files below this folder of the project")
    parser.add_argument("--uses", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ghc", default="")
    parser.add_argument("--cache", type=Path, help="a cache folder that is kept")
    parser.add_argument("--failures", action="store_true", help="list what is not among the first")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as folder:
        settings = Settings(cache_dir=arguments.cache or Path(folder), ghc=arguments.ghc)
        asked = asyncio.run(run(arguments.project, settings, arguments.under, arguments.uses, arguments.seed))
    for one in asked if arguments.failures else ():
        if one.place is None or one.place >= FIRST:
            line = one.use.text.count("\n", 0, one.use.start) + 1
            print(
                f"{one.use.path.relative_to(arguments.project)}:{line}: {one.use.name} {one.place} of {one.n_offered}"
            )
    print(f"{len(asked)} uses of names, {N_LETTERS} letters left of each")
    print(f"offered:            {share(asked, 10**6)}")
    print(f"among the first {FIRST}: {share(asked, FIRST)}")
    print(f"the first:          {share(asked, 1)}")
    print(f"cpu, median:        {1000 * median([one.cpu_seconds for one in asked]):.0f} ms")
    print(f"kinds: {dict(Counter('local' if one.use.is_local else 'other' for one in asked))}")


if __name__ == "__main__":
    main()

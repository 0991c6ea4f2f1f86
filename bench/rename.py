"""Renames random top-level names of hledger-lib, one after another, and looks at what GHC makes of the project then.

    python bench/rename.py [--names 20] [--seed 1]

Each name gets another one of the same length.  The project must compile, and to the same interfaces as before, but for
the name, hashes, and the order and line breaks of what `ghc --show-iface` prints.  Then renaming it back must give the
texts from before.  What is refused is told, with the reason; seconds are those of the renaming alone.
"""

import argparse
import asyncio
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Severity
from thatch.core.errors import ThatchError
from thatch.core.fixes.model import applied
from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.index import Index
from thatch.core.index.model import Kind
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.texts import Texts
from thatch.core.rename.new_name import KEYWORDS, SYMBOLS, is_word, kind_of
from thatch.core.rename.rename import rename
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

SOURCES = Path(__file__).parent.parent / ".toolchains" / "sources"
PACKAGE = "hledger-lib"
LONGEST_SECONDS = 100
HASH = re.compile(r"\b(?:[0-9a-f]{32}|\d+#Word64)\b")
CORE = re.compile(r"^extra decls:\n(?:(?:[ \t].*)?\n)*", re.MULTILINE)
"""The Core of bindings: what GHC shares there depends on names that are texts, as those of generic types are."""

WORD = re.compile(r"[^\s,{}\[\]()]+")


class Unshown:
    """Work that nobody looks at."""

    def progress(self, message: str, done: int, total: int) -> None: ...

    def end(self, message: str) -> None: ...


@frozen(eq=False)
class Project:
    """The project, watched by a workspace."""

    root: Path
    workspace: Workspace
    code: Code

    async def seen(self, texts: Mapping[Path, str]) -> list[str]:
        """Have the workspace look at changed files; what is wrong if GHC does not compile them."""
        self.workspace.files_changed(frozenset(texts))
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while not await self._has_seen(texts):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)  # Nothing tells that all of them were.
        except TimeoutError:
            return self.errors()[:3] or ["GHC does not compile the changed files"]
        await self.settled()
        return self.errors()[:3]

    async def _has_seen(self, texts: Mapping[Path, str]) -> bool:
        known = {path: await self.code.modules.seen(path, {}) for path in texts}
        return all(one and one.facts.text == texts[path] for path, one in known.items())

    async def settled(self) -> None:
        """Wait until GHC and the index have seen everything."""
        await self.workspace.idle()
        self.code.index.changed()
        await self.code.index.caught_up()

    def errors(self) -> list[str]:
        """What GHC has against it."""
        found = self.workspace.snapshot().diagnostics
        return [
            f"{path.name}: {each.text.splitlines()[0]}"
            for path, all_of_file in found.items()
            for each in all_of_file
            if each.severity is Severity.ERROR
        ]

    def interfaces(self) -> dict[str, str]:
        """What GHC prints of all interfaces, by module."""
        (files,) = self.workspace.hie_files()
        shown = {}
        for key, module in files.home_modules():
            content = files.interface(key)
            assert content is not None, key
            with tempfile.NamedTemporaryFile(suffix=".hi") as file:
                file.write(content)
                file.flush()
                command = ["ghc", "--show-iface", file.name]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
            shown[module.name] = CORE.sub("", HASH.sub("#", done.stdout).replace(file.name, ""))
        return shown


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Path(folder) / "project")
        settings = Settings(cache_dir=Path(folder) / "cache")
        workspace = Workspace([root], settings, lambda _: None)
        await workspace.start()
        modules = Modules(workspace.hie_files)
        index = Index(lambda: settings.cache_dir, workspace.project_files, dict, modules, lambda _: Unshown())
        project = Project(root, workspace, Code(modules, index, Texts(), {}))
        try:
            await project.settled()
            print("errors at the start:", project.errors())
            failures = await rename_some(project, arguments.names, random.Random(arguments.seed))
        finally:
            await index.close()
            await workspace.close()
    sys.exit(1 if failures else 0)


def copied(root: Path) -> Path:
    """A copy of the package as a project."""
    shutil.copytree(SOURCES / PACKAGE, root, ignore=shutil.ignore_patterns("dist-newstyle", "cabal.project"))
    (root / "cabal.project").write_text("packages: .\nallow-newer: *\n")
    return root


async def rename_some(project: Project, n_names: int, chance: random.Random) -> int:
    """Rename random names until so many were; the number of failures."""
    before = project.interfaces()
    everything = await project.code.index.ask(lambda view: queries.symbols(view, "%", 1_000_000))
    labels = {one.label for _, one in everything}
    candidates = sorted(
        {(module.path, one.label, one.kind) for module, one in everything if one.kind is not Kind.MODULE}
    )
    chance.shuffle(candidates)
    seconds, n_refused, failures = [], 0, 0
    for path, label, kind in candidates:
        if len(seconds) == n_names:
            break
        new = other_name(label, labels)
        name = f"{kind.name.lower()} {path.stem}.{label}"
        try:
            begun = time.monotonic()
            texts = await renamed(project, path, kind, label, new)
            seconds.append(time.monotonic() - begun)
        except ThatchError as error:
            n_refused += 1
            print(f"  {name}: refused: {error}")
            continue
        originals = {each: each.read_text("utf-8") for each in texts}
        for each, text in texts.items():
            each.write_text(text, "utf-8", newline="")
        wrong = await project.seen(texts)
        after = project.interfaces()
        wrong = wrong or different(before, after, label, new)
        if not wrong and await renamed(project, path, kind, new, label) != originals:
            wrong = ["renaming it back gives other texts"]
        before = after
        failures += bool(wrong)
        print(f"  {name} -> {new}: {len(texts)} files, {'; '.join(wrong) or 'right'}", flush=True)
    print(
        f"{len(seconds)} renamed, {failures} of them wrong; {n_refused} refused; "
        f"{statistics.median(seconds):.2f} s each, {max(seconds):.2f} s at most"
    )
    return failures


async def renamed(project: Project, path: Path, kind: Kind, old: str, new: str) -> dict[Path, str]:
    """The texts of the files that change when what a file defines gets another name."""
    code = project.code
    found = await code.index.ask(lambda view: queries.labelled(view, old))
    span = next(one.span for module, one in found if module.path == path and one.kind is kind)
    seen = await code.modules.seen(path, code.documents)
    assert seen
    start, end = seen.lines.offsets(span)
    if old not in seen.lines.text[start:end]:
        raise ThatchError(message="It is made by a splice.")
    at = seen.lines.text.index(old, start)
    changes = await rename(code, seen, at, new)
    assert changes, (path, old, new)
    return {each.path: applied(each.lines.text, each.edits) for each in changes}


def other_name(label: str, known: Collection[str]) -> str:
    """A name of the same kind and length that nothing has."""
    letters = "zqxkjvw0123456789" if is_word(label) else "*+<>%$&!"
    base = label.rstrip("#'")
    return next(
        new
        for length in range(1, len(base) + 1)
        for letter in letters
        if (new := base[: len(base) - length] + letter * length + label[len(base) :]) not in known
        and kind_of(new, Namespace.TYPE) == kind_of(label, Namespace.TYPE)
        and new not in KEYWORDS | SYMBOLS
    )


def different(before: dict[str, str], after: dict[str, str], old: str, new: str) -> list[str]:
    """The modules whose interfaces differ, each with words that do."""
    found = [] if any(new in text for text in after.values()) else ["no interface has the new name"]
    for module, text in before.items():
        words = Counter(WORD.findall(text))
        others = Counter(WORD.findall(after.get(module, "").replace(new, old)))
        if words != others:
            found.append(f"{module}: {list((words - others).items())[:3]} {list((others - words).items())[:3]}")
    return found


if __name__ == "__main__":
    asyncio.run(main())

"""Fixes tried out: cases with what is to be offered written beneath their lines, and what GHC says of the results.

A case is a file of a fixture (see `markers`); each label is the title of a fix that is offered there, after `9.6:` if
only that compiler gives rise to it.  All cases are compiled in one run of GHC, and all that the fixes make of them in
another.
"""

import asyncio
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from tests.conftest import SERIES, Ghc
from tests.support.compiled import UNIT, CompiledModules
from tests.support.markers import Label, MarkedFile, parse
from tests.support.waiting import seconds
from thatch.core.completion.importable import Importable
from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix, applied
from thatch.core.fixes.offers import fixes
from thatch.core.fixes.rewrites import rewrites
from thatch.core.fixes.scope import missing_name
from thatch.core.fixes.source import Source
from thatch.core.ghc.output import Said
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.seen import Seen
from thatch.core.text import LineIndex
from thatch.core.th.packages import InterfaceExports

CASES = Path(__file__).parents[1] / "e2e" / "fix_cases"
ALONE = "alone.hs"
"""The fixture whose cases GHC cannot compile along with others: their imports are wrong."""
REWRITES = "rewrites.hs"
"""The fixture of what is offered without a message: its labels begin where the cursor is."""
PACKAGES = ("base", "containers", "text")
"""The packages that imports are offered from."""

FLAGS = (
    "--make",
    "-fno-code",
    "-fdefer-type-errors",
    "-fkeep-going",
    "-ddump-json",
    "-fdiagnostics-color=never",
    "-XHaskell2010",
    "-fwrite-interface",
    "-hidir",
    "hi",
    "-fwrite-ide-info",
    "-hiedir",
    "hie",
)


@frozen(order=True)
class Expected:
    """A fix that a case is to be offered."""

    file: str
    line: int
    """1-based, in the case's text."""
    title: str
    label: Label = field(eq=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.title}"


@frozen
class Tried:
    """What became of a fix."""

    fixed: frozenset[Diagnostic]
    before: tuple[Diagnostic, ...]
    after: tuple[Diagnostic, ...]
    text: str
    """The module after the fix."""

    n_holes: int
    """How many holes the fix wrote for what only the user knows."""

    @property
    def new(self) -> Counter[str]:
        """What GHC says now and did not say before, but for the holes that the fix wrote."""
        found = said(self.after) - said(one for one in self.before if one not in self.fixed)
        holes = [text for text, n in found.items() if text.startswith("GHC-88464 Found hole: _ ::") for _ in range(n)]
        return found - Counter(holes[: self.n_holes])


def said(diagnostics: Iterable[Diagnostic]) -> Counter[str]:
    """Messages without their places, which edits move, and without what follows from other messages."""
    return Counter(
        _NUMBER.sub("", _INFERRED.sub(r"\1", _PLACES.sub("", f"{one.code or one.flag} {one.message}")))
        for one in diagnostics
    )


_NUMBER = re.compile(r"(?<=\b[a-z])\d+\b")
"""What tells type variables of one name apart."""
_INFERRED = re.compile(r"(?<=not in scope: )(\S+) ::.*", re.DOTALL)
"""The type that a name that is not in scope should have."""
_PLACES = re.compile(r"\S*\.l?hs:[\d:(),-]+|\(?line \d+\)?")


_HOLE = re.compile(r"(?:=|->) _(?!\S)|= _(?=[;,])")


def cases() -> dict[str, MarkedFile]:
    """All cases by file name."""
    found: dict[str, MarkedFile] = {}
    for path in sorted(CASES.glob("*.hs")):
        files = parse(path.read_text("utf-8"))
        assert not files.keys() & found.keys(), "Two cases have one name."
        found |= files
    return found


def expected(series: str) -> list[Expected]:
    """What the cases are to be offered with a compiler."""
    return sorted(
        Expected(name, label.line + 1, title, label)
        for name, file in cases().items()
        for label in file.labels
        if (title := _title(label, series))
    )


def _title(label: Label, series: str) -> str:
    """What a label says for a compiler; empty if it is meant for others."""
    prefix, colon, rest = label.text.partition(": ")
    if colon and prefix in SERIES:
        return rest if prefix == series else ""
    return label.text


class Workshop:
    """Where the cases are compiled and fixed with one compiler."""

    def __init__(self, ghc: Ghc, folder: Path) -> None:
        self.ghc = ghc
        self.folder = folder
        self.cases = cases()
        self._alone, self._rewritten = (
            frozenset(parse((CASES / file).read_text("utf-8"))) for file in (ALONE, REWRITES)
        )
        self.said = self._compile("before", {name: file.text for name, file in self.cases.items()}, self._alone)

    @cached_property
    def compiled(self) -> CompiledModules:
        """What GHC wrote about the cases."""
        return CompiledModules(self.folder / "before", self.ghc.path)

    @cached_property
    def exports(self) -> InterfaceExports:
        """What the cases and the installed packages export."""
        return asyncio.run(self.compiled.exports(UNIT))

    def source(self, name: str) -> Source:
        """A case as fixes see it."""
        source = Source(self.folder / "before" / name, LineIndex(self.cases[name].text), self.exports)
        missing = {found.name for one in self.said[name] if (found := missing_name(source, one))}
        source.importable = {
            name: [each for each in self.importable.find(name) if each.label == name] for name in missing
        }
        return source

    @cached_property
    def importable(self) -> Importable:
        """What could be imported from some packages."""

        async def read() -> Importable:
            installed = self.exports.installed
            units = [unit for unit, package in installed.packages.items() if package.name in PACKAGES]
            found = Importable(InterfaceExports(installed, units), self.folder)
            await found.read()
            return found

        return asyncio.run(read())

    def is_rewritten(self, name: str) -> bool:
        """Whether a case is about what is offered without a message."""
        return name in self._rewritten

    def rewrites_at(self, name: str, label: Label) -> list[Fix]:
        """What is offered at a place without a message."""
        source = self.source(name)
        start = source.lines.ghc_offset(label.line + 1, 1) + label.start
        return list(rewrites(source, self.seen(name), (start, start)))

    def seen(self, name: str) -> Seen:
        """A case as GHC saw it."""
        found = asyncio.run(Modules(lambda: [self.compiled]).seen(self.source(name).path, {}))
        assert found
        return found

    def offered(self, name: str) -> list[Fix]:
        """All that is offered for a case, at whatever place."""
        return list(fixes(self.source(name), self.said[name]))

    def offered_at(self, one: Expected) -> list[Fix]:
        """The fixes of a title that are offered at a label."""
        if self.is_rewritten(one.file):
            return [fix for fix in self.rewrites_at(one.file, one.label) if fix.title == one.title]
        lines = LineIndex(self.cases[one.file].text)
        return [fix for fix in self.offered(one.file) if fix.title == one.title and _is_at(fix, one.label, lines)]

    def try_all(self, wanted: Sequence[Expected]) -> dict[Expected, Tried]:
        """What becomes of the cases by fixes, as far as these are offered."""
        texts: dict[str, str] = {name: file.text for name, file in self.cases.items() if not file.labels}
        made: dict[Expected, tuple[str, Fix]] = {}
        for number, one in enumerate(wanted):
            for fix in self.offered_at(one)[:1]:
                name = f"{Path(one.file).stem}_{number}{Path(one.file).suffix}"
                text = applied(self.cases[one.file].text, fix.edits)
                texts[name] = _renamed(text, one.file, name)
                made[one] = name, fix
        alone = {name for one, (name, _) in made.items() if one.file in self._alone}
        after = self._compile("after", texts, alone)
        return {one: self._tried(one, fix, texts[name], after[name]) for one, (name, fix) in made.items()}

    def _tried(self, one: Expected, fix: Fix, text: str, after: tuple[Diagnostic, ...]) -> Tried:
        before = self.said[one.file]
        n_holes = sum(len(_HOLE.findall(edit.text)) for edit in fix.edits)
        return Tried(frozenset(fix.diagnostics), before, after, text, n_holes)

    def _compile(self, place: str, texts: Mapping[str, str], alone: Iterable[str]) -> dict[str, tuple[Diagnostic, ...]]:
        folder = self.folder / place
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
        together = sorted(set(texts) - set(alone))
        found = [one for names in (together, *([name] for name in alone)) for one in self._run(folder, names)]
        by_file: dict[str, tuple[Diagnostic, ...]] = dict.fromkeys(texts, ())
        for one in dict.fromkeys(found):
            by_file[one.path.name] += (one,)
        return by_file

    def _run(self, folder: Path, names: Sequence[str]) -> Iterator[Diagnostic]:
        if not names:
            return
        done = subprocess.run(
            [self.ghc.path, *FLAGS, *names],
            cwd=folder,
            capture_output=True,
            timeout=seconds(120),
            check=False,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        parser = OutputParser(lambda name: folder / name)
        outputs = [output for line in done.stdout.decode().split("\n") for output in parser.feed(line)]
        for output in (*outputs, *parser.finish()):
            if isinstance(output, Said):
                yield output.diagnostic


def _is_at(fix: Fix, label: Label, lines: LineIndex) -> bool:
    """Whether a fix answers a message that begins where a label does."""
    span = fix.diagnostics[0].span if fix.diagnostics else None
    start = lines.offsets(span)[0] if span else 0
    line = lines.line_of(start)
    return line == label.line and start - lines.ghc_offset(line + 1, 1) == label.start


def _renamed(text: str, old: str, new: str) -> str:
    """A module under another name, so that it can stand beside itself."""
    before, after = Path(old).stem, Path(new).stem
    return re.sub(rf"(?<=\bmodule ){before}\b|(?<![\w.]){before}(?=\.[a-z])", after, text)

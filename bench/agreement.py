"""Does navigation say what GHC says?  Random names of real packages, against GHCi's `:loc-at` and `:uses`.

    python bench/agreement.py [--ghc ghc] [--places N] [--seed S] [PROJECT[:UNIT] ...]

A PROJECT is a folder that thatch can describe; without any, the sources of aeson and hledger-lib in .toolchains are
taken, their libraries each.  One GHCi loads the unit and leaves the `.hie` files that thatch answers from.  Every
disagreement is printed.
"""

import argparse
import asyncio
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.session_files import prepare
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.hi.model import ModuleId, Name
from thatch.core.hie.facts import Occurrence
from thatch.core.index.index import Index
from thatch.core.index.sources import ProjectFiles
from thatch.core.navigation.code import Code
from thatch.core.navigation.definition import definitions
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Place
from thatch.core.navigation.references import references
from thatch.core.navigation.seen import Seen
from thatch.core.navigation.texts import Texts
from thatch.core.packages.lookup import PackageNames, package_names
from thatch.core.project.discover import find_projects
from thatch.core.project.model import Project
from thatch.core.settings import Settings
from thatch.core.th.derive import known_names
from thatch.core.th.scope import Exports, NoExports

SOURCES = Path(__file__).parent.parent / ".toolchains" / "sources"
DEFAULT = (f"{SOURCES / 'aeson'}:aeson:lib", f"{SOURCES / 'hledger-lib'}:hledger-lib:lib")

Where = tuple[str, int, int]
"""A file by its name, and GHC's line and column."""


@frozen(eq=False)
class Loaded:
    """A unit that a GHCi has loaded, as a source of `.hie` files."""

    ghc: Toolchain
    unit: str
    folder: Path
    """What paths are relative to."""

    interfaces: Path
    scratch: Path
    flags: tuple[str, ...]
    _files: dict[ModuleKey, Path] = field(factory=dict)

    def home_modules(self) -> Iterator[tuple[ModuleKey, ModuleId]]:
        """The modules, by the paths that their `.hie` files name."""
        for file in sorted(self.interfaces.rglob("*.hie")):
            module = ".".join(file.relative_to(self.interfaces).with_suffix("").parts)
            key = ModuleKey(self.unit, self.folder / _path(file.read_bytes()))
            self._files[key] = file
            yield key, ModuleId(self.unit, module)

    def stamp(self, key: ModuleKey) -> str | None:
        """Nothing changes here."""
        return str(self._files[key])

    def read(self, key: ModuleKey) -> bytes | None:
        """A module's file."""
        return self._files[key].read_bytes()

    def interface(self, key: ModuleKey) -> bytes | None:
        """A module's interface."""
        return self._files[key].with_suffix(".hi").read_bytes()

    async def known_names(self) -> Mapping[str, Name]:
        """The names that the GHC knows by heart."""
        return await known_names(self.ghc, self.scratch)

    async def exports(self, unit: str) -> Exports:
        """Nothing that is compared needs them."""
        return NoExports()

    async def packages(self, unit: str) -> PackageNames:
        """The packages that the unit sees."""
        assert unit == self.unit
        return package_names(self.ghc.libdir, self.flags, await self.known_names(), Settings(cache_dir=self.scratch))


@frozen
class Question:
    """A name at a place."""

    seen: Seen
    occurrence: Occurrence
    file: str
    """As GHC calls it."""

    @property
    def arguments(self) -> str:
        """The place as GHCi's commands take it."""
        span = self.occurrence.span
        text = self.seen.facts.text[slice(*self.seen.facts.lines.offsets(span))]
        return (
            f"{self.file} {span.start_line} {span.start_column} {span.end_line} {span.end_column} {text.strip('`() ')}"
        )


def main() -> None:
    """Print the agreement for each project."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", default=DEFAULT)
    parser.add_argument("--ghc", default="ghc")
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for named in options.projects:
        folder, _, component = named.partition(":")
        with tempfile.TemporaryDirectory() as scratch:
            asyncio.run(_compare(Path(folder), component, Path(scratch), options))


async def _compare(folder: Path, component: str, scratch: Path, options: argparse.Namespace) -> None:
    settings = Settings(cache_dir=scratch / "cache", ghc=options.ghc)
    (project,) = await find_projects(folder, settings, lambda _: None)
    unit = next((each for each in project.units if each.component == component), project.units[0])
    loaded, ghci = await _load(evolve(project, units=(unit,)), scratch)
    questions = await _questions(loaded, options.places, random.Random(options.seed))
    commands = [f":{command} {one.arguments}" for command in ("loc-at", "uses") for one in questions]
    told = ghci(commands)
    modules = Modules(lambda: [loaded])
    await _compare_definitions(loaded, modules, questions, told, options.seed)
    await _compare_references(project.root, loaded, modules, questions, told[len(questions) :], options.seed)


async def _compare_definitions(
    loaded: Loaded, modules: Modules, questions: Sequence[Question], told: Sequence[str], seed: int
) -> None:
    ours = [await _definition(modules, one) for one in questions]
    agreed: Counter[str] = Counter()
    for one, said, places in zip(questions, told[: len(questions)], ours, strict=True):
        verdict = _verdict(one, said, places)
        agreed[verdict] += 1
        if verdict in {DIFFERS, UNKNOWN}:
            print(f"  {one.arguments}: GHCi says {said!r}, thatch {[_start(place) for place in places]}")
    print(f"{loaded.unit}, GHC {loaded.ghc.version_text}, seed {seed}: definitions {dict(agreed)}")


async def _compare_references(
    root: Path, loaded: Loaded, modules: Modules, questions: Sequence[Question], told: Sequence[str], seed: int
) -> None:
    keys = frozenset(key for key, _ in loaded.home_modules())
    files = ProjectFiles(root, loaded.ghc.version_text, loaded, keys, settled=True)
    index = Index(lambda: loaded.scratch, lambda: [files], dict, modules, lambda _: Quiet())
    index.changed()
    await index.caught_up()
    code = Code(modules, index, Texts(), {})
    agreed: Counter[str] = Counter()
    for one, said in zip(questions, told, strict=True):
        uses = {_region(found) for found in _REGION.finditer(said)}
        offset = one.seen.lines.offsets(one.occurrence.span)[0]
        places = await references(code, one.seen, offset, with_definition=True) or []
        ours = {_start(place) for place in places}
        missing = {use for use in uses if not any(map(use.holds, ours))}
        verdict = UNKNOWN if not uses else DIFFERS if missing else SAME if len(uses) == len(ours) else MORE
        agreed[verdict] += 1
        if missing:
            print(f"  uses of {one.arguments}: thatch lacks {sorted(missing)[:5]}")
    await index.close()
    print(f"{loaded.unit}, GHC {loaded.ghc.version_text}, seed {seed}: references {dict(agreed)}")


class Quiet:
    """Shows nothing of what goes on."""

    def progress(self, message: str, done: int, total: int) -> None:
        """Nothing."""

    def end(self, message: str) -> None:
        """Nothing."""


async def _load(project: Project, scratch: Path) -> tuple[Loaded, "Ghci"]:
    ghc = await probe(project.ghc)
    (unit,) = project.units
    flags = unit_flags(project, ())
    files = prepare(scratch / "session", scratch / "interfaces", project, ghc, unit_flags=flags, jobs=1)
    loaded = Loaded(ghc, unit.id, unit.directory, scratch / "interfaces" / unit.id, scratch, tuple(flags[unit.id]))
    ghci = Ghci(files.command, project.root)
    ghci([])
    return loaded, ghci


@frozen
class Ghci:
    """Runs a GHCi for a list of commands and cuts its output at them."""

    command: tuple[str | Path, ...]
    folder: Path

    def __call__(self, commands: Sequence[str]) -> list[str]:
        """The answer to each command."""
        script = [":set +c", ":reload", *(line for each in commands for line in (f':! echo "{MARK}"', each))]
        done = subprocess.run(
            [*map(str, self.command), "-ignore-dot-ghci", "-v0"],
            input="\n".join([*script, ""]),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"GHCi failed:\n{done.stdout[-3000:]}")
        return [answer.strip() for answer in done.stdout.split(f"{MARK}\n")[1:]]


MARK = "-- next --"


async def _questions(loaded: Loaded, n_places: int, chance: random.Random) -> list[Question]:
    modules = Modules(lambda: [loaded])
    found = []
    for key, _ in list(loaded.home_modules()):
        seen = await modules.seen(key.path, {})
        if seen is not None:
            file = _path(loaded.read(key) or b"")
            found += [Question(seen, one, file) for one in _names(seen)]
    return chance.sample(found, min(n_places, len(found)))


def _names(seen: Seen) -> Iterable[Occurrence]:
    """The names that GHCi can be asked about."""
    for one in seen.facts.occurrences:
        if not isinstance(one.name, str) and seen.facts.is_written(one) and one.span.start_line == one.span.end_line:
            yield one


async def _definition(modules: Modules, one: Question) -> Sequence[Place]:
    offset = one.seen.lines.offsets(one.occurrence.span)[0]
    found = await definitions(modules, {}, one.seen, offset)
    return found.places if found else ()


def _verdict(one: Question, said: str, places: Sequence[Place]) -> str:
    """How an answer compares with GHCi's, which names a file and a region, or a package."""
    found = _REGION.fullmatch(said)
    if found is None:
        return PACKAGE if not said.startswith(("Couldn't", "No")) else UNKNOWN
    region = _region(found)
    if any(region.holds(_start(place)) for place in places):
        return SAME
    itself = one.occurrence.span.start_line, one.occurrence.span.start_column
    return FURTHER if region.start == itself and places else DIFFERS


@frozen(order=True)
class Region:
    """A place that GHCi tells of: of a type's or a class's name, the whole declaration."""

    file: str
    start: tuple[int, int]
    end: tuple[int, int]

    def holds(self, place: Where) -> bool:
        """Whether a place lies in it."""
        return place[0] == self.file and self.start <= place[1:] <= self.end


def _region(found: re.Match[str]) -> Region:
    start = int(found[2]), int(found[3])
    return Region(Path(found[1]).name, start, (int(found[4] or found[2]), int(found[5] or found[3])))


_REGION = re.compile(r"^(.+?):\(?(\d+)(?:,|:)(\d+)\)?(?:-\(?(?:(\d+),)?(\d+)\)?)?$", re.MULTILINE)


SAME, DIFFERS, UNKNOWN = "same", "differs", "GHCi does not know"
PACKAGE = "in a package"
MORE = "thatch finds more"
"""GHCi tells of no imports, exports and signatures."""

FURTHER = "GHCi stays, thatch leads on"
"""At the implementation of a method, say, thatch leads to the class."""


def _start(place: Place) -> Where:
    return (place.path.name, *place.lines.ghc_position(place.name[0]))


def _path(hie: bytes) -> str:
    """The source that a `.hie` file is of."""
    from thatch.core.hie.reader import read_hie

    return read_hie(hie).path


if __name__ == "__main__":
    main()

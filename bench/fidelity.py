"""How true is what thatch prints of splices?  Put every splice's expansion in its place, compile, and compare.

    python bench/fidelity.py [--ghc ghc] [--keep DIR] [PROJECT ...]

A PROJECT is a folder that thatch can describe; without any, users of libraries that are written here, the examples,
and the sources in .toolchains are taken.  Each unit is compiled with the tap listening.  Then, of each
module, all splices are replaced; where that does not compile or changes something, each one alone.  A
replaced module counts as the same if its interface has the same exports, as many instances of every kind, and the
same declarations, by their hashes, or if GHC prints the same of both interfaces: hashes also tell in which order
instances stand, and for what splices declare are others where there are fixities.  What no import can reach is
written as splices of names.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from attrs import define, field, frozen
from fidelity_corpus import CORPUS
from fidelity_users import USERS

from thatch.core.errors import ThatchError
from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.hi.model import Name
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.iserv.events import SpliceDone, TapEvent
from thatch.core.iserv.launcher import TapOptions, write_launchers
from thatch.core.iserv.listener import Listener
from thatch.core.packages.database import database_folders, read_packages, visible_packages
from thatch.core.project.discover import find_projects
from thatch.core.project.model import Unit
from thatch.core.settings import Settings
from thatch.core.splices.inline import Replacement, apply_edits, inline
from thatch.core.splices.runs import SpliceKind, SpliceRun
from thatch.core.syntax import parse_header
from thatch.core.th.derive import known_names, schema_of
from thatch.core.th.expansion import Expansion, ModuleExpander
from thatch.core.th.packages import InstalledExports, InterfaceExports
from thatch.core.th.schema import Schema

REPOSITORY = Path(__file__).parent.parent
EXAMPLES = [REPOSITORY / "examples" / name for name in ("letters", "bookshelf")]
SOURCES = [REPOSITORY / ".toolchains" / "sources" / name for name in ("aeson", "hledger-lib")]
USES_SPLICES = re.compile(r"\b(?:TemplateHaskell|QuasiQuotes)\b")
NOT_FOR_HERE = ("-this-unit-id", "-package-id", "-working-dir")
HIDDEN = "it names what no import can reach"


@frozen
class Tools:
    """What all projects are compiled and printed with."""

    ghc: Toolchain
    schema: Schema
    known: Mapping[str, Name]
    folder: Path


@frozen(kw_only=True)
class Target:
    """Modules that are compiled together."""

    name: str
    folder: Path
    flags: tuple[str, ...]
    modules: tuple[Path, ...]
    """Those with splices; GHC finds the others."""

    @property
    def built(self) -> Path:
        return self.folder / "thatch-fidelity" / self.name.replace(":", "-")


@define
class Outcome:
    """What became of the splices of a target."""

    n_splices: int = 0
    n_compiled: int = 0
    n_naming: int = 0
    """Those of them that hold splices of names which no import can reach."""
    n_same: int = 0
    """Of the declaration splices, those with the same interface."""
    n_declaring: int = 0
    """Declaration splices that were put in place and compiled."""
    reasons: Counter[str] = field(factory=Counter)
    unreachable: Counter[str] = field(factory=Counter)
    """The names that no import can reach, with how many splices use each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ghc", default="ghc")
    parser.add_argument("--keep", type=Path, help="where to leave the replaced modules")
    parser.add_argument("--corpus", type=Path, help="a folder of packages' sources, with package.conf.d")
    parser.add_argument("--only", default="", help="only targets whose names contain this")
    parser.add_argument("projects", nargs="*", type=Path, metavar="PROJECT")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
        folder = (arguments.keep or Path(name)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        total = asyncio.run(run(arguments, folder))
    report(total)


async def run(arguments: argparse.Namespace, folder: Path) -> dict[str, Outcome]:
    toolchain = await probe(arguments.ghc)
    schema = await schema_of(toolchain, folder)
    tools = Tools(toolchain, schema, await known_names(toolchain, folder), folder)
    outcomes = {}
    targets = [target for path in arguments.projects for target in await described(path, tools)]
    targets += of_corpus(arguments.corpus.absolute(), tools) if arguments.corpus else []
    for target in targets or await defaults(tools):
        if arguments.only not in target.name:
            continue
        runs = await splices_of(target, tools)
        outcomes[target.name] = await asyncio.to_thread(replaced, target, tools, runs)
        print(f"{target.name}: {outcomes[target.name]}", flush=True)
    return outcomes


async def defaults(tools: Tools) -> list[Target]:
    projects = [*EXAMPLES, *(path for path in SOURCES if path.is_dir())]
    own = users_of_libraries(tools, flags=())
    return [own, *[target for path in projects for target in await described(path, tools)]]


def users_of_libraries(tools: Tools, flags: Sequence[str]) -> Target:
    """The modules that are written here, as far as the compiler has what they import."""
    users = tools.folder / "users"
    users.mkdir()
    for file, text in USERS.items():
        (users / file).write_text(text)
    packages = read_packages(database_folders(tools.ghc.libdir, flags)).values()
    known = {Path(file).stem for file in USERS} | {module for package in packages for module in package.modules}
    found = [file for file, text in USERS.items() if file.endswith(".hs") and needs(text) <= known]
    modules = tuple(users / file for file in found)
    return Target(name="users of libraries", folder=users, flags=(f"-i{users}", *flags), modules=modules)


def needs(text: str) -> set[str]:
    return {each.module for each in parse_header(text).imports}


def of_corpus(corpus: Path, tools: Tools) -> Iterable[Target]:
    """The tests of packages that are there, against the installed ones and those of the corpus."""
    database = ("-package-db", str(corpus / "package.conf.d"))
    yield users_of_libraries(tools, database)
    for each in CORPUS:
        if not (corpus / each.package / each.sources).is_dir():
            continue
        copy = tools.folder / each.package / Path(each.modules[0]).stem
        shutil.copytree(corpus / each.package, copy)
        sources = copy / each.sources
        modules = tuple(sources / one for one in each.modules if (sources / one).is_file())
        flags = ("-XHaskell2010", *database, f"-i{sources}", *each.flags)
        yield Target(name=each.name, folder=copy, flags=flags, modules=modules)


async def described(path: Path, tools: Tools) -> list[Target]:
    """The units of a copy of a project that have splices."""
    folder = tools.folder / path.name
    shutil.copytree(path, folder, ignore=shutil.ignore_patterns("dist-newstyle", ".git"))
    if list(folder.glob("*.cabal")):
        (folder / "cabal.project").write_text("packages: .\nallow-newer: *\n")
    units = [unit for project in await find_projects(folder, Settings(), lambda _: None) for unit in project.units]
    local = {unit.id: unit for unit in units}
    installed = {each.name for each in read_packages([tools.ghc.libdir / "package.conf.d"]).values()}
    targets = []
    for unit in units:
        modules = [module.path for module in unit.modules]
        with_splices = [each for each in modules if USES_SPLICES.search(each.read_text("utf-8", "replace"))]
        flags = tuple(flags_of(unit, local, installed))
        targets.append(Target(name=unit.component, folder=folder, flags=flags, modules=tuple(with_splices)))
    return [target for target in targets if target.modules]


def flags_of(unit: Unit, local: Mapping[str, Unit], installed: Container[str]) -> Iterable[str]:
    """A unit's flags and its sources' folders; other units of its project are taken as they are installed, or in."""
    for before, flag in pairwise(("", *unit.flags)):
        if before not in NOT_FOR_HERE and flag not in NOT_FOR_HERE and not flag.startswith(("-W", "-w")):
            yield flag
    yield "-i"
    yield from (f"-i{folder}" for folder in unit.source_dirs)
    yield from needs_of(unit, local, installed)


def needs_of(unit: Unit, local: Mapping[str, Unit], installed: Container[str]) -> Iterable[str]:
    """The packages that a unit needs, and the sources of those that are not installed."""
    for each in unit.package_ids:
        package = local[each].component.partition(":")[0] if each in local else ""
        if not package:
            yield from ("-package-id", each)
        elif package in installed:
            yield from ("-package", package)
        else:
            yield from (f"-i{folder}" for folder in local[each].source_dirs)
            yield from needs_of(local[each], local, installed)


async def splices_of(target: Target, tools: Tools) -> list[SpliceRun]:
    """Compile a target, and hear of its splices."""
    heard: list[SpliceRun] = []

    def hear(event: TapEvent) -> None:
        if isinstance(event, SpliceDone):
            heard.append(event.run)

    with tempfile.TemporaryDirectory() as name:
        launchers = Path(name) / "launchers"
        launchers.mkdir()
        listener = Listener(Path(name) / "socket", hear, lambda _, file: Path(os.path.normpath(target.folder / file)))
        await listener.start()
        tap = write_launchers(launchers, tools.ghc, TapOptions(socket=Path(name) / "socket"))
        command = ["--make", "-no-link", "-fkeep-going", *common(target, tools, tap), *map(str, target.modules)]
        done = await asyncio.to_thread(compiled, tools, command, target.folder)
        await listener.settled()
        await listener.close()
    if done:
        print(f"{target.name}: GHC says of the project as it is:\n{done[:2000]}")
    return heard


def common(target: Target, tools: Tools, tap: Path | None = None) -> list[str]:
    way = ["-dynamic"] if tools.ghc.dynamic else []
    program = ["-fexternal-interpreter", "-pgmi", str(tap)] if tap else []
    folders = [f"-{kind}dir={target.built}" for kind in ("hi", "o", "stub")]
    return ["-v0", "-w", "-O0", "-package-env", "-", *way, *program, *folders, *target.flags]


def compiled(tools: Tools, arguments: Sequence[str], folder: Path) -> str:
    """What GHC complains of; empty when all is well."""
    done = subprocess.run([tools.ghc.ghc, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip() if done.returncode else ""


def replaced(target: Target, tools: Tools, runs: Sequence[SpliceRun]) -> Outcome:
    """Replace the splices of all modules; what ran twice counts as it ran last."""
    packages = read_packages(database_folders(tools.ghc.libdir, target.flags))
    home = lambda module: interface_bytes(target.built, module)  # noqa: E731
    installed = InstalledExports(packages, tools.known)
    exports = InterfaceExports(installed, visible_packages(packages, target.flags), home)
    outcome = Outcome()
    by_place = {(run.path, run.span): run for run in runs if run.kind is not SpliceKind.ANNOTATION and run.result}
    by_path: dict[Path, list[SpliceRun]] = {}
    for run in by_place.values():
        by_path.setdefault(run.path, []).append(run)
    for path, here in by_path.items():
        module = Module(target, tools, path, here, exports)
        module.replace_all(outcome)
    return outcome


def interface_bytes(folder: Path, module: str) -> bytes | None:
    for suffix in (".hi", ".dyn_hi"):
        path = folder / f"{module.replace('.', '/')}{suffix}"
        if path.is_file():
            return path.read_bytes()
    return None


class Module:
    """A module, with its splices."""

    def __init__(
        self, target: Target, tools: Tools, path: Path, runs: Sequence[SpliceRun], exports: InterfaceExports
    ) -> None:
        self.target, self.tools, self.path = target, tools, path
        self.runs = sorted(runs, key=lambda run: run.span)
        self.text = path.read_text("utf-8")
        self.name = parse_header(self.text).name or "Main"
        expander = ModuleExpander(self.name, self.text, tools.schema, exports, target.flags)
        self.expansions = expander.expand_all(self.runs)

    def replace_all(self, outcome: Outcome) -> None:
        """Replace all at once, and where that fails one by one."""
        outcome.n_splices += len(self.runs)
        pairs = []
        for run, expansion in zip(self.runs, self.expansions, strict=True):
            if isinstance(expansion, ThatchError):
                outcome.reasons[f"not printed: {expansion.message}"] += 1
                continue
            outcome.unreachable.update(expansion.unreachable)
            if expansion.unreachable and not expansion.with_name_splices:
                outcome.reasons[HIDDEN] += 1
                continue
            pairs.append((run, expansion.with_name_splices or expansion))
        if len(pairs) > 1 and self._count(pairs, outcome, at_once=True):
            return
        for pair in pairs:
            self._count([pair], outcome, at_once=False)

    def _count(self, pairs: Sequence[tuple[SpliceRun, Expansion]], outcome: Outcome, *, at_once: bool) -> bool:
        """Count replaced splices; several at once only if there is nothing to say against them."""
        said, changed = self._replace(pairs)
        declaring = sum(run.kind is SpliceKind.DECLARATIONS for run, _ in pairs)
        if at_once and (said or (declaring and changed)):
            return False
        place = f"{self.name}:{pairs[0][0].span.start_line}"
        if said:
            print(f"  {place}: {said[:1500]}")
            outcome.reasons[first_error(said)] += 1
            return False
        if declaring and changed:
            print(f"  {place}: another interface: {changed[:1500]}")
        outcome.n_compiled += len(pairs)
        outcome.n_naming += sum("mkNameG_" in each.text for _, each in pairs)
        outcome.n_declaring += declaring
        outcome.n_same += 0 if changed else declaring
        return True

    def _replace(self, pairs: Sequence[tuple[SpliceRun, Expansion]]) -> tuple[str, str]:
        """What GHC says of the module with these splices replaced, and what of the interface is other than before."""
        replacements = [
            Replacement(span=run.span, kind=run.kind, text=each.text, imports=each.imports, extensions=each.extensions)
            for run, each in pairs
        ]
        inlining = inline(self.text, replacements, preprocessed="-XCPP" in self.target.flags)
        if inlining.remarks:
            return f"error: {inlining.remarks[0].reason}", ""
        which = "all" if len(pairs) > 1 else str(pairs[0][0].span.start_line)
        out = self.tools.folder / "replaced" / self.target.name.replace(":", "-") / self.name / which
        out.mkdir(parents=True, exist_ok=True)
        text = apply_edits(self.text, inlining.edits)
        (out / self.path.name).write_text(text)
        outputs = ["-ohi", str(out / "replaced.hi"), "-o", str(out / "replaced.o")]
        command = ["-c", *common(self.target, self.tools), *outputs, str(self.path)]
        # What is left of splices may go by where the file is.
        self.path.write_text(text)
        try:
            said = compiled(self.tools, command, self.target.folder)
        finally:
            self.path.write_text(self.text)
        return said, "" if said else self._changes(out)

    def _changes(self, out: Path) -> str:
        before = interface_bytes(self.target.built, self.name)
        if before is None:
            return "there was none"
        if facts(read_interface(before)) == facts(read_interface((out / "replaced.hi").read_bytes())):
            return ""
        (out / "before.hi").write_bytes(before)
        old, new = (printed(self.tools, out / f"{name}.hi") for name in ("before", "replaced"))
        return "\n".join(f"{sign}{each}" for sign, more in (("-", old - new), ("+", new - old)) for each in more)


def facts(interface: Interface) -> Counter[str]:
    """What others see of a module; of instances the names without numbers, which tell their order only."""
    names = {each.name: each.hash for each in interface.declarations if isinstance(each.name, Name)}
    own = [f"{name.occ} {name.occ.text} {hash_[:8]}" for name, hash_ in names.items() if not made_by_ghc(name)]
    made = [f"made {name.occ.text.rstrip('0123456789')}" for name in names if made_by_ghc(name)]
    return Counter([*(f"export {each}" for each in interface.exports), *own, *made])


def printed(tools: Tools, interface: Path) -> Counter[str]:
    """The lines that GHC prints of a module's exports, declarations and instances, these without their numbers."""
    command = [tools.ghc.ghc, "--show-iface", str(interface)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = re.sub(r"\n +(?== )", " ", said).splitlines()
    facts = [line for line in lines if not NO_FACT.match(line) and not HASHED.search(line)]
    return Counter(INSTANCE.sub(r"\1", line) for line in facts)


PACKAGES = r"\s+(?:[\w-]+-[\d.]+(?:-\w+)?\s*)+$"
NO_FACT = re.compile(
    rf"\s*(?:\S+ )*hash:|addDependentFile|import |dependencies|direct |plugin |boot |trusted|{PACKAGES}"
)
INSTANCE = re.compile(r"(\$f[\w']+?|D:R:\w+?)\d+(?![\w'])")
HASHED = re.compile(r"\b[0-9a-f]{32}$")


def made_by_ghc(name: Name) -> bool:
    return name.occ.text.startswith(("$", "D:R:", "R:"))


def first_error(said: str) -> str:
    """The first sentence of GHC's first complaint, without what differs from place to place."""
    lines = [line.strip(" •") for line in said.splitlines()]
    for index, line in enumerate(lines):
        if "error:" in line:
            rest = line.partition("error:")[2].strip() or " ".join(lines[index + 1 : index + 2])
            return re.sub("\u2018[^\u2019]*\u2019", "_", rest)[:100]
    return said[:100]


def report(outcomes: Mapping[str, Outcome]) -> None:
    """Print the figures and the reasons."""
    print("\n| project | splices | compile | of these without any splice | same interface |")
    print("|---|---:|---:|---:|---:|")
    for name, each in [*outcomes.items(), ("all", summed(outcomes.values()))]:
        n_all, plain = max(each.n_splices, 1), each.n_compiled - each.n_naming
        shares = f"{each.n_compiled} ({each.n_compiled / n_all:.1%}) | {plain} ({plain / n_all:.1%})"
        print(f"| {name} | {each.n_splices} | {shares} | {each.n_same} of {each.n_declaring} |")
    print()
    total = summed(outcomes.values())
    for title, counts in (
        ("", total.reasons),
        ("names that no import can reach, and the splices using them", total.unreachable),
    ):
        print(f"\n{title}")
        for what, count in counts.most_common(40):
            print(f"{count:5} {what}")


def summed(outcomes: Iterable[Outcome]) -> Outcome:
    total = Outcome()
    for each in outcomes:
        total.n_splices += each.n_splices
        total.n_compiled += each.n_compiled
        total.n_naming += each.n_naming
        total.n_same += each.n_same
        total.n_declaring += each.n_declaring
        total.reasons += each.reasons
        total.unreachable += each.unreachable
    return total


if __name__ == "__main__":
    main()

"""The command lines that run programs and tests, by how their project is described; nothing is run here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.project.model import Project, Role, Unit
from thatch.core.running.model import Command, FoundTest, Framework

RUNNERS = {"test": "test", "bench": "benchmark", "exe": "run"}
"""The components that can be run: of tests and benchmarks, how options for their arguments begin."""


@frozen(kw_only=True)
class Tools:
    """The programs of the user."""

    cabal: str = "cabal"
    stack: str = "stack"
    ghc: str = ""
    """The GHC to build with; empty: the build tool's choice."""

    runghc: tuple[str, ...] = ("runghc",)
    """What runs a file with the project's GHC."""


@frozen
class Component:
    """A component of a package, as cabal names it."""

    package: str
    kind: str
    """`lib`, `exe`, `test`, `bench` or `flib`."""

    name: str
    """Of a library that has none, its package's."""

    @property
    def target(self) -> str:
        """What cabal's commands take."""
        return f"{self.package}:{self.kind}:{self.name}"


@frozen
class Declared:
    """A component as a package describes it."""

    component: Component

    folders: tuple[Path, ...]
    """Where its modules are."""

    mains: tuple[Path, ...]
    """The files that its program may begin in."""


Packages = Mapping[Path, Sequence[Declared]]
"""By the folders of projects, what their packages declare; wanted of stack's, whose units are no components."""


@frozen
class Place:
    """A module as a part of a unit."""

    project: Project
    unit: Unit
    path: Path

    declared: Declared | None = None
    """The component that it is a part of, where that is not the unit."""

    runner: Framework | None = None
    """What runs tests there, whatever they are written with; None: what they are written with."""

    interpreter: str = ""
    """Who runs the file by its first line: `cabal`, `stack`, or anybody else."""

    @property
    def component(self) -> Component | None:
        """What it is a part of to cabal or stack."""
        if self.declared:
            return self.declared.component
        found = _COMPONENT.fullmatch(self.unit.component) if self.project.cradle in {"cabal", "multi"} else None
        return Component(found["package"], found["kind"], found["name"] or found["package"]) if found else None

    @property
    def mains(self) -> tuple[Path, ...]:
        """The files that the program of the unit or component may begin in."""
        if self.declared:
            return self.declared.mains
        return tuple(module.path for module in self.unit.modules if module.role is Role.MAIN)

    @property
    def is_main(self) -> bool:
        """Whether the program begins in the module."""
        return self.path in self.mains


_COMPONENT = re.compile(r"(?P<package>[^:/]+):(?P<kind>lib|exe|test|bench|flib)(?::(?P<name>[^:/]+))?")


def interpreter(text: str) -> str:
    """What stands behind `#!` in the first line of a script: the last part of a path, or what `env` looks for."""
    found = _INTERPRETER.match(text)
    return found[1] if found else ""


_INTERPRETER = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?([\w.-]+)")


def places(projects: Sequence[Project], packages: Packages, path: Path) -> list[Place]:
    """The units or components that a file is a module of, test suites first: these can run what the file defines."""
    found = [
        place
        for project in projects
        for unit in project.units
        if any(module.path == path for module in unit.modules)
        for place in _places(project, packages, unit, path)
    ]
    return sorted(found, key=_rank)


def test_places(projects: Sequence[Project], packages: Packages) -> dict[Path, list[Place]]:
    """The modules that tests are looked for in, when all are wanted: those of test suites, benchmarks and scripts.

    Each with what it is a module of, test suites first.
    """
    found: dict[Path, list[Place]] = {}
    for project in projects:
        for unit in project.units:
            for module in unit.modules:
                found.setdefault(module.path, []).extend(_places(project, packages, unit, module.path))
    ranked = {path: sorted(known, key=_rank) for path, known in sorted(found.items())}
    return {path: known for path, known in ranked.items() if _may_test(known[0])}


def _places(project: Project, packages: Packages, unit: Unit, path: Path) -> list[Place]:
    around = [
        Place(project, unit, path, declared)
        for declared in packages.get(project.root, ())
        if any(path.is_relative_to(folder) for folder in declared.folders)
    ]
    return around or [Place(project, unit, path)]


def run_main(place: Place, tools: Tools) -> Command | None:
    """What runs the program that begins in a module; None if none does."""
    what = place.component.target if place.component else place.unit.component
    return _run(place, tools, f"Run {what}", ()) if place.is_main else None


def run_test(place: Place, test: FoundTest, tools: Tools) -> Command | None:
    """What runs a test or a group of tests, and no others as far as that can be told; None if nothing can."""
    title = f"Run {'group' if test.is_group else 'test'} {test.name}"
    if test.is_property:
        return _run_property(place, test, tools, title)
    written = evolve(test, framework=place.runner) if place.runner else test
    return _run(tested_in(place), tools, title, (selection(written),))


def selection(test: FoundTest) -> str:
    """The argument by which a program of hspec (2.11) or tasty (1.4) runs a test or group only.

    What stands around the outermost known group is not known, so that namesakes there are run as well.
    """
    if test.framework is Framework.HSPEC:
        # A part of the path, as hspec prints it.
        return "--match=" + _behind_variables("".join(f"/{name}" for name in test.path) + "/")
    if test.is_group:
        text = "".join(f".{name}" for name in test.path) + "."
        part = _behind_variables(re.sub(r"([/\\])", r"\\\1", text))
        return f'--pattern="." $0 "." ~ /{part}/'
    fields = ("$NF", *(f"$(NF-{place})" for place in range(1, len(test.path))))
    equations = [f"{field} == {_quoted(name)}" for field, name in zip(fields, reversed(test.path), strict=True)]
    return "--pattern=" + " && ".join(reversed(equations))


def _behind_variables(text: str) -> str:
    """The end of a text in which cabal finds no variable (`$pkg`) to replace, which it leaves no way to write."""
    return re.split(r"\$(?=[a-z])", text)[-1]


def _quoted(text: str) -> str:
    """A string literal of Haskell, in which cabal finds no variable either."""
    literal = "".join(_escape(char) for char in text)
    return f'"{literal}"'


def _escape(char: str) -> str:
    if char in {'"', "\\"}:
        return f"\\{char}"
    return char if char.isprintable() and char != "$" else f"\\{ord(char)}\\&"


def _rank(place: Place) -> int:
    kind = place.component.kind if place.component else ""
    return [*RUNNERS, kind].index(kind)


def _may_test(place: Place) -> bool:
    return place.component.kind in {"test", "bench"} if place.component else place.is_main


def tested_in(place: Place) -> Place:
    """Where the tests of a module are run: for a library's, in the test suite that uses it, if there is just one."""
    if place.component is None or place.component.kind in RUNNERS or place.declared:
        return place
    users = [
        Place(place.project, unit, place.path) for unit in place.project.units if place.unit.id in unit.package_ids
    ]
    suites = [user for user in users if user.component and user.component.kind == "test"]
    return suites[0] if len(suites) == 1 else place


def _run(place: Place, tools: Tools, title: str, arguments: Sequence[str]) -> Command | None:
    component, folder = place.component, _folder(place)
    if component is None:
        return _run_file(place, tools, title, arguments) if place.is_main else None
    if component.kind not in RUNNERS:
        return None
    if place.declared:
        return Command(title=title, program=tools.stack, arguments=_stack(component, arguments), directory=folder)
    return Command(title=title, program=tools.cabal, arguments=_cabal(component, tools, arguments), directory=folder)


def _cabal(component: Component, tools: Tools, arguments: Sequence[str]) -> tuple[str, ...]:
    """Arguments of cabal (3.10)."""
    if component.kind == "exe":
        return ("run", *_compiler(tools), component.target, *(("--", *arguments) if arguments else ()))
    passed = [f"--{RUNNERS[component.kind]}-option={one}" for one in arguments]
    shown = ["--test-show-details=direct"] if component.kind == "test" else []
    return (component.kind, *_compiler(tools), *shown, *passed, component.target)


def _stack(component: Component, arguments: Sequence[str]) -> tuple[str, ...]:
    """Arguments of stack (3.1), which takes those of tests apart as a shell does."""
    if component.kind == "exe":
        return ("run", component.name, *(("--", *arguments) if arguments else ()))
    quoted = " ".join('"' + re.sub(r'(["\\])', r"\\\1", one) + '"' for one in arguments)
    passed = [f"--{RUNNERS[component.kind]}-arguments={quoted}"] if arguments else []
    return (component.kind, component.target, *passed)


def _run_file(place: Place, tools: Tools, title: str, arguments: Sequence[str]) -> Command:
    file, folder = _relative(place.path, place.unit.directory), place.unit.directory
    if place.interpreter == "cabal":
        scripted = ("run", *_compiler(tools), file, *(("--", *arguments) if arguments else ()))
        return Command(title=title, program=tools.cabal, arguments=scripted, directory=folder)
    if place.interpreter == "stack":
        return Command(title=title, program=tools.stack, arguments=(file, *arguments), directory=folder)
    program, *rest = (tools.stack, "runghc", "--") if place.project.cradle == "stack" else tools.runghc
    flags = (f"--ghc-arg={flag}" for flag in _flags(place))
    return Command(title=title, program=program, arguments=(*rest, *flags, file, *arguments), directory=folder)


def _run_property(place: Place, test: FoundTest, tools: Tools, title: str) -> Command | None:
    if place.project.cradle == "stack":
        # It has GHCi read a script, and leaves no way to say what comes after.
        return None
    # No blanks: cabal takes options for GHCi apart there, and leaves no way to write them.
    module = next(module.name for module in place.unit.modules if module.path == place.path)
    expression = _CHECKS[test.framework].replace("?", f"{module}.{test.name}")
    component, folder = place.component, place.unit.directory
    if component is None:
        given = (*_flags(place), "-e", expression, _relative(place.path, folder))
        return Command(title=title, program=str(place.project.ghc), arguments=given, directory=folder)
    evaluated = ("--repl-options=-e", f"--repl-options={expression}")
    given = ("repl", *_compiler(tools), *evaluated, component.target)
    return Command(title=title, program=tools.cabal, arguments=given, directory=_folder(place))


_CHECKS = {
    Framework.QUICKCHECK: r"Test.QuickCheck.quickCheckResult(?)>>="
    r"(\r->Control.Monad.unless(Test.QuickCheck.isSuccess(r))(System.Exit.exitFailure))",
    Framework.TASTY: r'Test.Tasty.defaultMain(Test.Tasty.QuickCheck.testProperty"?"(?))',
}
"""How properties are checked, so that GHC fails when they do."""


def _folder(place: Place) -> Path:
    """Where build tools are run: they look for a project's description upwards."""
    # A `hie.yaml` may join projects that have descriptions of their own.
    return place.unit.directory if place.project.cradle == "multi" else place.project.root


def _compiler(tools: Tools) -> tuple[str, ...]:
    return (f"--with-compiler={tools.ghc}",) if tools.ghc else ()


def _flags(place: Place) -> Iterator[str]:
    """GHC's flags for a file by itself: units of the project, which are not installed, are found by their folders."""
    units = {unit.id: unit for unit in place.project.units}
    flags = iter(place.unit.flags)
    for flag in flags:
        if flag == "-package-id":
            name = next(flags, "")
            if name not in units:
                yield from (flag, name)
        elif flag.removeprefix("-package-id=") not in units:
            yield flag
    used = (units[name] for name in place.unit.package_ids if name in units)
    folders = dict.fromkeys(folder for unit in (place.unit, *used) for folder in unit.source_dirs)
    yield from (f"-i{_relative(folder, place.unit.directory)}" for folder in folders)


def _relative(path: Path, root: Path) -> str:
    """A path as it is written in a folder around it."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)

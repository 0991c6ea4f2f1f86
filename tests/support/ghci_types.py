"""The types that a GHCi tells of places in modules, and GHC's word on whether two texts are the same type."""

import asyncio
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from tests.conftest import Ghc
from tests.support.waiting import seconds
from thatch.core.diagnostics import Span
from thatch.core.ghc.toolchain import probe
from thatch.core.hi.model import KnownName
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.model import ConstructorApplication, ExternalName, ForAll, Name, Qualified, Type
from thatch.core.hie.reader import read_hie
from thatch.core.hie.type_choice import used_type
from thatch.core.packages.database import Package, visible_packages
from thatch.core.th.derive import known_names
from thatch.core.th.names import Space
from thatch.core.th.packages import InstalledExports, InterfaceExports
from thatch.core.th.tree import Global

FLAGS = ("--interactive", "-v0", "-ignore-dot-ghci", "-package-env", "-", "-w")
STYLE = ("-fprint-redundant-promotion-ticks", "-dppr-cols=1000000", "-XNoStarIsType")
"""GHC then writes ticks and `Type` as we do, and all of a type on one line."""

PROOF_EXTENSIONS = """AllowAmbiguousTypes DataKinds FunctionalDependencies ImplicitParams LinearTypes MagicHash
    NoStarIsType QuantifiedConstraints TypeFamilies UnboxedSums UnboxedTuples UndecidableInstances
    UndecidableSuperClasses""".split()


@frozen
class Told:
    """What a GHCi told of a place."""

    file: str
    span: Span
    type: str


@frozen
class Session:
    """A GHCi that has loaded modules of a folder, and the `.hie` files that it wrote meanwhile."""

    ghc: Ghc
    folder: Path
    """Of the sources."""

    hie: Path
    """The folder of the `.hie` files."""

    known: Mapping[str, GlobalName]
    flags: tuple[str, ...] = ()

    def all_types(self, *modules: str) -> list[Told]:
        """What `:all-types` says, with names in full."""
        said = self._run([f":load {' '.join(modules)}", ":all-types"])
        return [_told(found) for found in _PLACE.finditer(said)]

    def type_at(self, module: str, places: Sequence[tuple[str, Span]]) -> list[str]:
        """What `:type-at` says of places in a file, with names as they are in scope there."""
        ranges = [
            f"{file} {span.start_line} {span.start_column} {span.end_line} {span.end_column}" for file, span in places
        ]
        said = self._run([f":load {module}", *(f":type-at {each} it" for each in ranges)])
        return [line.removeprefix("it :: ") for line in said.splitlines() if line.startswith("it :: ")]

    def modules(self) -> dict[str, ModuleFacts]:
        """The modules that the sessions loaded, by file."""
        files = [read_hie(path.read_bytes(), self.known) for path in sorted(self.hie.rglob("*.hie"))]
        return {file.path: ModuleFacts(file) for file in files}

    def prove_same(
        self,
        pairs: Sequence[tuple[str, str]],
        modules: Sequence[str],
        packages: Mapping[str, Package],
    ) -> str:
        """Have GHC check that both texts of each pair, with names in full, are the same type; what it complains of.

        What `modules` (loaded ones) define can be named, exported or not, and what some module of a package exports.
        All other names stand for unknown types, different ones for different types.
        """
        exports = InterfaceExports(InstalledExports(packages, self.known), visible_packages(packages, ()))
        names = [name for facts in self.modules().values() for name in constructors_in(facts.types)]
        units = {name.module.name: name.module.unit for name in names}
        hidden: dict[str, str] = {}

        def named(found: re.Match[str]) -> str:
            module, name = found[1], found[2]
            if module in modules:
                return found[0]
            space = Space.CONSTRUCTOR if found.string[found.start() - 1 : found.start()] == "'" else Space.TYPE
            origin = Global("", units.get(module, ""), module)
            exporter, importable = exports.exporter(origin, name, space, ())
            if importable:
                return f"{exporter}.{name}"
            return hidden.setdefault(found[0], f"Hidden{len(hidden)}")

        checks = [_check(number, *(_QUALIFIED.sub(named, text) for text in pair)) for number, pair in enumerate(pairs)]
        # GHCi takes its time for each statement.
        blocks = [f"let {{ {'; '.join(checks[at : at + 50])} }}" for at in range(0, len(checks), 50)]
        scope = [f":load {' '.join(modules)}", f":module {' '.join(f'*{each}' for each in modules)}"] if modules else []
        extensions = [f":set -X{each}" for each in PROOF_EXTENSIONS]
        families = [f"type family {name} :: k" for name in hidden.values()]
        return self._ghci([*scope, *extensions, *families, *blocks]).stderr

    def _run(self, commands: Iterable[str]) -> str:
        done = self._ghci([":set +c", f":set {' '.join(STYLE)}", *commands], "-fno-code", "-fwrite-ide-info")
        assert done.stderr == ""
        return done.stdout

    def _ghci(self, commands: Iterable[str], *flags: str) -> subprocess.CompletedProcess[str]:
        command = [self.ghc.path, *FLAGS, "-hiedir", self.hie, *flags, *self.flags]
        script = "\n".join([*commands, ""])
        done = subprocess.run(
            command, input=script, cwd=self.folder, capture_output=True, text=True, timeout=seconds(300), check=False
        )
        assert done.returncode == 0
        return done


def open_session(ghc: Ghc, folder: Path, scratch: Path, *flags: str) -> Session:
    """A session over the sources of a folder, which stays as it is."""
    known = asyncio.run(_known(ghc, scratch))
    return Session(ghc, folder, scratch / "hie", known, flags)


async def _known(ghc: Ghc, folder: Path) -> Mapping[str, GlobalName]:
    return await known_names(await probe(ghc.path), folder)


_PLACE = re.compile(r"^(.+?):\((\d+),(\d+)\)-\((\d+),(\d+)\): (.*)$", re.MULTILINE)


def _told(found: re.Match[str]) -> Told:
    start_line, start_column, end_line, end_column = (int(found[number]) for number in (2, 3, 4, 5))
    return Told(found[1], Span(start_line, start_column, end_line, end_column + 1), found[6])


def shown_types(facts: ModuleFacts) -> dict[Span, list[int]]:
    """The places of what is written in the source, with the index of the type that it has there.

    After it come others that are equal to it there by a constraint, of which GHC may tell any.
    """
    bound = [one for one in facts.occurrences if one.binds and not one.generated]
    found = {one.span: [one.type] for one in bound if one.type is not None}
    for place in facts.places:
        written = [index for info in place.infos if not info.generated for index in info.types]
        if (used := used_type(facts.types, written)) is not None:
            others = [index for index in written if index != used and is_plain(facts.types[index])]
            found[place.span] = [used, *(others if is_plain(facts.types[used]) else [])]
    return found


def is_plain(type_: Type) -> bool:
    """Whether a type has neither a forall nor a constraint in front."""
    return not isinstance(type_, ForAll | Qualified)


def constructors_in(types: Iterable[Type]) -> set[ExternalName]:
    """The names of the constructors in types."""
    applied = [type_.constructor for type_ in types if isinstance(type_, ConstructorApplication)]
    return {name for name in applied if isinstance(name, ExternalName)}


def in_full(name: Name) -> str:
    """A name with the module that defines it, as `:all-types` has it."""
    assert not isinstance(name, KnownName), name
    return f"{name.module.name}.{name.occ.text}" if isinstance(name, ExternalName) else name.occ.text


def renamed(text: str) -> str:
    """A type with its variables numbered in the order of their first occurrences."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        word = found[0]
        return word if word == "forall" else numbers.setdefault(word, f"v{len(numbers)}")

    return _VARIABLE.sub(number, text)


_VARIABLE = re.compile(r"(?<![\w.'\"?])[a-z_][\w']*(?![\w.])")


def _check(number: int, one: str, other: str) -> str:
    """Definitions that GHC accepts if both are the same type.

    Behind an arrow neither may be an instance of the other.
    """
    return (
        f"a{number}, c{number} :: () -> {one}; b{number} :: () -> {other}; "
        f"a{number} = a{number}; b{number} = a{number}; c{number} = b{number}"
    )


_QUALIFIED = re.compile(r"(?<![\w.])((?:[A-Z][\w']*\.)*[A-Z][\w']*)\.([A-Z_a-z][\w']*#?|[!#$%&*+./<=>?@\\^|~:-]+)")

"""A tiny model of how GHC loads modules: what it compiles and leaves out, what it says, and when it is silent.

Its rules were watched in GHC 9.6 and 9.10 (`tests/e2e/test_results_real.py` compares loads of the real ones).
"""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from attrs import field, frozen, mutable

from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.ghc.output import Compiling, Output, Said, Text
from thatch.core.ghc.results import ModuleKey, Stamp

SHARED = 1
"""The number of the file that belongs to both units."""

N_FILES = 5
UNITS = ("left", "right")


class Kind(Enum):
    """How well a text compiles."""

    GOOD = "good"
    """At most errors that are deferred."""
    PICKY = "picky"
    """Cannot be finished when an import's interface has an odd number (it misses an export)."""
    BROKEN = "broken"
    """A parse error in the body."""
    UNREADABLE = "unreadable"
    """A parse error among the imports."""


@frozen
class Source:
    """The text of a file."""

    kind: Kind = Kind.GOOD
    number: int = 0
    """Of the interface that it makes; dependents look at nothing else."""
    n_warnings: int = 0
    imports: frozenset[int] = frozenset()
    """Numbers of files, all smaller than its own."""
    line_pragma: bool = False
    """Whether the last warning names the file that the text was generated from."""


@frozen
class Interface:
    """What a compilation wrote."""

    source: Source
    imported: tuple[tuple[int, int], ...]
    """The imports with the numbers of their interfaces then."""
    serial: int


def path(number: int) -> Path:
    """The path of a file."""
    return Path(f"/project/M{number}.hs")


def grammar(number: int) -> Path:
    """The file that a file's text was generated from."""
    return Path(f"/project/M{number}.y")


def keys() -> list[tuple[str, int]]:
    """All modules in the order in which GHC compiles them: unit by unit, imports first."""
    left = [("left", number) for number in range(3)]
    return [*left, *(("right", number) for number in (SHARED, 3, 4))]


@mutable
class Ghc:
    """A GHC with its interfaces, over files that change."""

    sources: dict[int, Source] = field(factory=lambda: {number: Source() for number in range(N_FILES)})
    interfaces: dict[tuple[str, int], Interface] = field(factory=dict)
    unreachable: set[tuple[str, int]] = field(factory=set)
    """The modules that the latest load left out, because it could not compile an import."""
    serial: int = 0

    def load(self) -> Iterator[Output]:
        """What a load says; it can be interrupted between any two words.  Interfaces are written on the way."""
        self.unreachable = set()
        bad = [number for number, source in self.sources.items() if source.kind is Kind.UNREADABLE]
        for number in bad:
            yield Said(_error(number, "unreadable", self.sources[number].number), fatal=True)
        if bad:
            self.unreachable = set(keys())
            yield Text("Failed, no modules loaded.")
            return
        failed: set[tuple[str, int]] = set()
        for unit, number in keys():
            imported = self._imported(unit, number)
            if imported is None or any(key in failed | self.unreachable for key in imported):
                self.unreachable.add((unit, number))
            elif not self._is_up_to_date(unit, number, imported):
                yield from self._compile(unit, number, imported, failed)
        yield Text("Failed, 2 modules loaded." if failed or self.unreachable else "Ok, 6 modules loaded.")

    def stamp(self, key: ModuleKey) -> Stamp:
        """The stamps of a module now."""
        number = int(key.path.stem[1:])
        interface = self.interfaces.get((key.unit, number))
        return Stamp(repr(self.sources[number]), str(interface.serial) if interface else "")

    def _imported(self, unit: str, number: int) -> list[tuple[str, int]] | None:
        known = set(keys())
        found = []
        for imported in sorted(self.sources[number].imports):
            if (unit, imported) in known:
                found.append((unit, imported))
            elif ("left", imported) in known and unit == "right":
                found.append(("left", imported))
            else:
                continue
        return found

    def _numbers(self, imported: list[tuple[str, int]]) -> tuple[tuple[int, int], ...]:
        return tuple((number, self.interfaces[unit, number].source.number) for unit, number in imported)

    def _is_up_to_date(self, unit: str, number: int, imported: list[tuple[str, int]]) -> bool:
        interface = self.interfaces.get((unit, number))
        return (
            interface is not None
            and interface.source == self.sources[number]
            and interface.imported == self._numbers(imported)
        )

    def _compile(
        self, unit: str, number: int, imported: list[tuple[str, int]], failed: set[tuple[str, int]]
    ) -> Iterator[Output]:
        source = self.sources[number]
        numbers = self._numbers(imported)
        yield Compiling(1, 6, f"M{number}", path(number), unit)
        if source.kind is Kind.BROKEN or (source.kind is Kind.PICKY and any(found % 2 for _, found in numbers)):
            failed.add((unit, number))
            yield Said(_error(number, f"{source.kind.value} {numbers}", source.number), fatal=True)
            return
        for said in messages(number, source, numbers):
            yield Said(said, fatal=False)
        self.serial += 1
        self.interfaces[unit, number] = Interface(source, numbers, self.serial)
        # An interrupt may come between this interface and the next module.
        yield Text("")


def messages(number: int, source: Source, imported: tuple[tuple[int, int], ...]) -> list[Diagnostic]:
    """What GHC says of a text that it can compile, which depends on the interfaces of its imports as well."""
    said = [_warning(path(number), f"warning {i} of {source} over {imported}") for i in range(source.n_warnings)]
    if source.line_pragma and said:
        said[-1] = _warning(grammar(number), said[-1].message)
    return said


def _warning(where: Path, message: str) -> Diagnostic:
    return Diagnostic(path=where, span=Span(1, 1, 1, 2), severity=Severity.WARNING, message=message)


def _error(number: int, message: str, line: int) -> Diagnostic:
    return Diagnostic(path=path(number), span=Span(line, 1, line, 2), severity=Severity.ERROR, message=message)

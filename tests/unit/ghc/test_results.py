"""What is known after many loads is what one clean load would say."""

from pathlib import Path, PurePosixPath

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.support.ghc_model import N_FILES, Ghc, Kind, Source, grammar, keys, path
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.ghc.output import Compiling, Notice, Said, Text
from thatch.core.ghc.results import ModuleKey, Results, Stamp

NUMBERS = st.integers(0, N_FILES - 1)


@st.composite
def sources(draw: st.DrawFn, number: int) -> Source:
    """A text of a file; from so few that they come back often."""
    return Source(
        kind=draw(st.sampled_from([*[Kind.GOOD] * 6, Kind.PICKY, Kind.BROKEN, Kind.UNREADABLE])),
        number=draw(st.integers(0, 1)),
        n_warnings=draw(st.integers(0, 2)),
        imports=frozenset(draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else ()),
        line_pragma=draw(st.booleans()),
    )


class Loads(RuleBasedStateMachine):
    """Files are edited at random; loads are complete, or are interrupted after any word."""

    def __init__(self) -> None:
        super().__init__()
        self.ghc = Ghc()
        self.results = Results()
        self.before: dict[int, Source] = {}
        self.complete = False

    @rule(data=st.data(), number=NUMBERS)
    def edit(self, data: st.DataObject, number: int) -> None:
        self._put(number, data.draw(sources(number)))

    @rule(number=NUMBERS)
    def undo(self, number: int) -> None:
        if number in self.before:
            self._put(number, self.before[number])

    @rule(number=NUMBERS, kind=st.sampled_from(Kind))
    def break_or_mend(self, number: int, kind: Kind) -> None:
        self._put(number, evolve(self.ghc.sources[number], kind=kind))

    @rule()
    def load(self) -> None:
        self._load(None)

    @rule(n_words=st.integers(0, 12))
    def interrupt_a_load(self, n_words: int) -> None:
        self._load(n_words)

    @rule(number=NUMBERS, n_words=st.integers(0, 12))
    def type_and_take_back(self, number: int, n_words: int) -> None:
        """The interface changes, its dependents are being compiled again, and it is as before."""
        source = self.ghc.sources[number]
        self._put(number, evolve(source, number=1 - source.number))
        self._load(n_words)
        self.undo(number)
        self._load(None)

    @invariant()
    def all_is_told_once_and_truly(self) -> None:
        found = self.results.diagnostics()
        assert all(len(set(said)) == len(said) for said in found.values())
        if not self.complete:
            return
        reachable = {path for path in paths() if not self._owners(path) & self.ghc.unreachable}
        truth = clean(self.ghc.sources)
        for file in reachable:
            assert set(found.get(file, ())) == truth.get(file, set()), file

    @invariant()
    def nothing_is_told_of_a_text_that_is_unreadable_but_that(self) -> None:
        if not self.complete:
            return
        for number, source in self.ghc.sources.items():
            if source.kind is Kind.UNREADABLE:
                said = self.results.diagnostics()[path(number)]
                assert [diagnostic.message for diagnostic in said] == ["unreadable"]

    def _put(self, number: int, source: Source) -> None:
        self.before[number] = self.ghc.sources[number]
        self.ghc.sources[number] = source
        self.complete = False

    def _load(self, n_words: int | None) -> None:
        self.results.begin()
        for n, output in enumerate(self.ghc.load()):
            self.results.take(output)
            if n == n_words and not self.results.ended:
                break
        self.complete = self.results.ended
        stamps = {key: self.ghc.stamp(key) for key in self.results.to_stamp()}
        self.results.end(stamps, complete=self.complete)

    def _owners(self, file: Path) -> set[tuple[str, int]]:
        return {(unit, number) for unit, number in keys() if file in (path(number), grammar(number))}


def paths() -> list[Path]:
    return [file for number in range(N_FILES) for file in (path(number), grammar(number))]


def clean(files: dict[int, Source]) -> dict[Path, set[Diagnostic]]:
    """What a GHC that knows nothing yet says of the files."""
    truth: dict[Path, set[Diagnostic]] = {}
    for output in Ghc(dict(files)).load():
        if isinstance(output, Said):
            truth.setdefault(output.diagnostic.path, set()).add(output.diagnostic)
    return truth


TestLoads = Loads.TestCase
TestLoads.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)

A = Path("/p/A.hs")
B = Path("/p/B.hs")


def said(file: Path, message: str, *, fatal: bool = False) -> Said:
    severity = Severity.ERROR if fatal else Severity.WARNING
    return Said(Diagnostic(path=file, span=None, severity=severity, message=message), fatal)


def compiling(module: str, file: Path | None, unit: str = "u", *, boot: bool = False) -> Compiling:
    return Compiling(1, 2, module, file, unit, boot)


def messages(results: Results) -> dict[str, list[str]]:
    return {file.name: [each.message for each in found] for file, found in results.diagnostics().items()}


def end(results: Results, source: str = "", interface: str = "", *, complete: bool = True) -> None:
    results.end({key: Stamp(source, interface) for key in results.to_stamp()}, complete=complete)


def test_messages_are_told_while_the_load_runs() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "old"))
    results.take(Text("Ok, one module loaded."))
    end(results)
    results.begin()
    results.take(compiling("A", A))
    assert messages(results) == {"A.hs": ["old"]}
    results.take(said(A, "new"))
    assert messages(results) == {"A.hs": ["new"]}
    assert results.compiled == 1


@pytest.mark.parametrize(
    "line",
    [
        "Ok, no modules loaded.",
        "Ok, one module loaded.",
        "Ok, 502 modules loaded.",
        "Failed, two modules reloaded.",
        "Failed, no modules to be reloaded.",
        "Failed, unloaded all modules.",
        "printed by a spliceOk, one module loaded.",
    ],
)
def test_the_end_of_a_load(line: str) -> None:
    results = Results()
    results.begin()
    results.take(Text("Ok, but not the end"))
    assert not results.ended
    results.take(Text(line))
    assert results.ended


def test_a_load_that_ends_in_a_panic_counts_when_it_was_not_interrupted() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "before the panic"))
    results.take(Text("ghc: panic! (the 'impossible' happened)"))
    end(results)
    assert messages(results) == {"A.hs": ["before the panic"]}


def test_the_unit_of_a_message_is_the_one_that_is_being_compiled() -> None:
    results = Results()
    results.begin(sole_unit="only")
    results.take(compiling("A", A, ""))
    results.take(said(A, "x"))
    assert [found.unit for found in results.diagnostics()[A]] == ["only"]
    assert results.paths() == {A}


def test_interfaces_by_module_and_kind() -> None:
    results = Results()
    results.begin()
    results.take(compiling("Lib.A", A))
    results.take(compiling("Lib.A", A.with_suffix(".hs-boot"), boot=True))
    results.take(compiling("Hidden", None))
    assert results.to_stamp() == {
        ModuleKey("u", A): PurePosixPath("Lib/A.hi"),
        ModuleKey("u", A.with_suffix(".hs-boot")): PurePosixPath("Lib/A.hi-boot"),
    }
    assert results.compiled == 3


def test_notices_are_of_one_load() -> None:
    results = Results()
    results.begin()
    results.take(Notice(Severity.WARNING, "unused package"))
    assert [notice.text for notice in results.notices] == ["unused package"]
    results.begin()
    assert results.notices == []


def test_a_module_that_cannot_be_reached_keeps_its_error() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "warning"))
    results.take(Text("Ok, one module loaded."))
    end(results, "1", "1")
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "parse error", fatal=True))
    results.take(Text("Failed, no modules loaded."))
    end(results, "2", "1")
    results.begin()
    results.take(Text("Failed, no modules loaded."))
    end(results, "3", "1")
    assert messages(results) == {"A.hs": ["parse error"]}


def test_an_interrupted_load_settles_no_headers() -> None:
    results = Results()
    results.begin()
    results.take(said(A, "header", fatal=True))
    results.take(Text("Failed, no modules loaded."))
    end(results)
    results.begin()
    end(results, complete=False)
    assert messages(results) == {"A.hs": ["header"]}
    results.begin()
    results.take(Text("Ok, one module loaded."))
    end(results)
    assert messages(results) == {}


def test_what_is_not_kept_is_forgotten() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "a"))
    results.take(compiling("B", B))
    results.take(said(B, "b", fatal=True))
    results.take(Text("Failed, one module loaded."))
    end(results)
    results.keep(lambda key: key.path != B)
    assert messages(results) == {"A.hs": ["a"]}
    results.keep(lambda key: False)
    assert messages(results) == {}


def test_what_a_preprocessor_wrote_is_the_modules_fault() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", Path("/p/A.hs")))
    results.take(said(Path("/scratch/A.hspp"), "generated"))
    end(results)
    (diagnostic,) = results.diagnostics()[Path("/p/A.hs")]
    assert (diagnostic.message, diagnostic.span) == ("generated", None)


def test_a_difference_from_the_boot_file_is_the_modules_fault() -> None:
    """GHC compares when it has compiled the module, and names a place in the boot file."""
    boot = A.with_name("A.hs-boot")
    results = Results()
    results.begin()
    results.take(compiling("A", boot, boot=True))
    results.take(compiling("A", A))
    results.take(said(boot, "differs", fatal=True))
    results.take(Text("Failed, one module loaded."))
    end(results)
    assert messages(results) == {"A.hs-boot": ["differs"]}
    assert results.failed == {ModuleKey("u", A)}
    results.begin()
    results.take(compiling("A", A))
    results.take(Text("Ok, two modules loaded."))
    end(results, "2")
    assert messages(results) == {}


def test_what_a_load_did_not_get_to_is_not_told_from_the_cache() -> None:
    results = Results()
    key = ModuleKey("u", B)
    results.adopt(key, PurePosixPath("B.hi"), [said(B, "b").diagnostic], Stamp("1", "1"))
    assert messages(results) == {"B.hs": ["b"]}
    results.begin()
    end(results)
    results.settle({key})
    assert messages(results) == {}
    results.begin()
    end(results)
    results.settle(())
    assert messages(results) == {"B.hs": ["b"]}
    # GHC has accepted it now: only its next word counts.
    results.begin()
    end(results)
    results.settle({key})
    assert messages(results) == {"B.hs": ["b"]}


def test_a_message_comes_from_the_last_module_that_it_names() -> None:
    """GHC puts a duplicate instance on the module that has the other one; modules are compiled side by side."""
    duplicate = evolve(said(A, "duplicate").diagnostic, related=(Related(Location(B, Span(1, 1, 1, 2)), "here"),))
    results = Results()
    results.begin()
    for module, file in (("A", A), ("B", B), ("C", Path("/p/C.hs"))):
        results.take(compiling(module, file))
    results.take(Said(duplicate, fatal=True))
    end(results)
    assert results.failed == {ModuleKey("u", B)}
    assert messages(results) == {"A.hs": ["duplicate"]}


def test_what_a_cache_knows_is_newer_than_a_failure() -> None:
    results = Results()
    results.begin()
    results.take(compiling("A", A))
    results.take(said(A, "parse error", fatal=True))
    end(results)
    results.adopt(ModuleKey("u", A), PurePosixPath("A.hi"), [], Stamp("1", "1"))
    assert messages(results) == {}

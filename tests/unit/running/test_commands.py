"""The command lines of programs and tests, by project."""

from pathlib import Path

import pytest
from attrs import evolve

from tests.support.projects import write
from thatch.core.project.model import Module, Project, Role, Unit
from thatch.core.running.commands import Place, Tools, interpreter, places, run_main, run_test, selection
from thatch.core.running.commands import test_places as places_of_tests
from thatch.core.running.find_tests import find_tests
from thatch.core.running.model import Command, FoundTest
from thatch.core.running.packages import declared

ROOT = Path("/p")


def unit(component: str, file: str, role: Role = Role.MAIN, **rest: tuple[str, ...]) -> Unit:
    name = "Main" if role is Role.MAIN else Path(file).stem
    return Unit(
        id=component.replace(":", "-"),
        component=component,
        directory=ROOT,
        flags=rest.get("flags", ()),
        source_dirs=(ROOT / Path(file).parent,),
        package_ids=rest.get("package_ids", ()),
        modules=(Module(name, ROOT / file, role),),
    )


def project(*units: Unit, cradle: str = "cabal") -> Project:
    return Project(root=ROOT, cradle=cradle, units=units, ghc=Path("/opt/ghc-9.6"))


def first(text: str) -> FoundTest:
    return find_tests(text)[0]


IT = first('import Test.Hspec\nspec = it "works" x\n')
CASE = first('import Test.Tasty\nt = testCase "works" x\n')
PROPERTY = first("import Test.QuickCheck\nprop_x = True\n")


def line(command: Command | None) -> str | None:
    return command.line if command else None


def test_each_kind_of_component() -> None:
    units = unit("p:exe:one", "one/Main.hs"), unit("p:test:two", "two/Main.hs"), unit("p:bench:three", "three/Main.hs")
    known = project(*units)
    commands = [run_main(Place(known, each, each.modules[0].path), Tools()) for each in units]
    assert [line(command) for command in commands] == [
        "cabal run p:exe:one",
        "cabal test --test-show-details=direct p:test:two",
        "cabal bench p:bench:three",
    ]
    assert {command.directory for command in commands if command} == {ROOT}
    tests = [run_test(Place(known, each, each.modules[0].path), IT, Tools(ghc="/g hc")) for each in units]
    assert [line(command) for command in tests] == [
        "cabal run '--with-compiler=/g hc' p:exe:one -- --match=/works/",
        "cabal test '--with-compiler=/g hc' --test-show-details=direct --test-option=--match=/works/ p:test:two",
        "cabal bench '--with-compiler=/g hc' --benchmark-option=--match=/works/ p:bench:three",
    ]


def test_a_file_of_several_units_is_tested_by_a_test_suite() -> None:
    known = project(unit("p:exe:one", "Main.hs"), unit("p:lib", "Main.hs", Role.OTHER), unit("p:test:two", "Main.hs"))
    found = places([known], {}, ROOT / "Main.hs")
    assert [place.unit.component for place in found] == ["p:test:two", "p:exe:one", "p:lib"]
    assert places([known], {}, ROOT / "Other.hs") == []


def test_projects_that_a_hie_yaml_joins_are_run_where_they_are() -> None:
    inner = evolve(unit("p:exe:one", "in/Main.hs"), directory=ROOT / "in")
    command = run_main(Place(project(inner, cradle="multi"), inner, ROOT / "in/Main.hs"), Tools())
    assert command
    assert (command.line, command.directory) == ("cabal run p:exe:one", ROOT / "in")


def test_what_a_library_defines_is_run_by_the_one_suite_that_uses_it() -> None:
    library, suite = unit("p:lib", "src/A.hs", Role.EXPOSED), unit("p:test:s", "t/Main.hs", package_ids=("p-lib",))
    here = library, ROOT / "src/A.hs"
    assert line(run_test(Place(project(library, suite), *here), CASE, Tools())) == (
        "cabal test --test-show-details=direct '--test-option=--pattern=$NF == \"works\"' p:test:s"
    )
    other = unit("p:test:o", "o/Main.hs", package_ids=("p-lib",))
    assert run_test(Place(project(library, suite, other), *here), CASE, Tools()) is None
    assert run_test(Place(project(library), *here), CASE, Tools()) is None
    assert run_main(Place(project(library), *here), Tools()) is None


def test_stack_is_asked_by_what_packages_declare(tmp_path: Path) -> None:
    text = """
        name: p
        common shared
          hs-source-dirs: app
        executable run-p
          import: shared
          main-is: Main.hs
        test-suite spec
          type: exitcode-stdio-1.0
          hs-source-dirs: t, t/more
          main-is: Spec.hs
          other-modules: ASpec
        library
          hs-source-dirs: src
    """
    root = write(tmp_path, {"p.cabal": text})
    files = {"app/Main.hs": Role.MAIN, "t/Spec.hs": Role.MAIN, "t/more/ASpec.hs": Role.OTHER, "src/A.hs": Role.EXPOSED}
    modules = tuple(Module(Path(file).stem, root / file, role) for file, role in files.items())
    whole = evolve(unit("home", "src/A.hs"), modules=modules, directory=root)
    known = evolve(project(whole, cradle="stack"), root=root, watched=(root / "stack.yaml", root / "p.cabal"))
    packages = {root: declared(known)}

    def lines(file: str, test: FoundTest = IT) -> list[str | None]:
        found = places([known], packages, root / file)
        return [
            line(command) for place in found for command in (run_main(place, Tools()), run_test(place, test, Tools()))
        ]

    assert lines("app/Main.hs") == ["stack run run-p", "stack run run-p -- --match=/works/"]
    assert lines("t/Spec.hs") == [
        "stack test p:test:spec",
        "stack test p:test:spec '--test-arguments=\"--match=/works/\"'",
    ]
    assert lines("t/more/ASpec.hs", CASE) == [
        None,
        'stack test p:test:spec \'--test-arguments="--pattern=$NF == \\"works\\""\'',
    ]
    assert lines("src/A.hs", PROPERTY) == [None, None]
    assert list(places_of_tests([known], packages)) == [root / "t/Spec.hs", root / "t/more/ASpec.hs"]
    # Without a description that can be read, the file is run by itself.
    alone = Place(known, whole, root / "t/Spec.hs")
    assert line(run_main(alone, Tools())) == "stack runghc -- --ghc-arg=-i/p/src t/Spec.hs"


def test_a_property_is_checked_where_it_is_loaded() -> None:
    library = unit("p:lib", "src/A.hs", Role.EXPOSED)
    command = run_test(Place(project(library), library, ROOT / "src/A.hs"), PROPERTY, Tools())
    assert command
    assert command.arguments[0] == "repl"
    assert command.arguments[-1] == "p:lib:p"
    assert "quickCheckResult(A.prop_x)" in command.arguments[2]
    # Cabal takes it apart at blanks.
    assert " " not in command.arguments[2]


def test_a_file_by_itself() -> None:
    own = unit("home", "src/A.hs", Role.EXPOSED)
    flags = ("-XCPP", "-package-id", "home", "-package-id=home", "-package-id", "text-2")
    script = unit("go.hs", "bin/go.hs", flags=flags, package_ids=("home", "text-2"))
    known = project(own, script, cradle="bare")
    tools = Tools(runghc=("runghc", "-f", "/opt/ghc-9.6"))
    place = Place(known, script, ROOT / "bin/go.hs")
    flagged = "--ghc-arg=-XCPP --ghc-arg=-package-id --ghc-arg=text-2 --ghc-arg=-ibin --ghc-arg=-isrc"
    assert line(run_main(place, tools)) == f"runghc -f /opt/ghc-9.6 {flagged} bin/go.hs"
    assert line(run_test(place, IT, tools)) == f"runghc -f /opt/ghc-9.6 {flagged} bin/go.hs --match=/works/"
    checked = run_test(place, PROPERTY, tools)
    assert checked
    assert checked.program == "/opt/ghc-9.6"
    assert checked.arguments[:5] == ("-XCPP", "-package-id", "text-2", "-ibin", "-isrc")
    assert run_main(Place(known, own, ROOT / "src/A.hs"), tools) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("#!/usr/bin/env cabal\n{- cabal:\n-}", "cabal run --with-compiler=/ghc go.hs -- --match=/works/"),
        ("#! /usr/bin/env -S stack script", "stack go.hs --match=/works/"),
        ("#!/opt/bin/stack\n", "stack go.hs --match=/works/"),
        ("#!/usr/bin/env runghc\n", "runghc --ghc-arg=-i. go.hs --match=/works/"),
        ("main = print 1\n", "runghc --ghc-arg=-i. go.hs --match=/works/"),
    ],
)
def test_a_script_is_run_by_what_its_first_line_names(text: str, command: str) -> None:
    script = unit("go.hs", "go.hs")
    place = Place(project(script, cradle="bare"), script, ROOT / "go.hs", interpreter=interpreter(text))
    assert line(run_test(place, IT, Tools(ghc="/ghc"))) == command


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ('import Test.Hspec\ns = describe "a b" $ it "c" x', "--match=/a b/"),
        ('import Test.Hspec\ns = describe "in $pkg now" x', "--match=pkg now/"),
        ('import Test.Hspec\ns = describe "$ NF" x', "--match=/$ NF/"),
        ('import Test.Tasty\nt = testGroup "a/b\\\\c" []', '--pattern="." $0 "." ~ /.a\\/b\\\\c./'),
        ('import Test.Tasty\nt = testCase "\\"$a\\n\\\\" x', '--pattern=$NF == "\\"\\36\\&a\\10\\&\\\\"'),
    ],
)
def test_names_reach_the_program_whatever_is_in_them(text: str, argument: str) -> None:
    assert selection(first(text)) == argument

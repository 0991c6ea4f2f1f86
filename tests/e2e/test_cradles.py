"""Projects described by real cabal and GHC, and the units loaded by that GHC."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Ghc
from tests.support.children import wait_until_gone
from tests.support.projects import load, names, settings_for, unit, write, write_program
from tests.support.waiting import until
from thatch.core.errors import CradleError, ToolchainError
from thatch.core.project.discover import find_projects
from thatch.core.project.model import Project, Role
from thatch.core.settings import Settings

PAIR = {
    "cabal.project": "packages: one two\n",
    "one/one.cabal": """
        cabal-version: 3.0
        name: one
        version: 0.1
        build-type: Simple

        flag fast
          default: True
          manual: True

        common base
          build-depends: base
          default-language: Haskell2010
          ghc-options: -Wall

        library
          import: base
          hs-source-dirs: src
          exposed-modules: One, One.Sizes
          other-modules: One.Hidden, Paths_one
          autogen-modules: Paths_one
          build-depends: one:inner, containers
          default-extensions: LambdaCase
          c-sources: cbits/one.c
          if flag(fast)
            cpp-options: -DFAST

        library inner
          import: base
          hs-source-dirs: inner
          exposed-modules: One.Inner

        executable one-program
          import: base
          hs-source-dirs: app
          main-is: Main.hs
          build-depends: one
          ghc-options: -threaded -rtsopts "-with-rtsopts=-N -A4m" -O2

        test-suite spec
          import: base
          type: exitcode-stdio-1.0
          hs-source-dirs: test
          main-is: Spec.hs
          other-modules: Helper
          build-depends: one

        benchmark speed
          import: base
          type: exitcode-stdio-1.0
          hs-source-dirs: bench
          main-is: Bench.hs
          build-depends: one
        """,
    "one/cbits/one.c": '#include "One_stub.h"\nint one(void) { return 1; }\n',
    "one/src/One.hs": """
        {-# LANGUAGE CPP #-}
        module One (sizes, classify) where
        import qualified Data.Map as Map
        import One.Hidden (hidden)
        import One.Inner (inner)
        #if MIN_VERSION_containers(0,5,0) && defined(FAST)
        sizes :: Map.Map Int Int
        sizes = Map.fromList [(hidden, inner)]
        #endif
        classify :: Int -> Int
        classify = \\case { 0 -> 1; n -> n }
        """,
    "one/src/One/Hidden.hs": """
        module One.Hidden (hidden) where
        import Paths_one (version)
        hidden :: Int
        hidden = length (show version)
        """,
    "one/src/One/Sizes.hsc": """
        module One.Sizes (size) where
        #include <stdio.h>
        size :: Int
        size = #{const BUFSIZ}
        """,
    "one/inner/One/Inner.hs": "module One.Inner (inner) where\ninner :: Int\ninner = 3\n",
    "one/app/Main.hs": "module Main (main) where\nimport One\nmain :: IO ()\nmain = print sizes\n",
    "one/test/Spec.hs": "module Main (main) where\nimport Helper\nmain :: IO ()\nmain = print help\n",
    "one/test/Helper.hs": "module Helper (help) where\nimport One\nhelp :: Int\nhelp = classify 3\n",
    "one/bench/Bench.hs": "module Main (main) where\nimport One\nmain :: IO ()\nmain = print (classify 1)\n",
    "two/two.cabal": """
        cabal-version: 2.4
        name: two
        version: 0.2
        library
          build-depends: base, one
          hs-source-dirs: src
          exposed-modules: Two
          default-language: Haskell2010
        """,
    "two/src/Two.hs": 'module Two where\nimport "one" One (classify)\ntwo :: Int\ntwo = classify 2\n'.replace(
        "module", "{-# LANGUAGE PackageImports #-}\nmodule", 1
    ),
}
"""Two packages with every kind of component, generated and preprocessed modules, and C that could not be compiled."""


def package(name: str, fields: str, **files: str) -> dict[str, str]:
    """A package with one library in `src`."""
    library = "library\n  hs-source-dirs: src\n  default-language: Haskell2010\n"
    head = f"cabal-version: 2.4\nname: {name}\nversion: 0\n{library}"
    return {f"{name}.cabal": head + fields, "src/A.hs": "module A where\n", **files}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "cache")


async def describe(root: Path, settings: Settings) -> tuple[Project, list[str]]:
    """The one project of a folder, and what was said meanwhile."""
    said: list[str] = []
    projects = await find_projects(root, settings, said.append)
    assert len(projects) == 1
    return projects[0], said


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


async def test_every_component_of_every_package(ghc: Ghc, tmp_path: Path) -> None:
    root = write(tmp_path / "pair", PAIR)
    before = files_below(root)

    project, said = await describe(root, settings_for(tmp_path / "cache", ghc=str(ghc)))

    assert [entry.component for entry in project.units if entry.missing] == []
    assert {entry.component: entry.id for entry in project.units} == {
        "one:lib": "one-0.1-inplace",
        "one:lib:inner": "one-0.1-inplace-inner",
        "one:exe:one-program": "one-0.1-inplace-one-program",
        "one:test:spec": "one-0.1-inplace-spec",
        "one:bench:speed": "one-0.1-inplace-speed",
        "two:lib": "two-0.2-inplace",
    }
    assert names(unit(project, "one:lib"), Role.EXPOSED) == {"One", "One.Sizes"}
    assert names(unit(project, "one:lib"), Role.OTHER) == {"One.Hidden", "Paths_one"}
    assert names(unit(project, "one:test:spec")) == {"Main", "Helper"}
    assert "one-0.1-inplace" in unit(project, "two:lib").package_ids
    assert root / "one/src/One/Sizes.hsc" in project.watched
    assert project.ghc == ghc.path
    assert project.diagnostics == ()
    assert len(said) == 1
    assert files_below(root) == before
    assert not list((tmp_path / "cache").rglob("*.hi")), "Haskell was compiled"
    output = load(project, tmp_path)
    assert "Ok, 10 modules loaded." in output, output


async def test_flags_are_those_of_the_component(tmp_path: Path, settings: Settings) -> None:
    project, _ = await describe(write(tmp_path / "pair", PAIR), settings)

    library, program = unit(project, "one:lib"), unit(project, "one:exe:one-program")

    assert {"-XLambdaCase", "-Wall", "-DFAST"} <= {flag.removeprefix("-optP") for flag in library.flags}
    assert library.source_dirs[1] == tmp_path / "pair/one/src"
    dropped = ("-O", "-o", "-odir", "-threaded", "-rtsopts", "-static", "-with-rtsopts=-N -A4m")
    assert not [flag for flag in program.flags if flag in dropped or flag.startswith("-O")]
    databases = [value for flag, value in zip(library.flags, library.flags[1:], strict=False) if flag == "-package-db"]
    assert not [path for path in databases if "/build/" in path]


async def test_the_answer_is_kept_until_an_input_changes(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "pair", PAIR)
    first, _ = await describe(root, settings)

    again, said = await describe(root, settings)
    assert (again, said) == (first, [])

    write(root, {"two/src/Three.hs": "module Three where\nimport Two\n"})
    description = root / "two/two.cabal"
    description.write_text(description.read_text().replace("exposed-modules: Two", "exposed-modules: Two, Three"))
    changed, said = await describe(root, settings)
    assert len(said) == 1
    assert names(unit(changed, "two:lib")) == {"Two", "Three"}
    assert len(changed.units) == len(first.units), "what cabal did not build again is still known"


async def test_a_lost_or_damaged_answer_is_asked_for_again(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))
    first, _ = await describe(root, settings)
    (answer,) = settings.cache_dir.rglob("answer.json")

    answer.write_text(answer.read_text()[:100])
    assert await describe(root, settings) == (first, []), "what is kept for other checkouts serves this one, too"
    shutil.rmtree(answer.parent / "build")
    assert await describe(root, settings) == (first, [])

    (shared,) = settings.cache_dir.glob("cradles/shared/*")
    for file in (answer, shared):
        file.write_text(file.read_text()[:100])
    assert await describe(root, settings) == (first, [f"Asking cabal {await cabal_version()} about p"])

    (shared,) = settings.cache_dir.glob("cradles/shared/*")
    shared.unlink()
    shutil.rmtree(answer.parent / "build")
    again, said = await describe(root, settings)
    assert (again, len(said)) == (first, 1)


PORTABLE = {name: text for name, text in PAIR.items() if not name.endswith(".hsc")} | {
    "one/src/One/Sizes.hs": "module One.Sizes where\nsize :: Int\nsize = 1\n"
}
"""The same without a preprocessor that reads other files."""


async def test_a_copy_of_a_checkout_need_not_ask(ghc: Ghc, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "cache", ghc=str(ghc))
    root = write(tmp_path / "pair", PORTABLE)
    first, said = await describe(root, settings)
    assert (len(said), first.diagnostics) == (1, ())
    copy = Path(shutil.copytree(root, tmp_path / "elsewhere" / "renamed"))
    # Nothing may be taken from the first checkout.
    shutil.move(root, tmp_path / "gone")
    for folder in settings.cache_dir.glob("cradles/pair-*"):
        shutil.rmtree(folder)

    project, said = await describe(copy, settings)

    assert said == []
    assert str(root) not in repr(project)
    output = load(project, tmp_path)
    assert "Ok, 10 modules loaded." in output, output
    (mine,) = settings.cache_dir.glob("cradles/renamed-*")
    by_copying = {file: content for file, content in contents(mine / "build").items() if is_read(file)}
    shutil.rmtree(settings.cache_dir)
    asked, said = await describe(copy, settings)
    assert (asked, len(said)) == (project, 1), "cabal says the same"
    by_cabal = contents(mine / "build")
    assert by_copying == {file: by_cabal.get(file) for file in by_copying}
    assert {Path(file).name for file in by_copying} >= {"cabal_macros.h", "Paths_one.hs"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_read(file: str) -> bool:
    return file.endswith((".h", ".hs"))


async def test_a_copy_that_differs_asks(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "pair", PORTABLE)
    await describe(root, settings)
    copy = Path(shutil.copytree(root, tmp_path / "copy"))
    write(copy, {"one/one.cabal": (copy / "one/one.cabal").read_text().replace("-Wall", "-Wextra")})
    project, said = await describe(copy, settings)
    assert len(said) == 1
    assert "-Wextra" in unit(project, "one:lib").flags


async def test_a_preprocessor_that_may_read_more_is_run_in_each_checkout(tmp_path: Path, settings: Settings) -> None:
    await describe(write(tmp_path / "pair", PAIR), settings)
    assert not list(settings.cache_dir.glob("cradles/shared/*"))
    _, said = await describe(write(tmp_path / "copy", PAIR), settings)
    assert len(said) == 1


async def test_an_answer_with_complaints_is_not_for_others(tmp_path: Path, settings: Settings) -> None:
    suite = "test-suite t\n  type: exitcode-stdio-1.0\n  main-is: T.hs\n  build-depends: base, not-there\n"
    files = package("p", f"  build-depends: base\n  exposed-modules: A\n{suite}", **{"T.hs": "main = print 1\n"})
    for name in ("p", "q"):
        project, said = await describe(write(tmp_path / name, files), settings)
        assert project.diagnostics
        assert said


async def cabal_version() -> str:
    process = await asyncio.create_subprocess_exec("cabal", "--numeric-version", stdout=asyncio.subprocess.PIPE)
    answer, _ = await process.communicate()
    return answer.decode().strip()


async def test_files_that_come_and_go_need_no_asking(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A, B.C\n"))

    project, _ = await describe(root, settings)
    assert (names(unit(project, "p:lib")), unit(project, "p:lib").missing) == ({"A"}, ("B.C",))

    write(root, {"src/B/C.hs": "module B.C where\n"})
    project, said = await describe(root, settings)
    assert (names(unit(project, "p:lib")), unit(project, "p:lib").missing, said) == ({"A", "B.C"}, (), [])

    (root / "src/A.hs").unlink()
    project, said = await describe(root, settings)
    assert (unit(project, "p:lib").missing, said) == (("A",), [])


async def test_packages_outside_the_project_folder(tmp_path: Path, settings: Settings) -> None:
    write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))
    root = write(
        tmp_path / "top",
        {
            "hie.yaml": "cradle: {cabal: {cabalProject: sub/special.project}}\n",
            "sub/special.project": "packages: ../../p\n",
        },
    )

    project, _ = await describe(root, settings)
    assert names(unit(project, "p:lib")) == {"A"}
    assert {tmp_path / "p/p.cabal", root / "hie.yaml", root / "sub/special.project"} <= set(project.watched)

    (tmp_path / "p/p.cabal").write_text((tmp_path / "p/p.cabal").read_text() + "  ghc-options: -Wall\n")
    project, said = await describe(root, settings)
    assert "-Wall" in unit(project, "p:lib").flags
    assert len(said) == 1


async def test_asking_twice_at_once_is_asking_once(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    (first, said), (second, silence) = await asyncio.gather(describe(root, settings), describe(root, settings))

    assert first == second
    assert len(said + silence) == 1


async def test_a_custom_build(tmp_path: Path, settings: Settings) -> None:
    root = write(
        tmp_path / "custom",
        {
            "custom.cabal": """
                cabal-version: 2.4
                name: custom
                version: 1
                build-type: Custom
                custom-setup
                  setup-depends: base, Cabal
                library
                  build-depends: base
                  exposed-modules: A
                  default-language: Haskell2010
                executable run
                  build-depends: base, custom
                  main-is: Run.hs
                  hs-source-dirs: app
                  default-language: Haskell2010
                """,
            "Setup.hs": "import Distribution.Simple\nmain :: IO ()\nmain = defaultMain\n",
            "A.hs": "module A where\na :: Int\na = 1\n",
            "app/Run.hs": "import A\nmain :: IO ()\nmain = print a\n",
        },
    )

    project, _ = await describe(root, settings)

    assert {entry.component: entry.id for entry in project.units} == {
        "custom:lib": "custom-1-inplace",
        "custom:exe:run": "custom-1-inplace-run",
    }
    output = load(project, tmp_path)
    assert "Ok, two modules loaded." in output, output


async def test_the_compiler_that_the_project_names(tmp_path: Path, settings: Settings) -> None:
    compiler = shutil.which("ghc")
    assert compiler
    other = tmp_path / "bin" / "ghc"
    other.parent.mkdir()
    other.write_text(f'#!/bin/sh\nexec {compiler} "$@"\n')
    other.chmod(0o755)
    files = package("p", "  build-depends: base\n  exposed-modules: A\n")
    root = write(tmp_path / "p", {**files, "cabal.project": f"packages: .\nwith-compiler: {other}\n"})

    project, _ = await describe(root, settings)

    assert project.ghc == other


async def test_a_machine_without_a_cabal_configuration(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CABAL_CONFIG", "CABAL_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    project, _ = await describe(root, settings)

    assert names(unit(project, "p:lib")) == {"A"}
    assert files_below(home) == set()


async def test_a_configuration_that_leads_to_a_network_which_is_absent(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cabal"
    folder.mkdir()
    text = "repository nowhere\n  url: http://packages.invalid/\n  secure: True\n"
    (folder / "config").write_text(text)
    monkeypatch.setenv("CABAL_DIR", str(folder))
    monkeypatch.delenv("CABAL_CONFIG", raising=False)
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    project, said = await describe(root, settings)

    assert names(unit(project, "p:lib")) == {"A"}
    assert "without the network" in said[-1]
    assert (folder / "config").read_text() == text


async def test_a_dependency_that_is_not_installed(tmp_path: Path, settings: Settings) -> None:
    root = write(
        tmp_path / "p", package("p", "  build-depends:\n    base,\n    not-there >= 2\n  exposed-modules: A\n")
    )

    with pytest.raises(CradleError) as caught:
        await describe(root, settings)

    assert caught.value.message == "p needs not-there, which is neither installed nor known to cabal."
    assert (caught.value.path, caught.value.line) == (root / "p.cabal", 9)
    assert "unknown package: not-there" in caught.value.detail


async def test_a_test_suite_whose_dependency_is_not_installed(tmp_path: Path, settings: Settings) -> None:
    suite = "test-suite t\n  type: exitcode-stdio-1.0\n  main-is: T.hs\n  build-depends: base, not-there\n"
    bench = "benchmark b\n  type: exitcode-stdio-1.0\n  main-is: T.hs\n  build-depends: base\n"
    files = package("p", f"  build-depends: base\n  exposed-modules: A\n{suite}{bench}")
    root = write(tmp_path / "p", {**files, "T.hs": "main :: IO ()\nmain = pure ()\n"})

    project, _ = await describe(root, settings)

    assert {entry.component for entry in project.units} == {"p:lib", "p:bench:b"}
    (told,) = project.diagnostics
    assert told.path == root / "p.cabal"
    assert told.span is not None
    assert (root / "p.cabal").read_text().splitlines()[told.span.start_line - 1] == "  build-depends: base, not-there"
    assert told.message.startswith("The test suites of p need not-there")


async def test_a_malformed_description(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "p", package("p", "  build-depends: base >=\n  exposed-modules: A\n"))

    with pytest.raises(CradleError) as caught:
        await describe(root, settings)

    assert (caught.value.path, caught.value.line) == (root / "p.cabal", 7)
    assert "unexpected end of input" in caught.value.message


async def test_a_program_of_the_project_that_is_needed_to_build(tmp_path: Path, settings: Settings) -> None:
    root = write(
        tmp_path / "tools",
        {
            "cabal.project": "packages: alex user\n",
            "alex/alex.cabal": "cabal-version: 2.4\nname: alex\nversion: 3.5\n"
            "executable alex\n  main-is: Alex.hs\n  build-depends: base\n  default-language: Haskell2010\n",
            "alex/Alex.hs": "main :: IO ()\nmain = pure ()\n",
            "user/user.cabal": "cabal-version: 2.4\nname: user\nversion: 0\n"
            "library\n  exposed-modules: Lexer\n  build-depends: base\n  build-tool-depends: alex:alex\n"
            "  default-language: Haskell2010\n",
            "user/Lexer.x": "{\nmodule Lexer where\n}\n",
        },
    )

    project, _ = await describe(root, settings)

    assert [entry.component for entry in project.units] == ["alex:exe:alex"]
    (told,) = project.diagnostics
    assert told.path == root / "user/user.cabal"
    assert "runs a program of the project itself" in told.message, told.text


async def test_without_cabal(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    with pytest.raises(CradleError, match="cabal, which was not found"):
        await describe(root, settings_for(tmp_path / "cache", cabal=str(tmp_path / "no-cabal")))


async def test_without_ghc(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "scripts", {"a.hs": "main = print 1\n"})

    with pytest.raises(ToolchainError):
        await describe(root, settings_for(tmp_path / "cache", ghc=str(tmp_path / "no-ghc")))


HANGING = """
    import os, subprocess, sys
    if "--numeric-version" in sys.argv:
        print("3.10.3.0")
        sys.exit()
    child = subprocess.Popen(["sleep", "1000"])
    with open({pids!r}, "w") as file:
        file.write(f"{{os.getpid()}} {{child.pid}}\\n")
    child.wait()
    """


async def test_a_cabal_that_hangs_is_ended(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hanging = write_program(tmp_path / "cabal", HANGING.format(pids=str(pids)))
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    with pytest.raises(CradleError, match="did not answer within 2 s"):
        await find_projects(
            root, Settings(cache_dir=tmp_path / "cache", cabal=str(hanging), cradle_timeout=2), lambda _: None
        )

    wait_until_gone(*map(int, pids.read_text().split()))


async def test_cancelling_ends_all_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hanging = write_program(tmp_path / "cabal", HANGING.format(pids=str(pids)))
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))
    task = asyncio.create_task(
        find_projects(root, settings_for(tmp_path / "cache", cabal=str(hanging)), lambda _: None)
    )
    await until(lambda: pids.exists() and pids.read_text().endswith("\n"), "the child to start")

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    wait_until_gone(*map(int, pids.read_text().split()))


async def test_a_cache_folder_that_is_a_file(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("")
    root = write(tmp_path / "p", package("p", "  build-depends: base\n  exposed-modules: A\n"))

    with pytest.raises(CradleError, match="cannot be written"):
        await describe(root, settings_for(cache))


async def test_scripts_share_modules_and_are_units_of_their_own(ghc: Ghc, tmp_path: Path) -> None:
    root = write(
        tmp_path / "scripts",
        {
            "Text/Table.hs": "module Text.Table where\ntable :: Int\ntable = 1\n",
            "first.hs": "import Text.Table\nmain :: IO ()\nmain = print table\n",
            "second.hs": "module Main where\nimport Text.Table\nmain :: IO ()\nmain = print (table + 1)\n",
        },
    )

    project, _ = await describe(root, settings_for(tmp_path / "cache", ghc=str(ghc)))

    assert project.cradle == "bare"
    assert {entry.component for entry in project.units} == {"scripts", "first.hs", "second.hs"}
    assert "main" not in {entry.id for entry in project.units}
    output = load(project, tmp_path)
    assert "Ok, three modules loaded." in output, output


async def test_a_direct_cradle(ghc: Ghc, tmp_path: Path) -> None:
    root = write(
        tmp_path / "direct",
        {
            "hie.yaml": "cradle: {direct: {arguments: [-i, -isrc, -Wall, Top]}}\n",
            "src/Top.hs": "module Top (top) where\nimport Below\ntop :: Int\ntop = below\n",
            "src/Below.hs": "module Below (below) where\nbelow :: Int\nbelow = 1\n",
        },
    )

    project, _ = await describe(root, settings_for(tmp_path / "cache", ghc=str(ghc)))

    (only,) = project.units
    assert names(only) == {"Top", "Below"}
    output = load(project, tmp_path)
    assert "Ok, two modules loaded." in output, output


async def test_a_bios_cradle_is_asked_again_when_its_dependencies_change(tmp_path: Path, settings: Settings) -> None:
    root = write(
        tmp_path / "bios",
        {
            "hie.yaml": "cradle: {bios: {program: flags.sh}}\n",
            "extra": "",
            "src/A.hs": "module A where\n",
            "src/B.hs": "module B where\n",
        },
    )
    script = 'printf "%s\\n" -i -isrc A $(cat extra) > "$HIE_BIOS_OUTPUT"; echo extra > "$HIE_BIOS_DEPS"'
    (root / "flags.sh").write_text(f'#!/bin/sh\ntest "$1" = "$HIE_BIOS_ARG" || exit 1\n{script}\n')
    (root / "flags.sh").chmod(0o755)

    project, said = await describe(root, settings)
    assert (names(project.units[0]), len(said)) == ({"A"}, 1)
    assert root / "extra" in project.watched
    again, said = await describe(root, settings)
    assert (again, said) == (project, [])

    (root / "extra").write_text("B")
    project, said = await describe(root, settings)
    assert (names(project.units[0]), len(said)) == ({"A", "B"}, 1)


async def test_a_bios_program_that_fails(tmp_path: Path, settings: Settings) -> None:
    root = write(tmp_path / "bios", {"hie.yaml": "cradle:\n  bios:\n    shell: 'echo no luck >&2; exit 3'\n"})

    with pytest.raises(CradleError, match="failed with exit code 3") as caught:
        await describe(root, settings)

    assert (caught.value.path, caught.value.line) == (root / "hie.yaml", 2)
    assert "no luck" in caught.value.detail


async def test_parts_with_cradles_of_their_own_are_one_project(tmp_path: Path, settings: Settings) -> None:
    root = write(
        tmp_path / "multi",
        {
            "hie.yaml": """
                cradle:
                  multi:
                    - path: ./
                      config: {cradle: {cabal: {component: lib:p}}}
                    - path: scripts
                      config: {cradle: {direct: {arguments: [-i, -iscripts, Tool]}}}
                    - path: src/Not.hs
                      config: {cradle: none}
                """,
            **package("p", "  build-depends: base\n  exposed-modules: A, Not\n"),
            "src/Not.hs": "module Not where\n",
            "scripts/Tool.hs": "module Tool where\n",
        },
    )

    project, _ = await describe(root, settings)

    assert project.cradle == "multi"
    assert [names(entry) for entry in project.units] == [{"A"}, {"Tool"}]


async def test_projects_below_a_folder_have_different_unit_ids(tmp_path: Path, settings: Settings) -> None:
    files = package("p", "  build-depends: base\n  exposed-modules: A\n")
    program = "executable e\n  main-is: E.hs\n  build-depends: base, p\n  default-language: Haskell2010\n"
    for place in ("mine", "theirs/copy"):
        write(tmp_path / "all" / place, {**files, "p.cabal": files["p.cabal"] + program, "E.hs": "main = print 1\n"})
    write(tmp_path / "all" / "broken", {"hie.yaml": "cradle: [nonsense]\n"})

    projects = await find_projects(tmp_path / "all", settings, lambda _: None)

    assert [project.root.name for project in projects] == ["mine", "copy"]
    ids = [entry.id for project in projects for entry in project.units]
    assert len(set(ids)) == len(ids) == 4
    for project in projects:
        assert unit(project, "p:lib").id in unit(project, "p:exe:e").package_ids
        output = load(project, tmp_path)
        assert "Ok, two modules loaded." in output, output
    assert [told.path.name for told in projects[0].diagnostics] == ["hie.yaml"]


async def test_an_empty_folder_is_a_project_without_units(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()

    project, _ = await describe(tmp_path / "empty", settings)

    assert project.units == ()


STACK = """
    import os, subprocess, sys
    arguments = sys.argv[1:]
    if "--numeric-version" in arguments:
        print("3.1.1")
    elif arguments[:2] == ["path", "--compiler-exe"]:
        print({ghc!r})
    elif arguments[0] == "ghci":
        ghc = next(word.partition("=")[2] for word in arguments if word.startswith("--with-ghc="))
        flags = ["-i", "-odir=/nowhere", "-hide-all-packages", "-package-id=base", "-i" + os.getcwd() + "/src"]
        subprocess.run([ghc, "--interactive", *flags], check=True)
    else:
        sys.exit("unexpected: " + repr(arguments))
    """


async def test_stack_by_a_stand_in(tmp_path: Path) -> None:
    """There is no stack here: the stand-in calls what its documentation says."""
    stack = write_program(tmp_path / "bin/stack", STACK.format(ghc=shutil.which("ghc")))
    root = write(
        tmp_path / "p",
        {
            "stack.yaml": "resolver: lts\n",
            "package.yaml": "name: p\n",
            "src/A.hs": "module A where\n",
            "src/Main.hs": "main = print 1\n",
        },
    )

    project, said = await describe(root, settings_for(tmp_path / "cache", stack=str(stack)))

    assert project.cradle == "stack"
    assert [names(entry) for entry in project.units] == [{"A"}, {"Main"}]
    assert "-odir=/nowhere" not in project.units[0].flags
    assert len(said) == 1


async def test_the_hledger_pair_is_described_without_compiling_haskell(tmp_path: Path, settings: Settings) -> None:
    sources = REPOSITORY / ".toolchains" / "sources"
    assert (sources / "hledger").is_dir(), "Run `make setup` for tests: it unpacks the sources."
    root = tmp_path / "pair"
    for name in ("hledger-lib", "hledger"):
        shutil.copytree(sources / name, root / name)
    shutil.copy(sources / "cabal.project", root)

    project, _ = await describe(root, settings)

    assert len(project.units) == 6
    assert project.diagnostics == ()
    assert not list(settings.cache_dir.rglob("*.hi"))
    output = load(project, tmp_path)
    assert re.search(r"^Ok, \d+ modules loaded\.", output, re.MULTILINE), output[-3000:]

"""What lenses and actions say is to be run, really run: programs, and of tests just the one that was meant."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.conftest import Ghc, require_ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.projects import write
from tests.support.waiting import seconds

PROGRAMS = {
    "cabal.project": "packages: .\noptimization: False\n",
    "demo.cabal": """
        cabal-version: 2.4
        name: demo
        version: 0.1
        library
          hs-source-dirs: src
          exposed-modules: Demo
          build-depends: base
          default-language: Haskell2010
        executable hello
          hs-source-dirs: app
          main-is: Main.hs
          build-depends: base, demo
          default-language: Haskell2010
    """,
    "src/Demo.hs": """
        module Demo where
        twice :: Int -> Int
        twice n = 2 * n
    """,
    "app/Main.hs": """
        module Main (main) where
        import Demo
        main :: IO ()
        main = putStrLn ("hello " ++ show (twice 21))
    """,
}

SUITES = """
test-suite spec
  type: exitcode-stdio-1.0
  hs-source-dirs: spec
  main-is: Main.hs
  other-modules: More
  build-depends: base, demo, hspec, QuickCheck
  default-language: Haskell2010
test-suite tasty
  type: exitcode-stdio-1.0
  hs-source-dirs: tasty
  main-is: Main.hs
  other-modules: Spec
  build-depends: base, demo, hspec, tasty, tasty-hspec, tasty-hunit, tasty-quickcheck
  default-language: Haskell2010
"""

TESTS = {
    "spec/Main.hs": r"""
        module Main (main) where

        import Demo
        import More (more)
        import Test.Hspec
        import Test.Hspec.QuickCheck (prop)

        main :: IO ()
        main = hspec $ do
          describe "all / of it" $ do
            it "doubles \"one\"" $ twice 1 `shouldBe` 2
            it "costs $pkg" $ twice 2 `shouldBe` 4
            prop "adds" $ \n -> twice n == n + n
          describe "others" $ it "costs $pkg" pending
          more
    """,
    "spec/More.hs": """
        module More where

        import Demo
        import Test.Hspec
        import Test.QuickCheck

        more :: Spec
        more = describe "more" $ it "holds" True

        prop_even, prop_odd :: Int -> Bool
        prop_even n = even (twice n)
        prop_odd n = odd (twice n)

        prop_sum :: Int -> Property
        prop_sum n = twice n === n + n
    """,
    "tasty/Spec.hs": """
        module Spec (spec) where

        import Demo
        import Test.Hspec

        spec :: Spec
        spec = describe "of hspec" $ do
          it "doubles one" $ twice 1 `shouldBe` 2
          it "doubles two" $ twice 2 `shouldBe` 4
    """,
    "tasty/Main.hs": r"""
        module Main (main) where

        import Demo
        import Spec (spec)
        import Test.Tasty
        import Test.Tasty.HUnit
        import Test.Tasty.Hspec
        import Test.Tasty.QuickCheck

        main :: IO ()
        main = do
         specs <- testSpec "specs" spec
         defaultMain $ testGroup "suite"
          [ specs
          , testGroup "all / of it"
            [ testCase "doubles \"one\"" $ twice 1 @?= 2
            , testCase "costs $pkg" $ twice 2 @?= 4
            ]
          , testGroup "others" [ testCase "costs $pkg" $ pure () ]
          , testProperty "sum" prop_sum
          ]

        prop_sum :: Int -> Property
        prop_sum n = twice n === n + n
    """,
}


async def opened(lsp: StartServer, ghc: Ghc, folder: Path, file: str) -> LspClient:
    """An editor that has terminals, with a file open and known."""
    client = await lsp("vscode", ghc, folder, options={"runInTerminal": True})
    client.open(folder / file)
    await client.quiescent()
    return client


async def lenses(client: LspClient, path: Path) -> dict[tuple[int, str], Any]:
    """What the lenses of a file run, by line (0-based) and title."""
    params = types.CodeLensParams(types.TextDocumentIdentifier(path.as_uri()))
    found = await client.rpc.text_document_code_lens_async(params) or ()
    commands = [(one.range.start.line, one.command) for one in found if one.command]
    return {(line, each.title): (each.arguments or ())[0] for line, each in commands if each.command == "thatch.run"}


def ran(argument: dict[str, Any], folder: Path, *, code: int = 0) -> str:
    """What a command prints, as an editor would run it."""
    environment = {**os.environ, "CABAL_DIR": str(folder.parent / "cabal")}
    (folder.parent / "cabal").mkdir(exist_ok=True)
    (folder.parent / "cabal" / "config").write_text("active-repositories: :none\n")
    command = [argument["program"], *argument["arguments"]]
    assert shlex.split(argument["commandLine"]) == command
    done = subprocess.run(
        command,
        cwd=argument["cwd"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds(180),
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


async def test_programs_run(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path / "project", PROGRAMS)
    client = await opened(lsp, ghc, folder, "app/Main.hs")
    found = await lenses(client, folder / "app/Main.hs")
    assert list(found) == [(2, "Run")]
    assert ran(found[2, "Run"], folder).endswith("hello 42\n")
    assert await lenses(client, folder / "src/Demo.hs") == {}


async def test_scripts_run_with_the_modules_beside_them(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path / "scripts", {"go.hs": PROGRAMS["app/Main.hs"], "Demo.hs": PROGRAMS["src/Demo.hs"]})
    client = await opened(lsp, ghc, folder, "go.hs")
    # The lens depends on what the project is, which the editor may have asked for too early.
    await client.until(lambda: types.WORKSPACE_CODE_LENS_REFRESH in client.rpc.refreshed, "a refresh")
    found = await lenses(client, folder / "go.hs")
    assert list(found) == [(2, "Run")]
    assert ran(found[2, "Run"], folder) == "hello 42\n"


async def test_a_script_of_cabal_runs_by_cabal(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    text = '#!/usr/bin/env cabal\n{- cabal:\nbuild-depends: base\n-}\nmain :: IO ()\nmain = putStrLn "by cabal"\n'
    folder = write(tmp_path / "scripts", {"go.hs": text})
    client = await opened(lsp, ghc, folder, "go.hs")
    found = await lenses(client, folder / "go.hs")
    assert found[4, "Run"]["program"] == "cabal"
    assert ran(found[4, "Run"], folder).endswith("by cabal\n")


async def test_editors_without_terminals_are_offered_nothing(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    folder = write(tmp_path / "scripts", {"go.hs": PROGRAMS["app/Main.hs"], "Demo.hs": PROGRAMS["src/Demo.hs"]})
    client = await lsp("vscode", ghc, folder)
    client.open(folder / "go.hs")
    await client.quiescent()
    assert await lenses(client, folder / "go.hs") == {}
    assert await actions(client, folder / "go.hs", 3) == []


async def actions(client: LspClient, path: Path, line: int) -> list[str]:
    """The titles of actions that run something, at a line (0-based)."""
    at = types.Position(line, 0)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(path.as_uri()), types.Range(at, at), types.CodeActionContext([])
    )
    found = await client.rpc.text_document_code_action_async(params) or ()
    return [one.title for one in found if one.title.startswith("Run")]


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    """A project whose library is tested with hspec and with tasty."""
    files = {**PROGRAMS, **TESTS}
    folder = write(tmp_path / "project", files)
    with (folder / "demo.cabal").open("a") as file:
        file.write(SUITES)
    return folder


async def test_tests_of_hspec_run_alone(lsp: StartServer, suites: Path) -> None:
    main, more = suites / "spec/Main.hs", suites / "spec/More.hs"
    client = await opened(lsp, require_ghc("9.6"), suites, "spec/Main.hs")
    found = await lenses(client, main)
    assert list(found) == [
        (7, "Run"),
        (9, "Run group"),
        (10, "Run test"),
        (11, "Run test"),
        (12, "Run test"),
        (13, "Run group"),
        (13, "Run test"),
    ]
    assert "5 examples, 0 failures, 1 pending" in ran(found[7, "Run"], suites)
    assert "3 examples, 0 failures\n" in ran(found[9, "Run group"], suites)
    quoted = ran(found[10, "Run test"], suites)
    assert 'doubles "one"' in quoted
    assert "1 example, 0 failures\n" in quoted
    assert "2 examples, 0 failures, 1 pending" in ran(found[13, "Run test"], suites)
    assert await actions(client, main, 11) == ["Run test costs $pkg", "Run group all / of it"]
    # What it does is what a test explorer is told.
    tree = await client.rpc.protocol.send_request_async("thatch/tests", None)
    assert [(file["module"], file["component"]) for file in tree] == [
        ("Main", "demo:test:spec"),
        ("More", "demo:test:spec"),
        ("Main", "demo:test:tasty"),
        ("Spec", "demo:test:tasty"),
    ]
    again = tree[0]["tests"][0]["tests"][0]
    assert (again["name"], again["range"]["start"]["line"], again["run"]) == (
        'doubles "one"',
        10,
        found[10, "Run test"],
    )
    others = await lenses(client, more)
    assert "1 example, 0 failures" in ran(others[7, "Run test"], suites)
    assert "+++ OK, passed 100 tests." in ran(others[9, "Run test"], suites)
    assert "+++ OK, passed 100 tests." in ran(others[13, "Run test"], suites)


async def test_tests_of_tasty_run_alone(lsp: StartServer, suites: Path) -> None:
    main = suites / "tasty/Main.hs"
    client = await opened(lsp, require_ghc("9.6"), suites, "tasty/Main.hs")
    found = await lenses(client, main)
    assert [line for line, title in found if title == "Run group"] == [11, 12, 14, 18]
    assert [line for line, title in found if title == "Run test"] == [15, 16, 18, 19, 22]
    assert "All 6 tests passed" in ran(found[12, "Run group"], suites)
    assert "All 2 tests passed" in ran(found[14, "Run group"], suites)
    for line, name in ((15, 'doubles "one"'), (16, "costs $pkg"), (18, "costs $pkg"), (19, "sum"), (22, "prop_sum")):
        printed = ran(found[line, "Run test"], suites)
        assert f"{name}: " in printed
        assert "All 1 tests passed" in printed
    # What is written with hspec is chosen as tasty does, which runs it.
    others = await lenses(client, suites / "tasty/Spec.hs")
    assert "All 2 tests passed" in ran(others[6, "Run group"], suites)
    assert "All 1 tests passed" in ran(others[8, "Run test"], suites)
    main.write_text(main.read_text().replace("twice n === n + n", "twice n === n"))
    assert "Falsified" in ran(found[22, "Run test"], suites, code=1)

"""Examples evaluated by real GHCs: what is in scope, what carries over, and what takes too much harms nothing else."""

import asyncio
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import Ghc
from tests.support.children import is_running
from tests.support.ide import Ide, working
from tests.support.projects import write
from tests.support.sandboxes import require_sandbox
from tests.support.waiting import seconds, until
from thatch.core.errors import ThatchError
from thatch.core.events import Health
from thatch.core.hi.reader import read_interface
from thatch.core.sandbox.mode import SandboxMode

LIB = """
    module Lib (shown) where

    import Helper (helped)

    shown :: Int
    shown = helped 1

    hidden :: Int
    hidden = 2
"""

LIB_TEXT = dedent(LIB).lstrip("\n")

FILES = {"Lib.hs": LIB, "Helper.hs": "module Helper where\n\nhelped :: Int -> Int\nhelped = (+ 10)\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "project", FILES)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def sandboxed() -> None:
    require_sandbox()


def with_examples(text: str, *blocks: str) -> str:
    """A module with examples behind its text, a comment for each block."""
    return text + "".join(f"\n-- {block}\n\n" for block in ("\n-- ".join(block.split("\n")) for block in blocks))


async def said(ide: Ide, name: str, text: str | None = None) -> list[list[str]]:
    """What comes of each example of a module, in its order; the reason last where it was stopped."""
    path = ide.root / name
    found = await ide.workspace.evaluate(path, ide.text(name) if text is None else text, None)
    return [[*one.outcome.lines, *([one.outcome.ended] if one.outcome.ended else [])] for one in found]


async def evaluated(ide: Ide, *blocks: str) -> list[list[str]]:
    """What comes of blocks of examples in the module `Lib` as it is now."""
    return await said(ide, "Lib.hs", with_examples(ide.text("Lib.hs"), *blocks))


async def test_what_is_in_scope_and_what_carries_over(ghc: Ghc, root: Path, cache: Path) -> None:
    blocks = (">>> shown + hidden", ">>> x = hidden\n>>> let y = x + 1\n>>> y", ">>> import Data.Char\n>>> ord 'a'")
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        assert await evaluated(ide, *blocks) == [["13"], [], [], ["3"], [], ["97"]]
        first, second = await evaluated(ide, ">>> y", ">>> ord 'a'")
        assert first[-1].strip().endswith("Variable not in scope: y")
        assert any("Variable not in scope: ord" in line for line in second), "What a block imports is its own."
        assert await evaluated(ide, ">>> :set -XLambdaCase\n>>> (\\case { _ -> 1 }) 2") == [[], ["1"]]
        assert "LambdaCase" in "".join((await evaluated(ide, ">>> (\\case { _ -> 1 }) 2"))[0])


async def test_what_nobody_has_saved_counts(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        assert await evaluated(ide, ">>> shown") == [["11"]]
        before = ide.ghcs()
        ide.edit("Helper.hs", FILES["Helper.hs"].replace("+ 10", "+ 20"))
        ide.edit("Lib.hs", ide.text("Lib.hs").replace("= 2", "= 3"))
        assert await evaluated(ide, ">>> (shown, hidden)") == [["(21,3)"]]
        assert before[0] in ide.ghcs(), "The session goes on."


async def test_modules_that_are_not_imported_can_be(ghc: Ghc, root: Path, cache: Path) -> None:
    write(root, {"Other.hs": "module Other where\n\nother :: Int\nother = 5\n"})
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        assert await evaluated(ide, ">>> import Other\n>>> other + hidden") == [[], ["7"]]


PRINTED = {
    '>>> putStr "no newline"': ["no newline"],
    ">>> import System.IO": [],
    '>>> hPutStrLn stderr "err" >> putStrLn "out\\n"': ["err", "out", ""],
    ">>> getLine": ["*** Exception: <stdin>: hGetLine: end of file"],
    ">>> interact id": [],
    ">>> import System.Exit": [],
    ">>> exitFailure": ["*** Exception: ExitFailure 1"],
    ">>> 1 `div` (0 :: Int)": ["*** Exception: divide by zero"],
    '>>> putStrLn "<thatch-\\955>"': ["<thatch-\N{GREEK SMALL LETTER LAMDA}>"],
    ">>> :type hidden": ["hidden :: Int"],
    ">>> :kind Maybe": ["Maybe :: * -> *"],
    ">>> :info hidden": ["hidden :: Int", "  \t-- Defined at Lib.hs:9:1"],
    ">>> :{\nlet f 0 = 1\n    f n = n * f (n - 1)\n:}": [],
    ">>> f 5": ["120"],
    ">>> :quit": ["*** `:quit` is not for examples."],
    ">>> :set prompt x": ["*** `:set prompt` is not for examples."],
    ">>> :{": ["*** There is no `:}` for this `:{`."],
}


async def test_what_is_printed_and_what_is_read(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        found = await evaluated(ide, "\n".join(PRINTED))
        assert dict(zip(PRINTED, found, strict=True)) == PRINTED
        (raised,) = await evaluated(ide, '>>> error "oh" :: Int')
        assert raised[:2] == ["*** Exception: oh", "CallStack (from HasCallStack):"]


LIMITS = {"splices_seconds": 4.0, "splices_memory_mb": 300}

BIG = "let xs = [1 ..] :: [Integer] in length xs + length (filter even xs) + fromInteger (last xs)"


async def test_what_takes_too_much_is_stopped_and_the_rest_is_evaluated(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path), **LIMITS) as ide:
        endless, after, printed, cycled, big, crash, last = await evaluated(
            ide,
            ">>> let loop = loop :: Int in loop\n>>> 1",
            ">>> mapM_ print [1 ..]",
            '>>> putStr (cycle "abc")',
            f">>> {BIG}",
            ">>> Foreign.poke (Foreign.castPtr Foreign.nullPtr) 'x'",
            ">>> shown",
        )
        assert endless == ["*** Stopped: it ran for more than 4 s."]
        assert after == ["*** Not evaluated: what stands before it was stopped."]
        assert printed[:2] == ["1", "2"]
        assert (len(printed), printed[-1]) == (1001, "*** Stopped: it printed more than 1 MB.")
        assert cycled[-1] == "*** Stopped: it printed more than 1 MB."
        assert big == ["*** Stopped: it used more than 300 MB of memory."]
        assert crash[-1].startswith("*** Stopped: GHC exited")
        assert last == ["11"]
        assert ide.status.quiescent
        assert ide.status.health is Health.OK


async def test_a_module_that_cannot_be_loaded(ghc: Ghc, root: Path, cache: Path) -> None:
    """An error elsewhere in it is no reason; what cannot be read is, and in what it imports too."""
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        wrong = LIB_TEXT.replace("hidden = 2", "hidden = 'c'")
        value, deferred = await said(ide, "Lib.hs", with_examples(wrong, ">>> shown", ">>> hidden"))
        assert value == ["11"]
        assert deferred[0].startswith("*** Exception: Lib.hs:9:10: error:")
        assert deferred[-1] == "(deferred type error)"
        with pytest.raises(ThatchError) as caught:
            await said(ide, "Lib.hs", with_examples(LIB_TEXT.replace("hidden = 2", "hidden = ="), ">>> shown"))
        assert caught.value.message == "Lib cannot be loaded, so nothing in it is evaluated."
        assert caught.value.detail.startswith("Lib.hs:9:10: ")
        ide.edit("Helper.hs", "module Helper where\n\nhelped = (\n")
        with pytest.raises(ThatchError) as caught:
            await evaluated(ide, ">>> shown")
        assert caught.value.detail.startswith("Helper.hs:4:1: ")
        ide.close("Helper.hs")
        assert await evaluated(ide, ">>> shown") == [["11"]]
        with pytest.raises(ThatchError, match="is no module of its project"):
            await said(ide, "Stranger.hs", ">>> 1\n-- >>> 1\n")


async def test_cancelling_ends_what_runs(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        evaluating = asyncio.create_task(evaluated(ide, ">>> let loop = loop :: Int in loop"))
        await until(lambda: ide.lane.evaluator.pid, "the example")
        pid = ide.lane.evaluator.pid
        assert pid
        evaluating.cancel()
        with pytest.raises(asyncio.CancelledError):
            await evaluating
        assert not is_running(pid)
        assert await evaluated(ide, ">>> shown") == [["11"]]


async def test_closing_does_not_wait_for_what_runs(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        evaluating = asyncio.create_task(evaluated(ide, ">>> let loop = loop :: Int in loop"))
        await until(lambda: ide.lane.evaluator.pid, "the example")
        async with asyncio.timeout(seconds(15)):
            await ide.workspace.close()
        with pytest.raises(ThatchError, match="was ended, because its project is closed"):
            await evaluating


async def test_a_session_that_nobody_needs_is_given_back(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path), sessions_idle_minutes=0.001) as ide:
        assert await evaluated(ide, ">>> shown") == [["11"]]
        await until(lambda: ide.lane.evaluator.pid is None, "the end of the session")
        assert await evaluated(ide, ">>> shown") == [["11"]]


WRAPPED = {
    "Wrapped.hs": """
        module Wrapped where

        newtype Wrapped = Wrapped Int

        wrap :: Int -> Wrapped
        wrap = Wrapped

        unwrapped :: Wrapped -> Int
        unwrapped (Wrapped n) = n
    """,
    "Plain.hs": "module Plain where\n\nnewtype Plain = Plain Int\n\nwrap :: Int -> Plain\nwrap n = Plain (n + 1)\n",
    "Uses.hs": "module Uses where\n\nimport Plain ()\nimport Wrapped\n\n-- >>> unwrapped (wrap 3)\n-- 3\n",
}


async def test_code_that_ghc_cannot_take_from_interfaces(ghc: Ghc, tmp_path: Path, cache: Path) -> None:
    """9.6.6 panics where it links the function of a newtype's constructor that it has read in an interface."""
    root = write(tmp_path / "wrapped", WRAPPED)
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        assert await said(ide, "Uses.hs") == [["3"]]
        (unit,) = ide.lane.project.units
        interfaces = {name: ide.lane._interface(unit.id, name) for name in ("Wrapped", "Plain", "Uses")}
        found = {name: read_interface(data or b"").has_functions_of_unknown_arity for name, data in interfaces.items()}
        assert found == {"Wrapped": ghc.series == "9.6", "Plain": False, "Uses": False}


async def test_only_the_module_itself_is_compiled(ghc: Ghc, root: Path, cache: Path) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        await evaluated(ide, ">>> shown")
        # GHC would have written it again after it was started; it writes the module's own behind it.
        started, restored, compiled = (
            written(cache, f"examples/*/{name}")
            for name in ("start.ghci", "interfaces/*/Helper.hi", "interfaces/*/Lib.hi")
        )
        assert restored <= started < compiled


def written(cache: Path, pattern: str) -> int:
    """When the one file that a running workspace has there was written."""
    (found,) = cache.glob(f"run/*/*/{pattern}")
    return found.stat().st_mtime_ns


async def test_examples_write_nothing(ghc: Ghc, root: Path, cache: Path, sandboxed: None) -> None:
    async with working(root, cache, cached=True, ghc=str(ghc.path), sandbox=SandboxMode.REQUIRE) as ide:
        denied, listed = await evaluated(ide, '>>> writeFile "made" "x"', '>>> readFile "Helper.hs" >>= print . length')
        assert denied[0].startswith("*** Exception: made: ")
        assert listed == [str(len(FILES["Helper.hs"]))]
        assert not (root / "made").exists()


CABAL = {
    "cabal.project": "packages: pkg\n",
    "pkg/pkg.cabal": """
        cabal-version: 3.0
        name: pkg
        version: 0.1
        build-type: Simple

        library
          hs-source-dirs: src
          exposed-modules: Lib
          other-modules: Within
          build-depends: base
          default-language: Haskell2010

        executable run
          hs-source-dirs: app
          main-is: Main.hs
          build-depends: base, pkg
          default-language: GHC2021
          default-extensions: LambdaCase
    """,
    "pkg/src/Lib.hs": "module Lib (lib) where\n\nimport Within\n\nlib :: Int\nlib = within\n",
    "pkg/src/Within.hs": "module Within where\n\nwithin :: Int\nwithin = 4\n",
    "pkg/app/Main.hs": """
        module Main (main) where

        import Lib

        main :: IO ()
        main = print doubled

        doubled :: Int
        doubled = 2 * lib

        -- >>> doubled
        -- >>> :set -XMultiWayIf
        -- >>> if | True -> lib

        -- >>> import Data.List
        -- >>> sort [doubled, (\\case { _ -> 1 }) (), 3]
        -- >>> main

        -- >>> sort [1]

        -- >>> readFile "pkg.cabal" >>= print . length . lines
    """,
}


async def test_modules_of_several_components(ghc: Ghc, tmp_path: Path, cache: Path) -> None:
    """GHCi knows fewer commands then; examples run in the folder of their package, as with cabal."""
    root = write(tmp_path / "two", CABAL)
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        lone = await said(ide, "pkg/src/Lib.hs", ide.text("pkg/src/Lib.hs") + "\n-- >>> within + lib\n")
        assert lone == [["8"]]
        found = await said(ide, "pkg/app/Main.hs")
        assert found[:6] == [["8"], [], ["4"], [], ["[1,3,8]"], ["8"]]
        assert any("Variable not in scope: sort" in line for line in found[6])
        assert found[7] == [str(len(ide.text("pkg/pkg.cabal").splitlines()))]


async def test_properties(ghc: Ghc, root: Path, cache: Path) -> None:
    properties = "prop> reverse (reverse xs) == xs\nprop> \\n -> n + 1 == (n :: Int)\nprop> p && q\n>>> $(x)"
    async with working(root, cache, cached=True, ghc=str(ghc.path)) as ide:
        held, failed, odd, splice = await evaluated(ide, properties)
        if ghc.series == "9.10":
            # It has no QuickCheck here.
            assert held == failed == odd == ["*** QuickCheck is not among the packages that this module can use."]
        else:
            assert held == ["+++ OK, passed 100 tests."]
            assert failed == ["*** Failed! Falsified (after 1 test):", "0"]
            assert odd[0].startswith("*** Failed!")
        assert not any("TemplateHaskell is on" in line for line in splice)
        assert await evaluated(ide, ">>> shown") == [["11"]]

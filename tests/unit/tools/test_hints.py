"""Hints of the real hlint: what it says, what can be done about it, and that the results compile and are heeded.

What is offered stands in `goldens/`.
"""

import subprocess
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.compiled import CompileOnce
from tests.support.goldens import Golden
from tests.support.renames import compile_all
from tests.support.user_tools import user_tool
from tests.support.waiting import seconds
from thatch.core.diagnostics import Severity, Span
from thatch.core.errors import ThatchError
from thatch.core.fixes.model import applied
from thatch.core.text import LineIndex
from thatch.core.tools.hint_fixes import hint_fixes
from thatch.core.tools.hints import Hint, arguments, read_hints

FIXTURE = """
    -- /A.hs
    {-# LANGUAGE GADTs #-}
    {-# LANGUAGE MultiWayIf, LambdaCase #-}
    module A (foo, bar, baz, T (..), qux, quux, g, camel_case, h, block, tabbed, behind, long, sized) where

    import Data.List (sort)
    import Data.List (nub)
    import qualified Data.Map as Data.Map
    import Data.Maybe as Data.Maybe
    import Data.Char
    import Data.Char

    foo :: [Int] -> [Int]
    foo   x =   map (\\y -> y+1)   x -- a comment

    bar :: [Int]
    bar = if True == True then [x | x <- foo [1,2]] else concat (map foo [[1]])

    baz :: Maybe a -> IO (Maybe a)
    baz x = case x of
      Just a -> do
        return (Just (a))
      Nothing -> (return $ Nothing)

    data T = T { unT :: Int }

    qux :: IO Int -> IO Bool
    qux m = do
      x <- m
      return (if x == 1 then True else False)

    quux :: [Int] -> [Int]
    quux xs = foldr (\\x acc -> x + 1 :
                       acc) [] xs

    g :: Int -> Bool
    g x | otherwise = not (x == 3)

    camel_case :: IO ()
    camel_case = mapM_ print $ map (+1) (filter id' [1])
      where id' q = if length [q] > 0 then True else
                      False

    h :: Monad m => m Int -> m Int -> m Int
    h a b = a >>= \\x -> b >>= \\y -> do
       return $ (x + y)

    block :: Int -> IO ()
    block n = (mapM_ print $ map (\\x -> case x of
      1 -> 2
      _ -> 3) [n])

    tabbed :: Int -> Bool
    tabbed x =
    \tnot (x == 3)

    behind :: Int -> IO ()
    behind x = seq (not (x == 3)) $ do print 1
                                       print 2

    long :: Maybe Int -> [Int] -> Bool
    long m xs = not (elem (case m of
                             Just n -> n
                             Nothing -> sum (nub (sort xs))) (map ord "a")) || isJust m

    sized :: Int
    sized = Data.Map.size Data.Map.empty
"""


def hints_of(text: str) -> list[Hint]:
    """What hlint says of a text."""
    done = subprocess.run(
        [user_tool("hlint"), *arguments(())],
        input=text, capture_output=True, text=True, timeout=seconds(60), check=True,
    )  # fmt: skip
    return read_hints(done.stdout)


def test_each_fix_compiles_and_answers_its_hint(
    ghc: Ghc, compile_once: CompileOnce, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    files = compile_once(ghc, FIXTURE, "-package", "containers")
    path = files.folder / "A.hs"
    text = path.read_text("utf-8")
    variants, said = {}, []
    for hint in hints_of(text):
        place = f"{hint.span.start_line}:{hint.span.start_column}"
        *changing, ignoring = hint_fixes(path, LineIndex(text), hint)
        said.append(f"{place} {hint.name}")
        for fix in changing:
            after = applied(text, fix.edits)
            variants[f"{place} {fix.title}"] = {"A.hs": after}
            said += [f"    {line}" for line in unified_diff(text.split("\n"), after.split("\n"), n=0, lineterm="")][3:]
        assert ignoring.title == f"Ignore “{hint.name}” in this module"
        if len(said) < 5:
            left = hints_of(applied(text, ignoring.edits))
            assert hint.name not in {one.name for one in left}
            assert len(left) < len(hints_of(text))
    golden = Golden(Path(__file__).parent / "goldens", bool(request.config.getoption("--update")))
    golden.check("hints.txt", "\n".join([*said, ""]))
    assert len(variants) >= 20
    assert compile_all(ghc, tmp_path, files, variants, "-fno-code") == ""


def test_a_hint_as_a_message() -> None:
    (hint,) = hints_of("f x = not (x == 3)\n")
    assert (hint.name, hint.span, hint.severity) == ("Use /=", Span(1, 7, 1, 19), Severity.INFORMATION)
    assert hint.diagnostic(Path("/A.hs")).text == (
        "Use /=\nFound:\n  not (x == 3)\nWhy not:\n  x /= 3\nNote: incorrect if either value is NaN"
    )
    assert hint.diagnostic(Path("/A.hs")).source == "hlint"


def test_code_that_does_not_parse_gives_no_hint() -> None:
    assert hints_of("f = (\n") == []


@pytest.mark.parametrize("output", ["", "{}", "[1]", '[{"severity": "Warning"}]', "hlint: error"])
def test_other_output_is_an_error(output: str) -> None:
    if output == "{}":
        assert read_hints(output) == []
        return
    with pytest.raises(ThatchError):
        read_hints(output)

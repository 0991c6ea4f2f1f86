"""Completion offers what is meant, and the imports that it offers compile: the benchmarks, on small projects."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY, Ghc
from tests.support.check import clean_environment, write_files
from tests.support.markers import parse

EXAMPLE = REPOSITORY / "examples" / "letters"


PACKAGE = """
    -- /small.cabal
    cabal-version: 2.4
    name:          small
    version:       0.1.0.0
    build-type:    Simple

    library
      default-language: GHC2021
      hs-source-dirs:   src
      exposed-modules:  Small Small.Shapes
      build-depends:    base, containers
    -- /src/Small/Shapes.hs
    module Small.Shapes (Shape (..), Measured (..), (<+>)) where

    import Data.Function (on)
    import Data.List.NonEmpty (NonEmpty (..), toList)

    data Shape = Circle { radius :: Double } | Polygon (NonEmpty Double)

    class Measured a where
      measure :: a -> Double

    instance Measured Shape where
      measure (Circle r) = pi * r * r
      measure (Polygon (one :| more)) = sum (toList (one :| more))

    (<+>) :: Shape -> Shape -> Double
    (<+>) = (+) `on` measure
    -- /src/Small.hs
    module Small (describe) where

    import Data.Char (isSpace, toUpper)
    import Data.List (dropWhileEnd, sortOn)
    import qualified Data.Map as M (fromList, toAscList)
    import Data.Maybe (fromMaybe, listToMaybe)
    import Data.Set (Set)
    import Small.Shapes (Measured (measure), Shape (Circle), (<+>))

    describe :: Set Int -> [Shape] -> String
    describe _ shapes = map toUpper (dropWhileEnd isSpace (show (sortOn negate measures, largest)))
      where
        measures = map snd (M.toAscList (M.fromList (zip [0 :: Int ..] (map measure shapes))))
        largest = Circle 1 <+> fromMaybe (Circle 2) (listToMaybe shapes)
"""


def bench(name: str, ghc: Ghc, *arguments: str | Path) -> str:
    command = [sys.executable, REPOSITORY / "bench" / f"{name}.py", "--failures", "--ghc", ghc.path, *arguments]
    done = subprocess.run(list(map(str, command)), env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def percent(said: str, what: str) -> float:
    found = re.search(rf"^{what}: +([\d.]+) %$", said, re.MULTILINE)
    assert found, said
    return float(found[1])


def test_deleted_names_are_offered(ghc: Ghc, tmp_path: Path) -> None:
    project = tmp_path / "letters"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("dist-newstyle"))
    said = bench("completion", ghc, "--project", project, "--under", "src", "--uses", "60")
    assert said.splitlines()[-6].startswith("60 uses"), said
    assert percent(said, "offered") >= 97, said
    assert percent(said, "among the first 10") >= 90, said


def test_modules_compile_with_the_imports_that_are_offered(ghc: Ghc, tmp_path: Path) -> None:
    package = tmp_path / "small"
    write_files(package, {name: file.text for name, file in parse(PACKAGE).items()})
    said = bench("auto_import", ghc, "--package", package, "--items", "8")
    assert "8 items removed from import lists; 0 others were not needed" in said, said
    assert percent(said, "compile again") == 100, said

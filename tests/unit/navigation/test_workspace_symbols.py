"""Looking for definitions, in modules that a real GHC compiled."""

from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import indexed, said
from thatch.core.navigation.code import Code
from thatch.core.navigation.workspace_symbols import symbols

FIXTURE = """
    -- /Data/Shape.hs
    {-# LANGUAGE PatternSynonyms, TypeFamilies, TemplateHaskell, DuplicateRecordFields #-}
    module Data.Shape where
    import Data.Kind (Type)
    data Shape = Circle { radiusOf :: Double } | Square { side :: Double }
    class Measured a where
      type Unit a :: Type
      measureAll, measure :: [a] -> Double
    type Shapes = [Shape]
    pattern Dot :: Shape
    pattern Dot = Circle 0
    areaOfAll :: [Shape] -> Double
    areaOfAll = sum . map area where area _ = 1
    shapes = 1 :: Int
    (<+>) :: Shape -> Shape -> Shape
    a <+> _ = a
    größe_100 = 1 :: Int
    -- /Made.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Made where
    import TH
    made
    -- /TH.hs
    module TH where
    import Language.Haskell.TH
    made :: Q [Dec]
    made = pure [ValD (VarP (mkName "madeShape")) (NormalB (LitE (CharL 'a'))) []]
    -- /Main.hs
    module Main where
    import Data.Shape
    main :: IO ()
    main = print shapes
    shape :: Int
    shape = 1
"""


@pytest.fixture
def files(ghc: Ghc, compile_once: CompileOnce) -> CompiledModules:
    """The modules of the fixture."""
    return compile_once(ghc, FIXTURE)


CASES = {
    "shape": [
        "value shape Main Main:6 shape",
        "type Shape Data.Shape Shape:4 Shape",
        "value shapes Data.Shape Shape:13 shapes",
        "synonym Shapes Data.Shape Shape:8 Shapes",
        "value madeShape Made Made:4 made",
        "module Data.Shape Data.Shape Shape:2 Data.Shape",
    ],
    "mA": [
        "method measureAll Data.Shape Shape:7 measureAll",
        "module Made Made Made:2 Made",
        "module Main Main Main:1 Main",
        "value made TH TH:4 made",
        "value main Main Main:4 main",
        "value madeShape Made Made:4 made",
        "method measure Data.Shape Shape:7 measure",
        "class Measured Data.Shape Shape:5 Measured",
    ],
    "aOA": ["function areaOfAll Data.Shape Shape:12 areaOfAll"],
    "D.S.Circle": ["constructor Circle Data.Shape Shape:4 Circle"],
    "Data.Shape": [
        "module Data.Shape Data.Shape Shape:2 Data.Shape",
        "type Shape Data.Shape Shape:4 Shape",
        "synonym Shapes Data.Shape Shape:8 Shapes",
        "value shapes Data.Shape Shape:13 shapes",
    ],
    "Data.": ["module Data.Shape Data.Shape Shape:2 Data.Shape"],
    "Shape.me": [
        "method measure Data.Shape Shape:7 measure",
        "method measureAll Data.Shape Shape:7 measureAll",
        "class Measured Data.Shape Shape:5 Measured",
    ],
    "": [
        "module Data.Shape Data.Shape Shape:2 Data.Shape",
        "module Made Made Made:2 Made",
        "module Main Main Main:1 Main",
        "module TH TH TH:1 TH",
    ],
    " <": ["function <+> Data.Shape Shape:15 <+>"],
    "_1": ["value größe_100 Data.Shape Shape:16 größe_100"],
    "GRÖSSE_1".replace("SS", "ß"): ["value größe_100 Data.Shape Shape:16 größe_100"],
    "Unit": ["family Unit Data.Shape Shape:6 Unit"],
    "dot": ["pattern Dot Data.Shape Shape:10 Dot"],
    "radius": ["field radiusOf Data.Shape Shape:4 radiusOf"],
    "%": [],
    "zzz": [],
    "area _": [],
}


async def ask(code: Code, typed: str, limit: int = 20) -> list[str]:
    found = await symbols(code, typed, limit)
    return [f"{one.kind.name.lower()} {one.name} {one.module} {said(one.place)}" for one in found]


async def test_definitions_are_found_by_parts_of_their_names_the_best_first(
    files: CompiledModules, tmp_path: Path
) -> None:
    """What a splice made is where the splice is."""
    async with indexed(files, tmp_path) as code:
        for typed, expected in CASES.items():
            assert (typed, await ask(code, typed)) == (typed, expected)
        assert await ask(code, "shape", 2) == CASES["shape"][:2]


async def test_what_nobody_has_saved_is_found_too(files: CompiledModules, tmp_path: Path) -> None:
    """Where the definition is in the buffer."""
    path = files.source("Data.Shape")
    text = path.read_text().replace("module Data", "\n\nmodule Data").replace("shapes = 1", "shapely = 1")
    async with indexed(files, tmp_path, {path: text}) as code:
        assert await ask(code, "<+>") == ["function <+> Data.Shape Shape:17 <+>"]
        assert await ask(code, "shapes") == ["synonym Shapes Data.Shape Shape:10 Shapes"]

"""Implementations and declarations, in modules that a real GHC compiled; labels say what a name leads to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import indexed, said
from tests.support.markers import parse
from thatch.core.navigation.code import Code
from thatch.core.navigation.declaration import declarations
from thatch.core.navigation.implementation import implementations
from thatch.core.navigation.places import Found

FIXTURE = """
    -- /Lib.hs
    {-# LANGUAGE TypeFamilies, StandaloneDeriving, TemplateHaskell, PatternSynonyms #-}
    module Lib where
    import Made

    class Show a => C a where
                    ^ impl Lib:23 C Shape, Lib:27 C (Maybe a), Lib:38 make ''Bool, Main:5 C Thing
      type Elem a
           ^^^^ impl Lib:24 Elem, Lib:28 Elem
      op :: a -> Int
      ^^ impl Lib:8 op, Lib:25 op, Lib:29 op, Lib:38 make ''Bool, Main:6 op
      op _ = 1
      ^^ decl Lib:7 op
      other :: a
      ^^^^^ impl

    type family Fam a where
                ^^^ impl Lib:12 Fam, Lib:13 Fam
      Fam Int = Bool
      Fam a = a
    data family Data a
                ^^^^ impl Lib:15 Data
    data instance Data Int = None
    data Shape = Circle | Square deriving (Eq, Show)
         ^^^^^ impl Lib:16 Eq, Lib:16 Show, Lib:23 C Shape
                 ^^^^^^ impl
    deriving instance Ord Bool => Ord (Tree a)
    newtype Tree a = Tree [a] deriving Eq
            ^^^^ impl Lib:17 Ord (Tree a), Lib:18 Eq
                     ^^^^ decl Lib:18 Tree
    pattern P :: Shape
    pattern P = Circle
            ^ decl Lib:19 P

    -- The instances.
    instance C Shape where
      type Elem Shape = Int
      op s = area s
      ^^ decl Lib:7 op
             ^^^^ decl Lib:31 area
    -- This is not for lists.
    instance (C a, Eq a) => C (Maybe a) where
                            ^ decl Lib:5 C
      type Elem (Maybe a) = a
      op = maybe 0 op

    local, area :: Shape -> Int
    area _ = local Circle + length (filter (go 1) [])
                                            ^^ decl Lib:34 go
      where
        go :: Int -> Bool -> Bool
        go n b = b && n > 0
                      ^ decl Lib:35 n
    local _ = 1
    ^^^^^ decl Lib:31 local

    make ''Bool
    -- /Made.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Made where
    import Language.Haskell.TH
    make :: Name -> Q [Dec]
    make name = pure [InstanceD Nothing [] (AppT (ConT (mkName "C")) (ConT name)) [FunD (mkName "op") [clause]]]
      where clause = Clause [WildP] (NormalB (LitE (IntegerL 1))) []
    -- /Main.hs
    module Main where
    import Lib (C (..), area, Shape (..))
                ^ impl Lib:23 C Shape, Lib:27 C (Maybe a), Lib:38 make ''Bool, Main:5 C Thing
                        ^^^^ decl Lib:31 area
    import Data.Maybe (fromMaybe)
    data Thing = Thing deriving (Show)
                                 ^^^^ impl Lib:16 Show, Main:4 Show
    instance C Thing where
      op _ = area Circle
             ^^^^ decl Lib:31 area
    main :: IO ()
    main = print (op Thing)
    ^^^^ decl Main:7 main
                  ^^ impl Lib:8 op, Lib:25 op, Lib:29 op, Lib:38 make ''Bool, Main:6 op
                     ^^^^^ impl
"""


@pytest.fixture
def files(ghc: Ghc, compile_once: CompileOnce) -> CompiledModules:
    """The modules of the fixture."""
    return compile_once(ghc, FIXTURE)


@pytest_asyncio.fixture
async def code(files: CompiledModules, tmp_path: Path) -> AsyncIterator[Code]:
    """What is known of them."""
    async with indexed(files, tmp_path) as code:
        yield code


async def ask(code: Code, question: str, path: Path, offset: int) -> Found | None:
    seen = await code.modules.seen(path, code.documents)
    assert seen
    if question == "impl":
        return await implementations(code, seen, offset)
    return await declarations(code.modules, code.documents, seen, offset)


async def test_every_labelled_name_leads_where_its_label_says(code: Code, files: CompiledModules) -> None:
    for name, file in parse(FIXTURE).items():
        starts = [0, *(at + 1 for at, character in enumerate(file.text) if character == "\n")]
        for label in file.labels:
            question = label.text.split(" ")[0]
            found = await ask(code, question, files.folder / name, starts[label.line] + label.start)
            places = ", ".join(said(place) for place in found.places) if found else "nothing"
            assert (name, label.line + 1, label.text) == (name, label.line + 1, f"{question} {places}".rstrip())
            assert found
            assert found.origin == (starts[label.line] + label.start, starts[label.line] + label.end)


@pytest.mark.parametrize("question", ["impl", "decl"])
async def test_nothing_is_found_where_no_name_is(code: Code, files: CompiledModules, question: str) -> None:
    text = files.source("Lib").read_text()
    assert await ask(code, question, files.source("Lib"), text.index("-- The") + 4) is None

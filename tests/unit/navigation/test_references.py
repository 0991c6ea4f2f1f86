"""References, in modules that a real GHC compiled: places with one label are one thing's.

`=` marks a place of the definition, `&` one where another thing is named as well.
"""

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import indexed, said
from tests.support.markers import parse
from thatch.core.navigation.code import Code
from thatch.core.navigation.places import Place
from thatch.core.navigation.references import references

FIXTURE = """
    -- /Lib.hs
    {-# LANGUAGE RecordWildCards, NamedFieldPuns, PatternSynonyms, TypeFamilies, TypeOperators, ScopedTypeVariables #-}
    module Lib (Shape (..), area, pattern Unit, C (..), Fam, type (+)) where
           ^^^ Lib =
                ^^^^^ Shape
                            ^^^^ area
                                          ^^^^ Unit
                                                ^ C
                                                        ^^^ Fam
                                                                  ^^^ +
    import qualified Data.Map as M
                     ^^^^^^^^ Data.Map
                                 ^ M

    infixr 5 +
             ^ +

    data Shape = Circle { radius :: Double } | Square { side :: Double } deriving (Eq, Show)
         ^^^^^ Shape =
                 ^^^^^^ Circle =
                          ^^^^^^ radius =
                                                        ^^^^ side =
                                                                                       ^^^^ Show

    type a + b = Either a b
         ^ a =
           ^ + =
                        ^ a

    pattern Unit :: Shape
            ^^^^ Unit =
                    ^^^^^ Shape
    pattern Unit = Circle 1
            ^^^^ Unit =
                   ^^^^^^ Circle

    type family Fam a where
                ^^^ Fam =
      Fam Int = Bool
      ^^^ Fam
    class C a where
          ^ C =
      op :: a -> Int
      ^^ op =
      op _ = 1
      ^^ op

    instance C Shape where
             ^ C
               ^^^^^ Shape
      op Circle{..} = round radius
      ^^ op
         ^^^^^^ Circle
                ^^ radius
                            ^^^^^^ radius
      op s = round (area s)
      ^^ op
         ^ s =
                    ^^^^ area
                         ^ s

    area :: Shape -> Double
    ^^^^ area =
            ^^^^^ Shape
    area Square{side} = let t = side in t * t
    ^^^^ area =
                ^^^^ side &
                            ^ t =
                                        ^ t
                                            ^ t
    area Circle{radius = r} = r
    ^^^^ area =
         ^^^^^^ Circle
                ^^^^^^ radius

    table :: M.Map Int (Shape + Bool)
             ^^^^^ M
                        ^^^^^ Shape
                              ^ +
    table = M.insert 1 (Left Unit) M.empty
            ^^^^^^^^ M
            ^^^^^^^^ insert
                             ^^^^ Unit
                                   ^^^^^^^ M
    -- /Main.hs
    module Main where
           ^^^^ Main =
    import qualified Lib as L
                     ^^^ Lib
    import Lib (Shape (Circle, radius), area)
           ^^^ Lib
                ^^^^^ Shape
                       ^^^^^^ Circle
                               ^^^^^^ radius
                                        ^^^^ area
    import Data.Map (insert)
           ^^^^^^^^ Data.Map
                     ^^^^^^ insert
    total :: [Shape] -> Double
              ^^^^^ Shape
    total = sum . map area
                      ^^^^ area
    grow :: Shape -> Shape
            ^^^^^ Shape
                     ^^^^^ Shape
    grow s = s { radius = 2 }
         ^ s of grow =
             ^ s of grow
                 ^^^^^^ radius
    main :: IO ()
    main = print (L.op (Circle 3), insert 1 (show 2))
                  ^^^^ op
                        ^^^^^^ Circle
                                   ^^^^^^ insert
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


async def ask(code: Code, path: Path, offset: int, *, with_definition: bool = True) -> list[Place] | None:
    seen = await code.modules.seen(path, code.documents)
    assert seen
    return await references(code, seen, offset, with_definition=with_definition)


def where(place: Place) -> tuple[str, int, int]:
    return place.path.name, *place.name


def labelled() -> dict[str, dict[tuple[str, int, int], str]]:
    """The places of each label, and their marks."""
    things: defaultdict[str, dict[tuple[str, int, int], str]] = defaultdict(dict)
    for name, file in parse(FIXTURE).items():
        starts = [0, *(at + 1 for at, character in enumerate(file.text) if character == "\n")]
        for label in file.labels:
            start = starts[label.line]
            thing, _, mark = label.text.rpartition(" ") if label.text[-2:] in {" =", " &"} else (label.text, "", "")
            things[thing][name, start + label.start, start + label.end] = mark
    return things


async def test_every_labelled_place_leads_to_all_places_of_its_label(code: Code, files: CompiledModules) -> None:
    for thing, places in labelled().items():
        # What is written with `M` are names of their own.
        for name, end in [(name, end) for (name, _, end), mark in places.items() if mark != "&" and thing != "M"]:
            found = await ask(code, files.folder / name, end) or []
            uses = await ask(code, files.folder / name, end, with_definition=False) or []
            assert (thing, end, [where(place) for place in found]) == (thing, end, sorted(places))
            expected = sorted(place for place, mark in places.items() if mark != "=")
            assert (thing, end, [where(place) for place in uses]) == (thing, end, expected)


async def test_a_name_for_a_module_leads_to_all_that_is_written_with_it(code: Code, files: CompiledModules) -> None:
    text = files.source("Lib").read_text()
    found = await ask(code, files.source("Lib"), text.index("as M") + 3) or []
    assert [where(place) for place in found] == sorted(labelled()["M"])


async def test_where_two_things_are_named_the_places_of_both_are_found(code: Code, files: CompiledModules) -> None:
    """A pun names a field and binds a variable."""
    text = files.source("Lib").read_text()
    found = await ask(code, files.source("Lib"), text.index("Square{side") + 8) or []
    assert [said(place) for place in found] == ["Lib:7 side", "Lib:25 side", "Lib:25 side"]


async def test_nothing_is_found_where_no_name_is(code: Code, files: CompiledModules) -> None:
    assert await ask(code, files.source("Lib"), files.source("Lib").read_text().index("import") - 1) is None


async def test_places_are_those_of_the_texts_as_they_are_now(files: CompiledModules, tmp_path: Path) -> None:
    """A buffer and a file that were changed since GHC read them: what was changed itself is left out."""
    lib, main = files.source("Lib"), files.source("Main")
    text = main.read_text().replace("import Lib", "-- \N{DUCK}\n\timport Lib", 1).replace("map area", "map areas")
    async with indexed(files, tmp_path, {main: text}) as code:
        found = await ask(code, lib, lib.read_text().index("area Square")) or []
    assert [said(place) for place in found if place.path == main] == ["Main:4 area"]
    assert [said(place) for place in found if place.path == lib] == [
        "Lib:2 area", "Lib:22 area", "Lib:24 area", "Lib:25 area", "Lib:26 area",
    ]  # fmt: skip

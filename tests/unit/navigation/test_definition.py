"""Definitions, definitions of types, and highlights, in modules that a real GHC compiled."""

from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.markers import parse
from thatch.core.documents import Document
from thatch.core.navigation.definition import Documents, definitions, type_definitions
from thatch.core.navigation.highlight import highlights
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Found, Place
from thatch.core.navigation.seen import Seen

LIB = """
    -- /Lib.hs
    {-# LANGUAGE RecordWildCards, NamedFieldPuns, PatternSynonyms, TypeFamilies, TypeOperators, ImplicitParams #-}
    module Lib (Shape (..), area, pattern Unit, C (..), Fam, type (+), module Data.List) where
                ^^^^^ Lib:6 Shape
                            ^^^^ Lib:23 area
                                          ^^^^ Lib:11 Unit
                                                ^ Lib:15 C
                                                                   ^ Lib:8 +
    import Data.List
           ^^^^^^^^^
    import qualified Data.Map as M

    data Shape = Circle { radius :: Double } | Square { side :: Double } deriving (Eq, Show)
         ^^^^^ Lib:6 Shape
                          ^^^^^^ Lib:6 radius

    type a + b = Either a b

    pattern Unit :: Shape
    pattern Unit = Circle 1
                   ^^^^^^ Lib:6 Circle

    type family Fam a where
      Fam Int = Bool
      ^^^ Lib:13 Fam
    class C a where
      op :: a -> Int
            ^ Lib:15 a
      op _ = 1

    instance C Shape where
             ^ Lib:15 C
      op s = round (area s)
      ^^ Lib:16 op
                         ^ Lib:20 s

    area :: Shape -> Double
    area Circle{..} = pi * radius * radius
                ^^ Lib:6 radius
                           ^^^^^^ Lib:6 radius
    area Square{side} = let t = side in t * side
                ^^^^ Lib:6 side
                                ^^^^ Lib:6 side
                                        ^ Lib:24 t

    table :: M.Map Int (Shape + Bool)
                              ^ Lib:8 +
    table = M.fromList [(1, Left Unit)]
                                 ^^^^ Lib:11 Unit
    imp :: (?x :: Int) => Int
    imp = ?x
    -- /Twice.hs
    {-# LANGUAGE DuplicateRecordFields, NamedFieldPuns, TemplateHaskell #-}
    module Twice where
    data A = A { label :: Int }
    data B = B { label :: Int, other :: Bool }
    first :: A -> Int
    first A { label } = label
              ^^^^^ Twice:3 label
                        ^^^^^ Twice:3 label
    make :: B
    make = B { label = 1, other = True }
               ^^^^^ Twice:4 label
                          ^^^^^ Twice:4 other
    pure []
    ^^^^^^^
    -- /Main.hs
    module Main where
    import qualified Lib as L
                     ^^^ Lib:2 Lib
    import Lib (Shape (Circle, radius), area)
                       ^^^^^^ Lib:6 Circle
                               ^^^^^^ Lib:6 radius
    total :: [Shape] -> Double
    total = sum . map area
                      ^^^^ Lib:23 area
    grow :: Shape -> Shape
    grow s = s { radius = 2 }
                 ^^^^^^ Lib:6 radius
    main :: IO ()
    main = print (L.op (Circle 3))
                  ^ Lib:16 op
                  ^^^^ Lib:16 op

"""

Ask = Callable[[Modules, Documents, Seen, int], Awaitable[Found | None]]


@pytest.fixture
def files(ghc: Ghc, compile_once: CompileOnce) -> CompiledModules:
    """The modules of the fixture."""
    return compile_once(ghc, LIB)


def said(place: Place) -> str:
    """Such as `Lib:6 Shape`."""
    return f"{place.path.stem}:{place.lines.line_of(place.name[0]) + 1} {place.lines.text[slice(*place.name)]}"


async def answers(files: CompiledModules, ask: Ask, name: str, offset: int, text: str | None = None) -> list[str]:
    modules = Modules(lambda: [files])
    path = files.source(name)
    seen = await modules.seen(path, {} if text is None else {path: Document(path, text, 1)})
    assert seen
    found = await ask(modules, {}, seen, offset)
    return [said(place) for place in found.places] if found else []


async def test_every_labelled_name_leads_to_its_definition(files: CompiledModules) -> None:
    for name, file in parse(LIB).items():
        module = name.removesuffix(".hs").strip("/")
        starts = [0, *(at + 1 for at, character in enumerate(file.text) if character == "\n")]
        for label in file.labels:
            for column in {label.start, label.end - 1, label.end}:
                found = await answers(files, definitions, module, starts[label.line] + column)
                assert (label.line + 1, column, ", ".join(found)) == (label.line + 1, column, label.text)


@pytest.mark.parametrize(
    ("module", "word", "expected"),
    [
        ("Main", "total =", ["Lib:6 Shape"]),
        ("Main", "s {", ["Lib:6 Shape"]),
        ("Lib", "Unit)]", ["Lib:6 Shape"]),
        ("Lib", "table =", ["Lib:8 +", "Lib:6 Shape"]),
        ("Main", "module", []),
    ],
)
async def test_the_types_that_a_type_is_made_of(
    files: CompiledModules, module: str, word: str, expected: list[str]
) -> None:
    text = files.source(module).read_text()
    assert await answers(files, type_definitions, module, text.index(word)) == expected


async def test_a_changed_buffer_answers_where_it_is_as_it_was(files: CompiledModules) -> None:
    text = (
        files.source("Main").read_text().replace("import Lib", "-- 🦆\n\timport Lib").replace("map area", "map areas")
    )
    assert await answers(files, definitions, "Main", text.index("radius = 2"), text) == ["Lib:6 radius"]
    assert await answers(files, definitions, "Main", text.index("areas"), text) == []


async def test_a_definition_that_moved_is_found_where_it_is(files: CompiledModules) -> None:
    modules = Modules(lambda: [files])
    main, lib = files.source("Main"), files.source("Lib")
    text = lib.read_text().replace("area Circle", "-- moved\n\narea Circle")
    documents = {lib: Document(lib, text, 1)}
    seen = await modules.seen(main, documents)
    assert seen
    found = await definitions(modules, documents, seen, seen.lines.text.index("map area") + 4)
    assert found
    assert [said(place) for place in found.places] == ["Lib:25 area"]
    assert seen.lines.text[slice(*found.origin)] == "area"


SHAPES = [(2, "text"), (6, "write"), (10, "read"), (19, "read"), (22, "read"), (26, "read")]


@pytest.mark.parametrize(
    ("module", "word", "expected"),
    [
        ("Lib", "t * side", [("t", 24, "write"), ("t", 24, "read")]),
        ("Lib", "Shape (..)", [("Shape", line, use) for line, use in SHAPES]),
    ],
)
async def test_highlights(files: CompiledModules, module: str, word: str, expected: list[tuple[str, int, str]]) -> None:
    seen = await Modules(lambda: [files]).seen(files.source(module), {})
    assert seen
    text = seen.lines.text
    found = highlights(seen, text.index(word))
    assert [(text[slice(*region)], seen.lines.line_of(region[0]) + 1, use.value) for region, use in found] == expected

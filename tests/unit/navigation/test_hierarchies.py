"""Hierarchies of calls and of types, in modules that a real GHC compiled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import indexed, said
from thatch.core.navigation.call_hierarchy import Calls, incoming_calls, outgoing_calls, prepare_calls
from thatch.core.navigation.code import Code
from thatch.core.navigation.items import Item, Of
from thatch.core.navigation.seen import Seen
from thatch.core.navigation.type_hierarchy import prepare_types, subtypes, supertypes

FIXTURE = """
    -- /Lib.hs
    {-# LANGUAGE StandaloneDeriving #-}
    module Lib where
    import Data.List (sortOn)

    class Show a => Measured a where
      {-# MINIMAL size #-}
      size, twice :: a -> Int
      twice a = double (size a)

    class (Measured a, Ord a) => Shape a where
      area :: a -> Int

    data Square = Square { side :: Int } deriving (Show, Eq)
    deriving instance Ord Square
    instance Measured Square where
      size = side
      twice s = helper s
        where helper t = double (side t) + local t
    instance Measured a => Measured [a] where
      size = sum . map size
    instance Shape Square where
      area s = side s * side s

    double, local' :: Int -> Int
    double n = n + n
    local' n = go n
      where
        go 0 = double 0
        go k = go (k - 1)
    local :: Square -> Int
    local (Square n) = n
    (one, two) = (double 1, local' 2)
    infixl 5 `double`
    -- /Main.hs
    module Main where
    import Lib
    import qualified Lib as L

    main :: IO ()
    main = do
      print (double 1, L.double 2)
      print (twice (Square { side = 3 }))
      mapM_ print (map run [1, 2])

    run :: Int -> Int
    run n
      | n > 2 = L.local' n
      | otherwise = size [Square n]
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


CALLS = """
Lib: double n
  is function double of Lib, Lib:25 double
  from method twice of Lib, default: Lib:8 double
  from method twice of Lib, instance Measured Square: Lib:18 double
  from function local' of Lib: Lib:28 double
  from value one of Lib: Lib:32 double
  from value main of Main: Main:7 double, Main:7 L.double
Lib: size,
  is method size of Lib, Lib:7 size
  from method twice of Lib, default: Lib:8 size
  from method size of Lib, instance Measured [a]: Lib:20 size
  from function run of Main: Main:14 size
Lib: twice a
  is method twice of Lib, default, Lib:8 twice
  from value main of Main: Main:8 twice
  to method size of Lib: Lib:8 size
  to function double of Lib: Lib:8 double
Lib: twice s
  is method twice of Lib, instance Measured Square, Lib:17 twice
  from value main of Main: Main:8 twice
  to field side of Lib: Lib:18 side
  to function double of Lib: Lib:18 double
  to function local of Lib: Lib:18 local
Lib: twice ::
  is method twice of Lib, Lib:7 twice
  from value main of Main: Main:8 twice
  to method size of Lib: Lib:8 size
  to function double of Lib: Lib:8 double
Lib: helper s
Lib: go 0
Lib: sortOn
Lib: Square where
Main: main =
  is value main of Main, Main:6 main
  to method twice of Lib: Main:8 twice
  to constructor Square of Lib: Main:8 Square
  to function double of Lib: Main:7 double, Main:7 L.double
  to function run of Main: Main:9 run
Main: Square {
  is constructor Square of Lib, Lib:13 Square
  from function local of Lib: Lib:31 Square
  from value main of Main: Main:8 Square
  from function run of Main: Main:14 Square
Lib: side ::
  is field side of Lib, Lib:13 side
  from method size of Lib, instance Measured Square: Lib:16 side
  from method twice of Lib, instance Measured Square: Lib:18 side
  from method area of Lib, instance Shape Square: Lib:22 side, Lib:22 side
Lib: one,
  is value one of Lib, Lib:32 one
  to function double of Lib: Lib:32 double
  to function local' of Lib: Lib:32 local'
"""

TYPES = """
Lib: Measured a where
  is class Measured, Lib:5 Measured
  above  Show, Lib:5 Show
  below class Shape, Lib:10 Shape
  below instance Measured Square, Lib:15 Measured Square
  below instance Measured [a], Lib:19 Measured [a]
Lib: Measured [a]
  is class Measured, Lib:5 Measured
  above  Show, Lib:5 Show
  below class Shape, Lib:10 Shape
  below instance Measured Square, Lib:15 Measured Square
  below instance Measured [a], Lib:19 Measured [a]
Lib: Shape a where
  is class Shape, Lib:10 Shape
  above class Measured, Lib:5 Measured
  above  Ord, Lib:10 Ord
  below instance Shape Square, Lib:21 Shape Square
Lib: Square =
  is type Square, Lib:13 Square
  above class Measured, Lib:5 Measured
  above class Shape, Lib:10 Shape
  above  Show, Lib:13 Show
  above  Eq, Lib:13 Eq
  above  Ord, Lib:14 Ord Square
Lib: Show a
  is  Show, Lib:5 Show
  below class Measured, Lib:5 Measured
  below instance Show Square, Lib:13 Show
Lib: side ::
"""


async def at(code: Code, files: CompiledModules, line: str) -> tuple[Seen, int]:
    """The place that begins with a text in a module, both in a line."""
    module, _, text = line.partition(": ")
    seen = await code.modules.seen(files.source(module), code.documents)
    assert seen
    return seen, seen.lines.text.index(text)


def call(how: str, calls: Calls) -> str:
    item = calls.item
    assert item.kind
    return f"  {how} {item.kind.name.lower()} {item.label} of {item.detail}: {', '.join(map(said, calls.places))}"


async def test_calls(code: Code, files: CompiledModules) -> None:
    told = []
    for line in CALLS.strip().split("\n"):
        if line.startswith("  "):
            continue
        told.append(line)
        for item in await prepare_calls(code, *await at(code, files, line)):
            assert item.kind
            told.append(f"  is {item.kind.name.lower()} {item.label} of {item.detail}, {said(item.place)}")
            told += [call("from", calls) for calls in await incoming_calls(code, item.handle)]
            told += [call("to", calls) for calls in await outgoing_calls(code, item.handle)]
    assert told == CALLS.strip().split("\n")


def shown(how: str, item: Item) -> str:
    kind = "instance" if item.handle.of is Of.INSTANCE else item.kind.name.lower() if item.kind else ""
    return f"  {how} {kind} {item.label}, {said(item.place)}"


async def test_types(code: Code, files: CompiledModules) -> None:
    told = []
    for line in TYPES.strip().split("\n"):
        if line.startswith("  "):
            continue
        told.append(line)
        for item in await prepare_types(code, *await at(code, files, line)):
            told.append(shown("is", item))
            told += [shown("above", one) for one in await supertypes(code, item.handle)]
            told += [shown("below", one) for one in await subtypes(code, item.handle)]
    assert told == TYPES.strip().split("\n")


async def test_above_an_instance_is_its_class_and_below_it_nothing(code: Code, files: CompiledModules) -> None:
    (cls,) = await prepare_types(code, *await at(code, files, "Lib: Shape a where"))
    (instance,) = await subtypes(code, cls.handle)
    assert [shown("above", one) for one in await supertypes(code, instance.handle)] == [
        "  above class Shape, Lib:10 Shape"
    ]
    assert await subtypes(code, instance.handle) == []


async def test_what_was_changed_since_is_left_out(files: CompiledModules, tmp_path: Path) -> None:
    """And what moved is where it is now, also for items that were made before."""
    path = files.source("Lib")
    text = (
        path.read_text()
        .replace("  twice a = double", "  twice a = doubled")
        .replace("local' n = go", "\nlocal' n = go")
    )
    async with indexed(files, tmp_path / "before") as before:
        (item,) = await prepare_calls(before, *await at(before, files, "Lib: double n"))
    async with indexed(files, tmp_path, {path: text}) as code:
        assert [call("from", calls) for calls in await incoming_calls(code, item.handle)] == [
            "  from method twice of Lib, instance Measured Square: Lib:18 double",
            "  from function local' of Lib: Lib:29 double",
            "  from value one of Lib: Lib:33 double",
            "  from value main of Main: Main:7 double, Main:7 L.double",
        ]

"""What is kept of modules that a real GHC compiled."""

import pytest_asyncio

from tests.conftest import Ghc
from tests.support.compiled import UNIT, CompileOnce
from thatch.core.diagnostics import Span
from thatch.core.ghc.results import ModuleKey
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.reader import read_hie
from thatch.core.index.model import ModuleRows
from thatch.core.index.packing import unpack_mentions
from thatch.core.index.rows import module_rows

FIXTURE = """
    -- /Lib.hs
    {-# LANGUAGE TypeFamilies, PatternSynonyms, StandaloneDeriving, DerivingVia, DeriveAnyClass, DefaultSignatures #-}
    {-# LANGUAGE MultiParamTypeClasses, TypeOperators, FlexibleInstances, GADTs, TemplateHaskell #-}
    {-# LANGUAGE QuantifiedConstraints, FlexibleContexts, UndecidableInstances, DuplicateRecordFields #-}
    module Lib where
    import Made

    data Shape = Circle { radius :: Double } | Square { side, other :: Double } deriving (Eq, Show)
    newtype Age = Age { unAge :: Int } deriving newtype (Eq) deriving (Semigroup) via (Maxi Int)
    newtype Maxi a = Maxi a
    instance Ord a => Semigroup (Maxi a) where Maxi a <> Maxi b = Maxi (max a b)
    data Exp a where
      Pair :: { left :: Exp a, right :: Exp b } -> Exp (a, b)
    type Shapes = [Shape]
    type family Fam a where
      Fam Int = Bool
    data family Data a
    data instance Data Int = IntData Int
    pattern Unit :: Shape
    pattern Unit = Circle 1
    class (Show a, forall b. Eq b => Eq (Maybe b)) => C a where
      type Elem a
      op, op2 :: a -> Int
      op _ = 1
      default op2 :: a -> Int
      op2 _ = 2
    class a ~> b where to :: a -> b
    instance C Shape where
      type Elem Shape = Int
      op s = round (area s)
      op2 (Circle _) = 1
      op2 _ = 2
    instance (C a, Eq a) => C (Maybe a) where
    instance Int ~> Shape where to = Circle . fromIntegral
    deriving instance Ord Shape
    area :: Shape -> Double
    area (Circle r) = local r where local x = x
    area Square {side = s} = s
    one, two :: Int
    (one, two) = (1, 2)
    x <+> y = x + y + one
    make ''Shape
    -- /Made.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Made where
    import Language.Haskell.TH
    make :: Name -> Q [Dec]
    make _ = [d| made :: Int; made = 3; instance Enum Double => Bounded Double where { minBound = 0; maxBound = 1 } |]
"""


@pytest_asyncio.fixture
async def rows(ghc: Ghc, compile_once: CompileOnce) -> ModuleRows:
    """The rows of the fixture's module `Lib`."""
    files = compile_once(ghc, FIXTURE)
    content = files.read(ModuleKey(UNIT, files.source("Lib")))
    assert content
    return module_rows(ModuleFacts(read_hie(content, await files.known_names())), literate=False)


def at(span: Span) -> str:
    return f"{span.start_line}:{span.start_column}-{span.end_line}:{span.end_column}"


async def test_definitions(rows: ModuleRows) -> None:
    found = [
        " ".join(
            (one.kind.name.lower(), one.label, at(one.span), at(one.whole), one.container.text if one.container else "")
        )
        for one in rows.definitions
        # GHC 9.6 gives declarations of families without the last variable.
        if one.label != "Data"
    ]
    assert [line.rstrip() for line in found] == DEFINITIONS.strip().split("\n")


DEFINITIONS = """
module Lib 4:8-4:11 4:8-4:11
type Shape 7:6-7:11 7:1-7:96
constructor Circle 7:14-7:20 7:14-7:41 Shape
field radius 7:23-7:29 7:23-7:39 Shape
constructor Square 7:44-7:50 7:44-7:76 Shape
field side 7:53-7:57 7:53-7:74 Shape
field other 7:59-7:64 7:59-7:74 Shape
type Age 8:9-8:12 8:1-8:93
constructor Age 8:15-8:18 8:15-8:35 Age
field unAge 8:21-8:26 8:21-8:33 Age
type Maxi 9:9-9:13 9:1-9:24
constructor Maxi 9:18-9:22 9:18-9:24 Maxi
type Exp 11:6-11:9 11:1-12:58
constructor Pair 12:3-12:7 12:3-12:58 Exp
field left 12:13-12:17 12:13-12:26 Exp
field right 12:28-12:33 12:28-12:42 Exp
synonym Shapes 13:6-13:12 13:1-13:22
family Fam 14:13-14:16 14:1-15:17
constructor IntData 17:26-17:33 17:26-17:37 Data
pattern Unit 19:9-19:13 19:1-19:24
class C 20:51-20:52 20:1-25:12
family Elem 21:8-21:12 21:3-21:14 C
method op 22:3-22:5 22:3-22:22 C
method op2 22:7-22:10 22:3-22:22 C
class ~> 26:9-26:11 26:1-26:32
method to 26:20-26:22 26:20-26:32 ~>
function area 36:1-36:5 36:1-37:27
value one 39:2-39:5 39:1-39:20
value two 39:7-39:10 39:1-39:20
function <+> 40:3-40:6 40:1-40:22
value made 41:1-41:13 41:1-41:13
"""


async def test_instances(rows: ModuleRows) -> None:
    found = [
        f"{one.cls.text} {[key.text for key in one.types]} {'derived ' * one.derived}{at(one.span)} {at(one.whole)}"
        for one in rows.instances
    ]
    assert found == INSTANCES.strip().split("\n")


INSTANCES = """
Eq ['Shape'] derived 7:87-7:89 7:87-7:89
Show ['Shape'] derived 7:91-7:95 7:91-7:95
Eq ['Age'] derived 8:54-8:56 8:54-8:56
Semigroup ['Age'] derived 8:68-8:77 8:68-8:77
Semigroup ['Maxi'] 10:19-10:37 10:1-10:77
C ['Shape'] 27:10-27:17 27:1-31:12
C ['Maybe'] 32:25-32:36 32:1-32:42
~> ['Int', 'Shape'] 33:10-33:22 33:1-33:55
Ord ['Shape'] derived 34:19-34:28 34:1-34:28
Bounded [] 41:1-41:13 41:1-41:13
"""


async def test_bodies_of_methods_and_families(rows: ModuleRows) -> None:
    found = [f"{one.name.text} {at(one.span)} {at(one.whole)} of {one.owner and at(one.owner)}" for one in rows.bodies]
    assert found == BODIES.strip().split("\n")


BODIES = """
<> 10:51-10:53 10:44-10:77 of 10:19-10:37
Fam 15:3-15:6 15:3-15:17 of None
Data 17:15-17:19 17:15-17:37 of None
op 23:3-23:5 23:3-23:11 of None
op2 25:3-25:6 25:3-25:12 of None
Elem 28:8-28:12 28:8-28:24 of 27:10-27:17
op 29:3-29:5 29:3-29:24 of 27:10-27:17
op2 30:3-30:6 30:3-31:12 of 27:10-27:17
to 33:29-33:31 33:29-33:55 of 33:10-33:22
maxBound 41:1-41:13 41:1-41:13 of 41:1-41:13
minBound 41:1-41:13 41:1-41:13 of 41:1-41:13
"""


async def test_superclasses(rows: ModuleRows) -> None:
    found = [(one.cls.text, one.superclass.text, at(one.span)) for one in rows.superclasses]
    assert found == [("C", "Show", "20:8-20:12"), ("C", "Eq", "20:34-20:36")]


async def test_mentions_of_a_method(rows: ModuleRows) -> None:
    """A default signature is one; the equations of an instance behind the first belong to the instance."""
    (op2,) = [packed for key, packed in rows.mentions.items() if key.text == "op2"]
    assert [(one.span.start_line, one.role.name) for one in unpack_mentions(op2)] == [
        (22, "BINDING"),
        (24, "SIGNATURE"),
        (25, "INSTANCE"),
        (30, "INSTANCE"),
        (31, "INSTANCE"),
    ]


async def test_names_that_only_splices_brought_are_mentioned_nowhere(rows: ModuleRows) -> None:
    assert {"made", "minBound"}.isdisjoint(key.text for key in rows.mentions)
    assert "Bounded" not in {key.text for key in rows.mentions}


QUOTER = """
    -- /Quoter.hs
    module Quoter where
    import Language.Haskell.TH.Quote
    quoter :: QuasiQuoter
    quoter = QuasiQuoter { quoteExp = undefined, quotePat = undefined, quoteType = undefined, quoteDec = undefined }
"""


async def test_fields_that_ghc_knows_by_heart(ghc: Ghc, compile_once: CompileOnce) -> None:
    files = compile_once(ghc, QUOTER)
    content = files.read(ModuleKey(UNIT, files.source("Quoter")))
    assert content
    explained, bare = (
        module_rows(ModuleFacts(read_hie(content, known)), literate=False) for known in (await files.known_names(), {})
    )
    assert [one.label for one in explained.definitions] == [one.label for one in bare.definitions]
    assert {"quoteExp", "quoteDec"} <= {key.text for key in explained.mentions}

"""Renaming, in modules that a real GHC compiled: each result is compiled again by it.

What becomes of each case stands in `goldens/`, the same for all compilers.
"""

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.goldens import Golden
from tests.support.indexed import indexed
from tests.support.renames import compile_all, renamed
from thatch.core.errors import ThatchError

SHAPES = """
    -- /Shapes.hs
    {-# LANGUAGE NamedFieldPuns, RecordWildCards, PatternSynonyms, TypeOperators, TemplateHaskellQuotes #-}
    {-# LANGUAGE ScopedTypeVariables, TypeFamilies, DuplicateRecordFields #-}
    -- | Shapes: see 'area', 'Shapes.area', `area` and not area; also 'Circle'.
    module Shapes
      ( Shape (..), Point (Point, pointX), area, (<+>), pattern Unit, Sized (..), type (:+:), plus, half, names
      ) where

    import qualified Data.Map as M
    import Data.List (sort)
    import Language.Haskell.TH.Syntax (Name)

    infixl 6 <+>, `plus`

    data Shape = Circle { radius :: Double } | Square { side :: Double } deriving (Eq, Show)
    data Point = Point { pointX :: Int, pointY :: Int }
    data Other = Other { weight :: Int, radius :: Double }
    type a :+: b = Either a b

    pattern Unit :: Shape
    pattern Unit = Circle 1

    class Sized a where
      size :: a -> Int
      size _ = 1
      type Unitary a
      {-# MINIMAL #-}

    instance Sized Shape where
      type Unitary Shape = Int
      size Circle {..} = round radius
      size s = round (area s)

    area :: Shape -> Double
    {-# INLINE area #-}
    area Square {side} = let t = side in t * t
    area Circle {radius = r} = r * r

    (<+>) :: Shape -> Shape -> Shape
    a <+> b = Circle (area a + area b)

    plus :: Int -> Int -> Int
    plus = (+)
    {-# DEPRECATED half "Use 'plus'." #-}
    half :: Point -> Point
    half Point {..} = let pointX' = pointX `plus` 1; pointY = 2 in Point {pointX = pointX', ..}

    move :: Point -> Point
    move Point {..} = Point {pointX = pointX + 1, ..}

    pair :: forall a. Ord a => a -> (a, [a])
    pair x = (x, sort xs)
      where
        xs :: [a]
        xs = [x]

    table :: M.Map Int Int
    table = M.insert 1 2 M.empty

    names :: [Name]
    names = ['area, ''Shape, 'Circle, 'radius_]

    radius_ :: Int
    radius_ = foldr (\\one two -> one `plus` two) 0 (M.elems table)
    -- /Main.hs
    module Main where

    import Data.Maybe (mapMaybe)
    import qualified Shapes as S
    import Shapes hiding (area, half)
    import qualified Shapes

    total :: [Shape] -> Double
    total = sum . map S.area

    both :: Shape -> Shape -> Shape
    both = (<+>) . (Unit S.<+>)

    grow :: Shape -> Int
    grow s = size s `plus` S.plus 1 2 `S.plus` (`plus` 2) 3 + size (Shapes.Square 4)

    main :: IO ()
    main = print (total [Circle 1, Square {side = 2}], pointX (S.half (Point 1 2)), mapMaybe Just [grow Unit])
"""

IN_SHAPES = """
    Shapes.hs: |area Square -> surface
    Shapes.hs: data |Shape = -> Figure
    Shapes.hs: = |Circle { -> Disc
    Shapes.hs: Circle { |radius -> extent
    Shapes.hs: { |side :: -> edge
    Shapes.hs: Square {|side} -> edge
    Shapes.hs: let |t = -> u
    Shapes.hs: let |t = -> side
    Shapes.hs: round |radius -> extent
    Shapes.hs: Point { |pointX -> px
    Shapes.hs: ; |pointY = -> px
    Shapes.hs: pointX :: Int, |pointY -> py
    Shapes.hs: (|<+>) :: -> <++>
    Main.hs: = (|<+>) -> <++>
    Main.hs: `S.|plus` -> add
    Main.hs: `|S.plus` -> Q
    Main.hs: `|S.plus` -> Shapes
    Shapes.hs: pattern |Unit :: -> One
    Shapes.hs: class |Sized -> HasSize
    Shapes.hs: |size s -> magnitude
    Shapes.hs: type |Unitary a -> U
    Shapes.hs: a |:+: b = E -> :-:
    Shapes.hs: forall |a. Ord -> elem
    Shapes.hs: pair |x = -> y
    Shapes.hs: pair |x = -> xs
    Shapes.hs: |xs :: -> ys
    Shapes.hs: |M.Map Int -> Map
    Shapes.hs: |half :: -> twice
    Shapes.hs: |half :: -> half
    Shapes.hs: |half :: -> sort
    Shapes.hs: |half :: -> mapMaybe
    Shapes.hs: |half :: -> map
    Shapes.hs: |half :: -> area
    Shapes.hs: |half :: -> Half
    Shapes.hs: |half :: -> where
    Shapes.hs: |half :: -> half me
    Shapes.hs: |half :: -> pointX'
    Shapes.hs: |plus :: -> pointX'
    Shapes.hs: |one two -> two
    Shapes.hs: |one two -> plus
    Shapes.hs: Circle {|..} -> other
    Shapes.hs: module |Shapes -> Forms
    Main.hs: |main :: -> entry
    Main.hs: |total :: -> sum
    Main.hs: |total :: -> area
    Shapes.hs: a |<+> b -> <>
    Shapes.hs: data |Shape = -> Int
    Shapes.hs: data |Shape = -> Text
"""

UNSEEN = """
    -- /T.hs
    {-# LANGUAGE TemplateHaskell, RoleAnnotations #-}
    module T where

    import Language.Haskell.TH
    import Language.Haskell.TH.Quote

    data Foo = Foo { fooX :: Int, fooName :: String }

    {-# DEPRECATED old "no" #-}
    old :: Int
    old = 1

    quoted :: Q Exp
    quoted = [| old + 1 |]

    names :: [Name]
    names = ['old, ''Foo, 'Foo, 'fooName]

    type role Wrapped nominal
    newtype Wrapped a = Wrapped a

    by :: QuasiQuoter
    by = QuasiQuoter (varE . mkName) undefined undefined undefined

    inQuotation :: Int
    inQuotation = 3

    left :: Int -> Int -> Int
    left = (+)

    make :: Name -> Q [Dec]
    make name = pure [ValD (VarP (mkName ("made" ++ nameBase name))) (NormalB (LitE (IntegerL 3))) []]
    -- /Branches.hs
    {-# LANGUAGE CPP #-}
    module Branches where

    #if 1
    one :: Int
    one = two
    #else
    one = two
    #endif

    two, three, four :: Int
    two = 2
    three = 3
    four = 4

    #define AND_THREE + three
    five :: Int
    five = 2 AND_THREE
    {-# ANN four "four" #-}
    -- /Macros.hs
    {-# LANGUAGE CPP #-}
    module Macros where

    #define TWICE(x) (x + x)
    single, double, lone :: Int
    single = 1
    double = TWICE(single) + single
    lone = 3
    -- /U.hs
    {-# LANGUAGE TemplateHaskell, OverloadedRecordDot, QuasiQuotes, DataKinds, GADTs #-}
    module U where

    import Language.Haskell.TH (varE)
    import T (Foo (Foo, fooName, fooX), by, inQuotation, left, make, old, quoted)
    import qualified T

    sum' :: Int
    sum' = $(do { e <- quoted; [| old + $(pure e) |] })

    make ''Foo

    selected :: Foo -> Int
    selected f = f.fooX + madeFoo

    quotation :: Int
    quotation = [by|inQuotation|]

    sections :: Int
    sections = (1 `left`) 2 + (1 `T.left`) 3

    spliced :: Int
    spliced = $(varE 'old)

    data G a where
      GI :: { number :: Int } -> G Int
      GB :: Bool -> G Bool

    data P = PA | PB
    data Tagged (p :: P) = Tagged

    tagged :: Tagged 'PA
    tagged = Tagged

    other :: G a -> Int
    other g = case g of { GI i -> i; GB _ -> 2 }
    -- /R.hs
    module R (module R, module T) where

    import T

    kept :: Foo -> Foo
    kept foo = foo { fooName = "x" }
    -- /Other.hs
    {-# LANGUAGE ForeignFunctionInterface #-}
    module Other where

    foreign import ccall sin :: Double -> Double
    foreign import ccall unsafe "cos" cosine :: Double -> Double

    another :: Int
    another = 2
    -- /Facade.hs
    module Facade (module Macros, module Other) where

    import Macros
    import Other
"""

IN_UNSEEN = """
    T.hs: |old :: -> new
    T.hs: type role |Wrapped -> Kept
    T.hs: = |Wrapped a -> Kept
    T.hs: |inQuotation :: -> new
    T.hs: data |Foo = -> Bar
    T.hs: = |Foo { -> Bar
    T.hs: { |fooX -> x
    T.hs: , |fooName -> name
    T.hs: |left :: -> new
    Branches.hs: |two, -> new
    Branches.hs: |three, -> new
    Branches.hs: |four :: -> new
    Macros.hs: |single, -> new
    Macros.hs: |lone :: -> new
    U.hs: + |madeFoo -> new
    U.hs: `|T.left -> new
    U.hs: `T.|left -> new
    U.hs: GI :: { |number -> value
    U.hs: |GI :: -> IsInt
    U.hs: = |PA -> Left'
    U.hs: data |P = -> Q
    R.hs: |kept :: -> old
    T.hs: |old :: -> kept
    R.hs: |kept foo -> fooName
    R.hs: kept |foo -> fooName
    Macros.hs: |lone :: -> another
    Other.hs: |sin :: -> sine
    Other.hs: |cosine :: -> cos'
"""


@pytest.mark.parametrize(("name", "fixture", "cases"), [("shapes", SHAPES, IN_SHAPES), ("unseen", UNSEEN, IN_UNSEEN)])
async def test_each_renaming_is_right_or_refused(
    ghc: Ghc,
    compile_once: CompileOnce,
    name: str,
    fixture: str,
    cases: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    files = compile_once(ghc, fixture)
    variants, said = {}, []
    async with indexed(files, tmp_path / "cache") as code:
        for case in filter(None, map(str.strip, cases.split("\n"))):
            place, _, new = case.rpartition(" -> ")
            try:
                changed = await renamed(code, files.folder, place, new)
            except ThatchError as error:
                said += [case, f"    refused: {error}"]
            else:
                variants[case] = changed
                said += [case, *(f"    {line}" for line in changes(files, changed))]
    golden = Golden(Path(__file__).parent / "goldens", bool(request.config.getoption("--update")))
    golden.check(f"{name}.txt", "\n".join([*said, ""]))
    # Splices need code.
    flags = [] if "TemplateHaskell," in fixture else ["-fno-code"]
    assert compile_all(ghc, tmp_path, files, variants, *flags) == ""


def changes(files: CompiledModules, changed: Mapping[str, str]) -> list[str]:
    """The changed lines, each after its file."""
    said = []
    for name, text in sorted(changed.items()):
        before = (files.folder / name).read_text("utf-8")
        lines = unified_diff(before.split("\n"), text.split("\n"), n=0, lineterm="")
        said += [f"{name}: {line[1:].strip()}" for line in list(lines)[2:] if line[0] == "+"]
    return said


async def test_what_a_build_tool_makes_is_left_alone(ghc: Ghc, compile_once: CompileOnce, tmp_path: Path) -> None:
    files = compile_once(ghc, SHAPES)
    # As if all of it lay in the cache.
    async with indexed(files, files.folder) as code:
        with pytest.raises(ThatchError, match=r"Shapes\.hs, which the build tool makes"):
            await renamed(code, files.folder, "Shapes.hs: |area Square", "surface")
        assert await renamed(code, files.folder, "Shapes.hs: let |t =", "u")

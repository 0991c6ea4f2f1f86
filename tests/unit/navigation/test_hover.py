"""What hovers say of code that a real GHC compiled."""

import pytest

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from thatch.core.documents import Document
from thatch.core.navigation.hover import Hover, hover
from thatch.core.navigation.hover_text import markdown, plain
from thatch.core.navigation.modules import Modules

LIB = """
    -- /Lib.hs
    {-# LANGUAGE RecordWildCards #-}
    -- | Shapes.
    module Lib (Shape (..), Sized (..), area) where
    import qualified Data.Map.Strict as M

    data Shape
      = Circle { radius :: Double }
      | Square { side :: Double }
      deriving (Eq, Show)

    class Sized a where
      -- | In /square/ meters, see 'area'.
      size :: a -> Int
      size _ = 0

    instance Sized Shape where
      size shape = round (area shape)

    -- | How /large/ a 'Shape' is.
    area :: Shape -> Double
    area Circle{..} = pi * radius
    area (Square s) = s * 2

    table :: M.Map Int Shape
    table = M.fromList [(1, Circle 2)]

    both :: (Sized a, Sized b) => a -> b -> Int
    both x y = size x + size y
    -- /Main.hs
    module Main where
    import Lib (Shape (Square, side), Sized, area)
    import qualified Lib

    main :: IO ()
    main = do
      total <- pure (area (Square 3))
      print (Lib.size (Square total))
"""


SIZED = """\
type Sized :: Type -> Constraint
class Sized a where
  -- | In /square/ meters, see 'area'.
  size :: a -> Int
  size _ = 0"""


SHAPE = """\
type Shape :: Type
data Shape
  = Circle { radius :: Double }
  | Square { side :: Double }
  deriving (Eq, Show)"""


@pytest.fixture
def files(ghc: Ghc, compile_once: CompileOnce) -> CompiledModules:
    """The modules of the fixture."""
    return compile_once(ghc, LIB)


async def ask(files: CompiledModules, name: str, text: str, changed: str | None = None) -> Hover | None:
    """The hover at the first occurrence of a text."""
    path = files.source(name)
    documents = {} if changed is None else {path: Document(path, changed, 1)}
    modules = Modules(lambda: [files])
    seen = await modules.seen(path, documents)
    assert seen
    return await hover(modules, documents, seen, seen.lines.text.index(text))


@pytest.mark.parametrize(
    ("module", "text", "code", "here"),
    [
        ("Main", "area (Square", "area :: Shape -> Double", ""),
        ("Main", "print", "print :: Show a => a -> IO ()", "print :: Int -> IO ()"),
        ("Main", "Lib.size", "size :: Sized a => a -> Int", "size :: Shape -> Int"),
        ("Main", "total <-", "total :: Double", ""),
        ("Main", "total))", "total :: Double", ""),
        ("Main", "3))", "_ :: Double", ""),
        ("Main", "Sized, area", SIZED, ""),
        ("Main", "area)", "area :: Shape -> Double", ""),
        ("Main", "side)", "side :: Shape -> Double", ""),
        ("Main", "Lib\n", "module Lib", ""),
        ("Lib", "table =", "table :: M.Map Int Shape", ""),
        (
            "Lib",
            "M.fromList",
            "fromList :: Ord k => [(k, a)] -> M.Map k a",
            "fromList :: [(Int, Shape)] -> M.Map Int Shape",
        ),
        ("Lib", "* radius", "infixl 7 *\n(*) :: Num a => a -> a -> a", "(*) :: Double -> Double -> Double"),
        ("Lib", "Circle{..}", "Circle { radius :: Double }", ""),
        (
            "Lib",
            "Shape\n  = Circle",
            SHAPE,
            "",
        ),
    ],
)
async def test_code(files: CompiledModules, module: str, text: str, code: str, here: str) -> None:
    found = await ask(files, module, text)
    assert found
    assert (found.code, found.here) == (code, here)


@pytest.mark.parametrize("text", ["do\n", "= do", "where\n", "<- pure", "\n  print"])
async def test_syntax_says_nothing(files: CompiledModules, text: str) -> None:
    assert await ask(files, "Main", text) is None


async def test_remarks_lead_to_definitions_and_instances(files: CompiledModules) -> None:
    found = await ask(files, "Main", "Lib.size")
    assert found
    remarks = [
        (one.text, one.subject, one.place and one.place.lines.line_of(one.place.name[0]) + 1) for one in found.remarks
    ]
    assert remarks == [("Defined in", "Lib", 13), ("Uses the instance", "Sized Shape", 16)]
    given = await ask(files, "Lib", "size x")
    assert given
    assert [one.subject for one in given.remarks] == ["Lib"], "A signature gives the instance."


async def test_a_changed_name_says_nothing(files: CompiledModules) -> None:
    text = files.source("Main").read_text().replace("total <-", "totals <-")
    assert await ask(files, "Main", "totals", text) is None
    kept = await ask(files, "Main", "print", text)
    assert kept
    assert kept.code == "print :: Show a => a -> IO ()"


async def test_as_markdown_and_as_plain_text(files: CompiledModules) -> None:
    found = await ask(files, "Main", "Lib.size")
    assert found
    assert markdown(found, lambda place: f"file:///{place.path.name}#L1") == (
        "```haskell\nsize :: Sized a => a -> Int\n```\n\nHere:\n```haskell\nsize :: Shape -> Int\n```\n\n"
        "Defined in [`Lib`](file:///Lib.hs#L1)  \nUses the instance [`Sized Shape`](file:///Lib.hs#L1)\n\n"
        "---\n\nIn *square* meters, see `area`."
    )
    assert plain(found) == (
        "size :: Sized a => a -> Int\n\nHere:\nsize :: Shape -> Int\n\nDefined in Lib\n"
        "Uses the instance Sized Shape\n\nIn square meters, see area."
    )


async def test_names_of_packages_come_with_their_documentation(files: CompiledModules) -> None:
    found = await ask(files, "Lib", "M.fromList")
    assert found
    assert found.remarks[0].subject.startswith("Data.Map.Strict.Internal (containers-")
    shown = markdown(found, lambda _: "")
    assert "Build a map from a list" in shown
    assert "[Documentation](https://hackage.haskell.org/package/containers-" in shown
    assert "#v:fromList" in shown
    abstract = await ask(files, "Lib", "M.Map")
    assert abstract
    assert abstract.code.startswith("type Map :: Type -> Type -> Type\ndata Map k a = Bin ")
    operator = await ask(files, "Lib", "* radius")
    assert operator
    assert operator.code.startswith("infixl 7 *\n(*) ::")
    module = await ask(files, "Lib", "Data.Map.Strict")
    assert module
    assert (module.code, module.remarks[0].text) == ("module Data.Map.Strict", "Package")
    assert module.documentation.blocks


async def test_fixities_of_home_operators(ghc: Ghc, compile_once: CompileOnce) -> None:
    fixture = "-- /A.hs\nmodule A where\ninfixr 4 `op`, |>\nop, (|>) :: a -> b -> a\nop = const\n(|>) = op\n"
    files = compile_once(ghc, fixture)
    found = await ask(files, "A", "op\n")
    assert found
    assert found.code == "infixr 4 `op`\nop :: a -> b -> a"


async def test_signatures_are_as_they_were_written(ghc: Ghc, compile_once: CompileOnce) -> None:
    fixture = """
        -- /A.hs
        module A where
        type Name = String
        first, second
          :: Maybe Name
          -> -- comment
             FilePath
        first = maybe "" id
        second = first
        user = let local :: FilePath -> Name
                   local x = x
               in local . second
    """
    files = compile_once(ghc, fixture)
    for text, code in {
        "second = ": "second :: Maybe Name\n  -> -- comment\n     FilePath",
        "local x": "local :: FilePath -> Name",
    }.items():
        found = await ask(files, "A", text)
        assert found
        assert (found.code, found.here) == (code, "")

"""`thatch index export --scip`, read back and compared with references as editors are told them, by real compilers."""

import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from tests.conftest import REPOSITORY, Ghc
from tests.support.check import clean_environment, write_files
from tests.support.indexed import Shown
from tests.support.waiting import seconds
from thatch.cli.settled import settled_workspace
from thatch.core.index.index import Index
from thatch.core.navigation.code import Code
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.references import references
from thatch.core.navigation.texts import Texts
from thatch.core.scip import schema
from thatch.core.settings import Settings
from thatch.core.text import LineIndex

PROJECT = {
    "zoo.cabal": (
        "cabal-version: 2.4\nname: zoo\nversion: 1.2\n"
        "library\n  hs-source-dirs: src\n  exposed-modules: Zoo Zoo.Animal\n  build-depends: base\n"
        "  default-language: Haskell2010\n"
        "test-suite checks\n  type: exitcode-stdio-1.0\n  hs-source-dirs: test, src\n  main-is: Main.hs\n"
        "  other-modules: Zoo.Animal\n  build-depends: base\n  default-language: Haskell2010\n"
    ),
    "src/Zoo/Animal.hs": """{-# LANGUAGE DerivingStrategies, GeneralizedNewtypeDeriving #-}
{-# LANGUAGE NamedFieldPuns, RecordWildCards, TypeFamilies #-}
-- | What lives here.
module Zoo.Animal
  ( Animal (..), Dog (..), Cat (Cat), Loud, older, (<+>), größe
  ) where

import Data.List (sortOn)
import qualified Data.Maybe as M

-- | Whatever makes a /sound/.
class Animal a where
  -- | The sound that it makes.
  sound :: a -> String
  sound _ = "🦆"
  name, title :: a -> String
  title = name
  type Food a
  type Food a = ()

class Animal a => Loud a

-- | A dog.
data Dog = Dog { dogName :: String, age :: Int } deriving (Eq, Show)

newtype Cat = Cat { catName :: String }
  deriving newtype Eq

instance Animal Dog where
  sound = const "🐕 woof"
  name Dog { dogName } = dogName
  type Food Dog = Int

instance Animal Cat where
  name (Cat n) = n

instance Loud Dog

older :: Dog -> Dog
older Dog {..} = Dog { dogName = dogName, age = age + 1 }

infixr 5 <+>
(<+>) :: [a] -> [a] -> [a]
[] <+> ys = ys
(x : xs) <+> ys = x : (xs <+> ys)

größe :: Dog -> Int
größe dog =\tlet n = age dog; 🦆 = n in M.fromMaybe 🦆 (Just (length (sortOn negate [n])))
""".replace("🦆 =", "ö =").replace("fromMaybe 🦆", "fromMaybe ö"),
    "src/Zoo.hs": """module Zoo (module Zoo.Animal, all', main) where

import Zoo.Animal

all' :: [String]
all' = map sound [rex] <+> [title rex, catName' (Cat "tom")]
  where
    rex = older (Dog "rex" 3)
    catName' = name

main :: IO ()
main = print (all', größe (Dog { dogName = "a", age = 1 }))
""",
    "test/Main.hs": """module Main (main) where

import Zoo.Animal

main :: IO ()
main = putStrLn (sound (Dog "a" 1))
""",
}


@frozen(eq=False)
class Exported:
    """A project, and what was written of it."""

    root: Path
    cache: Path
    ghc: Path
    index: Any

    @property
    def documents(self) -> dict[str, Any]:
        return {document.relative_path: document for document in self.index.documents}

    def symbols(self) -> Iterator[Any]:
        for document in self.index.documents:
            yield from document.symbols

    def lines(self, path: str) -> LineIndex:
        return LineIndex((self.root / path).read_text("utf-8"))

    def text(self, path: str, numbers: Any) -> str:
        """What stands at a range."""
        start, end = self.offsets(path, numbers)
        return self.lines(path).text[start:end]

    def offsets(self, path: str, numbers: Any) -> tuple[int, int]:
        line, column, *rest = numbers
        last, end = rest if len(rest) == 2 else (line, rest[0])
        starts = [0]
        for one in (self.root / path).read_text("utf-8").split("\n"):
            starts.append(starts[-1] + len(one) + 1)
        return starts[line] + column, starts[last] + end

    def places(self) -> dict[str, set[tuple[str, tuple[int, int]]]]:
        """Where each symbol occurs; what is local, with its file before it."""
        found = defaultdict(set)
        for path, document in self.documents.items():
            for one in document.occurrences:
                name = f"{path} {one.symbol}" if one.symbol.startswith("local ") else one.symbol
                found[name].add((path, self.offsets(path, one.range)))
        return found


def export(root: Path, cache: Path, ghc: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "thatch.cli.main", "index", "export", "--scip", "--ghc", ghc, *arguments],
        cwd=root,
        env={**clean_environment(), "THATCH_CACHE_DIR": str(cache)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds(180),
    )


def exported(root: Path, cache: Path, ghc: Path) -> Exported:
    done = export(root, cache, ghc)
    assert done.returncode == 0, done.stderr
    return Exported(root, cache, ghc, schema.Index.FromString((root / "index.scip").read_bytes()))


@pytest.fixture(scope="module")
def made() -> dict[tuple[Path, str], Exported]:
    """What was exported already, by compiler and name: nobody changes it."""
    return {}


@pytest.fixture
def zoo(ghc: Ghc, made: dict[tuple[Path, str], Exported], tmp_path: Path) -> Exported:
    if (ghc.path, "zoo") not in made:
        write_files(tmp_path / "zoo", PROJECT)
        made[ghc.path, "zoo"] = exported(tmp_path / "zoo", tmp_path / "cache", ghc.path)
    return made[ghc.path, "zoo"]


@pytest.fixture
def letters(ghc: Ghc, tmp_path: Path) -> Exported:
    root = Path(shutil.copytree(REPOSITORY / "examples/letters", tmp_path / "letters"))
    return exported(root, tmp_path / "cache", ghc.path)


def symbol(rest: str) -> str:
    return f"thatch hackage zoo 1.2 {rest}"


async def compare_with_references(project: Exported) -> int:
    """Every symbol occurs exactly where an editor is told that the name does; how many were compared."""
    places = project.places()
    settings = Settings(cache_dir=project.cache, ghc=str(project.ghc))
    n_compared = 0
    async with settled_workspace([project.root], settings) as workspace:
        modules = Modules(workspace.hie_files)
        index = Index(lambda: project.cache, workspace.project_files, dict, modules, Shown)
        index.changed()
        await index.caught_up()
        code = Code(modules, index, Texts(), {})
        for path, document in project.documents.items():
            seen = await modules.seen(project.root / path, {})
            assert seen is not None
            for one in document.occurrences:
                # What stands for instances and what they say is none of GHC's names.
                if not one.symbol_roles & schema.SymbolRole.DEFINITION or "`instance " in one.symbol:
                    continue
                start, _ = project.offsets(path, one.range)
                found = await references(code, seen, start, with_definition=True) or []
                name = f"{path} {one.symbol}" if one.symbol.startswith("local ") else one.symbol
                told = {(str(place.path.relative_to(project.root)), place.name) for place in found}
                assert told >= places[name], one.symbol
                others = [symbol for symbol, where in places.items() if symbol != name and where & told]
                # Several names may stand in one place, such as a field and the variable that a pun makes of it.
                assert told - places[name] <= {where for symbol in others for where in places[symbol]}, one.symbol
                if len(seen.names_at(start)) == 1:
                    assert told == places[name], one.symbol
                    n_compared += 1
        await index.close()
    return n_compared


async def test_occurrences_are_the_references_of_editors(zoo: Exported) -> None:
    assert await compare_with_references(zoo) > 30


async def test_occurrences_of_an_example_with_splices(letters: Exported) -> None:
    assert await compare_with_references(letters) > 30


def test_documents(zoo: Exported) -> None:
    assert zoo.index.metadata.tool_info.name == "thatch"
    assert zoo.index.metadata.project_root == zoo.root.as_uri()
    assert sorted(zoo.documents) == ["src/Zoo.hs", "src/Zoo/Animal.hs", "test/Main.hs"]
    for document in zoo.index.documents:
        assert (document.language, document.position_encoding) == ("Haskell", schema.UTF32_COLUMNS)
        ranges = [(list(one.range), one.symbol) for one in document.occurrences]
        assert len(ranges) == len({str(one) for one in ranges}), "each once"
        assert [one[0][:2] for one in ranges] == sorted(one[0][:2] for one in ranges)


def test_every_symbol_is_defined_once_and_stands_where_it_says(zoo: Exported) -> None:
    told = [one.symbol for one in zoo.symbols()]
    assert len(told) == len(set(told))
    defined = defaultdict(list)
    for path, document in zoo.documents.items():
        for one in document.occurrences:
            if one.symbol_roles & schema.SymbolRole.DEFINITION and not one.symbol.startswith("local "):
                defined[one.symbol].append(zoo.text(path, one.range))
                start, end = zoo.offsets(path, one.range)
                first, last = zoo.offsets(path, one.enclosing_range)
                assert first <= start <= end <= last
    assert set(told) == set(defined)
    names = {one.symbol: one.display_name for one in zoo.symbols()}
    for name, texts in defined.items():
        if "`instance " not in name:
            assert [text.strip("()") for text in texts] == [names[name]]


def test_what_is_told_of_symbols(zoo: Exported) -> None:
    known = {one.symbol: one for one in zoo.symbols()}
    animal = symbol("`Zoo.Animal`/")
    sound = known[f"{animal}sound."]
    assert sound.kind == schema.SymbolKind.TYPE_CLASS_METHOD
    assert list(sound.documentation) == ["The sound that it makes."]
    assert list(known[f"{animal}Animal#"].documentation) == ["Whatever makes a *sound*."]
    assert list(known[animal].documentation) == ["What lives here."]
    older = known[f"{animal}older."]
    assert (older.signature_documentation.language, older.signature_documentation.text) == (
        "Haskell",
        "older :: Dog -> Dog",
    )
    kinds = {name.removeprefix(animal): one.kind for name, one in known.items()}
    assert (kinds["Dog#"], kinds["Dog."], kinds["Cat#"]) == (
        schema.SymbolKind.TYPE,
        schema.SymbolKind.CONSTRUCTOR,
        schema.SymbolKind.TYPE,
    )
    assert kinds["Food#"] == schema.SymbolKind.TYPE_FAMILY
    assert known[symbol("Zoo/`all'`.")].kind == schema.SymbolKind.VALUE


def test_relationships(zoo: Exported) -> None:
    animal = symbol("`Zoo.Animal`/")
    implementing = defaultdict(set)
    of_type = defaultdict(set)
    for one in zoo.symbols():
        for related in one.relationships:
            (implementing if related.is_implementation else of_type)[related.symbol].add(one.symbol)
    assert implementing[f"{animal}Animal#"] == {
        f"{animal}`instance Animal Dog`:",
        f"{animal}`instance Animal Cat`:",
        f"{animal}Loud#",
    }
    assert implementing[f"{animal}sound."] == {f"{animal}`instance Animal Dog`:sound."}
    assert implementing[f"{animal}name."] == {
        f"{animal}`instance Animal Dog`:name.",
        f"{animal}`instance Animal Cat`:name.",
    }
    assert {name.removeprefix(animal).replace("Dog.", "") for name in of_type[f"{animal}Dog#"]} == {
        "",
        "dogName.",
        "age.",
    }


def test_a_file_of_two_components_is_one_document(zoo: Exported) -> None:
    main = zoo.documents["test/Main.hs"]
    used = {zoo.text("test/Main.hs", one.range): one.symbol for one in main.occurrences}
    assert used["sound"] == symbol("`Zoo.Animal`/sound.")
    assert used["Zoo.Animal"] == symbol("`Zoo.Animal`/")
    assert used["main"] == "thatch hackage zoo:test:checks 1.2 Main/main."
    assert used["putStrLn"].endswith("System.IO`/putStrLn.")


def test_roles(zoo: Exported) -> None:
    roles = defaultdict(set)
    for one in zoo.documents["src/Zoo/Animal.hs"].occurrences:
        roles[zoo.text("src/Zoo/Animal.hs", one.range)].add(one.symbol_roles)
    assert roles["sortOn"] == {schema.SymbolRole.IMPORT, schema.SymbolRole.USE}
    zoo_roles = defaultdict(set)
    for one in zoo.documents["src/Zoo.hs"].occurrences:
        zoo_roles[zoo.text("src/Zoo.hs", one.range)].add(one.symbol_roles)
    assert zoo_roles["dogName"] == {schema.SymbolRole.WRITE_ACCESS}
    assert zoo_roles["rex"] == {schema.SymbolRole.DEFINITION, schema.SymbolRole.USE}


def test_a_module_that_does_not_compile_is_left_out(zoo: Exported, tmp_path: Path) -> None:
    root = Path(shutil.copytree(zoo.root, tmp_path / "zoo"))
    (root / "src/Zoo.hs").write_text("module Zoo where\n\nimport Zoo.Animal\n\nbroken = (\n")
    done = export(root, zoo.cache, zoo.ghc, "-o", "-")
    assert done.returncode == 0
    index = schema.Index.FromString(done.stdout)
    assert sorted(document.relative_path for document in index.documents) == ["src/Zoo/Animal.hs", "test/Main.hs"]
    assert b"src/Zoo.hs is left out" in done.stderr


def test_wrong_usage(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "thatch.cli.main", "index", "export"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=seconds(30),
    )
    assert done.returncode == 2
    assert "--scip" in done.stderr

"""What is offered in modules that a real GHC compiled, at `$0` in texts that it never saw."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from attrs import evolve, frozen

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules, CompileOnce
from tests.support.indexed import indexed
from tests.support.markers import parse_file
from thatch.core.completion.completion import Completer
from thatch.core.completion.details import details, import_for
from thatch.core.completion.model import Candidate, Completions
from thatch.core.documents import Document
from thatch.core.haddock.plain import to_plain
from thatch.core.navigation.code import Code
from thatch.core.text import Encoding, LineIndex, Position

FIXTURE = """
    -- /Lib/Shapes.hs
    module Lib.Shapes where

    -- | What can be drawn.
    data Shape = Circle { radius :: Double } | Square { side :: Double, sideways :: Bool }

    data Other = Other { other :: Int }

    class Measured a where
      measure :: a -> Double
    -- /Lib/Hidden.hs
    module Lib.Hidden (hiddenNot) where
    hiddenNot, hiddenBut :: Int
    hiddenNot = 1
    hiddenBut = 2
    -- /A.hs
    module A where

    import Data.List (sortBy)
    import qualified Data.Map as M
    import Data.Maybe hiding (fromJust)
    import Lib.Shapes

    -- | Twice as much.
    doubled :: Int -> Int
    doubled number = number + number

    measured :: Shape -> M.Map Int Bool -> IO Int
    measured shape table = do
      let measurement = doubled 1
          inner argument = argument
          valueNumber = 2 :: Int
          valueText = "text"
      first <- pure (inner measurement)
      case M.toList table of
        [] -> pure first
        (key, valid) : rest -> pure key
"""


@frozen(eq=False)
class Editor:
    """Buffers of `A.hs`, one after the other, whose texts GHC never saw."""

    files: CompiledModules
    code: Code
    completer: Completer

    @property
    def text(self) -> str:
        """What GHC saw."""
        return self.files.source("A").read_text("utf-8")

    def with_line(self, line: str) -> str:
        """The same with one more line in the innermost block."""
        return self.text.replace("    [] -> pure first\n", f"    [] -> pure first\n{line}\n")

    def shows(self, text: str, path: Path) -> Code:
        """What is known while a buffer holds a text."""
        documents = {path: Document(path, text, 1)}
        return Code(self.code.modules, self.code.index, self.code.texts, documents)

    async def completed(self, marked: str, *, read: bool = False) -> Completions:
        """What is offered at the cursor."""
        file, path = parse_file(marked), self.files.source("A")
        code = self.shows(file.text, path)
        if read:
            await self.completer.read(code, path)
        ((line, column),) = file.cursors
        offset = LineIndex(file.text).offset(Position(line, column), Encoding.UTF32)
        return await self.completer.complete(code, path, offset)

    async def offered(self, marked: str, *, read: bool = False) -> list[str]:
        """The labels, and for what must be imported the module."""
        return [shown(each) for each in (await self.completed(marked, read=read)).candidates]

    async def about(self, marked: str, label: str) -> tuple[str, str]:
        """The code and the text that are shown of something that is offered."""
        found = await self.completed(marked)
        (one,) = [each for each in found.candidates if each.label == label]
        path = self.files.source("A")
        said = await details(self.shows(parse_file(marked).text, path), path, one)
        assert said
        return said.code, to_plain(said.documentation)


@pytest_asyncio.fixture
async def editor(ghc: Ghc, compile_once: CompileOnce, tmp_path: Path) -> AsyncIterator[Editor]:
    # Reading what all packages of a compiler export takes long.
    packages = ("-package", "base", "-package", "containers")
    files = evolve(compile_once(ghc, FIXTURE), flags=("-hide-all-packages", *packages))
    completer = Completer(lambda: files.folder)
    async with indexed(files, tmp_path) as code:
        yield Editor(files, code, completer)
    await completer.close()


def shown(each: Candidate) -> str:
    return f"{each.label} from {each.module}" if each.needs_import else each.label


async def test_locals_come_first_with_their_types(editor: Editor) -> None:
    found = await editor.completed(editor.with_line("    [_] -> pure (me$0"))
    best = [(each.label, each.detail) for each in found.candidates if not each.needs_import][:2]
    assert best == [("measurement", "Int"), ("measured", "")]
    assert "key" in await editor.offered(editor.text.replace("pure key", "pure ke$0"))


async def test_names_of_the_wanted_type_come_first(editor: Editor) -> None:
    wanting = await editor.offered(editor.with_line("    [_] -> pure (doubled va$0"))
    assert wanting.index("valueNumber") < wanting.index("valueText")
    changed = editor.text.replace("pure (inner measurement)", "pure (inner va$0)").replace("doubled 1", "doubled va")
    assert (await editor.offered(changed))[0] == "valueNumber"


async def test_what_was_typed_since_is_offered_too(editor: Editor) -> None:
    new = "\nbrandNew :: Int -> Int\nbrandNew brandArgument = let brandLocal = 1 in (bra$0\n"
    assert (await editor.offered(editor.text + new))[:3] == ["brandLocal", "brandArgument", "brandNew"]
    broken = editor.text.replace("doubled number =", "doubled number = (((\nunfinished x =") + "\nz = unf$0\n"
    assert (await editor.offered(broken))[0] == "unfinished"


async def test_imports_bring_what_they_bring(editor: Editor) -> None:
    assert (await editor.offered(editor.text + "\nz = sort$0\n"))[:1] == ["sortBy"]
    assert "mapMaybe" in await editor.offered(editor.text + "\nz = mapM$0\n")
    assert "fromJust" not in await editor.offered(editor.text + "\nz = fromJ$0\n")
    assert "foldlWithKey" in await editor.offered(editor.text + "\nz = M.foldlW$0\n")
    assert "foldlWithKey" not in await editor.offered(editor.text + "\nz = foldlW$0\n")
    assert (await editor.offered(editor.text + "\nz = M.$0\n"))[:1] != []
    assert (await editor.offered(editor.text + "\nz = x M.!$0\n"))[:3] == ["!", "!?"]


async def test_types_stand_where_types_stand(editor: Editor) -> None:
    assert (await editor.offered(editor.text + "\nz :: Sha$0\n"))[:1] == ["Shape"]
    assert "Shape" not in await editor.offered(editor.text + "\nz = Sha$0\n")
    assert (await editor.offered(editor.text + "\nz :: M.Ma$0\n"))[:1] == ["Map"]
    assert "Measured" in await editor.offered(editor.text + "\ninstance Mea$0\n")
    assert (await editor.offered(editor.text + "\nz :: value -> va$0\n"))[0] == "value"


async def test_fields(editor: Editor) -> None:
    assert (await editor.offered(editor.text + "\nz = Square { $0\n")) == ["side", "radius", "sideways"]
    assert (await editor.offered(editor.text + "\nz = Square { side = 1, si$0\n"))[:2] == ["side", "sideways"]
    assert (await editor.offered(editor.text + "\nz = Other { $0\n")) == ["other"]
    assert (await editor.offered(editor.text + "\nz s = s.ra$0\n"))[:1] == ["radius"]


async def test_modules_and_lists_of_imports(editor: Editor) -> None:
    def importing(line: str) -> str:
        return editor.text.replace("import Lib.Shapes\n", f"import Lib.Shapes\n{line}\n")

    assert "Data.Map.Strict" in await editor.offered(importing("import Data.Ma$0"))
    assert (await editor.offered(importing("import Lib.$0")))[:2] == ["Lib.Hidden", "Lib.Shapes"]
    assert (await editor.offered(importing("import Data.Char hi$0"))) == ["hiding"]
    assert "isAlpha" in await editor.offered(importing("import Data.Char (toLower, isA$0)"))
    assert (await editor.offered(importing("import Lib.Hidden (hi$0"))) == ["hiddenNot"]
    assert (await editor.offered(importing("import Lib.Shapes (Sha$0"))) == ["Shape", "Shape(..)"]
    assert sorted(await editor.offered(importing("import Lib.Shapes (Shape ($0"))) == [
        "Circle", "Square", "radius", "side", "sideways",
    ]  # fmt: skip
    exporting = editor.text.replace("module A where", "module A (dou$0) where")
    assert (await editor.offered(exporting))[:1] == ["doubled"]
    exporting = editor.text.replace("module A where", "module A (doubled, dou$0) where")
    assert "doubled" not in await editor.offered(exporting)
    exporting = editor.text.replace("module A where", "module A (module Lib$0) where")
    assert (await editor.offered(exporting)) == ["Lib.Shapes"]


async def test_words_of_the_language(editor: Editor) -> None:
    top = editor.text
    assert (await editor.offered("{-# LANG$0\n" + top))[:1] == ["LANGUAGE"]
    assert (await editor.offered("{-# LANGUAGE OverloadedS$0 #-}\n" + top))[:1] == ["OverloadedStrings"]
    assert "-Wno-unused-imports" in await editor.offered("{-# OPTIONS_GHC -Wno-unused-im$0 #-}\n" + top)
    assert "newtype" in await editor.offered(top + "\nnewt$0")
    assert "newtype" not in await editor.offered(top + "\nz = newt$0")
    assert "where" in await editor.offered(top + "\nz = x wh$0")
    assert (await editor.offered(top + '\nz = "wh$0')) == []


async def test_what_is_not_imported_is_offered_with_its_import(editor: Editor) -> None:
    asked = editor.text + "\nz = sortO$0\n"
    found = await editor.completed(asked, read=True)
    assert shown(found.candidates[0]) == "sortOn from Data.List"
    assert found.complete
    insertion = import_for(editor.text, found.candidates[0], "", literate=False)
    assert insertion
    assert "import Data.List (sortBy, sortOn)\n" in insertion.apply(editor.text)

    assert "hiddenNot from Lib.Hidden" in await editor.offered(editor.text + "\nz = hidd$0\n")
    assert "hiddenBut from Lib.Hidden" not in await editor.offered(editor.text + "\nz = hidd$0\n")
    listing = editor.text.replace("import Lib.Shapes\n", "import Data.Function (on)\nimport Lib.Shapes\n")
    assert "& from Data.Function" in await editor.offered(listing + "\nz = x &$0\n")
    assert "toUpper from Data.Char" in await editor.offered(editor.text + "\nz = toUp$0\n", read=True)
    assert "Set from Data.Set" in await editor.offered(editor.text + "\nz :: Se$0\n", read=True)
    qualified = await editor.completed(editor.text + "\nz = Char.toUp$0\n", read=True)
    (upper,) = [each for each in qualified.candidates if each.label == "toUpper"]
    insertion = import_for(editor.text, upper, "Char", literate=False)
    assert insertion
    assert "import qualified Data.Char as Char\n" in insertion.text


async def test_answers_are_whole_only_when_nothing_was_left_out(editor: Editor) -> None:
    assert not (await editor.completed(editor.text + "\nz = s$0\n", read=True)).complete
    assert not (await editor.completed(editor.text + "\nz = ma$0\n", read=True)).complete
    assert (await editor.completed(editor.text + "\nz = M.foldlW$0\n")).complete


async def test_details_of_what_is_offered(editor: Editor) -> None:
    assert await editor.about(editor.text + "\nz = doub$0\n", "doubled") == ("doubled :: Int -> Int", "Twice as much.")
    kind, said = await editor.about(editor.text + "\nz :: Sha$0\n", "Shape")
    assert "data Shape" in kind
    assert said == "What can be drawn."
    code, said = await editor.about(editor.text + "\nz = M.foldlW$0\n", "foldlWithKey")
    assert "foldlWithKey ::" in code
    assert "Fold the keys and values" in said or said == ""
    assert (await editor.about(editor.text + "\nz = radi$0\n", "radius"))[0] == "radius :: Shape -> Double"


async def test_a_module_that_nobody_compiled(editor: Editor) -> None:
    new = editor.files.folder / "Lib" / "New.hs"
    content = "module Lib.New where\nimport Lib.Shapes\nown = 1\nz = ra"
    found = await editor.completer.complete(editor.shows(content, new), new, len(content))
    assert "radius" in [each.label for each in found.candidates]

"""Completion in an editor, with real compilers: in broken buffers, with imports that compile, without a running GHC."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer, started_without_ghc
from tests.support.markers import lay_out
from thatch.core.text import Encoding, LineIndex, Position, Range, apply_change

PROJECT = """
    -- /Shapes.hs
    module Shapes (Shape (..), area) where

    data Shape = Circle { radius :: Double } | Square { side :: Double }

    -- | How much it covers.
    area :: Shape -> Double
    area (Circle r) = pi * r * r
    area (Square s) = s * s
    -- /Main.hs
    module Main where

    import Shapes (Shape)

    größe :: Shape
    größe = undefined

    main :: IO ()
    main = do
      let important = größe
      print 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules without a build description."""
    return lay_out(tmp_path / "project", PROJECT)


async def completed(client: LspClient, path: Path, behind: str, dot: bool = False) -> types.CompletionList:
    """What is offered behind the only occurrence of a text."""
    text = client.texts[path]
    assert text.count(behind) == 1
    at = LineIndex(text).position(text.index(behind) + len(behind), client.encoding)
    kind = types.CompletionTriggerKind.TriggerCharacter if dot else types.CompletionTriggerKind.Invoked
    params = types.CompletionParams(
        types.TextDocumentIdentifier(path.as_uri()),
        types.Position(at.line, at.column),
        types.CompletionContext(kind, "." if dot else None),
    )
    found = await client.rpc.text_document_completion_async(params)
    assert isinstance(found, types.CompletionList)
    return found


def item(found: types.CompletionList, label: str) -> types.CompletionItem:
    return next(one for one in found.items if one.label == label)


def accepted(client: LspClient, path: Path, one: types.CompletionItem) -> str:
    """The text when the user takes what is offered."""
    assert isinstance(one.text_edit, types.TextEdit)
    return edited(client.texts[path], [one.text_edit, *(one.additional_text_edits or ())], client.encoding)


def edited(text: str, edits: Sequence[types.TextEdit], encoding: Encoding) -> str:
    def place(position: types.Position) -> Position:
        return Position(position.line, position.character)

    for edit in sorted(edits, key=lambda edit: place(edit.range.start), reverse=True):
        text = apply_change(text, Range(place(edit.range.start), place(edit.range.end)), edit.new_text, encoding)
    return text


async def test_what_is_typed_is_completed_and_its_import_compiles(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main = folder / "Main.hs"
    client = await lsp("vscode", ghc, folder)
    client.open(main)
    await client.quiescent()

    client.replace(main, "print 1", "print (impo")
    found = await completed(client, main, "print (impo")
    assert (found.items[0].label, found.items[0].kind) == ("important", types.CompletionItemKind.Variable)
    assert found.items[0].detail == "important :: Shape"

    client.replace(main, "print (impo", "print (are")
    area = item(await completed(client, main, "print (are"), "area")
    assert area.additional_text_edits is None
    area = await client.rpc.completion_item_resolve_async(area)
    assert area.detail == "area :: Shape -> Double"
    assert isinstance(area.documentation, types.MarkupContent)
    assert "How much it covers." in area.documentation.value
    client.edit(main, accepted(client, main, area).replace("print (area", "print (area größe)"))
    assert "import Shapes (area, Shape)\n" in client.texts[main]
    await client.quiescent()
    assert [one for one in client.diagnostics(main) if "error" in one.text] == []

    client.edit(main, client.texts[main] + "\nmore = Data.Char.toUpp")
    upper = item(await completed(client, main, "Data.Char.toUpp"), "toUpper")
    upper = await client.rpc.completion_item_resolve_async(upper)
    client.edit(main, accepted(client, main, upper) + " 'x'\n")
    assert "import qualified Data.Char\n" in client.texts[main]
    await client.quiescent()
    assert [one for one in client.diagnostics(main) if "error" in one.text] == []

    client.edit(main, client.texts[main] + "\nother = print.")
    assert (await completed(client, main, "print.", dot=True)).items
    client.edit(main, client.texts[main] + " x\n-- that.")
    assert not (await completed(client, main, "-- that.", dot=True)).items


async def test_the_signature_of_the_function_is_shown(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main = folder / "Main.hs"

    async def signature(behind: str) -> tuple[str, str]:
        """The signature and its active parameter."""
        text = client.texts[main]
        at = LineIndex(text).position(text.index(behind) + len(behind), client.encoding)
        document = types.TextDocumentIdentifier(main.as_uri())
        params = types.SignatureHelpParams(document, types.Position(at.line, at.column))
        found = await client.rpc.text_document_signature_help_async(params)
        assert found
        (one,) = found.signatures
        assert one.parameters
        assert isinstance(found.active_parameter, int)
        label = one.parameters[found.active_parameter].label
        assert not isinstance(label, str)
        return one.label, one.label[slice(*label)]

    client = await lsp("vscode", ghc, folder)
    client.open(main)
    await client.quiescent()
    assert await signature("print ") == ("print :: Show a => a -> IO ()", "a")
    client.replace(main, "print 1", "print (zipWith own ")
    client.edit(main, client.texts[main] + "\nown :: Int -> (Bool -> Char) -> Int\nown = un")
    assert (await signature("zipWith own "))[1] == "[a]"
    assert (await signature("zipWith "))[1] == "a -> b -> c" or (await signature("zipWith "))[1] == "(a -> b -> c)"
    client.replace(main, "print (zipWith own ", "print 1")
    client.replace(main, "own = un", "own = undefined\nother = 1")
    await client.quiescent()
    client.replace(main, "other = 1", "other = own 1 ")
    assert await signature("other = own 1 ") == ("own :: Int -> (Bool -> Char) -> Int", "(Bool -> Char)")


async def test_names_are_completed_at_a_start_without_ghc(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main = folder / "Main.hs"
    second = await started_without_ghc(lsp, ghc, folder)
    second.open(main, (main.read_text("utf-8") + "\nz = grö"))
    assert [one.label for one in (await completed(second, main, "z = grö")).items][:1] == ["größe"]
    second.replace(main, "z = grö", "z :: Sha")
    assert [one.label for one in (await completed(second, main, "z :: Sha")).items][:1] == ["Shape"]

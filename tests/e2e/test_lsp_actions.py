"""Code actions in an editor, with real compilers: what is offered of what GHC said, and that it is true afterwards."""

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.markers import lay_out
from tests.support.waiting import seconds
from thatch.core.text import LineIndex

PROJECT = """
    -- /Main.hs
    module Main where

    🦆 :: Int -> Int
    🦆 = \\case
      1 -> 2
      _ -> 3

    main :: IO ()
    main = print (🦆 1)
""".replace("🦆", "größe")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules without a build description."""
    return lay_out(tmp_path / "project", PROJECT)


def identifier(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


async def actions(client: LspClient, path: Path, text: str, *only: types.CodeActionKind) -> list[types.CodeAction]:
    """What is offered at the first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text), client.encoding)
    at = types.Position(found.line, found.column)
    context = types.CodeActionContext(client.diagnostics(path), list(only) or None)
    params = types.CodeActionParams(identifier(path), types.Range(at, at), context)
    offered = await client.rpc.text_document_code_action_async(params) or ()
    return [one for one in offered if isinstance(one, types.CodeAction)]


async def opened(lsp: StartServer, ghc: Ghc, path: Path, editor: str) -> LspClient:
    client: LspClient = await lsp(editor, ghc, path.parent)
    client.open(path)
    await client.quiescent()
    return client


@pytest.mark.parametrize("editor", ["vscode", "neovim"])
async def test_a_fix_is_taken(ghc: Ghc, lsp: StartServer, folder: Path, editor: str) -> None:
    main = folder / "Main.hs"
    client = await opened(lsp, ghc, main, editor)
    await client.until(lambda: client.diagnostics(main), "the error")
    (action,) = await actions(client, main, "case")
    assert action.title == "Enable LambdaCase"
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.is_preferred
    assert list(action.diagnostics or ()) == client.diagnostics(main)
    assert await actions(client, main, "case", types.CodeActionKind.Refactor) == []
    client.take(main, action.edit)
    # What GHC said is about another text by now.
    assert await actions(client, main, "case") == []
    await client.until(lambda: not client.diagnostics(main), "no error")


async def test_a_lens_writes_down_a_signature(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    both = "both x y = nub [x, y]\n"
    text = 'module Lib where\n\nimport Data.List\n\nn :: Int\nn = length word\n  where\n    word = "abc"\n\n'
    path.write_text(text + both, "utf-8")
    client = await opened(lsp, ghc, path, "vscode")
    (lens,) = await client.rpc.text_document_code_lens_async(types.CodeLensParams(identifier(path))) or ()
    title = "Add signature: both :: Eq a => a -> a -> [a]"
    assert lens.command
    assert lens.command.title == title
    # That of a local binding is a hint already; it can be written down by an action.
    assert lens.range.start.line == 9
    assert [one.title for one in await actions(client, path, "word =")] == ["Add signature: word :: [Char]"]
    explicit, action = (await actions(client, path, "import"))[0], (await actions(client, path, "both x"))[0]
    assert explicit.title == "Make the import of Data.List explicit"
    assert (action.title, action.kind) == (title, types.CodeActionKind.RefactorRewrite)

    arguments = types.ExecuteCommandParams(lens.command.command, lens.command.arguments)
    await client.rpc.workspace_execute_command_async(arguments)
    await client.until(lambda: client.rpc.applied, "the edit")
    client.take(path, client.rpc.applied[0].edit)
    assert client.texts[path].endswith("\nboth :: Eq a => a -> a -> [a]\nboth x y = nub [x, y]\n")
    await client.quiescent()
    assert not await client.rpc.text_document_code_lens_async(types.CodeLensParams(identifier(path)))
    client.take(path, (await actions(client, path, "import"))[0].edit)
    assert "import Data.List (nub)\n" in client.texts[path]
    await client.quiescent()
    assert client.diagnostics(path) == []


async def test_redundant_imports_are_removed_together(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    imports = "import Data.Char\nimport Data.List (nub, sort)\nimport Data.Maybe\n"
    pragma = "{-# OPTIONS_GHC -Wunused-imports #-}\n"
    path.write_text(f"{pragma}module Lib where\n{imports}f :: String -> String\nf = sort\n", "utf-8")
    client = await opened(lsp, ghc, path, "neovim")
    await client.until(lambda: len(client.diagnostics(path)) == 3, "the warnings")
    (action,) = await actions(client, path, "module", types.CodeActionKind.SourceOrganizeImports)
    assert action.title == "Remove all redundant imports"
    assert list(action.diagnostics or ()) == client.diagnostics(path)
    client.take(path, action.edit)
    assert "import Data.List (sort)\nf ::" in client.texts[path]
    await client.until(lambda: not client.diagnostics(path), "no warning")


async def test_names_are_imported_from_the_project_and_from_packages(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    main = folder / "Main.hs"
    (folder / "Lib.hs").write_text("module Lib (helper) where\n\nhelper :: [Int]\nhelper = [3, 2]\n", "utf-8")
    text = "module Main where\n\nimport qualified Lib as L ()\n\nmain :: IO ()\nmain = print (sortOn negate helper)\n"
    main.write_text(text, "utf-8")
    client = await opened(lsp, ghc, main, "vscode")
    await client.until(lambda: len(client.diagnostics(main)) == 2, "the errors")

    async def offered(name: str, title: str) -> types.CodeAction:
        """The action, once everything that could be imported has been read."""
        while True:
            found = {one.title: one for one in await actions(client, main, name)}
            if title in found:
                return found[title]

    async with asyncio.timeout(seconds(60)):
        client.take(main, (await offered("sortOn", "Import sortOn from Data.List")).edit)
        await client.until(lambda: len(client.diagnostics(main)) == 1, "one error")
        client.take(main, (await offered("helper", "Import helper from Lib")).edit)
    await client.until(lambda: not client.diagnostics(main), "no error")
    assert "import Data.List (sortOn)\n" in client.texts[main]
    assert "import Lib (helper)\n" in client.texts[main]

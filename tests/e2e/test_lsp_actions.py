"""Code actions in an editor, with real compilers: what is offered of what GHC said, and that it is true afterwards."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.markers import parse
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
    folder = tmp_path / "project"
    folder.mkdir()
    for name, file in parse(PROJECT).items():
        (folder / name).write_text(file.text, "utf-8")
    return folder


async def actions(client: LspClient, path: Path, text: str, *only: types.CodeActionKind) -> list[types.CodeAction]:
    """What is offered at the first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text), client.encoding)
    at = types.Position(found.line, found.column)
    context = types.CodeActionContext(client.diagnostics(path), list(only) or None)
    params = types.CodeActionParams(types.TextDocumentIdentifier(path.as_uri()), types.Range(at, at), context)
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

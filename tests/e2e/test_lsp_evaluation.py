"""Examples in comments, evaluated in an editor with real compilers: what is written, and what stays well."""

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.markers import parse
from tests.support.waiting import until

PROJECT = """
    -- /Lib.hs
    {-# LANGUAGE LambdaCase #-}
    module Lib (twice) where

    import Helper (broken, helped)

    -- $setup
    -- >>> import Data.List (sort)
    -- >>> let ten = 10 :: Int

    -- | Twice as much.
    --
    -- >>> twice 4
    -- 7
    -- >>> sort [hidden 3, ten]
    --
    -- >>> x = twice ten
    -- >>> print x >> putStrLn "" >> print (helped x)
    twice :: Int -> Int
    twice = hidden

    {- |
      >>> (\\case { True -> "{-"; False -> "-}" }) True
      >>> :type hidden
      >>> broken
      >>> missing + 1
    -}
    hidden :: Int -> Int
    hidden n = n * 2
    -- /Helper.hs
    module Helper where

    helped :: Int -> Int
    helped = (+ 1)

    broken :: Int
    broken = error "on purpose"
"""

EVALUATED = """
    -- /Lib.hs
    {-# LANGUAGE LambdaCase #-}
    module Lib (twice) where

    import Helper (broken, helped)

    -- $setup
    -- >>> import Data.List (sort)
    -- >>> let ten = 10 :: Int

    -- | Twice as much.
    --
    -- >>> twice 4
    -- 8
    -- >>> sort [hidden 3, ten]
    -- [6,10]
    --
    -- >>> x = twice ten
    -- >>> print x >> putStrLn "" >> print (helped x)
    -- 20
    -- <BLANKLINE>
    -- 21
    twice :: Int -> Int
    twice = hidden

    {- |
      >>> (\\case { True -> "{-"; False -> "-}" }) True
      "..."
      >>> :type hidden
      hidden :: Int -> Int
      >>> broken
      *** Exception: on purpose
      ...
      >>> missing + 1
      <interactive>:...: error: [GHC-88464]
          Variable not in scope: missing
    -}
    hidden :: Int -> Int
    hidden n = n * 2
    -- /Helper.hs
    module Helper where

    helped :: Int -> Int
    helped = (+ 1)

    broken :: Int
    broken = error "on purpose"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    root.mkdir()
    for name, file in parse(PROJECT).items():
        (root / name).write_text(file.text, "utf-8")
    return root


async def opened(lsp: StartServer, ghc: Ghc, path: Path, editor: str = "vscode", **options: Any) -> LspClient:
    client = await lsp(editor, ghc, path.parent, options=options)
    client.open(path)
    await client.quiescent()
    return client


async def lenses(client: LspClient, path: Path) -> list[tuple[int, types.Command]]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(path.as_uri()))
    found = await client.rpc.text_document_code_lens_async(params) or ()
    commands = [(lens.range.start.line, lens.command) for lens in found]
    return [(line, command) for line, command in commands if command and command.command == "thatch.evaluate"]


async def actions(client: LspClient, path: Path, line: int) -> list[types.Command]:
    at = types.Position(line, 0)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(path.as_uri()), types.Range(at, at), types.CodeActionContext([])
    )
    found = await client.rpc.text_document_code_action_async(params) or ()
    # lsprotocol (2025) takes an action with a command for that command, and its command for the name of one.
    commands = [ast.literal_eval(action.command) for action in found if isinstance(action, types.Command)]
    return [types.Command(**command) for command in commands if command["command"] == "thatch.evaluate"]


async def evaluate(client: LspClient, path: Path, command: types.Command) -> None:
    """Do what a lens or an action says, as editors do, and take the edit that comes."""
    before = len(client.rpc.applied)
    params = types.ExecuteCommandParams(command.command, command.arguments)
    await client.rpc.workspace_execute_command_async(params)
    await client.until(lambda: len(client.rpc.applied) > before, "the edit")
    client.take(path, client.rpc.applied[-1].edit)


def line_of(client: LspClient, path: Path, text: str) -> int:
    return client.texts[path][: client.texts[path].index(text)].count("\n")


async def compiles(ghc: Ghc, path: Path, text: str) -> None:
    await asyncio.to_thread(path.write_text, text, "utf-8")
    command = (ghc.path, "-v0", "-fno-code", "-haddock", "-i.", path.name)
    compiled = await asyncio.create_subprocess_exec(*command, cwd=path.parent, stderr=asyncio.subprocess.PIPE)
    _, said = await compiled.communicate()
    assert (compiled.returncode, said.decode()) == (0, "")


@pytest.mark.parametrize("editor", ["vscode", "neovim"])
async def test_a_lens_writes_what_comes_of_the_examples_below_it(
    ghc: Ghc, lsp: StartServer, folder: Path, editor: str
) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path, editor)
    client.edit(path, client.texts[path].replace("n * 2", "n * 3"))
    offered = await lenses(client, path)
    assert [(line, command.title) for line, command in offered] == [
        (line_of(client, path, ">>> import"), "Evaluate"),
        (line_of(client, path, ">>> twice"), "Evaluate again"),
        (line_of(client, path, ">>> x ="), "Evaluate"),
        (line_of(client, path, ">>> (\\case"), "Evaluate"),
        (line_of(client, path, ">>> import"), "Evaluate all examples"),
    ]
    await evaluate(client, path, offered[1][1])
    assert "-- >>> twice 4\n-- 12\n-- >>> sort [hidden 3, ten]\n-- [9,10]\n--\n-- >>> x =" in client.texts[path]
    await client.quiescent()
    assert client.messages(path) == []


async def test_all_examples_and_the_file_compiles(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    (*_, (_, command)) = await lenses(client, path)
    await evaluate(client, path, command)
    assert client.texts[path] == parse(EVALUATED)["Lib.hs"].text
    await compiles(ghc, path, client.texts[path])


async def test_an_action_evaluates_one_example_with_what_it_needs(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    offered = await actions(client, path, line_of(client, path, "print x"))
    assert [command.title for command in offered] == [
        "Evaluate",
        'Evaluate `print x >> putStrLn "" >> print (helped…`',
        "Evaluate all examples",
    ]
    await evaluate(client, path, offered[1])
    assert "-- 7\n-- >>> sort [hidden 3, ten]\n--\n-- >>> x = twice ten\n-- >>> print" in client.texts[path]
    assert "-- 20\n-- <BLANKLINE>\n-- 21\n" in client.texts[path]
    assert await actions(client, path, line_of(client, path, "twice = hidden")) == []


async def test_what_goes_wrong_is_told_and_the_server_stays_well(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path, splices={"seconds": 2})
    text = client.texts[path]
    command = (await lenses(client, path))[1][1]
    client.edit(path, text.replace("twice = hidden", "twice = ="))
    with pytest.raises(JsonRpcException) as caught:
        await evaluate(client, path, command)
    assert "Lib cannot be loaded, so nothing in it is evaluated.\nLib.hs:19:9: " in caught.value.message
    client.edit(path, text.replace(">>> twice 4\n", ">>> let loop = loop :: Int in loop\n"))
    await evaluate(client, path, command)
    assert "in loop\n-- *** Stopped: it ran for more than 2 s.\n-- >>> sort" in client.texts[path]
    assert "ten]\n-- *** Not evaluated: what stands before it was stopped.\n--\n" in client.texts[path]
    client.edit(path, text)
    await evaluate(client, path, command)
    assert "-- >>> twice 4\n-- 8\n-- >>> sort" in client.texts[path]
    for wrong in ([], ["thing:x"], [path.as_uri(), 1], [path.as_uri(), 900, 901], [(folder / "No.hs").as_uri()]):
        with pytest.raises(JsonRpcException):
            await client.rpc.workspace_execute_command_async(types.ExecuteCommandParams(command.command, wrong))


async def test_results_find_their_examples_when_the_text_has_changed(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    command = (await lenses(client, path))[1][1]
    params = types.ExecuteCommandParams(command.command, command.arguments)
    evaluating = asyncio.ensure_future(client.rpc.workspace_execute_command_async(params))
    await client.until(lambda: "Evaluating" in str(client.rpc.statuses), "the evaluation")
    client.edit(path, client.texts[path].replace("import Helper", "-- One\n-- >>> more\n\nimport Helper"))
    await evaluating
    await client.until(lambda: client.rpc.applied, "the edit")
    client.take(path, client.rpc.applied[-1].edit)
    assert "-- >>> more\n\nimport" in client.texts[path]
    assert "-- >>> twice 4\n-- 8\n-- >>> sort [hidden 3, ten]\n-- [6,10]\n--\n" in client.texts[path]


async def test_a_cancelled_request_ends_what_runs(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    client.edit(path, client.texts[path].replace(">>> twice 4\n", ">>> let loop = loop :: Int in loop\n"))
    command = (await lenses(client, path))[1][1]
    before = len(client.process.children(recursive=True))
    params = types.ExecuteCommandParams(command.command, command.arguments)
    evaluating = client.rpc.protocol.send_request(types.WORKSPACE_EXECUTE_COMMAND, params, msg_id="evaluation")
    await client.until(lambda: len(client.process.children(recursive=True)) > before, "the session")
    client.rpc.protocol.notify("$/cancelRequest", types.CancelParams("evaluation"))
    with pytest.raises(JsonRpcException, match=r"[Cc]ancel"):
        await asyncio.wrap_future(evaluating)
    await until(lambda: len(client.process.children(recursive=True)) <= before, "its end")
    client.edit(path, client.texts[path].replace(">>> let loop = loop :: Int in loop\n", ">>> twice 4\n"))
    await evaluate(client, path, command)
    assert "-- >>> twice 4\n-- 8\n" in client.texts[path]


async def test_nothing_of_an_untrusted_workspace_is_evaluated(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await lsp("vscode", ghc, folder, options={"trusted": False})
    client.open(path)
    await client.until(lambda: "not trusted" in str(client.rpc.statuses), "a status")
    assert await lenses(client, path) == []
    with pytest.raises(JsonRpcException, match="not trusted"):
        await client.rpc.workspace_execute_command_async(types.ExecuteCommandParams("thatch.evaluate", [path.as_uri()]))
    client.take_messages()

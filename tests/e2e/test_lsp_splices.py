"""Splices in an editor, with real compilers and interpreters: what is shown, and what may stand in their place."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.markers import Label, annotate, lay_out, parse
from thatch.core.text import LineIndex

PROJECT = """
    -- /TH.hs
    {-# LANGUAGE TemplateHaskell #-}
    module TH where

    import qualified Data.List
    import Language.Haskell.TH
    import Language.Haskell.TH.Quote
    import Language.Haskell.TH.Syntax

    theAnswer :: Q Exp
    theAnswer = [| 40 + 2 |]

    plus :: Int -> Q Exp
    plus n = [| \\x -> x + n |]

    steps :: Int -> Q Exp
    steps n = doE [noBindS [| putStrLn $(litE (stringL (show i))) |] | i <- [1 .. n]]

    pairT :: Q Type
    pairT = [t| (Int, Maybe String) |]

    justP :: String -> Q Pat
    justP name = conP 'Just [varP (mkName name)]

    typed :: Code Q Int
    typed = [|| length (Data.List.sort "ba") ||]

    nested :: Q Exp -> Q Exp
    nested inner = [| negate $inner |]

    str :: QuasiQuoter
    str = QuasiQuoter (litE . stringL) (litP . stringL) (const [t| String |]) declare
      where
        declare text = do
          let name = mkName text
          sequence [sigD name [t| Int |], funD name [clause [] (normalB [| 1 |]) []]]

    getters :: Name -> Q [Dec]
    getters t = do
      info <- reify t
      case info of
        TyConI (DataD _ _ _ _ [RecC _ fields] _) -> concat <$> mapM getter fields
        _ -> fail "not a record"
      where
        getter (field, _, ty) = do
          let name = mkName ("get" ++ drop 1 (nameBase field))
          sequence [sigD name [t| $(conT t) -> $(pure ty) |], funD name [clause [] (normalB (varE field)) []]]

    wrong :: Name -> Q [Dec]
    wrong t = [d| instance Show $(conT t) where { show _ = "a" ++ 'b' } |]

    lost :: Q [Dec]
    lost = sequence [valD (varP (mkName name)) (normalB (varE (mkName ("no" ++ name)))) [] | name <- ["way", "where_"]]
    -- /Lib.hs
    {-# LANGUAGE TemplateHaskell, QuasiQuotes #-}
    module Lib where

    import TH

    data Point = Point {_X :: Int, _Y :: Maybe Int}

    getters ''Point

    answer :: Int
    answer = $(theAnswer) * 2

    f :: Int -> Int
    f = $(plus 3)

    io :: IO ()
    io = do
      $(steps 2)
      print answer

    p :: $(pairT)
    p = (1, Nothing)

    g :: Maybe Int -> Int
    g $(justP "y") = y
    g _ = 0

    n :: Int
    n = $$typed + $(nested [| 2 + $(theAnswer) |])

    s :: [str||] -> Bool
    s [str|one
    two|] = True
    s _ = False

    [str|seven|]

    $(pure [])

    main :: IO ()
    main = print (getX (Point answer Nothing), seven, p, n)
    -- /User.hs
    module User where

    import qualified Lib

    x :: Lib.Point -> Int
    x = Lib.getX

    y :: Int -> Int
    y getX = 1 + getX
"""

HINTED = """\
getters ''Point
              ^ 4 decls, T

answer :: Int
answer = $(theAnswer) * 2
                    ^ = 40 + 2, T

f :: Int -> Int
f = $(plus 3)
            ^ = \\x -> x + 3, T

io :: IO ()
io = do
  $(steps 2)
           ^ T
  print answer

p :: $(pairT)
            ^ = (Int, Maybe String), T
p = (1, Nothing)

g :: Maybe Int -> Int
g $(justP "y") = y
             ^ = Just y, T
g _ = 0
"""

GETTERS = "getX :: Point -> Int\ngetX = _X\n\ngetY :: Point -> Maybe Int\ngetY = _Y"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project in a folder of its own."""
    return lay_out(tmp_path / "my project", PROJECT)


async def opened(lsp: StartServer, ghc: Ghc, path: Path, editor: str = "neovim") -> LspClient:
    """An editor with a file open whose splices ran."""
    client = await lsp(editor, ghc, path.parent, options={"expansionDocuments": True})
    client.open(path)
    await client.quiescent()
    assert client.messages(path) == []
    return client


async def hinted(client: LspClient, path: Path) -> str:
    """The file's text with hints as labels and times left out."""
    params = types.InlayHintParams(document(path), types.Range(types.Position(0, 0), types.Position(999, 0)))
    found = await client.rpc.text_document_inlay_hint_async(params)
    labels = [
        Label(
            hint.position.line,
            hint.position.character - 1,
            hint.position.character,
            False,
            re.sub(r"<1 ms|\d+ ms|[\d.]+ s", "T", str(hint.label)),
        )
        for hint in found or ()
    ]
    return annotate(client.texts[path], labels)


def document(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())


def place(client: LspClient, path: Path, text: str, inside: int = 0) -> types.Position:
    """The position of the first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text) + inside, client.encoding)
    return types.Position(found.line, found.column)


async def replace(client: LspClient, path: Path, splice: str) -> None:
    """Take the action on a splice, as an editor does."""
    at = place(client, path, splice)
    context = types.CodeActionContext(diagnostics=[], only=[types.CodeActionKind.RefactorInline])
    params = types.CodeActionParams(document(path), types.Range(at, at), context)
    (action,) = await client.rpc.text_document_code_action_async(params) or ()
    assert isinstance(action, types.CodeAction)
    resolved = await client.rpc.code_action_resolve_async(action)
    client.take(path, resolved.edit)


async def hovered(client: LspClient, path: Path, text: str, inside: int) -> str:
    """What stands below the line in a hover within a splice."""
    params = types.HoverParams(document(path), place(client, path, text, inside))
    hover = await client.rpc.text_document_hover_async(params)
    assert hover
    assert isinstance(hover.contents, types.MarkupContent)
    return hover.contents.value.partition("\n\n---\n\nIn the splice:\n\n")[2]


async def test_hints_and_hovers(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    assert HINTED in await hinted(client, path)
    client.edit(
        path, client.texts[path].replace("import TH\n", "-- 🦆\nimport TH\n-- moved\n").replace("plus 3", "plus 4")
    )
    moved = await hinted(client, path)
    assert "4 decls, T" in moved
    params = types.HoverParams(document(path), place(client, path, "getters", 3))
    hover = await client.rpc.text_document_hover_async(params)
    assert hover
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.value.startswith(
        f"```haskell\n{GETTERS}\n```\n\n4 declarations, 5 lines, 68 characters; ran "
    )
    assert "1 question to GHC" in hover.contents.value
    await client.until(lambda: types.WORKSPACE_INLAY_HINT_REFRESH in client.rpc.refreshed, "a refresh")
    await client.quiescent()
    assert "= \\x -> x + 4, T" in await hinted(client, path)
    assert (await hovered(client, path, "plus 4", 1)).startswith("```haskell\nplus :: Int -> Q Exp\n```\n")


async def test_expansions_are_documents_and_generated_names_lead_there(
    ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    path, user = folder / "Lib.hs", folder / "User.hs"
    client = await opened(lsp, ghc, path, "vscode")
    client.open(user)
    lenses = await client.rpc.text_document_code_lens_async(types.CodeLensParams(document(path)))
    assert lenses
    command = lenses[0].command
    assert command
    await client.rpc.workspace_execute_command_async(types.ExecuteCommandParams(command.command, command.arguments))
    await client.until(lambda: client.rpc.shown_documents, "the document")
    uri = client.rpc.shown_documents[0].uri
    shown = await client.rpc.protocol.send_request_async("thatch/expansion", {"textDocument": {"uri": uri}})
    assert shown.text.endswith(f"\n\n{GETTERS}\n")
    params = types.DefinitionParams(document(user), place(client, user, "getX", 2))
    links = await client.rpc.text_document_definition_async(params)
    assert isinstance(links, (list, tuple))
    splice, line = links
    assert isinstance(splice, types.LocationLink)
    assert isinstance(line, types.LocationLink)
    assert splice.target_uri == path.as_uri()
    assert splice.target_range.start == place(client, path, "getters ''Point")
    assert line.target_uri == uri
    assert shown.text.split("\n")[line.target_range.start.line] == "getX :: Point -> Int"
    # Something else of that name.
    params = types.DefinitionParams(document(user), place(client, user, "1 + getX", 5))
    (own,) = await client.rpc.text_document_definition_async(params) or ()
    assert isinstance(own, types.LocationLink)
    assert (own.target_uri, own.target_range.start) == (user.as_uri(), place(client, user, "getX = 1"))


SPLICES = (
    "getters ''Point",
    "$(theAnswer) *",
    "$(plus 3)",
    "$(steps 2)",
    "$(pairT)",
    '$(justP "y")',
    "$$typed",
    "$(nested",
    "[str||]",
    "[str|one",
    "[str|seven",
    "$(pure [])",
)


async def test_all_splices_are_replaced_and_the_file_compiles(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    for splice in SPLICES:
        await replace(client, path, splice)
    await client.quiescent()
    assert client.messages(path) == []
    text = client.texts[path]
    assert not re.search(r"\$[($\w]|\[str\|", text)
    # Without the language of splices, and without the module that they came from.
    path.write_text(text.replace("TemplateHaskell, QuasiQuotes", "Haskell2010").replace("import TH\n", ""), "utf-8")
    compiled = await asyncio.create_subprocess_exec(
        *(ghc.path, "-v0", "-Werror", "-fno-code", "-i", path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await compiled.communicate()
    assert (compiled.returncode, said.decode(), text) == (0, "", text)


async def test_each_replacement_alone_leaves_a_file_without_messages(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    text = client.texts[path]
    for splice in SPLICES:
        await replace(client, path, splice)
        await client.quiescent()
        assert (splice, client.messages(path)) == (splice, [])
        client.edit(path, text)
        await client.quiescent()


async def test_an_error_in_generated_code_points_to_the_line(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path, "vscode")
    client.edit(path, client.texts[path] + "\nwrong ''Point\n\nlost\n")

    def related() -> list[Any]:
        return [info for one in client.diagnostics(path) for info in one.related_information or ()]

    await client.until(lambda: len(related()) == 3, "the generated lines")
    assert {(info.location.uri.split("/")[-1], info.message) for info in related()} == {
        ("splice-42-1.hs", "Generated by this splice: show _ = \"a\" ++ 'b'"),
        ("splice-44-1.hs", "Generated by this splice: way = noway"),
        ("splice-44-1.hs", "Generated by this splice: where_ = nowhere_"),
    }


async def test_a_failing_splice_says_so(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = folder / "Lib.hs"
    client = await opened(lsp, ghc, path)
    client.edit(path, client.texts[path].replace("getters ''Point", "getters ''Maybe"))
    await client.until(lambda: client.messages(path), "the error")
    await client.quiescent()
    assert "getters ''Maybe\n              ^ failed, T\n" in await hinted(client, path)


SLOW = """
    -- /Slow.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Slow where

    import Control.Concurrent (threadDelay)
    import Language.Haskell.TH
    import Language.Haskell.TH.Syntax (runIO)

    slow :: FilePath -> Q Exp
    slow path = do
      text <- runIO (readFile path)
      if take 4 text == "wait" then runIO (threadDelay 600000000) >> [| 1 |] else [| 2 |]
    -- /Uses.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Uses where

    import Slow

    x, y :: Int
    y = $([| 3 |])
    x = $(slow FILE)
"""


async def test_a_splice_that_was_stopped_can_be_run_again(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    folder = tmp_path / "slow"
    told = folder / "told"  # In the project: the sandbox shows a splice nothing else that can change.
    folder.mkdir()
    told.write_text("wait")
    for name, file in parse(SLOW.replace("FILE", f'"{told}"')).items():
        (folder / name).write_text(file.text, "utf-8")
    path = folder / "Uses.hs"
    client = await lsp("vscode", ghc, folder, options={"splices": {"seconds": 2}})
    client.open(path)
    await client.until(lambda: client.messages(path), "the limit")
    await client.quiescent()
    assert "splices.seconds" in client.messages(path)[0]
    marked = await hinted(client, path)
    assert "^ = 3, T" in marked
    assert "^ stopped after T" in marked
    at = place(client, path, "$(slow")
    context = types.CodeActionContext(diagnostics=[], only=[types.CodeActionKind.QuickFix])
    params = types.CodeActionParams(document(path), types.Range(at, at), context)
    (action,) = await client.rpc.text_document_code_action_async(params) or ()
    assert action.title == "Run splice again"
    told.write_text("go")
    uri = path.as_uri().replace("file:", "thatch-splice:") + "/splice-8-6.hs"
    again = types.ExecuteCommandParams("thatch.runSpliceAgain", [uri])
    await client.rpc.workspace_execute_command_async(again)
    await client.until(lambda: not client.messages(path), "the end of the error")
    await client.quiescent()
    assert "^ = 2, T" in await hinted(client, path)

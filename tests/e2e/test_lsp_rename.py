"""Renaming in an editor, with real compilers: what is renamed compiles again, and what is not certain is refused."""

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.conftest import SERIES, Ghc
from tests.support.lsp_client import EDITORS, LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.markers import lay_out
from tests.support.projects import write
from thatch.core.text import LineIndex

PROJECT = """
    -- /Shapes.hs
    module Shapes where

    import {-# SOURCE #-} Circles (Circle, grown)

    data Shape = Round Circle | Square { side :: Double }

    größe :: Shape -> Double
    größe (Round c) = grown c
    größe (Square s) = s * s
    -- /Circles.hs-boot
    module Circles where

    -- | What 'grown' makes larger.
    data Circle

    grown :: Circle -> Double
    -- /Circles.hs
    module Circles where

    import Shapes

    data Circle = Circle Double

    -- | See 'größe'.
    grown :: Circle -> Double
    grown (Circle r) = r + größe (Square 1)
    -- /Prose.lhs
    What `größe` means in prose is nobody's concern.

    > module Prose (module Shapes, twice) where
    >
    > import Shapes
    >
    > twice :: Shape -> Double
    > twice s = 2 * größe s -- not 'größer', but 'größe'
    -- /Main.hs
    module Main where

    import qualified Circles
    import Prose

    main :: IO ()
    main = print (twice (Round c), größe (Round c))
      where c = Circles.Circle 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of modules without a build description."""
    return lay_out(tmp_path / "project", PROJECT)


def at(client: LspClient, path: Path, text: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
    """The first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text), client.encoding)
    return types.TextDocumentIdentifier(path.as_uri()), types.Position(found.line, found.column)


async def prepare(client: LspClient, path: Path, text: str) -> tuple[str, int, int] | None:
    """The name that would be renamed, and its columns."""
    found = await client.rpc.text_document_prepare_rename_async(types.PrepareRenameParams(*at(client, path, text)))
    assert found is None or isinstance(found, types.PrepareRenamePlaceholder)
    return (found.placeholder, found.range.start.character, found.range.end.character) if found else None


async def rename(client: LspClient, path: Path, text: str, new: str) -> list[str]:
    """Have something renamed; the names of the changed files."""
    edit = await client.rpc.text_document_rename_async(types.RenameParams(*at(client, path, text), new))
    return sorted(path.name for path in client.take_all(edit))


async def compiles(client: LspClient) -> None:
    """Save everything; GHC must have nothing to say."""
    for path in client.texts:
        client.save(path)
    await client.quiescent()
    assert {path: client.messages(path) for path in client.texts if client.messages(path)} == {}


async def test_what_is_renamed_compiles_again(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    # Editors count columns in two ways; each is tried with one GHC.
    editor = EDITORS[SERIES.index(ghc.series) % len(EDITORS)] if ghc.series in SERIES else EDITORS[0]
    client = await lsp(editor, ghc, folder)
    shapes, main = folder / "Shapes.hs", folder / "Main.hs"
    for path in (shapes, main):
        client.open(path)
    await client.quiescent()
    width = len("größe".encode()) if editor == "neovim" else len("größe")
    assert await prepare(client, main, "größe (Round") == ("größe", 31, 31 + width)
    assert await rename(client, main, "größe (Round", "magnitude") == [
        "Circles.hs", "Main.hs", "Prose.lhs", "Shapes.hs",
    ]  # fmt: skip
    assert "größe" not in client.texts[main] + client.texts[shapes] + (folder / "Circles.hs").read_text("utf-8")
    assert (folder / "Prose.lhs").read_text("utf-8").count("größe") == 2
    await compiles(client)
    assert await rename(client, shapes, "grown c", "larger") == ["Circles.hs", "Circles.hs-boot", "Shapes.hs"]
    assert "'larger'" in (folder / "Circles.hs-boot").read_text("utf-8")
    await compiles(client)
    assert await rename(client, main, "c = ", "circle") == ["Main.hs"]
    await compiles(client)
    assert await rename(client, main, "Circle 3", "Disc") == ["Circles.hs", "Main.hs"]
    await compiles(client)
    assert await rename(client, shapes, "Circle,", "Disc") == ["Circles.hs", "Circles.hs-boot", "Shapes.hs"]
    await compiles(client)


async def test_what_is_not_certain_is_refused(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    client = await lsp("vscode", ghc, folder)
    main, shapes = folder / "Main.hs", folder / "Shapes.hs"
    client.open(main)
    await client.quiescent()
    assert await prepare(client, main, "\nimport") is None
    for text, new, reason in [
        ("print", "show", "not in this project"),
        ("main ::", "start", "begins with `main`"),
        ("Prose", "Text", "renaming its file"),
        ("Circles.Circle", "C", "renaming its file"),
        ("twice (", "Twice", "is no name for"),
        ("twice (", "größe", r"line \d: `größe` would mean two things"),
    ]:
        with pytest.raises(JsonRpcException, match=reason):
            await rename(client, main, text, new)
    # A file that GHC cannot read any more: nobody knows what it means by the name.
    client.open(shapes)
    client.edit(shapes, client.texts[shapes] + "\nmore = größe größe (\n")
    await client.until(lambda: client.diagnostics(shapes), "the error")
    with pytest.raises(JsonRpcException, match=r"Shapes\.hs, line 10: `größe` was edited since"):
        await rename(client, main, "größe (Round", "magnitude")
    client.edit(shapes, client.texts[shapes].replace("größe größe (", "1"))
    await client.until(lambda: not client.diagnostics(shapes), "no error")
    assert await rename(client, main, "größe (Round", "magnitude") == [
        "Circles.hs", "Main.hs", "Prose.lhs", "Shapes.hs",
    ]  # fmt: skip
    await compiles(client)


PACKAGE = {
    "cabal.project": "packages: .\n",
    "p.cabal": """
        cabal-version: 3.0
        name: p
        version: 0.1
        build-type: Simple

        library
          default-language: Haskell2010
          hs-source-dirs: src
          exposed-modules: Data.Shape
          other-modules: Data.Area
          build-depends: base

        executable x
          default-language: Haskell2010
          main-is: Main.hs
          hs-source-dirs: app
          build-depends: base, p
    """,
    "src/Data/Shape.hs": """
        -- | Based on "Data.Area".
        module Data.Shape (module Data.Shape, module Data.Area) where

        import Data.Area

        twice :: Double -> Double
        twice = (* 2) . Data.Area.area
    """,
    "src/Data/Area.hs": """
        module Data.Area where

        area :: Double -> Double
        area = (* 3)
    """,
    "app/Main.hs": """
        module Main where

        import qualified Data.Shape

        main :: IO ()
        main = print (Data.Shape.twice (Data.Shape.area 1))
    """,
}


async def test_modules_are_renamed_with_their_files(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    root = write(tmp_path / "package", PACKAGE)
    client = await lsp("vscode", ghc, root)
    main = root / "app/Main.hs"
    client.open(main)
    await client.quiescent()
    assert await move(client, root / "src/Data/Area.hs", root / "src/Data/Size/Area.hs") == [
        "Area.hs", "Shape.hs", "p.cabal",
    ]  # fmt: skip
    await client.quiescent()
    assert await move(client, root / "src/Data", root / "src/Info") == [
        "Area.hs", "Main.hs", "Shape.hs", "p.cabal",
    ]  # fmt: skip
    await compiles(client)
    assert "print (Info.Shape.twice (Info.Shape.area 1))" in main.read_text("utf-8")
    client.edit(main, client.texts[main].replace("Info.Shape.area 1", "Info.Shape.area True"))
    await client.until(lambda: client.diagnostics(main), "an error, since all of it is checked")


async def move(client: LspClient, old: Path, new: Path) -> list[str]:
    """Have a closed file or a folder of such moved; the names of the files that change."""
    files = [types.FileRename(old.as_uri(), new.as_uri())]
    edit = await client.rpc.workspace_will_rename_files_async(types.RenameFilesParams(files))
    changed = client.take_all(edit)
    await asyncio.to_thread(_move, old, new)
    told = {one.as_uri(): types.FileChangeType.Changed for one in changed if one not in client.texts}
    told |= {old.as_uri(): types.FileChangeType.Deleted, new.as_uri(): types.FileChangeType.Created}
    events = [types.FileEvent(uri, kind) for uri, kind in told.items()]
    client.rpc.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))
    return sorted(path.name for path in changed)


def _move(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)

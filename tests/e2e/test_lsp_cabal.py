"""`.cabal` files in an editor, with real cabal and real compilers."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.projects import write
from thatch.core.text import LineIndex

FILES = {
    "box.cabal": """
        cabal-version: 2.4
        name: box
        version: 1.0

        common shared
          hs-source-dirs: src
          default-language: Haskell2010

        library
          import: shared
          exposed-modules: Box
          build-depends: base

        executable box
          main-is: Main.hs
          hs-source-dirs: app
          build-depends: base, box
          default-language: Haskell2010
    """,
    "src/Box.hs": "module Box where\n\nbox :: Int\nbox = 1\n",
    "src/Box/Lid.hs": "module Box.Lid where\n",
    "app/Main.hs": "module Main where\nimport Box\nmain :: IO ()\nmain = print box\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "box", FILES)


async def opened(lsp: StartServer, ghc: Ghc, root: Path, editor: str = "vscode", **rest: Any) -> tuple[LspClient, Path]:
    """An editor that has the description open and nothing to wait for."""
    client: LspClient = await lsp(editor, ghc, root, **rest)
    path = root / "box.cabal"
    client.open(path)
    await client.quiescent()
    return client, path


def place(client: LspClient, path: Path, before: str) -> types.Position:
    """The place behind the only occurrence of a text."""
    text = client.texts[path]
    assert text.count(before) == 1
    found = LineIndex(text).position(text.index(before) + len(before), client.encoding)
    return types.Position(found.line, found.column)


async def completed(client: LspClient, path: Path, old: str, new: str) -> dict[str, types.CompletionItem]:
    """What is offered behind a text that was just typed in the place of another; it is taken back again."""
    client.replace(path, old, new)
    params = types.CompletionParams(types.TextDocumentIdentifier(path.as_uri()), place(client, path, new))
    found = await client.rpc.text_document_completion_async(params)
    client.replace(path, new, old)
    assert isinstance(found, types.CompletionList)
    return {item.label: item for item in found.items}


async def test_what_is_offered_comes_from_the_project_and_its_compiler(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    client, path = await opened(lsp, ghc, root)
    packages = await completed(client, path, "build-depends: base\n", "build-depends: base, cont")
    base = {"9.6": "4.18.2.1", "9.10": "4.20.2.0"}[ghc.series]
    assert packages["containers"].documentation == "Assorted concrete container types"
    assert {"box", "bytestring"} <= set(await completed(client, path, "base, box\n", "base, b"))
    modules = await completed(client, path, "exposed-modules: Box\n", "exposed-modules: Box, B")
    assert list(modules) == ["Box.Lid"]
    names = await completed(client, path, "main-is: Main.hs\n", "main-is: Main.hs\n  default-extensions: Lamb")
    assert list(names)[:1] == ["LambdaCase"]
    languages = await completed(client, path, "hs-source-dirs: app\n", "hs-source-dirs: app\n  other-languages: GHC")
    assert ("GHC2024" in languages) is (ghc.series == "9.10")

    params = types.HoverParams(
        types.TextDocumentIdentifier(path.as_uri()), place(client, path, "exposed-modules: Box\n  build-depends: b")
    )
    hover = await client.rpc.text_document_hover_async(params)
    assert hover
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.value.startswith(f"`base` {base}\n\n")


async def test_typing_in_a_description_gives_ghc_nothing_to_do(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    client, path = await opened(lsp, ghc, root)
    before = len(client.progress())
    client.replace(path, "name: box\n", "name: box\nsynopsis: A box\n")
    client.replace(path, "synopsis: A box\n", "synopsis: A large box\n")
    await client.quiescent()
    assert len(client.progress()) == before
    client.save(path)
    await client.until(lambda: len(client.progress()) > before, "asking cabal again")
    await client.quiescent()
    assert client.diagnostics(path) == []


def said(client: LspClient, path: Path) -> list[str]:
    return [f"{one.range.start.line} {one.source} {one.message.splitlines()[0]}" for one in client.diagnostics(path)]


@pytest.mark.parametrize("editor", ["neovim"])
async def test_what_is_wrong_is_told_once(ghc: Ghc, lsp: StartServer, root: Path, editor: str) -> None:
    client, path = await opened(lsp, ghc, root, editor)
    assert said(client, path) == []
    client.replace(path, "build-depends: base\n", "build-depends: base >\n")
    await client.until(lambda: said(client, path) == ["11 cabal unexpected end of input"], "the error")
    client.save(path)
    await client.quiescent()
    assert said(client, path) == ["11 cabal unexpected end of input"]
    client.replace(path, "build-depends: base >\n", "build-depends: base\n")
    client.replace(path, "exposed-modules: Box\n", "exposed-modules: Box, Gone\n")
    client.save(path)
    await client.quiescent()
    gone = "10 thatch The module Gone has no file in the source folders of this component."
    await client.until(lambda: said(client, path) == [gone], f"the module without a file in {said(client, path)}")
    write(root, {"src/Gone.hs": "module Gone where\n"})
    await client.until(lambda: said(client, path) == [], "no error")
    await client.quiescent()
    client.replace(path, "build-depends: base\n", "build-depends: base, no-such-package\n")
    client.save(path)
    await client.until(lambda: said(client, path), "the package")
    assert "no-such-package" in said(client, path)[0]

"""`.cabal` files in an editor, with real cabal and real compilers."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from tests.conftest import Ghc
from tests.lsp.test_cabal import ASKED, MAY_REFUSE, METHODS, document
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
    for method in METHODS:
        params = document(path, **ASKED.get(method, {"position": {"line": 1, "character": 6}}))
        if method not in MAY_REFUSE:
            typed = get_converter().structure(params, types.METHOD_TO_TYPES[method][2])
            await client.rpc.protocol.send_request_async(method, typed)
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


async def actions(client: LspClient, path: Path, text: str) -> dict[str, types.CodeAction]:
    """What is offered at the first occurrence of a text."""
    found = LineIndex(client.texts[path]).position(client.texts[path].index(text), client.encoding)
    at = types.Position(found.line, found.column)
    context = types.CodeActionContext(client.diagnostics(path))
    params = types.CodeActionParams(types.TextDocumentIdentifier(path.as_uri()), types.Range(at, at), context)
    offered = await client.rpc.text_document_code_action_async(params) or ()
    return {one.title: one for one in offered if isinstance(one, types.CodeAction)}


async def test_a_hidden_package_is_added(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    module = root / "src/Box.hs"
    module.write_text("module Box where\n\nimport Data.Map (Map)\n\nbox :: Map Int Int\nbox = mempty\n")
    client, path = await opened(lsp, ghc, root)
    client.open(module)
    await client.quiescent()
    assert "It is a member of the hidden package" in client.messages(module)[0]
    offered = await actions(client, module, "Data.Map")
    plain = offered["Add containers to build-depends of the library"]
    assert list(plain.diagnostics or ()) == client.diagnostics(module)
    ranged = [title for title in offered if title.startswith("Add containers ^>=0.")]
    client.take(path, offered[ranged[0]].edit)
    assert "  build-depends: base, containers ^>=0." in client.texts[path]
    client.save(path)
    await client.quiescent()
    await client.until(lambda: client.diagnostics(module) == [] == client.diagnostics(path), "no error")
    assert not [title for title in await actions(client, module, "Data.Map") if title.startswith("Add ")]


async def test_a_library_of_the_project_is_added(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    file, main = root / "box.cabal", root / "app/Main.hs"
    file.write_text(file.read_text().replace("build-depends: base, box\n", "build-depends: base\n"))
    client, path = await opened(lsp, ghc, root)
    client.open(main)
    await client.quiescent()
    (added,) = [one for title, one in (await actions(client, main, "import")).items() if title.startswith("Add ")]
    assert added.title == "Add box to build-depends of executable box"
    client.take(path, added.edit)
    client.save(path)
    await client.quiescent()
    await client.until(lambda: client.diagnostics(main) == [] == client.diagnostics(path), "no error")


@pytest.mark.parametrize("field", ["other-modules", "exposed-modules"])
async def test_a_module_that_is_needed_is_added(ghc: Ghc, lsp: StartServer, root: Path, field: str) -> None:
    (root / "src/Box.hs").write_text("module Box (module Box.Lid) where\n\nimport Box.Lid\n")
    (root / "src/Box/Lid.hs").write_text("module Box.Lid where\n\nbox :: Int\nbox = 1\n")
    client, path = await opened(lsp, ghc, root, options={"ghcOptions": ["-Wmissing-home-modules"]})
    await client.until(lambda: client.diagnostics(path), "the warning")
    assert client.labels(path)[0].text == "warning -Wmissing-home-modules"
    client.take(path, (await actions(client, path, "cabal-version"))[f"Add Box.Lid to {field} of the library"].edit)
    client.save(path)
    await client.quiescent()
    await client.until(lambda: client.diagnostics(path) == [], "no warning")


async def test_packages_that_are_not_needed_are_removed(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    file = root / "box.cabal"
    file.write_text(file.read_text().replace("build-depends: base\n", "build-depends: base, containers, mtl\n"))
    client, path = await opened(lsp, ghc, root, options={"ghcOptions": ["-Wunused-packages"]})
    await client.until(lambda: client.diagnostics(path), "the warning")
    offered = await actions(client, path, "cabal-version")
    client.take(path, offered["Remove containers, mtl from build-depends of the library"].edit)
    assert "  build-depends: base\n" in client.texts[path]
    client.save(path)
    await client.quiescent()
    await client.until(lambda: client.diagnostics(path) == [], "no warning")


async def test_a_module_that_is_listed_nowhere_is_added(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    lid = root / "src/Box/Lid.hs"
    lid.write_text("module Box.Lid where\n\nlid :: Int\nlid = True\n")
    client, path = await opened(lsp, ghc, root, "neovim")
    client.open(lid)
    await client.quiescent()
    assert await actions(client, lid, "lid ::") == {}
    title = "Add Box.Lid to {} of the library"
    (root / "package.yaml").touch()
    assert await actions(client, lid, "Box.Lid") == {}, "hpack would write the file anew."
    (root / "package.yaml").unlink()
    await client.quiescent()
    offered = await actions(client, lid, "Box.Lid")
    assert {title.format("other-modules"), title.format("exposed-modules")} <= set(offered)
    client.take(path, offered[title.format("exposed-modules")].edit)
    assert "exposed-modules: Box, Box.Lid\n" in client.texts[path]
    client.save(path)
    await client.until(lambda: client.messages(lid), "the type error")
    await client.quiescent()
    assert await actions(client, lid, "Box.Lid") == {}


async def test_what_cabal_says_is_mended(ghc: Ghc, lsp: StartServer, root: Path) -> None:
    (root / "box.cabal").write_text((root / "box.cabal").read_text().replace("exposed-modules", "expsed-modules"))
    client, path = await opened(lsp, ghc, root)
    await client.until(lambda: client.diagnostics(path), "the warning")
    (action,) = (await actions(client, path, "expsed")).values()
    assert action.title == "Replace by exposed-modules"
    client.take(path, action.edit)
    await client.until(lambda: client.diagnostics(path) == [], "no warning")
    client.replace(path, "exposed-modules: Box\n", "exposed-modules: Box, Gone\n")
    await client.until(lambda: client.diagnostics(path), "the error")
    client.take(path, (await actions(client, path, "Gone"))["Remove it from exposed-modules"].edit)
    await client.until(lambda: client.diagnostics(path) == [], "no error")
    client.save(path)
    await client.quiescent()
    assert client.diagnostics(path) == []

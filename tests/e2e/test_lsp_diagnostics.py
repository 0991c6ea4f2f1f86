"""Diagnostics over LSP with real compilers: what is written beneath the lines is what an editor shows."""

from pathlib import Path

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import EDITORS
from tests.support.lsp_sessions import StartServer
from tests.support.markers import parse
from thatch.lsp.convert import ERROR_INDEX

CABAL = """
    -- /cabal.project
    packages: .
    -- /demo.cabal
    cabal-version: 2.4
    name: demo
    version: 0.1
    common all
      build-depends: base
      default-language: Haskell2010
      ghc-options: -Wall
    library
      import: all
      hs-source-dirs: src
      exposed-modules: Demo.Answer
    executable demo
      import: all
      hs-source-dirs: app
      main-is: Main.hs
      build-depends: demo
    -- /src/Demo/Answer.hs
    module Demo.Answer (answer) where

    answer :: Int
    answer = 42
    -- /app/Main.hs
    module Main (main) where

    import Demo.Answer (answer)

    main :: IO ()
    main = print (answer + 1)
"""

SLOW = """
    -- /hie.yaml
    cradle:
      direct:
        arguments: ["-isrc", "Fast", "Slow", "Later"]
    -- /src/Fast.hs
    module Fast where
    -- /src/Slow.hs
    {-# LANGUAGE TemplateHaskell #-}
    module Slow where
    import Control.Concurrent (threadDelay)
    import Language.Haskell.TH.Syntax (runIO)
    import Fast ()
    slow :: Int
    slow = $(runIO (threadDelay 1000000) >> [| 1 |])
    -- /src/Later.hs
    module Later where
    import Slow ()
"""


def write(root: Path, fixture: str) -> Path:
    """Write the files of a fixture and return the folder."""
    for name, file in parse(fixture).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, "utf-8", newline="")
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for the test's project, with a name that URIs must encode."""
    folder = tmp_path / "my project 🦆"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("editor", EDITORS)
async def test_an_error_appears_and_goes(editor: str, ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /A.hs\nmodule A where\n\nx :: Int\nx = 1") / "A.hs"
    client = await lsp(editor, ghc, folder)
    client.open(path)
    client.edit(path, 'module A where\n\nx :: Int\nx = length "🦆🦆" + "no"')
    await client.sees(
        {
            path: """\
module A where

x :: Int
x = length "🦆🦆" + "no"
                  ^^^^ error GHC-83865"""
        }
    )
    assert client.messages(path)[0].startswith("Couldn't match type")
    (last, *_) = [one for one in reversed(client.rpc.published) if one.uri == path.as_uri()]
    assert last.version in {None, 2}
    client.replace(path, '"no"', "3")
    await client.sees({path: 'module A where\n\nx :: Int\nx = length "🦆🦆" + 3'})


@pytest.mark.parametrize("editor", EDITORS)
async def test_positions_are_exact(editor: str, ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    marked = """\
{-# OPTIONS_GHC -Wall -Wno-tabs #-}
module A (a, b, c) where
import Data.List (sort)
^^^^^^^^^^^^^^^^^^^^^^^ warning -Wunused-imports

a :: Int
a = f "🦆🦆🦆" where {- 🦆 -} f _ = undefinedHere
                                ^^^^^^^^^^^^^ error GHC-88464

b :: Int
b = {-\t-} length\tTrue
      \t         \t^^^^ error GHC-83865

c :: Maybe Int -> Int
c m = case m of
      ^^^^^^^^^~ warning -Wincomplete-patterns
  Just _ -> 1"""
    path = write(folder, f"-- /src/A.hs\n{marked}") / "src/A.hs"
    client = await lsp(editor, ghc, folder)
    await client.sees({path: marked})


async def test_what_vs_code_can_show_of_a_warning(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    text = "{-# OPTIONS_GHC -Wall #-}\nmodule A () where\nimport Data.List (sort)\n"
    path = write(folder, f"-- /src/A.hs\n{text}") / "src/A.hs"
    client = await lsp("vscode", ghc, folder)
    await client.until(lambda: client.diagnostics(path), "the warning")
    (warning,) = client.diagnostics(path)
    assert warning.severity == types.DiagnosticSeverity.Warning
    # GHC 9.6 has no code for this one yet.
    code, link = ("-Wunused-imports", None) if ghc.series == "9.6" else ("GHC-66111", f"{ERROR_INDEX}GHC-66111")
    assert warning.code == code
    assert (warning.code_description.href if warning.code_description else None) == link
    assert list(warning.tags or ()) == [types.DiagnosticTag.Unnecessary]
    assert warning.source == "ghc"
    assert warning.data["flag"] == "-Wunused-imports"


@pytest.mark.parametrize("editor", EDITORS)
async def test_an_unsaved_edit_in_a_library_is_seen_in_the_executable(
    editor: str, ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    write(folder, CABAL)
    library, main = folder / "src/Demo/Answer.hs", folder / "app/Main.hs"
    client = await lsp(editor, ghc, folder)
    client.open(library)
    client.open(main)
    client.replace(library, "answer :: Int\nanswer = 42", 'answer :: String\nanswer = "42"')
    await client.until(lambda: client.diagnostics(main), "the error in the executable")
    assert [label.line for label in client.labels(main)] == [5]
    assert client.diagnostics(library) == []
    client.replace(library, 'answer :: String\nanswer = "42"', "answer :: Int\nanswer = 42")
    await client.until(lambda: not client.diagnostics(main), "the executable to be right again")


@pytest.mark.parametrize("editor", EDITORS)
async def test_modules_come_and_go_and_the_build_description_changes(
    editor: str, ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    write(folder, CABAL)
    main, cabal = folder / "app/Main.hs", folder / "demo.cabal"
    client = await lsp(editor, ghc, folder)
    client.open(main)
    await client.quiescent()
    assert client.diagnostics(main) == []
    # A module that is used before it exists.
    client.edit(main, client.texts[main].replace("import Demo.Answer", "import Demo.Question ()\nimport Demo.Answer"))
    client.save(main)
    await client.until(lambda: "Demo.Question" in "".join(client.messages(main)), "the missing module")
    # It appears on disk and in the build description.
    (folder / "src/Demo/Question.hs").write_text("module Demo.Question where\n")
    cabal.write_text(cabal.read_text().replace("Demo.Answer", "Demo.Answer, Demo.Question"))
    await client.until(lambda: not client.diagnostics(main), "the new module to be found")
    # It goes again.
    (folder / "src/Demo/Question.hs").unlink()
    await client.until(lambda: "Demo.Question" in "".join(client.messages(main)), "the deleted module to be missed")
    cabal.write_text(cabal.read_text().replace("Demo.Answer, Demo.Question", "Demo.Answer"))
    client.edit(main, client.texts[main].replace("import Demo.Question ()\n", ""))
    client.save(main)
    await client.until(lambda: not client.diagnostics(main), "all to be well again")
    await client.quiescent()
    client.take_messages()


async def test_a_broken_build_description_is_shown_where_it_is_broken(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    write(folder, CABAL)
    cabal = folder / "demo.cabal"
    good = cabal.read_text()
    cabal.write_text(good.replace("build-depends: base", "build-depends: base >"))
    client = await lsp("vscode", ghc, folder)
    await client.until(lambda: client.diagnostics(cabal), "the error in demo.cabal")
    await client.until(lambda: client.rpc.statuses and client.rpc.statuses[-1].health == "error", "the status")
    cabal.write_text(good)
    await client.until(lambda: not client.diagnostics(cabal), "demo.cabal to be right again")
    await client.until(lambda: client.rpc.statuses[-1].health == "ok", "the status")


@pytest.mark.parametrize("editor", EDITORS)
async def test_progress_is_shown_while_a_project_is_loaded(
    editor: str, ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    # A splice that takes its time, so that nobody can say that the work was too short to be shown.
    write(folder, SLOW)
    client = await lsp(editor, ghc, folder)
    status = await client.quiescent()
    assert (status.health, status.work, status.ghcVersions[0].startswith(f"{ghc.series}.")) == ("ok", "", True)
    loading = [reports for reports in client.progress() if "Checking" in reports[0].title]
    assert [reports[-1].kind for reports in loading] == ["end"]
    assert any("Slow" in (report.message or "") for report in loading[0])


async def test_two_folders_are_checked_and_one_can_be_removed(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    one = write(folder / "one", "-- /src/A.hs\nmodule A where\nx :: Int\nx = 'c'\n")
    two = write(folder / "two", "-- /src/B.hs\nmodule B where\nx :: Int\nx = 'c'\n")
    client = await lsp("vscode", ghc, one, two)
    await client.until(
        lambda: client.diagnostics(one / "src/A.hs") and client.diagnostics(two / "src/B.hs"), "both errors"
    )
    event = types.WorkspaceFoldersChangeEvent(added=[], removed=[types.WorkspaceFolder(two.as_uri(), "two")])
    client.rpc.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await client.until(lambda: not client.diagnostics(two / "src/B.hs"), "the removed folder's errors to go")
    assert client.diagnostics(one / "src/A.hs")


async def test_a_lone_file_is_checked_with_its_project(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    write(folder, CABAL)
    main = folder / "app/Main.hs"
    client = await lsp("neovim", ghc)
    client.open(main)
    client.replace(main, "answer + 1", "answer + 'c'")
    await client.until(lambda: client.diagnostics(main), "the error")
    assert client.labels(main)[0].line == 5


async def test_a_file_that_is_deleted_while_open_is_checked_until_it_is_closed(
    ghc: Ghc, lsp: StartServer, folder: Path
) -> None:
    path = write(folder, "-- /src/A.hs\nmodule A where\nx :: Int\nx = 1\n-- /src/B.hs\nmodule B where\n") / "src/A.hs"
    client = await lsp("vscode", ghc, folder)
    client.open(path)
    await client.quiescent()
    path.unlink()
    client.replace(path, "x = 1", "x = 'c'")
    await client.until(lambda: client.diagnostics(path), "the error in the buffer")
    await client.quiescent()
    assert client.diagnostics(path)
    client.replace(path, "x = 'c'", "x = 2")
    await client.until(lambda: not client.diagnostics(path), "the error to be mended")
    client.replace(path, "x = 2", "x = True")
    await client.until(lambda: client.diagnostics(path), "another error")
    client.close(path)
    await client.until(lambda: not client.diagnostics(path), "the closed buffer to be forgotten")


async def test_a_file_that_is_not_utf8_is_told_and_can_be_mended(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /src/A.hs\n") / "src/A.hs"
    path.write_bytes(b'module A where\nx :: String\nx = "caf\xe9"\n')
    client = await lsp("vscode", ghc, folder)
    await client.until(lambda: client.diagnostics(path), "the error about the encoding")
    assert client.diagnostics(path)[0].severity == types.DiagnosticSeverity.Error
    client.open(path)
    client.edit(path, 'module A where\nx :: String\nx = "café"\n')
    client.save(path)
    await client.until(lambda: not client.diagnostics(path), "the mended file")


@pytest.mark.parametrize("editor", EDITORS)
async def test_an_error_behind_two_megabytes_on_one_line(editor: str, ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    ducks = "🦆" * 500_000
    text = f"module A where\nx :: Int\nx = {{- {ducks} -}} 'c'\n"
    path = write(folder, f"-- /src/A.hs\n{text}") / "src/A.hs"
    client = await lsp(editor, ghc, folder)
    client.open(path)
    await client.until(lambda: client.diagnostics(path), "the error")
    (label,) = client.labels(path)
    assert text.split("\n")[2][label.start : label.end] == "'c'"
    client.replace(path, "'c'", "4")
    await client.until(lambda: not client.diagnostics(path), "the error to go")


async def test_line_ends_of_windows_are_fine(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /src/A.hs\nmodule A where\r\nx :: Int\r\nx = 1\r\n") / "src/A.hs"
    client = await lsp("vscode", ghc, folder)
    client.open(path)
    client.replace(path, "x = 1\r\n", "x = 'c'\r\n")
    await client.until(lambda: client.diagnostics(path), "the error")
    (label,) = client.labels(path)
    assert (label.line, label.start, label.end) == (2, 4, 7)


async def test_diagnostics_can_be_pulled(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /src/A.hs\nmodule A where\nx :: Int\nx = 1\n") / "src/A.hs"
    client = await lsp("vscode-pull", ghc, folder)
    client.open(path)
    client.replace(path, "x = 1", "x = 'c'")
    await client.quiescent()

    async def pull(previous: str | None = None) -> types.DocumentDiagnosticReport:
        identifier = types.TextDocumentIdentifier(path.as_uri())
        params = types.DocumentDiagnosticParams(identifier, previous_result_id=previous)
        return await client.rpc.text_document_diagnostic_async(params)

    report = await pull()
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert [item.code for item in report.items] == ["GHC-83865"]
    assert (await pull(report.result_id)).kind == "unchanged"
    assert client.diagnostics(path) == []
    whole = await client.rpc.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=[]))
    assert [(item.uri, item.kind) for item in whole.items] == [(path.as_uri(), "full")]


async def test_settings_of_the_configuration_reach_ghc(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /src/A.hs\nmodule A () where\nx :: Int\nx = 1\n") / "src/A.hs"
    client = await lsp("vscode", ghc, folder, configuration={"ghcOptions": ["-Wunused-top-binds"]})
    await client.until(lambda: client.diagnostics(path), "the warning that was asked for")
    client.rpc.set_configuration({"ghcOptions": []}, section="thatch")
    client.rpc.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await client.until(lambda: not client.diagnostics(path), "the warning to go")
    assert client.rpc.registered == ["workspace/didChangeConfiguration"]


async def test_a_wrong_compiler_is_told_and_can_be_mended(ghc: Ghc, lsp: StartServer, folder: Path) -> None:
    path = write(folder, "-- /src/A.hs\nmodule A where\nx :: Int\nx = 'c'\n") / "src/A.hs"
    client = await lsp("vscode", ghc, folder, options={"ghc": "/nowhere/ghc"})
    await client.until(lambda: client.rpc.statuses and client.rpc.statuses[-1].health == "error", "the trouble")
    assert "/nowhere/ghc" in client.rpc.statuses[-1].message
    client.rpc.set_configuration({"ghc": str(ghc.path)}, section="thatch")
    client.rpc.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    await client.until(lambda: client.diagnostics(path), "the error in the module")
    await client.until(lambda: client.rpc.statuses[-1].health == "ok", "the end of the trouble")

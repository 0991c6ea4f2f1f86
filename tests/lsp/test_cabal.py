"""What an editor is told of `.cabal` files, and that nothing else is done about them than about any text."""

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.lsp.test_syntax import TREES, document, outlined
from tests.support.editor import Editor
from tests.support.user_tools import user_tool
from tests.support.waiting import until
from thatch.core.cabal import checker
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.lsp.routes import ROUTES

PATH = Path("/p/box.cabal")
TEXT = """\
cabal-version: 2.4
name: box

library
  exposed-modules: Öl,
                   Box
  build-depends: base
"""


async def opened(editor: Editor, text: str = TEXT, **capabilities: Any) -> None:
    await editor.initialize({"textDocument": capabilities})
    editor.open(PATH, text)


async def test_symbols_folds_and_selections(editor: Editor) -> None:
    await opened(editor, **TREES)
    assert outlined(await editor.result("textDocument/documentSymbol", document(PATH))) == [
        "8 cabal-version 2.4 0-0 0:0",
        "8 name box 1-1 1:0",
        "2 library 3-6 3:0",
        "  8 exposed-modules Öl, Box 4-5 4:2",
        "  8 build-depends base 6-6 6:2",
    ]
    folds = await editor.result("textDocument/foldingRange", document(PATH))
    assert [(one["startLine"], one["endLine"]) for one in folds] == [(3, 6), (4, 5)]
    place = {"line": 4, "character": 20}
    (chain,) = await editor.result("textDocument/selectionRange", document(PATH, positions=[place]))
    assert chain["range"] == {"start": {"line": 4, "character": 19}, "end": {"line": 4, "character": 21}}
    editor.change(PATH, "name: x")
    assert outlined(await editor.result("textDocument/documentSymbol", document(PATH))) == ["8 name x 0-0 0:0"]


PLACE = {"line": 4, "character": 20}
ASKED: dict[str, dict[str, Any]] = {
    "textDocument/codeAction": {"range": {"start": PLACE, "end": PLACE}, "context": {"diagnostics": []}},
    "textDocument/codeLens": {},
    "textDocument/completion": {"position": PLACE},
    "textDocument/diagnostic": {},
    "textDocument/documentSymbol": {},
    "textDocument/foldingRange": {},
    "textDocument/formatting": {"options": {"tabSize": 2, "insertSpaces": True}},
    "textDocument/inlayHint": {"range": {"start": PLACE, "end": PLACE}},
    "textDocument/rangeFormatting": {
        "range": {"start": PLACE, "end": PLACE},
        "options": {"tabSize": 2, "insertSpaces": True},
    },
    "textDocument/references": {"position": PLACE, "context": {"includeDeclaration": True}},
    "textDocument/rename": {"position": PLACE, "newName": "x"},
    "textDocument/selectionRange": {"positions": [PLACE]},
    "textDocument/semanticTokens/full": {},
    "textDocument/semanticTokens/full/delta": {"previousResultId": "1"},
    "textDocument/semanticTokens/range": {"range": {"start": PLACE, "end": PLACE}},
}
"""The parameters of methods that need more than a position."""

METHODS = [route.method for route in ROUTES if route.method.startswith("textDocument/") and "/did" not in route.method]
MAY_REFUSE = {"textDocument/formatting", "textDocument/rangeFormatting"}
"""What is an error where there is no formatter, which the user must know."""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", [TEXT, "", "library\n  build-"])
async def test_every_question_about_a_cabal_file_has_an_answer(editor: Editor, method: str, text: str) -> None:
    await editor.start({"textDocument": TREES})
    editor.open(PATH, text)
    params = document(PATH, **ASKED.get(method, {"position": PLACE}))
    answer = await editor.response(editor.ask(method, params))
    if method in MAY_REFUSE and "error" in answer:
        assert answer["error"]["code"] == -32803, answer
    else:
        assert "error" not in answer, answer


PUBLISH = "textDocument/publishDiagnostics"
BROKEN = """\
cabal-version: 2.4
name: öl
version: 1
licence: MIT

library
  exposed-modules: Gone
  build-depends: öbase >
"""


def shown(one: dict[str, Any]) -> str:
    start = one["range"]["start"]
    return f"{start['line']}:{start['character']} {one['severity']} {one['source']}: {one['message'].splitlines()[0]}"


async def told(editor: Editor, path: Path, *expected: str) -> list[dict[str, Any]]:
    """Wait until just these messages are told of a file."""

    def last() -> list[dict[str, Any]]:
        told = [each["diagnostics"] for each in editor.all(PUBLISH) if each["uri"] == path.as_uri()]
        return told[-1] if told else []

    await until(lambda: [shown(one) for one in last()] == list(expected), lambda: f"{last()}", timeout=30)
    return last()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "öl.cabal"
    path.write_text(BROKEN)
    return path


async def test_what_cabal_says_of_the_buffer(editor: Editor, box: Path) -> None:
    workspace = await editor.start(initializationOptions={"cabal": str(user_tool("cabal"))})
    editor.open(box, BROKEN)
    gone = "6:19 1 thatch: The module Gone has no file in the source folders of this component."
    unknown = '3:0 2 cabal: Unknown field: "licence"'
    error = await told(editor, box, "7:23 1 cabal: unexpected end of input", unknown, gone)
    assert "expecting white space or version digit" in error[0]["message"]
    # The project cannot be described either, and that is the same error.
    same = Diagnostic(path=box, span=Span(8, 1, 8, 1), severity=Severity.ERROR, message="No.", source="cabal")
    others = [Span(1, 1, 1, 1), Span(4, 1, 4, 1)]
    workspace.say(box, same, *(evolve(same, span=span, message=f"Line {span.start_line}.") for span in others))
    await told(
        editor,
        box,
        "0:0 1 cabal: Line 1.",
        "3:0 1 cabal: Line 4.",
        "7:23 1 cabal: unexpected end of input",
        unknown,
        gone,
    )

    (box.parent / "Gone.hs").touch()
    editor.change(box, BROKEN.replace("öbase >", "base").replace("licence", "license"), 2)
    workspace.say(box)
    await told(editor, box)
    editor.change(box, BROKEN, 3)
    await told(editor, box, "7:23 1 cabal: unexpected end of input", unknown)
    editor.notify("textDocument/didClose", {"textDocument": {"uri": box.as_uri()}})
    await told(editor, box)


async def test_without_a_cabal_there_is_what_the_text_tells(editor: Editor, box: Path) -> None:
    await editor.start(initializationOptions={"cabal": "/nowhere/cabal"})
    editor.open(box, BROKEN)
    await told(editor, box, "6:19 1 thatch: The module Gone has no file in the source folders of this component.")


async def test_a_cabal_that_hangs_is_ended_and_logged(
    editor: Editor, box: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A program that only waits stands in for cabal, which never does."""
    waits = box.parent / "waits"
    waits.write_text("#!/bin/sh\nexec sleep 1000\n")
    waits.chmod(0o755)
    monkeypatch.setattr(checker, "CABAL_SECONDS", 0.2)
    await editor.start(initializationOptions={"cabal": str(waits)})
    editor.open(box, BROKEN)
    await until(lambda: "did not answer within 0.2 s" in caplog.text, "the warning", timeout=30)
    assert editor.all(PUBLISH) == []


async def test_an_untrusted_workspace_runs_no_cabal(editor: Editor, box: Path) -> None:
    await editor.initialize(initializationOptions={"cabal": str(user_tool("cabal")), "trusted": False})
    editor.notify("initialized", {})
    await editor.result("workspace/executeCommand", {"command": "thatch.restart"})
    editor.open(box, BROKEN)
    assert await editor.result("textDocument/documentSymbol", document(box))
    assert editor.server.session.cabal_checker.is_idle
    editor.notify("thatch/didGrantTrust", {})
    await until(lambda: editor.all(PUBLISH), "what cabal says", timeout=30)


async def test_modules_and_stanzas_have_definitions(editor: Editor, box: Path) -> None:
    text = "common a\nlibrary\n  import: a\n  exposed-modules: Öl, Gone\n"
    (box.parent / "Öl.hs").touch()
    await editor.start()
    editor.open(box, text)

    async def found(line: int, character: int) -> list[tuple[str, int]]:
        position = {"line": line, "character": character}
        places = await editor.result("textDocument/definition", document(box, position=position)) or []
        return [(place["uri"], place["range"]["start"]["line"]) for place in places]

    assert await found(3, 20) == [((box.parent / "Öl.hs").as_uri(), 0)]
    assert await found(3, 25) == []
    assert await found(2, 10) == [(box.as_uri(), 0)]


async def test_what_is_offered_replaces_what_was_typed(editor: Editor, box: Path) -> None:
    item = {"snippetSupport": True}
    await editor.start({"textDocument": {"completion": {"completionItem": item}}})
    editor.open(box, "-- 🦆\nlibrary\n  build-d\nexec")
    field, *_ = (await completed(editor, box, 2, 9))["items"]
    start, end = {"line": 2, "character": 2}, {"line": 2, "character": 9}
    assert (field["label"], field["kind"]) == ("build-depends:", 10)
    assert field["textEdit"] == {"range": {"start": start, "end": end}, "newText": "build-depends:"}
    assert field["documentation"].startswith("The packages that")
    section, *_ = (await completed(editor, box, 3, 4))["items"]
    assert section["insertTextFormat"] == 2
    assert section["textEdit"]["newText"].startswith("executable ${1:name}\n")
    assert await editor.result("completionItem/resolve", section) == section


async def completed(editor: Editor, path: Path, line: int, character: int) -> dict[str, Any]:
    params = document(path, position={"line": line, "character": character})
    found: dict[str, Any] = await editor.result("textDocument/completion", params)
    return found

"""What an editor is told of `.cabal` files, and that nothing else is done about them than about any text."""

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.test_syntax import TREES, document, outlined
from tests.support.editor import Editor
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

"""What an editor sees of splices, over a workspace that says what they became."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.support.markers import parse_file
from tests.support.splices import Made, SpliceEditor, applied
from thatch.core.diagnostics import Diagnostic, Severity, Span

PATH = Path("/p/src/Lib.hs")
URI = PATH.as_uri()

MARKED = """\
{-# LANGUAGE TemplateHaskell #-}
module Lib where
import TH

answer :: Int
answer = $(theAnswer)
          ^^^^^^^^^^^ expression
long = $$(table 100)
         ^^^^^^^^^^^ expression
broken = $(oops)
          ^^^^^^ failed expression
slow = $forever
        ^^^^^^^ stopped expression
makeLenses ''Point
^^^^^^^^^^^^^^^^^^ 2 pointX declarations
text = [str|🦆|]
            ^^^ expression
hidden = $(secret)
          ^^^^^^^^ expression
"""
TEXT = parse_file(MARKED).text

LENS = "pointX :: Lens' Point Int\npointX f (Point x) = fmap Point (f x)"
MADE = {
    "(theAnswer)": Made("40 + 2"),
    "(table 100)": Made("\n".join(f"[ {number}" for number in range(100))),
    "makeLenses ''Point": Made(LENS, ["import qualified GHC.Base"], ["TypeFamilies"]),
    "🦆|]": Made('"🦆"'),
}

EVERYTHING = {
    "textDocument": {
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "definition": {"linkSupport": True},
        "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
        "publishDiagnostics": {"relatedInformation": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor.inline"]}},
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
    },
    "workspace": {
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "textDocumentContent": {},
        "workspaceEdit": {"documentChanges": True},
    },
    "window": {"showDocument": {"support": True}},
}
ACTIONS = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}


@pytest_asyncio.fixture
async def editor() -> AsyncIterator[SpliceEditor]:
    """An editor whose workspace knows splices; the server is ended after the test."""
    one = SpliceEditor()
    yield one
    await one.close()


async def opened(editor: SpliceEditor, capabilities: dict[str, Any], **params: Any) -> None:
    """Start with the file open and its splices run."""
    await editor.start(capabilities, **params)
    editor.open(PATH, TEXT)
    editor.splicing.ran(PATH, MARKED, MADE)


def at(line: int, character: int = 10) -> dict[str, Any]:
    return {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}


async def actions(editor: SpliceEditor, line: int, **context: Any) -> list[Any]:
    place = {"line": line, "character": 10}
    found = await editor.result(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": URI},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": [], **context},
        },
    )
    assert isinstance(found, list)
    return found


async def test_a_hint_stands_behind_each_splice(editor: SpliceEditor) -> None:
    await opened(editor, {})
    assert (
        await editor.hints(PATH, TEXT)
        == """\
{-# LANGUAGE TemplateHaskell #-}
module Lib where
import TH

answer :: Int
answer = $(theAnswer)
                    ^ = 40 + 2, 12 ms
long = $$(table 100)
                   ^ 12 ms
broken = $(oops)
               ^ failed, 12 ms
slow = $forever
              ^ stopped after 12 ms
makeLenses ''Point
                 ^ 2 decls, 12 ms
text = [str|🦆|]
               ^ = "🦆", 12 ms
hidden = $(secret)
                 ^ 12 ms
"""
    )


async def test_only_hints_in_the_range_are_given_and_declarations_are_not_decoded_for_them(
    editor: SpliceEditor,
) -> None:
    await opened(editor, {})
    hints = await editor.hints(PATH, TEXT, (9, 10))
    assert hints == TEXT.replace("makeLenses ''Point\n", "makeLenses ''Point\n                 ^ 2 decls, 12 ms\n")
    assert [call for call in editor.splicing.calls if call[0] == "expand"] == []


async def test_each_splice_is_expanded_once(editor: SpliceEditor) -> None:
    await opened(editor, {})
    assert await editor.hints(PATH, TEXT) == await editor.hints(PATH, TEXT)
    # What cannot be shown is tried each time.
    expanded = [("expand", PATH, line) for line in (6, 7, 11, 12, 12)]
    assert sorted(call for call in editor.splicing.calls if call[0] == "expand") == expanded
    editor.splicing.ran(PATH, MARKED, MADE)
    await editor.hints(PATH, TEXT)
    again = [("expand", PATH, line) for line in (6, 6, 7, 7, 11, 11, 12, 12, 12)]
    assert sorted(call for call in editor.splicing.calls if call[0] == "expand") == again


async def test_splices_are_shown_until_their_own_text_changes(editor: SpliceEditor) -> None:
    await opened(editor, {})
    text = TEXT.replace("answer :: Int\n", "-- new\n\nanswer :: Int\n").replace("oops", "oooops")
    editor.change(PATH, text)
    hints = await editor.hints(PATH, text)
    assert "= 40 + 2, 12 ms" in hints
    assert "2 decls" in hints
    assert "failed" not in hints
    found = await editor.result("textDocument/hover", at(7))
    assert found["range"]["start"] == {"line": 7, "character": 9}
    assert (
        found["contents"]
        .get("value", "")
        .endswith("As of its last evaluation, before the latest edits; replayed while you type.")
    )
    region = {"start": {"line": 7, "character": 0}, "end": {"line": 8, "character": 0}}
    (hint,) = await editor.result("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": region})
    assert "tooltip" not in hint
    assert await editor.result("textDocument/hover", at(9)) is None


async def test_a_tooltip_is_made_when_the_editor_asks_for_it(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    region = {"start": {"line": 9, "character": 0}, "end": {"line": 10, "character": 0}}
    (hint,) = await editor.result("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": region})
    assert "tooltip" not in hint
    resolved = await editor.result("inlayHint/resolve", hint)
    assert resolved["tooltip"]["kind"] == "markdown"
    assert resolved["tooltip"]["value"].startswith(f"```haskell\n{LENS}\n```")


async def test_a_hover_shows_the_beginning_of_the_expansion(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    found = await editor.result("textDocument/hover", at(6))
    assert found["contents"]["kind"] == "markdown"
    lines = found["contents"]["value"].splitlines()
    assert lines[:2] == ["```haskell", "[ 0"]
    assert lines[30:] == [
        "[ 29",
        "```",
        "",
        "100 lines, 489 characters; ran 12 ms",
        "",
        "Only the first 30 of 100 lines are shown.",
    ]
    assert found["range"] == {"start": {"line": 6, "character": 7}, "end": {"line": 6, "character": 20}}
    assert await editor.result("textDocument/hover", at(2)) is None


async def test_a_hover_is_plain_for_editors_without_markdown_and_says_what_went_wrong(editor: SpliceEditor) -> None:
    await opened(editor, {})
    texts = [(await editor.result("textDocument/hover", at(line)))["contents"] for line in (5, 7, 8, 11)]
    assert texts == [
        {"kind": "plaintext", "value": "40 + 2\n\n1 line, 6 characters; ran 12 ms"},
        {"kind": "plaintext", "value": "This splice failed: it broke\n\nran 12 ms"},
        {"kind": "plaintext", "value": "This splice was stopped: it broke\n\nran 12 ms"},
        {
            "kind": "plaintext",
            "value": "The expansion cannot be shown: Its names cannot be imported.\n\n8 bytes; ran 12 ms",
        },
    ]


async def test_the_expansion_is_a_document(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    (lens,) = await editor.result("textDocument/codeLens", {"textDocument": {"uri": URI}})
    assert lens["range"]["start"] == {"line": 9, "character": 0}
    assert lens["command"] == {
        "title": "Show expansion (2 declarations)",
        "command": "thatch.showExpansion",
        "arguments": ["thatch-splice:///p/src/Lib.hs/splice-10-1.hs"],
    }
    await editor.result("workspace/executeCommand", {k: lens["command"][k] for k in ("command", "arguments")})
    asked = await editor.asked("window/showDocument")
    assert asked["params"]["uri"] == lens["command"]["arguments"][0]
    shown = await editor.result("workspace/textDocumentContent", {"uri": asked["params"]["uri"]})
    assert shown["text"] == (
        "-- Splice in Lib (Lib.hs, line 10, column 1),\n"
        "-- as it ran last; this text is no file.\n"
        "-- 2 declarations, 2 lines, 63 characters\n"
        "-- ran 12 ms\n"
        "-- needs {-# LANGUAGE TypeFamilies #-}; import qualified GHC.Base\n"
        f"\n{LENS}\n"
    )
    other = await editor.result("thatch/expansion", at(9))
    assert other == {
        "uri": asked["params"]["uri"],
        "languageId": "haskell",
        "text": shown["text"],
        "firstLine": 6,
    }
    assert await editor.result("thatch/expansion", {"textDocument": {"uri": other["uri"]}}) == other
    assert await editor.result("thatch/expansion", at(1)) is None
    assert "takes" in (await editor.error("thatch/expansion", {"position": 1}))["message"]


async def test_a_document_follows_its_splice_and_is_refreshed(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    uri = (await editor.result("thatch/expansion", at(9)))["uri"]
    moved = "-- one more line\n" + MARKED
    editor.splicing.ran(PATH, moved, {"makeLenses ''Point": Made("other :: Int")})
    refresh = await editor.asked("workspace/textDocumentContent/refresh")
    assert refresh["params"] == {"uri": uri}
    text = (await editor.result("workspace/textDocumentContent", {"uri": uri}))["text"]
    assert "line 11, column 1" in text
    assert text.endswith("\n\nother :: Int\n")
    editor.splicing.ran(PATH, TEXT, {})
    text = (await editor.result("workspace/textDocumentContent", {"uri": uri}))["text"]
    assert text == "-- There is no splice at line 10 of Lib.hs any more.\n"
    assert "no document" in (await editor.error("workspace/textDocumentContent", {"uri": "file:///x"}))["message"]


async def test_a_document_that_an_editor_opens_before_anything_ran_is_refreshed(editor: SpliceEditor) -> None:
    await editor.start(EVERYTHING)
    editor.open(PATH, TEXT)
    uri = f"thatch-splice://{PATH}/splice-10-1.hs"
    text = (await editor.result("workspace/textDocumentContent", {"uri": uri}))["text"]
    assert "There is no splice" in text
    editor.splicing.ran(PATH, MARKED, MADE)
    assert (await editor.asked("workspace/textDocumentContent/refresh"))["params"] == {"uri": uri}
    text = (await editor.result("workspace/textDocumentContent", {"uri": uri}))["text"]
    assert text.endswith(f"\n{LENS}\n")


async def test_the_editor_is_asked_once_to_look_again(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    for _ in range(5):
        editor.splicing.ran(PATH, MARKED, MADE)
    await editor.asked("workspace/inlayHint/refresh")
    await editor.asked("workspace/codeLens/refresh")
    await editor.result("thatch/status")
    methods = [one["method"] for one in editor.requests]
    assert methods.count("workspace/inlayHint/refresh") == methods.count("workspace/codeLens/refresh") == 1


async def test_nothing_is_offered_that_the_editor_cannot_do(editor: SpliceEditor) -> None:
    found = await editor.initialize()
    assert "textDocumentContent" not in found["workspace"]
    await opened_again(editor)
    assert await editor.result("textDocument/codeLens", {"textDocument": {"uri": URI}}) == []
    assert await actions(editor, 5) == []
    (hint, *_) = await editor.result(
        "textDocument/inlayHint",
        {
            "textDocument": {"uri": URI},
            "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}},
        },
    )
    assert "data" not in hint
    params = {"command": "thatch.showExpansion", "arguments": ["thatch-splice:///p/src/Lib.hs/splice-10-1.hs"]}
    assert "does not open documents" in (await editor.error("workspace/executeCommand", params))["message"]


async def test_virtual_documents_are_announced_to_editors_that_know_them(editor: SpliceEditor) -> None:
    found = await editor.initialize(EVERYTHING)
    assert found["workspace"]["textDocumentContent"] == {"schemes": ["thatch-splice"]}


async def opened_again(editor: SpliceEditor) -> None:
    """Go on after `initialize`."""
    from tests.support.waiting import until

    editor.notify("initialized", {})
    await until(lambda: editor.workspaces and ("start",) in [call[:1] for call in editor.workspace.calls], "the start")
    editor.open(PATH, TEXT)
    editor.splicing.ran(PATH, MARKED, MADE)


async def test_documents_are_offered_to_editors_that_say_they_can_show_them(editor: SpliceEditor) -> None:
    await opened(editor, {}, initializationOptions={"expansionDocuments": True})
    assert len(await editor.result("textDocument/codeLens", {"textDocument": {"uri": URI}})) == 1


async def test_a_splice_is_replaced_by_one_edit(editor: SpliceEditor) -> None:
    await opened(editor, ACTIONS)
    (action,) = await actions(editor, 9)
    assert action["kind"] == "refactor.inline"
    assert applied(TEXT, action["edit"]) == TEXT.replace("makeLenses ''Point", LENS).replace(
        "import TH\n", "import TH\nimport qualified GHC.Base\n"
    ).replace("{-# LANGUAGE", "{-# LANGUAGE TypeFamilies #-}\n{-# LANGUAGE")
    (action,) = await actions(editor, 5)
    assert applied(TEXT, action["edit"]) == TEXT.replace("$(theAnswer)", "40 + 2")


async def test_an_edit_is_made_when_the_action_is_taken(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    replace, show = await actions(editor, 5)
    assert show["command"]["command"] == "thatch.showExpansion"
    assert "edit" not in replace
    resolved = await editor.result("codeAction/resolve", replace)
    (change,) = resolved["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert [edit["newText"] for edit in change["edits"]] == ["40 + 2"]
    editor.change(PATH, TEXT.replace("theAnswer", "another"))
    assert (await editor.error("codeAction/resolve", replace))["message"] == "The splice was changed since."


async def test_a_splice_that_cannot_be_replaced_says_why(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    reasons = [(await actions(editor, line, only=["refactor"]))[0]["disabled"]["reason"] for line in (7, 11)]
    assert reasons == ["The splice gave no result when it ran last.", "Its names cannot be imported."]


async def test_an_expansion_that_names_what_no_import_can_reach_cannot_replace_its_splice(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    editor.splicing.expansions = {"(theAnswer)": Made("a", ["import qualified A.B"], unreachable=["A.B.c"])}
    (action,) = await actions(editor, 5, only=["refactor"])
    assert action["disabled"]["reason"] == "It would not compile: no module that it could import exports A.B.c."
    shown = await editor.result("thatch/expansion", at(5))
    assert "\n-- cannot stand in the module: no module that it could import exports A.B.c\n" in shown["text"]


async def test_an_expansion_may_keep_splices_of_names(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    kept = Made("$(c)", ["import D"])
    editor.splicing.expansions = {"(theAnswer)": Made("A.B.c", unreachable=["A.B.c"], with_name_splices=kept)}
    (action,) = await actions(editor, 5, only=["refactor"])
    assert action["title"] == "Replace splice with its expansion (splices of 1 name stay)"
    resolved = await editor.result("codeAction/resolve", action)
    edits = resolved["edit"]["documentChanges"][0]["edits"]
    assert [edit["newText"] for edit in edits if "$(c)" in edit["newText"]]
    assert "cannot stand in the module" in (await editor.result("thatch/expansion", at(5)))["text"]


async def test_a_stopped_splice_can_be_run_again(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    (again,) = await actions(editor, 8, only=["quickfix"])
    assert again["title"] == "Run splice again"
    command = {key: again["command"][key] for key in ("command", "arguments")}
    assert await editor.result("workspace/executeCommand", command) is None
    await editor.called("run_splice_again", PATH, 9)
    assert await actions(editor, 5, only=["quickfix"]) == []
    gone = {**command, "arguments": ["thatch-splice:///p/src/Lib.hs/splice-99-1.hs"]}
    assert "no longer there" in (await editor.error("workspace/executeCommand", gone))["message"]
    assert "takes the URI" in (await editor.error("workspace/executeCommand", {**command, "arguments": [3]}))["message"]


async def test_a_generated_name_leads_to_its_splice_and_line(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    user = Path("/p/src/User.hs")
    editor.open(user, "module User where\nimport qualified Lib as L\nx = view L.pointX\n")
    params = {"textDocument": {"uri": user.as_uri()}, "position": {"line": 2, "character": 12}}
    splice, line = await editor.result("textDocument/definition", params)
    region = {"start": {"line": 9, "character": 0}, "end": {"line": 9, "character": 18}}
    assert splice == {
        "originSelectionRange": {"start": {"line": 2, "character": 11}, "end": {"line": 2, "character": 17}},
        "targetUri": URI,
        "targetRange": region,
        "targetSelectionRange": region,
    }
    assert line["targetUri"] == "thatch-splice:///p/src/Lib.hs/splice-10-1.hs"
    assert line["targetRange"] == {"start": {"line": 6, "character": 0}, "end": {"line": 6, "character": 25}}
    params["position"] = {"line": 2, "character": 5}
    assert await editor.result("textDocument/definition", params) is None


async def test_names_of_modules_that_are_not_imported_lead_nowhere(editor: SpliceEditor) -> None:
    await opened(editor, {})
    user = Path("/p/src/User.hs")
    editor.open(user, "module User where\nx = pointX\n")
    params = {"textDocument": {"uri": user.as_uri()}, "position": {"line": 1, "character": 5}}
    assert await editor.result("textDocument/definition", params) is None
    editor.change(user, "module User where\nx = pointX\nimport Lib\n")
    editor.change(user, "module User where\nimport Lib\nx = pointX\n")
    params["position"]["line"] = 2
    (only,) = await editor.result("textDocument/definition", params)
    assert only["uri"] == URI


def error(context: str, span: Span) -> Diagnostic:
    return Diagnostic(path=PATH, span=span, severity=Severity.ERROR, message="No.", context=(context,))


async def test_an_error_in_generated_code_points_to_its_line(editor: SpliceEditor) -> None:
    await opened(editor, EVERYTHING)
    context = (
        "In the expression: fmap Point_a3Fs (f x)\nIn an equation for \u2018pointX\u2019: pointX f (Point x) = ..."
    )
    editor.splicing.say(PATH, error(context, Span(10, 1, 10, 19)))
    await editor.told("textDocument/publishDiagnostics", 2)
    first, second = editor.all("textDocument/publishDiagnostics")
    assert "relatedInformation" not in first["diagnostics"][0]
    assert second["diagnostics"][0]["relatedInformation"] == [
        {
            "location": {
                "uri": "thatch-splice:///p/src/Lib.hs/splice-10-1.hs",
                "range": {"start": {"line": 7, "character": 0}, "end": {"line": 7, "character": 37}},
            },
            "message": "Generated by this splice: pointX f (Point x) = fmap Point (f x)",
        }
    ]


async def test_without_documents_the_splice_itself_is_pointed_to(editor: SpliceEditor) -> None:
    await opened(editor, {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}})
    editor.splicing.say(PATH, error("In the expression: nowhere", Span(6, 11, 6, 22)))
    await editor.told("textDocument/publishDiagnostics", 2)
    (related,) = editor.all("textDocument/publishDiagnostics")[-1]["diagnostics"][0]["relatedInformation"]
    assert related["message"] == "In what this splice generated (1 line)"
    assert related["location"]["uri"] == URI


async def test_a_cancelled_request_leaves_the_expansion_to_others(editor: SpliceEditor) -> None:
    await opened(editor, {})
    editor.splicing.gate = asyncio.Event()
    first, second = editor.ask("textDocument/hover", at(5)), editor.ask("textDocument/hover", at(5))
    await editor.called("expand", PATH, 6)
    editor.notify("$/cancelRequest", {"id": first})
    assert "error" in await editor.response(first)
    editor.splicing.gate.set()
    assert (await editor.response(second))["result"]["contents"]["value"].startswith("40 + 2")
    assert editor.splicing.calls.count(("expand", PATH, 6)) == 1


async def test_what_could_not_be_shown_is_tried_again(editor: SpliceEditor) -> None:
    await opened(editor, {})
    editor.splicing.expansions = {"(theAnswer)": RuntimeError("not yet")}
    value = (await editor.result("textDocument/hover", at(5)))["contents"]["value"]
    assert value.startswith("The expansion cannot be shown: thatch failed")
    editor.splicing.expansions = MADE
    assert (await editor.result("textDocument/hover", at(5)))["contents"]["value"].startswith("40 + 2")

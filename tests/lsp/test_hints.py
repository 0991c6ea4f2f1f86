"""hlint's hints over the wire, by the real hlint: told beside what GHC says, moved with the text, answered by fixes."""

from pathlib import Path

import pytest

from tests.support.editor import JSON, Editor
from tests.support.user_tools import user_tool
from tests.support.waiting import until
from thatch.core.diagnostics import Diagnostic, Severity, Span

CAPABILITIES = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}
TEXT = "module A where\nf x = not (x == 3)\n"
PUBLISH = "textDocument/publishDiagnostics"


async def told(editor: Editor, *messages: str) -> list[JSON]:
    """Wait until just these messages are told of the document, each by its first line."""

    def met() -> list[JSON] | None:
        last = [one["diagnostics"] for one in editor.all(PUBLISH)][-1:] or [[]]
        return [{}, *last[0]] if [one["message"].split("\n")[0] for one in last[0]] == list(messages) else None

    found = await until(met, lambda: f"{messages} in {editor.all(PUBLISH)[-1:]}", timeout=30)
    return found[1:]


async def actions(editor: Editor, path: Path, line: int) -> list[JSON]:
    place = {"line": line, "character": 7}
    params = {
        "textDocument": {"uri": path.as_uri()},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    found: list[JSON] = await editor.result("textDocument/codeAction", params)
    return found


async def test_hints_are_told_beside_what_ghc_says_and_answered(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "A.hs"
    workspace = await editor.start(CAPABILITIES, initializationOptions={"hlint": str(user_tool("hlint"))})
    editor.open(path, TEXT)
    (hint,) = await told(editor, "Use /=")
    assert (hint["source"], hint["code"], hint["severity"]) == ("hlint", "Use /=", 3)
    assert hint["range"] == {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 18}}
    fix, ignore = await actions(editor, path, 1)
    assert (fix["title"], ignore["title"]) == ("hlint: Use /=", "Ignore “Use /=” in this module")
    assert [edit["newText"] for edit in fix["edit"]["changes"][path.as_uri()]] == ["x /= 3"]
    assert fix["diagnostics"] == [{**hint}]
    assert await actions(editor, path, 0) == []

    said = Diagnostic(path=path, span=Span(2, 1, 2, 2), severity=Severity.WARNING, message="Top-level binding")
    workspace.say(path, said, version=1)
    await told(editor, "Top-level binding", "Use /=")
    # Until hlint has looked again, its hints move with the text, and nothing is offered.
    editor.change(path, f"-- a comment\n{TEXT}", 2)
    assert await actions(editor, path, 2) == []
    workspace.say(path, version=2)
    (hint,) = await told(editor, "Use /=")
    assert hint["range"]["start"]["line"] == 2
    editor.change(path, TEXT.replace("not (x == 3)", "x /= 3"), 3)
    await told(editor)
    editor.change(path, TEXT, 4)
    await told(editor, "Use /=")
    editor.notify("textDocument/didClose", {"textDocument": {"uri": path.as_uri()}})
    await told(editor)


async def test_without_a_setting_the_project_must_want_hints(
    editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(user_tool("hlint").parent))
    with_config, without = tmp_path / "with", tmp_path / "without"
    for folder in (with_config, without):
        folder.mkdir()
    (with_config / ".hlint.yaml").write_text('- ignore: {name: "Use /="}\n')
    await editor.start(CAPABILITIES)
    editor.open(without / "A.hs", TEXT)
    editor.open(with_config / "A.hs", f"{TEXT}g x = if x == True then True else False\n")
    await told(editor, "Redundant if", "Redundant ==")
    assert {one["uri"] for one in editor.all(PUBLISH)} == {(with_config / "A.hs").as_uri()}


async def test_an_untrusted_workspace_has_none_before_it_is_trusted(editor: Editor, tmp_path: Path) -> None:
    hlint = str(user_tool("hlint"))
    await editor.initialize(CAPABILITIES, initializationOptions={"hlint": hlint, "trusted": False})
    editor.notify("initialized", {})
    await editor.result("workspace/executeCommand", {"command": "thatch.restart"})
    editor.open(tmp_path / "A.hs", TEXT)
    assert await actions(editor, tmp_path / "A.hs", 1) == []
    assert editor.server.session.linter.is_idle
    editor.notify("thatch/didGrantTrust", {})
    await told(editor, "Use /=")


async def test_who_wants_none_has_none(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / ".hlint.yaml").write_text("")
    await editor.start(CAPABILITIES, initializationOptions={"hlint": "off"})
    editor.open(tmp_path / "A.hs", TEXT)
    assert await actions(editor, tmp_path / "A.hs", 1) == []
    assert editor.server.session.linter.is_idle


async def test_an_hlint_that_fails_is_logged_and_nothing_else(
    editor: Editor, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await editor.start(CAPABILITIES, initializationOptions={"hlint": "/nowhere/hlint"})
    editor.open(tmp_path / "A.hs", TEXT)
    await until(lambda: "/nowhere/hlint is not to be found" in caplog.text, "the warning", timeout=10)
    assert await actions(editor, tmp_path / "A.hs", 1) == []
    assert editor.all(PUBLISH) == []

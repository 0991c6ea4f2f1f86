"""When code actions are offered: as far as what GHC said is about the text that the editor shows."""

from pathlib import Path
from typing import Any

from tests.support.editor import Editor
from thatch.core.diagnostics import Diagnostic, Severity, Span

CAPABILITIES = {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}}}
TEXT = "module Lib where\nf = \\case\n  _ -> 1\n"


def said(path: Path) -> Diagnostic:
    """What GHC says of the text."""
    hint = "Perhaps you intended to use LambdaCase"
    return Diagnostic(
        path=path, span=Span(2, 6, 2, 10), severity=Severity.ERROR, message="Illegal \\case", hints=(hint,)
    )


async def offered(editor: Editor, path: Path, start: int, end: int, **context: Any) -> list[str]:
    """The titles of what is offered between two columns of the second line."""
    region = {"start": {"line": 1, "character": start}, "end": {"line": 1, "character": end}}
    params = {"textDocument": {"uri": path.as_uri()}, "range": region, "context": {"diagnostics": [], **context}}
    return [action["title"] for action in await editor.result("textDocument/codeAction", params)]


async def test_of_a_text_that_changed_nothing_is_offered(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "Lib.hs"
    workspace = await editor.start(CAPABILITIES)
    editor.open(path, TEXT)
    workspace.say(path, said(path), version=1)
    assert await offered(editor, path, 5, 5) == ["Enable LambdaCase"]
    editor.change(path, TEXT + "\n", 2)
    assert await offered(editor, path, 5, 5) == []
    workspace.say(path, said(path), version=2)
    assert await offered(editor, path, 5, 5) == ["Enable LambdaCase"]


async def test_what_was_said_of_the_file_holds_for_a_buffer_like_it(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "Lib.hs"
    path.write_text(TEXT, "utf-8")
    workspace = await editor.start(CAPABILITIES)
    workspace.say(path, said(path))
    assert await offered(editor, path, 5, 5) == []
    editor.open(path, TEXT)
    assert await offered(editor, path, 5, 5) == ["Enable LambdaCase"]
    editor.change(path, TEXT + "\n", 2)
    assert await offered(editor, path, 5, 5) == []


async def test_only_what_the_range_touches_or_the_editor_names_is_asked_about(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "Lib.hs"
    workspace = await editor.start(CAPABILITIES)
    editor.open(path, TEXT)
    workspace.say(path, said(path), version=1)
    (published, *_) = await editor.told("textDocument/publishDiagnostics")
    assert await offered(editor, path, 0, 4) == []
    assert await offered(editor, path, 0, 5) == ["Enable LambdaCase"]
    assert await offered(editor, path, 9, 9) == ["Enable LambdaCase"]
    assert await offered(editor, path, 0, 0, diagnostics=published["diagnostics"]) == ["Enable LambdaCase"]
    assert await offered(editor, path, 5, 5, only=["refactor"]) == []
    assert await offered(editor, path, 5, 5, only=["quickfix"]) == ["Enable LambdaCase"]

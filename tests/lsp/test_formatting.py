"""Formatting over the wire, by the real programs."""

from pathlib import Path

import pytest

from tests.support.editor import JSON, Editor
from tests.support.projects import write_program
from tests.support.user_tools import user_tool

OPTIONS = {"tabSize": 4, "insertSpaces": True}
TEXT = "module A where\n\nf   = 1\n\ngröße   = 2\n"


def edit(line: int, text: str) -> JSON:
    """A line that becomes another."""
    return {
        "range": {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}, "newText": text,
    }  # fmt: skip


async def test_only_the_lines_that_change_are_sent(editor: Editor, tmp_path: Path) -> None:
    await editor.start(initializationOptions={"formatter": str(user_tool("ormolu"))})
    document = editor.open(tmp_path / "A.hs", TEXT)
    params = {"textDocument": document, "options": OPTIONS}
    assert await editor.result("textDocument/formatting", params) == [edit(2, "f = 1\n"), edit(4, "größe = 2\n")]
    region = {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 0}}
    assert await editor.result("textDocument/rangeFormatting", {**params, "range": region}) == [edit(2, "f = 1\n")]
    editor.change(tmp_path / "A.hs", TEXT.replace("   =", " ="))
    assert await editor.result("textDocument/formatting", params) == []


async def test_broken_code_is_an_error_with_the_formatters_words(editor: Editor, tmp_path: Path) -> None:
    await editor.start(initializationOptions={"formatter": str(user_tool("ormolu"))})
    params = {"textDocument": editor.open(tmp_path / "A.hs", "f = (\n"), "options": OPTIONS}
    error = await editor.error("textDocument/formatting", params)
    assert error["message"].startswith("ormolu cannot format A.hs.\n")
    assert "parse" in error["message"]


@pytest.mark.parametrize("trusted", [True, False])
async def test_nothing_is_run_for_who_does_not_trust(editor: Editor, tmp_path: Path, *, trusted: bool) -> None:
    await editor.initialize(initializationOptions={"formatter": str(user_tool("ormolu")), "trusted": trusted})
    editor.notify("initialized", {})
    await editor.result("workspace/executeCommand", {"command": "thatch.restart"})
    params = {"textDocument": editor.open(tmp_path / "A.hs", TEXT), "options": OPTIONS}
    answer = await editor.response(editor.ask("textDocument/formatting", params))
    assert ("result" in answer) is trusted
    assert ("not trusted" in str(answer.get("error"))) is not trusted


async def test_a_cabal_file_has_a_formatter_of_its_own(editor: Editor, tmp_path: Path) -> None:
    """A program that knows one blank too many stands in for cabal-fmt, which Debian does not have."""
    program = write_program(tmp_path / "cabal-fmt", "print(end=__import__('sys').stdin.read().replace('  ', ' '))")
    await editor.start(initializationOptions={"formatter": "off", "cabalFormatter": str(program)})
    document = editor.open(tmp_path / "p.cabal", "name: p\nversion:  1\n")
    found = await editor.result("textDocument/formatting", {"textDocument": document, "options": OPTIONS})
    assert found == [edit(1, "version: 1\n")]

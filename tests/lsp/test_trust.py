"""An editor that does not trust the project: nothing is begun before the user grants it."""

from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.waiting import until


@pytest.mark.parametrize(
    "options",
    [{"trusted": False}, {"trusted": "false"}, {"trusted": None}, {"thatch": {"trusted": False}}],
)
async def test_work_waits_for_trust(editor: Editor, options: dict[str, Any]) -> None:
    await editor.initialize(initializationOptions=options)
    editor.notify("initialized", {})
    # It is answered when the work has begun, as far as it may.
    assert await editor.result("workspace/executeCommand", {"command": "thatch.restart"}) is None
    assert ("start",) not in editor.workspace.calls
    assert ("start untrusted",) in editor.workspace.calls
    editor.notify("thatch/didGrantTrust")
    await editor.called("grant_trust")


@pytest.mark.parametrize("options", [None, {}, [], {"trusted": True}, {"ghc": "ghc", "thatch": None}])
async def test_who_says_nothing_trusts(editor: Editor, options: object) -> None:
    await editor.start(initializationOptions=options)
    editor.notify("thatch/didGrantTrust", {})
    await editor.called("grant_trust")


async def test_trust_granted_before_the_work_begins_counts(editor: Editor) -> None:
    await editor.initialize(initializationOptions={"trusted": False})
    editor.notify("thatch/didGrantTrust", {})
    editor.notify("initialized", {})
    await until(lambda: editor.workspaces and ("start",) in editor.workspace.calls, "the start")


async def test_the_key_is_no_unknown_setting(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    await editor.start(initializationOptions={"trusted": True})
    assert "trusted" not in caplog.text

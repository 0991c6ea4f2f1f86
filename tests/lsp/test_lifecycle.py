"""The life of a connection: the order of messages, bad messages, failures, cancellation, the end."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.waiting import until
from thatch.core.errors import SessionError
from thatch.lsp.logs import quiet_pygls

FOLDER = [{"uri": "file:///p", "name": "p"}]


async def test_the_server_says_what_it_can_do(editor: Editor) -> None:
    found = await editor.initialize()
    assert found["positionEncoding"] == "utf-16"
    assert found["textDocumentSync"] == {"openClose": True, "change": 2, "save": True} or found["textDocumentSync"] == {
        "openClose": True,
        "change": 2,
        "willSave": False,
        "willSaveWaitUntil": False,
        "save": True,
    }
    assert found["executeCommandProvider"] == {
        "commands": [
            "thatch.restart",
            "thatch.showExpansion",
            "thatch.runSpliceAgain",
            "thatch.takeFix",
            "thatch.evaluate",
        ]
    }
    assert found["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}


ENCODINGS: dict[str, tuple[list[str] | None, str]] = {
    "none named": (None, "utf-16"),
    "the first of ours": (["utf-8", "utf-16"], "utf-8"),
    "the client's order": (["utf-32", "utf-8"], "utf-32"),
    "unknown ones passed over": (["utf-7", "utf-8"], "utf-8"),
    "only unknown ones": (["utf-7"], "utf-16"),
}


@pytest.mark.parametrize(("offered", "chosen"), ENCODINGS.values(), ids=ENCODINGS)
async def test_the_encoding_is_the_first_that_both_know(editor: Editor, offered: list[str] | None, chosen: str) -> None:
    found = await editor.initialize({"general": {"positionEncodings": offered}} if offered else {})
    assert found["positionEncoding"] == chosen


FOLDERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "workspace folders": ({"workspaceFolders": FOLDER, "rootUri": "file:///q"}, ["/p"]),
    "several": ({"workspaceFolders": [*FOLDER, {"uri": "file:///q%20r", "name": "q"}]}, ["/p", "/q r"]),
    "one twice": ({"workspaceFolders": FOLDER * 2}, ["/p"]),
    "rootUri": ({"rootUri": "file:///p", "rootPath": "/q"}, ["/p"]),
    "rootPath": ({"rootPath": "/p"}, ["/p"]),
    "the user's home": ({"rootUri": Path.home().as_uri(), "rootPath": str(Path.home()), "workspaceFolders": []}, []),
    "null": ({"rootUri": None, "rootPath": None, "workspaceFolders": None}, []),
    "not local": ({"workspaceFolders": [{"uri": "vscode-vfs://github/x", "name": "x"}]}, []),
}


@pytest.mark.parametrize(("params", "folders"), FOLDERS.values(), ids=FOLDERS)
async def test_the_folders_to_work_on(editor: Editor, params: dict[str, Any], folders: list[str]) -> None:
    workspace = await editor.start(**params)
    assert workspace.folders == tuple(map(Path, folders))


async def test_nothing_is_answered_before_initialize(editor: Editor) -> None:
    assert await editor.error("thatch/status") == {"code": -32002, "message": "Send initialize first."}
    editor.notify("textDocument/didOpen", {"garbage": True})
    editor.notify("initialized", {})
    await editor.initialize()
    assert editor.workspaces == []


async def test_initialize_comes_once(editor: Editor) -> None:
    await editor.initialize()
    assert (await editor.error("initialize", {"processId": None, "capabilities": {}}))["code"] == -32600


async def test_shutdown_ends_the_workspace_before_it_is_answered_and_refuses_what_follows(editor: Editor) -> None:
    workspace = await editor.start()
    assert await editor.result("shutdown") is None
    assert workspace.calls[-1] == ("close",)
    assert (await editor.error("thatch/status"))["code"] == -32600
    editor.notify("exit")
    assert await editor.server.stopped() == 0


async def test_shutdown_before_initialized_is_fine(editor: Editor) -> None:
    await editor.initialize()
    assert await editor.result("shutdown") is None


@pytest.mark.parametrize("initialized", [True, False])
async def test_exit_without_shutdown_is_a_failure(editor: Editor, initialized: bool) -> None:
    if initialized:
        await editor.start()
    editor.notify("exit")
    assert await editor.server.stopped() == 1
    assert all(workspace.calls[-1] == ("close",) for workspace in editor.workspaces)


async def test_the_end_of_the_input_is_the_end(editor: Editor) -> None:
    workspace = await editor.start()
    editor.raw(b"")
    assert await editor.server.stopped() == 1
    assert workspace.calls[-1] == ("close",)


BAD_MESSAGES = {
    "not JSON": (b"{", -32700),
    "not UTF-8": (b'{"jsonrpc": "2.0", "method": "\xff"}', -32700),
    "deep": (b"[" * 100_000, -32700),
    "a list": (b"[]", -32600),
    "a number": (b"4", -32600),
    "no version": (b'{"id": 1, "method": "shutdown"}', -32600),
}


@pytest.mark.parametrize(("body", "code"), BAD_MESSAGES.values(), ids=BAD_MESSAGES)
async def test_a_bad_message_is_logged_and_answered_and_the_server_lives(
    editor: Editor, body: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    editor.raw(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    assert editor.responses[None]["error"]["code"] == code
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert await editor.initialize()


async def test_input_that_is_no_message_is_logged_and_skipped(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    editor.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert "no LSP message" in caplog.text
    assert await editor.initialize()


async def test_a_message_of_impossible_length_ends_the_server(editor: Editor) -> None:
    editor.raw(b"Content-Length: 99999999999999\r\n\r\n")
    assert await editor.server.stopped() == 1


async def test_malformed_parameters_are_refused(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    await editor.start()
    error = await editor.error("textDocument/diagnostic", {"textDocument": 4})
    assert error["code"] == -32602
    assert error["message"].startswith("Malformed parameters of textDocument/diagnostic: ")
    editor.notify("textDocument/didOpen", {"textDocument": {"uri": 4}})
    assert await editor.result("thatch/status")
    assert "Malformed parameters of textDocument/didOpen" in caplog.text


async def test_an_unknown_request_is_refused_and_an_unknown_notification_ignored(editor: Editor) -> None:
    await editor.start()
    editor.notify("$/whatever", {"a": 1})
    editor.notify("what/ever", {"a": 1})
    assert (await editor.error("textDocument/hover", {"textDocument": {"uri": "file:///A.hs"}}))["code"] in {
        -32601,
        -32602,
    }
    assert (await editor.error("what/ever"))["code"] == -32601
    assert editor.all("window/showMessage") == []


async def test_what_is_unknown_is_logged_once(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    quiet_pygls()
    await editor.start()
    for method in ("one/thing", "other/thing", "one/thing"):
        await editor.error(method)
    assert [record.getMessage().split()[-1] for record in caplog.records] == ["'one/thing'", "'other/thing'"]


async def test_a_failing_handler_is_one_log_line_and_nothing_for_the_user(
    editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    workspace = await editor.start()
    workspace.failure = RuntimeError("broken")
    for _ in range(3):
        editor.notify("workspace/didChangeWatchedFiles", {"changes": []})
    failures = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in failures] == [
        "workspace/didChangeWatchedFiles failed: RuntimeError: broken"
    ] * 3
    assert editor.all("window/showMessage") == []
    assert await editor.result("thatch/status")


async def test_a_failing_request_is_answered_shortly(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    await editor.start()

    def fail() -> None:
        raise ValueError("broken")

    monkeypatch.setattr(editor.workspace, "snapshot", fail)
    error = await editor.error("thatch/status")
    assert error == {"code": -32603, "message": "thatch/status failed: ValueError: broken"}


async def test_an_expected_failure_is_answered_in_its_own_words(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await editor.start()

    def fail() -> None:
        raise SessionError(message="GHC died.", remedy="Restart it.")

    monkeypatch.setattr(editor.workspace, "snapshot", fail)
    assert await editor.error("thatch/status") == {"code": -32803, "message": "GHC died.\nRestart it."}


async def test_a_waiting_request_can_be_cancelled(editor: Editor) -> None:
    workspace = await editor.start()
    workspace.busy()
    request = editor.ask("textDocument/diagnostic", {"textDocument": {"uri": "file:///p/A.hs"}})
    editor.notify("$/cancelRequest", {"id": request})
    assert (await editor.response(request))["error"]["code"] == -32800


async def test_cancelling_what_is_unknown_is_no_news(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    quiet_pygls()
    await editor.start()
    editor.notify("$/cancelRequest", {"id": 99})
    assert await editor.result("thatch/status")
    assert caplog.records == []


async def test_messages_take_effect_in_order_although_they_come_at_once(editor: Editor) -> None:
    workspace = await editor.start(workspaceFolders=FOLDER)
    before = len(workspace.calls)
    item = {"uri": "file:///p/A.hs", "languageId": "haskell", "version": 1, "text": ""}
    bodies = [{"method": "textDocument/didOpen", "params": {"textDocument": item}}]
    for version in range(2, 30):
        change = {"text": "x", "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}}
        identifier = {"uri": "file:///p/A.hs", "version": version}
        bodies.append(
            {"method": "textDocument/didChange", "params": {"textDocument": identifier, "contentChanges": [change]}}
        )
    encoded = [json.dumps({"jsonrpc": "2.0", **body}).encode() for body in bodies]
    editor.raw(b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in encoded))
    assert [call[3] for call in workspace.calls[before:]] == list(range(1, 30))
    assert workspace.calls[-1] == ("change", Path("/p/A.hs"), "x" * 28, 29)


async def test_the_editor_gets_the_log_as_far_as_it_wishes(editor: Editor) -> None:
    log = logging.getLogger("thatch.test")
    await editor.start()
    log.error("unseen")
    editor.notify("$/setTrace", {"value": "messages"})
    log.warning("seen")
    log.debug("too much")
    editor.notify("$/setTrace", {"value": "off"})
    log.error("unseen again")
    assert editor.all("window/logMessage") == [{"type": 2, "message": "thatch.test: seen"}]


async def test_trace_may_be_asked_for_at_the_start(editor: Editor) -> None:
    await editor.start(trace="messages")
    logging.getLogger("thatch.test").error("seen")
    assert {"type": 1, "message": "thatch.test: seen"} in editor.all("window/logMessage")


async def test_the_server_ends_with_the_editors_process(editor: Editor) -> None:
    process = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE)
    await editor.result("initialize", {"processId": process.pid, "capabilities": {}})
    process.kill()
    await process.wait()
    assert await editor.server.stopped() == 1


async def test_an_editor_whose_process_cannot_be_seen_is_served(
    editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    await editor.result("initialize", {"processId": process.pid, "capabilities": {}})
    await until(lambda: "cannot be seen" in caplog.text, "the warning")
    assert (await editor.error("what/ever"))["code"] == -32601

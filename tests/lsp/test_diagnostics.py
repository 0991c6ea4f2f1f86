"""Diagnostics pushed and pulled, each told once."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.waiting import until
from thatch.core.diagnostics import Diagnostic, Severity, Span

PUBLISH = "textDocument/publishDiagnostics"
FOLDERS = {"workspaceFolders": [{"uri": "file:///p", "name": "p"}]}
A, B = Path("/p/A.hs"), Path("/p/B.hs")
URI_A, URI_B = "file:///p/A.hs", "file:///p/B.hs"

PUSHED: dict[str, Any] = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
NEOVIM: dict[str, Any] = {"textDocument": {"publishDiagnostics": {}, "diagnostic": {}}}
VS_CODE: dict[str, Any] = {
    "textDocument": {"publishDiagnostics": {}, "diagnostic": {}},
    "workspace": {"diagnostics": {"refreshSupport": True}},
}
AGENT: dict[str, Any] = {"textDocument": {"diagnostic": {}}}


def error(path: Path, message: str = "wrong", span: Span | None = None) -> Diagnostic:
    return Diagnostic(path=path, span=span or Span(1, 1, 1, 2), severity=Severity.ERROR, message=message)


def opening(uri: str = URI_A, text: str = "x = 1\n") -> dict[str, Any]:
    return {"textDocument": {"uri": uri, "languageId": "haskell", "version": 1, "text": text}}


def pulling(uri: str = URI_A, previous: str | None = None) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, **({"previousResultId": previous} if previous else {})}


def messages(items: list[dict[str, Any]]) -> list[str]:
    return [item["message"] for item in items]


def pushed(editor: Editor) -> list[tuple[str, list[str]]]:
    return [(params["uri"], messages(params["diagnostics"])) for params in editor.all(PUBLISH)]


async def test_a_change_is_pushed_with_the_version_that_ghc_saw(editor: Editor) -> None:
    workspace = await editor.start(PUSHED, **FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    workspace.say(A, error(A), version=1)
    (params,) = await editor.told(PUBLISH)
    assert (params["uri"], params["version"], messages(params["diagnostics"])) == (URI_A, 1, ["wrong"])


async def test_a_client_without_versions_gets_none(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    workspace.say(A, error(A), version=1)
    (params,) = await editor.told(PUBLISH)
    assert "version" not in params


async def test_positions_follow_the_open_text_and_the_encoding(editor: Editor) -> None:
    workspace = await editor.start({"general": {"positionEncodings": ["utf-8"]}}, **FOLDERS)
    editor.notify("textDocument/didOpen", opening(text="🦆 = y\n"))
    workspace.say(A, error(A, span=Span(1, 5, 1, 6)))
    (params,) = await editor.told(PUBLISH)
    assert params["diagnostics"][0]["range"] == {
        "start": {"line": 0, "character": 7},
        "end": {"line": 0, "character": 8},
    }


async def test_a_file_becomes_clean_once_and_is_not_told_clean_before(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    workspace.say(B, error(B))
    await editor.told(PUBLISH)
    workspace._diagnostics = {}
    workspace.say(A, error(A))
    workspace.say(A)
    workspace.say(B, error(B, "other"))
    workspace.say(B)
    await editor.told(PUBLISH, 2)
    assert pushed(editor) == [(URI_B, ["wrong"]), (URI_B, [])]


async def test_a_burst_is_told_as_its_outcome(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    for number in range(100):
        workspace.say(A, error(A, str(number)))
    await editor.told(PUBLISH)
    assert pushed(editor) == [(URI_A, ["99"])]


async def test_an_open_document_is_named_as_the_editor_names_it(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    path = Path("/p/A+.hs")
    workspace.say(path, error(path))
    await editor.told(PUBLISH)
    editor.notify("textDocument/didOpen", opening("file:///p/A+.hs"))
    await editor.told(PUBLISH, 3)
    editor.notify("textDocument/didClose", pulling("file:///p/A+.hs"))
    await editor.told(PUBLISH, 5)
    assert pushed(editor) == [
        ("file:///p/A%2B.hs", ["wrong"]),
        ("file:///p/A%2B.hs", []),
        ("file:///p/A+.hs", ["wrong"]),
        ("file:///p/A+.hs", []),
        ("file:///p/A%2B.hs", ["wrong"]),
    ]


OFFERS: dict[str, tuple[dict[str, Any], bool]] = {
    "a client that is pushed to": (PUSHED, False),
    "a client that cannot be asked to pull again": (NEOVIM, False),
    "a client that can": (VS_CODE, True),
    "a client that cannot be pushed to": (AGENT, True),
}


@pytest.mark.parametrize(("capabilities", "offered"), OFFERS.values(), ids=OFFERS)
async def test_pulling_is_offered_to_clients_that_it_serves(
    editor: Editor, capabilities: dict[str, Any], offered: bool
) -> None:
    found = await editor.initialize(capabilities)
    expected = {"interFileDependencies": True, "workspaceDiagnostics": True, "identifier": "thatch"}
    assert found.get("diagnosticProvider") == (expected if offered else None)


async def test_neovim_pulls_documents_only(editor: Editor) -> None:
    found = await editor.initialize(VS_CODE, clientInfo={"name": "Neovim", "version": "0.12.4"})
    assert found["diagnosticProvider"]["workspaceDiagnostics"] is False


async def test_a_client_that_cannot_be_pushed_to_is_not(editor: Editor) -> None:
    workspace = await editor.start(AGENT, **FOLDERS)
    workspace.say(A, error(A))
    assert messages((await editor.result("textDocument/diagnostic", pulling()))["items"]) == ["wrong"]
    assert pushed(editor) == []


async def test_a_pull_waits_for_ghc(editor: Editor) -> None:
    workspace = await editor.start(AGENT, **FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    workspace.busy()
    request = editor.ask("textDocument/diagnostic", pulling())
    assert await editor.result("thatch/status")
    assert request not in editor.responses
    workspace.say(A, error(A), version=1)
    workspace.done()
    assert messages((await editor.response(request))["result"]["items"]) == ["wrong"]


async def test_what_is_unchanged_is_told_so(editor: Editor) -> None:
    workspace = await editor.start(AGENT, **FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    first = await editor.result("textDocument/diagnostic", pulling())
    assert (first["kind"], first["items"]) == ("full", [])
    again = await editor.result("textDocument/diagnostic", pulling(previous=first["resultId"]))
    assert again == {"kind": "unchanged", "resultId": first["resultId"]}
    workspace.say(A, error(A))
    changed = await editor.result("textDocument/diagnostic", pulling(previous=first["resultId"]))
    assert (changed["kind"], messages(changed["items"])) == ("full", ["wrong"])
    assert changed["resultId"] != first["resultId"]


async def test_what_a_client_pulls_is_not_pushed_as_well(editor: Editor) -> None:
    workspace = await editor.start(VS_CODE, **FOLDERS)
    workspace.say(A, error(A))
    await editor.told(PUBLISH)
    editor.notify("textDocument/didOpen", opening())
    report = await editor.result("textDocument/diagnostic", pulling())
    assert messages(report["items"]) == ["wrong"]
    workspace.say(A, error(A, "other"))
    workspace.say(B, error(B))
    await editor.asked("workspace/diagnostic/refresh")
    await editor.told(PUBLISH, 3)
    assert pushed(editor) == [(URI_A, ["wrong"]), (URI_A, []), (URI_B, ["wrong"])]


async def test_a_closed_document_is_pushed_again(editor: Editor) -> None:
    workspace = await editor.start(VS_CODE, **FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    workspace.say(A, error(A))
    await editor.result("textDocument/diagnostic", pulling())
    before = len(pushed(editor))
    editor.notify("textDocument/didClose", {"textDocument": {"uri": URI_A}})
    await editor.told(PUBLISH, before + 1)
    assert pushed(editor)[before:] == [(URI_A, ["wrong"])]


async def test_a_burst_asks_the_client_to_pull_once(editor: Editor) -> None:
    workspace = await editor.start(VS_CODE, **FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    await editor.result("textDocument/diagnostic", pulling())
    for number in range(10):
        workspace.say(A, error(A, str(number)))
    await editor.asked("workspace/diagnostic/refresh")
    assert len(editor.requests) == 1


async def test_a_client_that_can_pull_again_is_not_kept_waiting(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thatch.lsp.session.SETTLE_SECONDS", 0.01)
    workspace = await editor.start(VS_CODE, **FOLDERS)
    workspace.busy()
    assert (await editor.result("textDocument/diagnostic", pulling()))["items"] == []


async def test_the_whole_workspace_is_pulled_and_then_nothing_is_pushed(editor: Editor) -> None:
    workspace = await editor.start(VS_CODE, **FOLDERS)
    workspace.say(B, error(B, "in B"))
    workspace.say(A, error(A, "in A"))
    await editor.told(PUBLISH, 2)
    report = await editor.result("workspace/diagnostic", {"previousResultIds": []})
    assert [(item["uri"], item["kind"], messages(item["items"])) for item in report["items"]] == [
        (URI_A, "full", ["in A"]),
        (URI_B, "full", ["in B"]),
    ]
    assert pushed(editor)[2:] == [(URI_B, []), (URI_A, [])]
    known = [{"uri": item["uri"], "value": item["resultId"]} for item in report["items"]]
    workspace.say(A)
    again = await editor.result("workspace/diagnostic", {"previousResultIds": known})
    assert [(item["uri"], item["kind"], item.get("items")) for item in again["items"]] == [
        (URI_A, "full", []),
        (URI_B, "unchanged", None),
    ]
    assert len(pushed(editor)) == 4


async def test_partial_results_come_in_pieces_and_the_request_waits_for_changes(editor: Editor) -> None:
    workspace = await editor.start(VS_CODE, **FOLDERS)
    paths = [Path(f"/p/M{number:03}.hs") for number in range(120)]
    for path in paths:
        workspace.say(path, error(path))
    params: dict[str, Any] = {"previousResultIds": [], "partialResultToken": "t"}
    assert await editor.result("workspace/diagnostic", params) == {"items": []}
    pieces = [one["value"]["items"] for one in editor.all("$/progress") if one["token"] == "t"]
    assert [len(piece) for piece in pieces] == [50, 50, 20]
    known = [{"uri": item["uri"], "value": item["resultId"]} for piece in pieces for item in piece]
    request = editor.ask("workspace/diagnostic", {"previousResultIds": known, "partialResultToken": "u"})
    assert await editor.result("thatch/status")
    assert request not in editor.responses
    workspace.say(paths[7], error(paths[7], "other"))
    assert (await editor.response(request))["result"] == {"items": []}
    told = [one["value"]["items"] for one in editor.all("$/progress") if one["token"] == "u"]
    assert [[(item["uri"], messages(item["items"])) for item in piece] for piece in told] == [
        [("file:///p/M007.hs", ["other"])]
    ]


async def test_a_workspace_pull_that_waits_can_be_cancelled(editor: Editor) -> None:
    await editor.start(VS_CODE, **FOLDERS)
    request = editor.ask("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": "t"})
    assert await editor.result("thatch/status")
    editor.notify("$/cancelRequest", {"id": request})
    assert (await editor.response(request))["error"]["code"] == -32800


async def test_many_files_are_all_told(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    for number in range(300):
        path = Path(f"/p/M{number}.hs")
        workspace.say(path, *[error(path, str(n)) for n in range(5)])
    await until(lambda: len(editor.all(PUBLISH)) == 300, "300 files")

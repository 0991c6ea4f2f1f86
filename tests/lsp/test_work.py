"""What the editor tells reaches the workspace, what the workspace tells reaches the editor: documents, folders,
settings, status, progress, commands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.waiting import until
from thatch.core.events import Health, Status, WorkEnded, WorkProgressed, WorkStarted
from thatch.core.settings import Settings

FOLDERS = {"workspaceFolders": [{"uri": "file:///p", "name": "p"}]}
A = Path("/p/A.hs")


def opening(uri: str = "file:///p/A.hs", text: str = "one\n", version: int = 1) -> dict[str, Any]:
    return {"textDocument": {"uri": uri, "languageId": "haskell", "version": version, "text": text}}


def naming(uri: str = "file:///p/A.hs") -> dict[str, Any]:
    return {"textDocument": {"uri": uri}}


async def test_a_documents_life(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}, "text": "two"}
    editor.notify(
        "textDocument/didChange",
        {
            "textDocument": {"uri": "file:///p/A.hs", "version": 2},
            "contentChanges": [change, {**change, "text": "six"}],
        },
    )
    editor.notify("textDocument/didSave", naming())
    editor.notify("textDocument/didClose", naming())
    assert workspace.calls[2:] == [
        ("open", A, "one\n", 1),
        ("change", A, "six\n", 2),
        ("save", A),
        ("close_document", A),
    ]


async def test_what_is_opened_before_the_work_begins_is_told_when_it_begins(editor: Editor) -> None:
    await editor.initialize(**FOLDERS)
    editor.notify("textDocument/didOpen", opening())
    editor.notify(
        "textDocument/didChange",
        {"textDocument": {"uri": "file:///p/A.hs", "version": 2}, "contentChanges": [{"text": "two"}]},
    )
    editor.notify("initialized", {})
    await until(lambda: editor.workspaces, "the workspace")
    await editor.called("start")
    assert editor.workspace.calls == [("folders", Path("/p")), ("open", A, "two", 2), ("start",)]


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/p/A.hs?HEAD"])
async def test_documents_that_are_no_files_are_left_alone(editor: Editor, uri: str) -> None:
    workspace = await editor.start(**FOLDERS)
    editor.notify("textDocument/didOpen", opening(uri))
    change = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": ""}]}
    editor.notify("textDocument/didChange", change)
    editor.notify("textDocument/didSave", naming(uri))
    editor.notify("textDocument/didClose", naming(uri))
    report = await editor.result("textDocument/diagnostic", naming(uri))
    assert report["items"] == []
    assert len(workspace.calls) == 2


async def test_a_document_that_was_never_opened_changes_nothing(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    change = {"textDocument": {"uri": "file:///p/A.hs", "version": 2}, "contentChanges": [{"text": ""}]}
    editor.notify("textDocument/didChange", change)
    editor.notify("textDocument/didClose", naming())
    assert len(workspace.calls) == 2


async def test_a_lone_file_brings_its_project(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "cabal.project").write_text("packages: p\n")
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "p.cabal").write_text("cabal-version: 2.4\nname: p\nversion: 0\n")
    file = tmp_path / "p" / "A.hs"
    file.write_text("module A where\n")
    workspace = await editor.start()
    editor.notify("textDocument/didOpen", opening(file.as_uri()))
    editor.notify("textDocument/didOpen", opening((tmp_path / "p" / "B.hs").as_uri()))
    await editor.called("add_folder", tmp_path)
    assert [call for call in workspace.calls if call[0] == "add_folder"] == [("add_folder", tmp_path)]


async def test_folders_come_and_go_in_order(editor: Editor) -> None:
    await editor.start(**FOLDERS)
    p, q = {"uri": "file:///p", "name": "p"}, {"uri": "file:///q", "name": "q"}
    for added, removed in (([q], [p]), ([p], [q]), ([p], [])):
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": removed}})
    await editor.called("remove_folder", Path("/q"))
    await editor.result("workspace/executeCommand", {"command": "thatch.restart"})
    assert editor.workspace.calls[2:] == [
        ("remove_folder", Path("/p")),
        ("add_folder", Path("/q")),
        ("remove_folder", Path("/q")),
        ("add_folder", Path("/p")),
        ("restart", "restart asked for"),
    ]


async def test_the_editors_watcher_is_heard(editor: Editor) -> None:
    workspace = await editor.start(**FOLDERS)
    changes = [
        {"uri": "file:///p/A.hs", "type": 1},
        {"uri": "untitled:x", "type": 2},
        {"uri": "file:///p/B.hs", "type": 3},
    ]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    assert workspace.calls[-1] == ("files_changed", frozenset({A, Path("/p/B.hs")}))


async def test_an_unknown_command_is_refused(editor: Editor) -> None:
    await editor.start()
    assert (await editor.error("workspace/executeCommand", {"command": "thatch.dance"}))["code"] == -32602


async def test_a_failing_restart_is_told_to_the_user(editor: Editor) -> None:
    workspace = await editor.start()
    workspace.failure = RuntimeError("no")
    await editor.result("workspace/executeCommand", {"command": "thatch.restart"})
    assert await editor.told("window/showMessage") == [{"type": 1, "message": "thatch could not restart: no"}]


# Settings.

CONFIGURATION = {"workspace": {"configuration": True}}


async def test_settings_of_the_initialize_request(editor: Editor) -> None:
    workspace = await editor.start(initializationOptions={"ghc": "/ghc", "jobs": 2})
    assert workspace.settings == Settings(ghc="/ghc", jobs=2)


async def test_settings_of_the_configuration_win_key_by_key(editor: Editor) -> None:
    editor.answers["workspace/configuration"] = [{"ghc": "/other", "cradleTimeout": 5}]
    workspace = await editor.start(CONFIGURATION, initializationOptions={"ghc": "/ghc", "jobs": 2})
    assert workspace.settings == Settings(ghc="/other", jobs=2, cradle_timeout=5)
    assert (await editor.asked("workspace/configuration"))["params"] == {"items": [{"section": "thatch"}]}


@pytest.mark.parametrize("answer", [None, [], [None]])
async def test_an_editor_without_configuration_of_ours_is_fine(editor: Editor, answer: Any) -> None:
    editor.answers["workspace/configuration"] = answer
    workspace = await editor.start(CONFIGURATION)
    assert workspace.settings == Settings()


async def test_changed_settings_are_asked_for(editor: Editor) -> None:
    await editor.start(CONFIGURATION)
    editor.answers["workspace/configuration"] = [{"jobs": 3}]
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    await editor.called("configure", Settings(jobs=3))


async def test_changed_settings_may_be_sent_along(editor: Editor) -> None:
    await editor.start(initializationOptions={"ghc": "/ghc"})
    editor.notify("workspace/didChangeConfiguration", {"settings": {"thatch": {"jobs": 3}}})
    await editor.called("configure", Settings(ghc="/ghc", jobs=3))


async def test_the_notification_is_registered_where_that_is_needed(editor: Editor) -> None:
    await editor.start({"workspace": {"didChangeConfiguration": {"dynamicRegistration": True}}})
    (registration,) = (await editor.asked("client/registerCapability"))["params"]["registrations"]
    assert registration["method"] == "workspace/didChangeConfiguration"
    assert registration["registerOptions"] == {"section": "thatch"}


async def test_a_wrong_setting_is_told_once(editor: Editor, caplog: pytest.LogCaptureFixture) -> None:
    workspace = await editor.start(initializationOptions={"jobs": "many", "ghc": "/ghc", "color": "red"})
    editor.notify("workspace/didChangeConfiguration", {"settings": {}})
    await editor.called("configure", Settings(ghc="/ghc"))
    assert workspace.settings == Settings(ghc="/ghc")
    expected = "The setting thatch.jobs must be a whole number, 0 or more, not 'many'; it was ignored."
    assert editor.all("window/showMessage") == [{"type": 2, "message": expected}]
    assert "The setting thatch.color means nothing to thatch." in caplog.text


async def test_an_editor_that_refuses_to_tell_its_settings_is_served(editor: Editor) -> None:
    editor.unanswered.add("workspace/configuration")
    await editor.initialize(CONFIGURATION, initializationOptions={"jobs": 2})
    editor.notify("initialized", {})
    request = await editor.asked("workspace/configuration")
    editor.refuse(request, "not now")
    await until(lambda: editor.workspaces, "the work to begin")
    assert editor.workspace.settings == Settings(jobs=2)


# Status.

TROUBLE = Status(health=Health.ERROR, message="GHC was not found.", ghc_versions=())
WANTS_STATUS = {"experimental": {"statusNotification": True}}


async def test_status_is_told_to_who_wants_it_when_it_changes(editor: Editor) -> None:
    workspace = await editor.start(WANTS_STATUS)
    await editor.told("thatch/status", 3)
    busy = Status(work="Loading p: 1/2 A", ghc_versions=("9.6.6",))
    for status in (busy, busy, TROUBLE):
        workspace.become(status)
    well = {"health": "ok", "quiescent": True, "message": "", "work": "", "ghcVersions": ["9.6.6"]}
    assert editor.all("thatch/status") == [
        {**well, "quiescent": False, "work": "Starting", "ghcVersions": []},
        {**well, "quiescent": False},
        well,
        {**well, "quiescent": False, "work": "Loading p: 1/2 A"},
        {**well, "health": "error", "message": "GHC was not found.", "ghcVersions": []},
    ]
    assert editor.all("window/showMessage") == []


async def test_status_may_be_wished_for_in_the_options(editor: Editor) -> None:
    await editor.start(initializationOptions={"statusNotification": True})
    await editor.told("thatch/status")


async def test_others_are_shown_each_trouble_once(editor: Editor) -> None:
    workspace = await editor.start()
    other = Status(health=Health.WARNING, message="No modules were found.")
    for status in (TROUBLE, Status(work="x"), TROUBLE, other, Status(), TROUBLE):
        workspace.become(status)
    assert editor.all("thatch/status") == []
    assert [(message["type"], message["message"]) for message in editor.all("window/showMessage")] == [
        (1, "GHC was not found."),
        (2, "No modules were found."),
        (1, "GHC was not found."),
    ]


async def test_everybody_may_ask_for_the_status(editor: Editor) -> None:
    workspace = await editor.start()
    workspace.become(Status(work="Loading"))
    assert (await editor.result("thatch/status"))["work"] == "Loading"


async def test_the_status_before_the_work_begins(editor: Editor) -> None:
    await editor.initialize()
    assert (await editor.result("thatch/status"))["work"] == "Starting"


async def test_what_waits_to_be_done_is_work(editor: Editor) -> None:
    workspace = await editor.start(WANTS_STATUS)
    await editor.told("thatch/status", 3)
    gate = asyncio.Event()

    async def add_folder(folder: Path) -> None:
        await gate.wait()

    workspace.add_folder = add_folder  # type: ignore[method-assign]
    folders = {"added": [{"uri": "file:///other", "name": "other"}], "removed": []}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": folders})
    assert not (await editor.result("thatch/status"))["quiescent"]
    gate.set()
    await until(lambda: editor.all("thatch/status")[-1]["quiescent"], "the end of the work")


# Progress.


async def test_a_long_operation_is_shown(editor: Editor) -> None:
    workspace = await editor.start({"window": {"workDoneProgress": True}})
    workspace.tell(WorkStarted(1, "Loading p"))
    workspace.tell(WorkProgressed(1, "12/502 Lib.Foo", 12, 502))
    token = (await editor.asked("window/workDoneProgress/create"))["params"]["token"]
    await editor.told("$/progress")
    workspace.tell(WorkEnded(1, "loaded"))
    begin = {
        "kind": "begin",
        "title": "Loading p",
        "message": "12/502 Lib.Foo",
        "percentage": 2,
        "cancellable": False,
    }
    assert editor.all("$/progress") == [
        {"token": token, "value": begin},
        {"token": token, "value": {"kind": "end", "message": "loaded"}},
    ]


async def test_an_editor_that_cannot_show_progress_is_not_asked_to(editor: Editor) -> None:
    workspace = await editor.start()
    workspace.tell(WorkStarted(1, "Loading p"))
    workspace.tell(WorkProgressed(1, "12/502 Lib.Foo", 12, 502))
    workspace.tell(WorkEnded(1, ""))
    assert await editor.result("thatch/status")
    assert (editor.requests, editor.all("$/progress")) == ([], [])


async def test_what_is_shown_is_ended_at_shutdown(editor: Editor) -> None:
    workspace = await editor.start({"window": {"workDoneProgress": True}})
    workspace.tell(WorkStarted(1, "Loading p"))
    await editor.told("$/progress")
    await editor.result("shutdown")
    assert [one["value"]["kind"] for one in editor.all("$/progress")] == ["begin", "end"]

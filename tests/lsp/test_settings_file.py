"""`thatch.toml` in an editor: below the editor's own settings, and only in projects that are trusted."""

from pathlib import Path

import pytest

from tests.support.editor import Editor
from tests.support.waiting import until
from thatch.core.events import Event, SettingsFileChanged
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing decides before the file does."""
    for name in ("THATCH_CACHE_DIR", "THATCH_CACHE_REMOTE", "THATCH_CACHE_LIMIT", "THATCH_SANDBOX"):
        monkeypatch.delenv(name, raising=False)


def folders(*paths: Path) -> list[dict[str, str]]:
    return [{"uri": path.as_uri(), "name": path.name} for path in paths]


async def test_it_is_the_lowest_source(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "thatch.toml").write_text("jobs = 3\nghc = 'ghc-file'\ncabal = 'cabal-file'\ncacheDir = 'cached'\n")
    editor.answers["workspace/configuration"] = [{"ghc": "ghc-editor"}]
    workspace = await editor.start(
        {"workspace": {"configuration": True}},
        workspaceFolders=folders(tmp_path),
        initializationOptions={"ghc": "ghc-options", "cabal": "cabal-options"},
    )
    settings = workspace.settings
    assert (settings.jobs, settings.cabal, settings.ghc) == (3, "cabal-options", "ghc-editor")
    assert settings.cache_dir == tmp_path / "cached"


async def test_a_change_of_it_counts(editor: Editor, tmp_path: Path) -> None:
    workspace = await editor.start(workspaceFolders=folders(tmp_path), initializationOptions={"cabal": "mine"})
    (tmp_path / "thatch.toml").write_text("jobs = 3\n")
    workspace.tell(SettingsFileChanged())
    await until(lambda: workspace.settings.jobs == 3, "the new settings", timeout=10)
    assert workspace.settings.cabal == "mine"
    (tmp_path / "thatch.toml").unlink()
    workspace.tell(SettingsFileChanged())
    await until(lambda: workspace.settings.jobs == 0, "the defaults", timeout=10)


async def test_what_did_not_change_configures_nothing(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "thatch.toml").write_text("jobs = 3\n")
    workspace = await editor.start(workspaceFolders=folders(tmp_path))
    workspace.tell(SettingsFileChanged())
    # Duties are done one after the other.
    assert await editor.result("workspace/executeCommand", {"command": "thatch.restart"}) is None
    assert [call[0] for call in workspace.calls if call[0] == "configure"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs = 'many'", "thatch.jobs must be a whole number, 0 or more, not 'many'."),
        ("jobs =", "cannot be read"),
        ("nonsense = 1", "keys that mean nothing: nonsense"),
        ("sandbox = 'off'", "must not switch the sandbox off"),
    ],
)
async def test_a_file_with_mistakes_is_told_and_left(editor: Editor, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "thatch.toml").write_text(f"ghc = 'other'\n{text}\n")
    workspace = await editor.start(workspaceFolders=folders(tmp_path))
    assert workspace.settings.ghc == ""
    (message,) = await editor.told("window/showMessage")
    assert said in message["message"]
    assert "Nothing of it is used." in message["message"]


async def test_it_is_not_read_before_the_project_is_trusted(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "thatch.toml").write_text("ghc = 'a program of the project'\n")
    await editor.initialize(workspaceFolders=folders(tmp_path), initializationOptions={"trusted": False})
    editor.notify("initialized", {})
    await until(lambda: editor.workspaces and ("start untrusted",) in editor.workspace.calls, "the start", timeout=10)
    assert editor.workspace.settings.ghc == ""
    editor.notify("thatch/didGrantTrust", {})
    await editor.called("grant_trust")
    assert editor.workspace.settings.ghc == "a program of the project"
    names = [call[0] for call in editor.workspace.calls]
    assert names.index("configure") < names.index("grant_trust")


async def test_of_several_files_the_first_counts(editor: Editor, tmp_path: Path) -> None:
    for number, name in enumerate(("one", "two"), 1):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thatch.toml").write_text(f"jobs = {number}\n")
    workspace = await editor.start(workspaceFolders=folders(tmp_path / "one", tmp_path / "two"))
    assert workspace.settings.jobs == 1
    (message,) = await editor.told("window/showMessage")
    assert str(tmp_path / "two" / "thatch.toml") in message["message"]


async def test_a_folder_that_is_opened_later_brings_its_file(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "thatch.toml").write_text("jobs = 3\n")
    workspace = await editor.start()
    (tmp_path / "A.hs").touch()
    editor.open(tmp_path / "A.hs", "module A where\n")
    await editor.called("add_folder", tmp_path)
    assert workspace.settings.jobs == 3


async def test_a_workspace_tells_of_the_file(tmp_path: Path) -> None:
    told: list[Event] = []
    workspace = Workspace([tmp_path], Settings(), told.append)
    workspace.files_changed(frozenset({tmp_path / "A.hs"}))
    assert told == []
    workspace.files_changed(frozenset({tmp_path / "thatch.toml"}))
    assert told == [SettingsFileChanged()]
    await workspace.close()

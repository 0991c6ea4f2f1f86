"""`thatch doctor` on projects in order and on broken ones, with real tools."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ghc
from tests.support.check import clean_environment, write_files
from tests.support.editor import Editor
from tests.support.schemas import complaints, own
from tests.support.waiting import seconds, until

FILES = {
    "p.cabal": (
        "cabal-version: 2.4\nname: p\nversion: 0\n"
        "library\n  hs-source-dirs: src\n  exposed-modules: A\n  build-depends: base\n"
        "  default-language: Haskell2010\n"
        "test-suite t\n  type: exitcode-stdio-1.0\n  main-is: T.hs\n  build-depends: base, p\n"
        "  default-language: Haskell2010\n"
    ),
    "src/A.hs": "module A where\n",
    "T.hs": "module Main where\nimport A ()\nmain :: IO ()\nmain = pure ()\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path / "p", FILES)
    return tmp_path / "p"


def doctor(project: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "thatch.cli.main", "doctor", *map(str, arguments)],
        cwd=project,
        env={**clean_environment(), "THATCH_CACHE_DIR": str(project.parent / "cache"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds(180),
    )


def findings(project: Path, *arguments: object, **environment: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code and the findings by topic."""
    done = doctor(project, "--json", *arguments, **environment)
    fields = json.loads(done.stdout)
    assert complaints(own("doctor"), fields) == []
    assert fields["healthy"] == (done.returncode == 0)
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in fields["findings"]:
        found.setdefault(finding["topic"], []).append(finding)
        assert finding["verdict"] != "failure" or finding["remedy"]
    return done.returncode, found


def failures(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [finding for group in found.values() for finding in group if finding["verdict"] == "failure"]


def test_a_project_in_order(project: Path, ghc: Ghc) -> None:
    code, found = findings(project, "--ghc", ghc)
    assert (code, failures(found)) == (0, [])
    (toolchain,) = found["toolchain"]
    assert toolchain["details"]["ghc"] == str(ghc)
    assert toolchain["details"]["version"].startswith(f"{ghc.series}.")
    assert found["cradle"][0]["commands"][0][:2] == ["cabal", "v2-build"]
    units = {unit["details"]["component"]: unit for unit in found["unit"]}
    assert set(units) == {"p:lib", "p:test:t"}
    command = units["p:lib"]["commands"][0]
    assert command[0] == str(ghc)
    assert command[command.index("-this-unit-id") + 1] == units["p:lib"]["details"]["id"]
    assert Path(found["interpreter"][0]["details"]["path"]).is_file()
    assert "--interactive" in found["session"][0]["commands"][0]
    assert not any(path.name.startswith("thatch-doctor-") for path in Path("/tmp").iterdir())
    # Nothing was compiled or kept.
    assert found["cache"][0]["details"]["modules"] == 0


def test_a_project_with_plugins(project: Path) -> None:
    (project / "src/A.hs").write_text("{-# OPTIONS_GHC -fplugin=Some.Plugin #-}\nmodule A where\n")
    code, found = findings(project)
    assert (code, failures(found)) == (0, [])
    assert found["interpreter"][0]["verdict"] == "note"
    assert "-fexternal-interpreter" not in found["session"][0]["commands"][0]


def test_text_with_commands(project: Path) -> None:
    short, long = doctor(project), doctor(project, "--commands")
    assert (short.returncode, long.returncode) == (0, 0)
    assert short.stdout.splitlines()[0].startswith("ok    thatch")
    assert "$ " not in short.stdout
    assert "$ cabal v2-build " in long.stdout


def test_no_ghc(project: Path) -> None:
    code, found = findings(project, "--ghc", project / "none")
    (failure,) = failures(found)
    assert (code, failure["topic"]) == (3, "project")
    assert "none" in failure["text"]


def test_a_build_description_that_cannot_be_read(project: Path) -> None:
    (project / "p.cabal").write_text("cabal-version: 2.4\nname: p\nversion: zero\n")
    code, found = findings(project)
    (failure,) = failures(found)
    assert (code, failure["topic"]) == (3, "project")
    assert "p.cabal" in failure["text"]


def test_a_module_without_a_file(project: Path) -> None:
    (project / "src/A.hs").unlink()
    code, found = findings(project)
    assert code == 3
    broken = [finding for finding in failures(found) if finding["topic"] == "unit"]
    assert [finding["details"]["missing"] for finding in broken] == [["A"]]


def test_no_cabal(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("ghc", "ghc-pkg"):
        (folder / name).symlink_to(shutil.which(name) or "")
    code, found = findings(project, PATH=str(folder))
    (failure,) = failures(found)
    assert (code, failure["topic"]) == (3, "project")
    assert "Install cabal-install" in failure["remedy"]
    assert found["build tool"][0]["verdict"] == "note"


def test_a_sandbox_that_is_required_and_not_there(project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for place in os.environ["PATH"].split(":"):
        for path in Path(place).glob("*") if Path(place).is_dir() else ():
            if path.name != "bwrap" and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    code, found = findings(project, PATH=str(folder), THATCH_SANDBOX="require")
    (failure,) = failures(found)
    assert (code, failure["topic"]) == (3, "sandbox")
    code, found = findings(project, PATH=str(folder), THATCH_SANDBOX="auto")
    assert (code, found["sandbox"][0]["verdict"]) == (0, "note")
    code, found = findings(project, THATCH_SANDBOX="off")
    assert (code, found["sandbox"][0]["verdict"]) == (0, "note")


def test_a_cache_that_cannot_be_used(project: Path, tmp_path: Path) -> None:
    # The folder is there, and its store is a file.
    write_files(tmp_path / "broken", {"store": "a file"})
    code, found = findings(project, THATCH_CACHE_DIR=str(tmp_path / "broken"))
    assert code == 3
    assert [finding["topic"] for finding in failures(found)] == ["cache"]


def test_a_shared_store_whose_password_is_not_told(project: Path) -> None:
    done = doctor(project, THATCH_CACHE_REMOTE="http://someone:secret-word@127.0.0.1:1/path")
    assert re.search(r"^ok +shared store +http://127.0.0.1:1/path$", done.stdout, re.MULTILINE)
    # It does not answer.
    assert re.search(r"^note +cache +.*127\.0\.0\.1:1", done.stdout, re.MULTILINE)
    assert "secret-word" not in done.stdout + done.stderr


def test_a_folder_without_a_description(tmp_path: Path) -> None:
    write_files(tmp_path / "p", {"A.hs": "module A where\n"})
    code, found = findings(tmp_path / "p")
    assert (code, found["project"][0]["verdict"]) == (0, "note")
    assert found["unit"][0]["details"]["modules"] == 1


async def test_an_editor_gets_the_same_text(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THATCH_CACHE_DIR", str(project.parent / "cache"))
    monkeypatch.setenv("THATCH_SANDBOX", "off")
    said = doctor(project, "--commands", THATCH_SANDBOX="off").stdout.rstrip("\n")
    editor = Editor()
    try:
        await editor.start(workspaceFolders=[{"uri": project.as_uri(), "name": "p"}])
        request = editor.ask("thatch/doctor", {"commands": True})
        found = (await until(lambda: editor.responses.get(request), "the answer", timeout=60))["result"]
        # The folder of a session is made for the moment.
        volatile = re.compile(r"thatch-doctor-\w+")
        assert volatile.sub("", found["text"]) == volatile.sub("", said)
        assert found["healthy"] is True
        assert complaints(own("doctor"), found) == []
        units = [one["details"]["component"] for one in found["findings"] if one["topic"] == "unit"]
        assert sorted(units) == ["p:lib", "p:test:t"]
    finally:
        await editor.close()


async def test_nothing_of_an_untrusted_project_is_looked_at(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THATCH_CACHE_DIR", str(project.parent / "cache"))
    (project / "thatch.toml").write_text("ghc = 'a program of the project'\n")
    editor = Editor()
    try:
        folder = [{"uri": project.as_uri(), "name": "p"}]
        await editor.initialize(workspaceFolders=folder, initializationOptions={"trusted": False})
        editor.notify("initialized", {})
        found = await editor.result("thatch/doctor", {"textDocument": {"uri": (project / "src/A.hs").as_uri()}})
        assert [one["topic"] for one in found["findings"]] == ["thatch", "project", "cache", "editors"]
        assert "not trusted" in found["text"]
        malformed = await editor.error("thatch/doctor", {"textDocument": 1})
        assert "textDocument?" in malformed["message"]
    finally:
        await editor.close()

"""The private folder of a running workspace, and what dead ones left."""

import errno
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from thatch.core.errors import ThatchError
from thatch.core.run_folder import RunFolder


def dead_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_made_when_asked_for_and_removed_at_the_end(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "cache")
    folder.remove()
    assert not (tmp_path / "cache").exists()
    path = folder.path()
    assert path.is_dir()
    assert path.name.startswith(f"{os.getpid()}-")
    assert folder.path() == path
    (path / "inside").mkdir()
    folder.remove()
    folder.remove()
    assert not path.exists()


def test_two_workspaces_of_one_process_do_not_meet(tmp_path: Path) -> None:
    assert RunFolder(tmp_path).path() != RunFolder(tmp_path).path()


def test_parts_are_given_once(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    parts = [folder.next_part() for _ in range(3)]
    assert len(set(parts)) == 3
    assert {part.parent for part in parts} == {folder.path()}
    assert not any(part.exists() for part in parts)


def test_only_what_the_dead_left_is_removed(tmp_path: Path) -> None:
    run = tmp_path / "run"
    kept = [f"{os.getpid()}-other", f"{os.getppid()}-parent", "1-init", "notes", "99999999999999999999-x"]
    abandoned = [f"{dead_pid()}-abandoned"]
    for name in (*kept, *abandoned):
        (run / name / "deep").mkdir(parents=True)
    path = RunFolder(tmp_path).path()
    assert {entry.name for entry in run.iterdir()} == {*kept, path.name}


def test_where_the_cache_can_only_be_read_it_is_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    make = tempfile.mkdtemp

    def mkdtemp(prefix: str, **where: Path) -> str:
        if where:
            raise OSError(errno.EROFS, "Read-only file system")
        return make(prefix=prefix)

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    folder = RunFolder(tmp_path / "cache")
    assert folder.path().parent == temporary
    folder.remove()
    assert list(temporary.iterdir()) == []


def test_a_file_with_a_dead_owners_name_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / f"{dead_pid()}-file").write_text("")
    assert RunFolder(tmp_path).path().is_dir()


def test_a_cache_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A path below a regular file cannot be made by anybody, root included."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ThatchError, match=r"file/cache/run cannot be written: Not a directory") as caught:
        RunFolder(tmp_path / "file" / "cache").path()
    assert "cacheDir" in caught.value.remedy

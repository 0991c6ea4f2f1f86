"""Finding the folder that a build description stands in."""

from pathlib import Path

import pytest

from tests.support.projects import write
from thatch.core.project.discover import find_root, projects_below


@pytest.mark.parametrize(
    ("files", "start", "expected"),
    [
        (["a/p.cabal", "a/src/A.hs"], "a/src/A.hs", "a"),
        (["cabal.project", "a/p.cabal"], "a", "."),
        (["hie.yaml", "a/cabal.project"], "a", "."),
        (["hie.yaml", "a/hie.yaml"], "a", "a"),
        (["stack.yaml", "a/p.cabal"], "a", "a"),
        (["stack.yaml", "a/package.yaml"], "a", "."),
        (["a/x.hs"], "a/x.hs", "a"),
        (["a/x.hs"], "a", "a"),
    ],
)
def test_the_root(tmp_path: Path, files: list[str], start: str, expected: str) -> None:
    write(tmp_path, dict.fromkeys(files, ""))

    assert find_root(tmp_path / start) == tmp_path / expected


def test_the_search_ends_below_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, {"hie.yaml": "", "work/a/x.hs": ""})

    assert find_root(tmp_path / "work/a") == tmp_path / "work/a"
    assert find_root(tmp_path) == tmp_path


def test_the_outermost_projects_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        dict.fromkeys(["a/cabal.project", "a/b/p.cabal", "c/d/stack.yaml", ".e/p.cabal", "dist-newstyle/q.cabal"], ""),
    )

    assert projects_below(tmp_path) == [tmp_path / "a", tmp_path / "c/d"]

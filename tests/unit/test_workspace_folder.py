"""What a change on disk means to a folder: ask the build tool again, load again, or nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve, frozen

from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.documents import Document
from thatch.core.errors import CradleError
from thatch.core.project.model import Module, Project, Unit
from thatch.core.run_folder import RunFolder
from thatch.core.settings import Settings
from thatch.core.workspace_folder import WorkspaceFolder, _as_diagnostic, _belongs, _cause


class FakeWork:
    def progress(self, message: str, done: int, total: int) -> None:
        """Nobody looks."""

    def end(self, message: str) -> None:
        """Nobody looks."""


class FakeHost:
    def __init__(self, cache: Path) -> None:
        self.settings = Settings(cache_dir=cache)
        self.narrow = None

    def documents(self) -> Mapping[Path, Document]:
        return {}

    def publish(self, lane: str, generation: int, files: Mapping[Path, FileDiagnostics]) -> None:
        """Nobody listens."""

    def begin_work(self, title: str) -> FakeWork:
        return FakeWork()

    def lane_changed(self) -> None:
        """Nobody looks."""

    def forget(self, lane: str) -> None:
        """Nothing is remembered."""


@frozen
class FakeLane:
    project: Project
    causes: list[str]
    busy: bool = False
    trouble: None = None
    inputs: Mapping[Path, str] = {}

    def request(self, cause: str) -> None:
        self.causes.append(cause)

    def read_again(self, cause: str) -> None:
        self.causes.append(f"read again: {cause}")


class Folder(WorkspaceFolder):
    """Notes what it is asked to discover."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, FakeHost(path / "cache"), RunFolder(path / "cache"))
        self.discovered: list[str] = []

    def discover(self, cause: str) -> None:
        self.discovered.append(cause)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/Lib.hs").write_text("module Lib where\n")
    unit = Unit(
        id="u",
        component="u",
        directory=tmp_path / "pkg",
        flags=(),
        source_dirs=(tmp_path / "src",),
        modules=(Module("Lib", tmp_path / "src/Lib.hs"),),
    )
    return Project(root=tmp_path, cradle="cabal", units=(unit,), ghc=Path("ghc"), watched=(tmp_path / "extra.txt",))


@pytest.fixture
def folder(tmp_path: Path, project: Project) -> Folder:
    made = Folder(tmp_path)
    made.lanes[tmp_path] = FakeLane(project, [])  # type: ignore[assignment]
    made._sources = {module.path for unit in project.units for module in unit.modules}
    return made


def causes(folder: Folder) -> list[str]:
    [lane] = folder.lanes.values()
    assert isinstance(lane, FakeLane)
    return lane.causes


def change(folder: Folder, *names: str) -> tuple[list[str], list[str]]:
    """What is discovered and what is loaded because of changed files."""
    folder.files_changed(folder.path / name for name in names)
    return folder.discovered, causes(folder)


def test_a_changed_module_is_loaded_again(folder: Folder) -> None:
    assert change(folder, "src/Lib.hs") == ([], ["Lib.hs changed"])


def test_a_new_module_is_asked_for_once(folder: Folder) -> None:
    (folder.path / "src/New.hs").write_text("")
    assert change(folder, "src/New.hs") == (["New.hs changed"], [])
    assert change(folder, "src/New.hs") == (["New.hs changed"], ["New.hs changed"])


def test_a_removed_module_is_asked_for(folder: Folder) -> None:
    (folder.path / "src/Lib.hs").unlink()
    assert change(folder, "src/Lib.hs") == (["Lib.hs changed"], [])


def test_a_removed_folder_of_modules_is_asked_for(folder: Folder) -> None:
    (folder.path / "src/Lib.hs").unlink()
    (folder.path / "src").rmdir()
    assert change(folder, "src") == (["src changed"], [])


@pytest.mark.parametrize("name", ["extra.txt", "x.cabal", "deep/y.cabal", "cabal.project", "hie.yaml", "stack.yaml"])
def test_a_changed_description_is_asked_for(folder: Folder, name: str) -> None:
    assert change(folder, name, "src/Lib.hs") == ([f"{Path(name).name} and 1 more changed"], [])


def test_files_of_other_folders_mean_nothing(folder: Folder, tmp_path: Path) -> None:
    folder.files_changed([tmp_path.parent / "Other.hs", tmp_path.parent / "other.txt"])
    assert (folder.discovered, causes(folder)) == ([], [])


def test_files_that_modules_were_made_from(folder: Folder, tmp_path: Path) -> None:
    """Wherever they lie, whatever they are called; and such a file is no new module."""
    far, odd = tmp_path.parent / "words.txt", tmp_path / "templates/Odd.hs"
    odd.parent.mkdir()
    odd.touch()
    [(root, lane)] = folder.lanes.items()
    folder.lanes[root] = evolve(lane, inputs={far: "", odd: ""})  # type: ignore[misc]
    folder.files_changed([far])
    folder.files_changed([odd])
    odd.unlink()
    folder.files_changed([odd])
    assert (folder.discovered, causes(folder)) == (
        [],
        [f"read again: {name} changed" for name in ("words.txt", "Odd.hs", "Odd.hs")],
    )


def test_what_belongs_to_a_project(project: Project) -> None:
    root = project.root
    assert _belongs(root / "src/Lib.hs", project)
    assert _belongs(root / "src/New.hs", project)
    assert _belongs(root / "pkg/Setup.hs", project)
    assert not _belongs(root / "elsewhere/Lib.hs", project)
    assert _belongs(root / "elsewhere/template.txt", project), "A splice may have read it."
    assert not _belongs(root.parent / "template.txt", project)
    assert not _belongs(root / "pkg/p.cabal", project), "GHC has nothing to do when it is typed in."
    assert not _belongs(root / "cabal.project", project)


def test_causes_are_short(tmp_path: Path) -> None:
    assert _cause([tmp_path / "A.hs"]) == "A.hs changed"
    assert _cause([tmp_path / "A.hs", tmp_path / "B.hs"]) == "A.hs and 1 more changed"


@pytest.mark.parametrize(("name", "source"), [("p.cabal", "cabal"), ("cabal.project", "cabal"), ("hie.yaml", "thatch")])
def test_a_broken_description_is_a_diagnostic(tmp_path: Path, name: str, source: str) -> None:
    error = CradleError(message="No.", remedy="Mend it.", path=tmp_path / name, line=3)
    diagnostic = _as_diagnostic(error)
    assert diagnostic.path == tmp_path / name
    assert diagnostic.span
    assert (diagnostic.span.start_line, diagnostic.source) == (3, source)
    assert diagnostic.message == "No.\nMend it."

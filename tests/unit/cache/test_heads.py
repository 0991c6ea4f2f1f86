"""Heads of source files, remembered by content."""

from pathlib import Path

import pytest

from thatch.cache import heads as module
from thatch.cache.heads import Heads
from thatch.core.syntax import parse_header

TEXT = """{-# LANGUAGE CPP, TemplateHaskell #-}
{-# OPTIONS_GHC -F -pgmF x #-}
module A.B where
#include "a.h"
import {-# SOURCE #-} C
#if X
import "pkg" D
#endif
"""


def write(folder: Path, name: str = "A.hs", text: str = TEXT) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def without_places(folder: Path, path: Path) -> object:
    """A head as it comes from disk."""
    first = Heads(folder, ["u"])
    first.read(path)
    first.remember()
    header = Heads(folder, ["u"]).read(path)
    assert header is not None
    return [
        header.name,
        [(entry.module, entry.source, entry.package, entry.conditional) for entry in header.imports],
        (header.extensions, header.options, header.has_include, header.exact),
    ]


@pytest.mark.parametrize("name", ["A.hs", "A.lhs"])
def test_what_is_remembered_is_what_was_parsed(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name)
    parsed = parse_header(TEXT, literate=name == "A.lhs")
    assert without_places(tmp_path / "heads", path) == [
        parsed.name,
        [(entry.module, entry.source, entry.package, entry.conditional) for entry in parsed.imports],
        (parsed.extensions, parsed.options, parsed.has_include, parsed.exact),
    ]


@pytest.fixture
def remembered(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of heads, and a file whose head is in it."""
    path, folder = write(tmp_path), tmp_path / "heads"
    heads = Heads(folder, ["u"])
    heads.read(path)
    heads.remember()
    return folder, path


def forbid_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(module, "parse_header", parse)


def test_an_unchanged_file_is_not_parsed(remembered: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, path = remembered
    forbid_parsing(monkeypatch)
    copy = write(path.parent, "Copy.hs")
    heads = Heads(folder, ["u"])
    assert heads.read(copy) is not None
    assert heads.hashes.keys() == {copy}


def test_a_changed_file_is_parsed_whatever_its_times(remembered: tuple[Path, Path]) -> None:
    folder, path = remembered
    path.write_text(TEXT.replace("A.B", "A.C"))
    header = Heads(folder, ["u"]).read(path)
    assert header is not None and header.name == "A.C"


def plan(folder: Path, path: Path, text: str) -> Heads:
    """Plan a project of one file with this text."""
    path.write_text(text)
    heads = Heads(folder, ["u"])
    heads.read(path)
    heads.remember()
    return heads


def test_going_back_to_another_branch_parses_nothing(
    remembered: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, path = remembered
    plan(folder, path, TEXT.replace("A.B", "A.C"))
    (file,) = folder.iterdir()
    stored = file.read_bytes()
    with monkeypatch.context() as patch:
        forbid_parsing(patch)
        plan(folder, path, TEXT)
        plan(folder, path, TEXT.replace("A.B", "A.C"))
    assert file.read_bytes() == stored
    # One more state, and the oldest goes.
    plan(folder, path, TEXT.replace("A.B", "A.D"))
    assert len(file.read_bytes()) < 1.5 * len(stored)
    forbid_parsing(monkeypatch)
    with pytest.raises(AssertionError, match="parsed"):
        plan(folder, path, TEXT)


def test_damage_is_found(remembered: tuple[Path, Path]) -> None:
    folder, path = remembered
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes().replace(b"A.B", b"A.X"))
    header = Heads(folder, ["u"]).read(path)
    assert header is not None and header.name == "A.B"


def test_heads_of_another_reader_are_not_used(remembered: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, path = remembered
    monkeypatch.setattr(module, "_reader_version", lambda: "other")
    forbid_parsing(monkeypatch)
    with pytest.raises(AssertionError, match="parsed"):
        Heads(folder, ["u"]).read(path)


def test_only_so_many_projects_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROJECTS", 2)
    path = write(tmp_path)
    for unit in "abc":
        heads = Heads(tmp_path / "heads", [unit])
        heads.read(path)
        heads.remember()
    assert len(list((tmp_path / "heads").iterdir())) == 2


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "heads").write_text("")
    heads = Heads(tmp_path / "heads", ["u"])
    assert heads.read(path) is not None
    heads.remember()


def test_a_missing_file_has_no_head(tmp_path: Path) -> None:
    assert Heads().read(tmp_path / "none.hs") is None

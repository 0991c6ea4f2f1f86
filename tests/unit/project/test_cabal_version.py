"""The version of a cabal: asked of the program, and remembered while that is the same file."""

import os
import shutil
from pathlib import Path

import pytest
from attrs import define

from thatch.core.project.cabal_version import version_of


@define
class Cabal:
    """Answers for a program, and counts how often it is asked."""

    version: str = "3.10.3.0"
    n_asked: int = 0

    async def ask(self) -> str:
        self.n_asked += 1
        return self.version


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A compiled program by the name of cabal."""
    return Path(shutil.copy("/bin/true", tmp_path / "cabal"))


def replace(program: Path) -> None:
    """Put another program in its place, with the same time."""
    times = program.stat()
    other = Path(shutil.copy("/bin/false", program.with_name("other")))
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    other.replace(program)


def choosers(program: Path) -> tuple[Path, Path]:
    """A program that is linked by the name of cabal, and a script that looks at a file first."""
    folder = program.with_name("shims")
    if not folder.exists():
        folder.mkdir()
        shutil.copy(program, folder / "chooser")
        (folder / "cabal").symlink_to("chooser")
        (folder / "script").write_text(f'#!/bin/sh\ncd /; . ./settings\nexec {program} "$@"\n')
    return folder / "cabal", folder / "script"


async def test_a_cabal_is_asked_once(program: Path, tmp_path: Path) -> None:
    cabal, folder = Cabal(), tmp_path / "versions"
    assert [await version_of(program, folder, cabal.ask) for _ in range(2)] == ["3.10.3.0"] * 2
    assert cabal.n_asked == 1


async def test_another_file_is_asked_again(program: Path, tmp_path: Path) -> None:
    cabal, folder = Cabal(), tmp_path / "versions"
    await version_of(program, folder, cabal.ask)
    replace(program)
    cabal.version = "3.12"
    assert await version_of(program, folder, cabal.ask) == "3.12"


async def test_what_chooses_a_cabal_is_asked_each_time(program: Path, tmp_path: Path) -> None:
    cabal, folder = Cabal(), tmp_path / "versions"
    for asked in (*choosers(program), *choosers(program)):
        await version_of(asked, folder, cabal.ask)
    assert cabal.n_asked == 4
    assert not folder.exists()


async def test_a_wrapper_that_only_calls_a_cabal_is_no_matter(program: Path, tmp_path: Path) -> None:
    cabal, folder = Cabal(), tmp_path / "versions"
    wrapper = tmp_path / "wrapper"
    wrapper.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
    for _ in range(2):
        await version_of(wrapper, folder, cabal.ask)
    assert cabal.n_asked == 1


async def test_no_answer_and_damage_are_not_remembered(program: Path, tmp_path: Path) -> None:
    cabal, folder = Cabal(version=""), tmp_path / "versions"
    assert [await version_of(program, folder, cabal.ask) for _ in range(2)] == ["", ""]
    cabal.version = "3.12"
    assert await version_of(program, folder, cabal.ask) == "3.12"
    (stored,) = folder.iterdir()
    stored.write_bytes(stored.read_bytes().replace(b"3.12", b"3.13"))
    assert await version_of(program, folder, cabal.ask) == "3.12"
    assert cabal.n_asked == 4


async def test_a_folder_that_cannot_be_written_is_no_matter(program: Path, tmp_path: Path) -> None:
    (tmp_path / "versions").touch()
    assert await version_of(program, tmp_path / "versions", Cabal().ask) == "3.10.3.0"

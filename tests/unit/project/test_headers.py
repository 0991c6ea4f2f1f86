"""Reading the heads of files that lie on disk, in whatever state they are."""

from pathlib import Path

import pytest

from thatch.core.project import headers
from thatch.core.project.headers import read_header, read_headers
from thatch.core.project.model import Module, Unit


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(
        id="a",
        component="a:lib",
        directory=tmp_path,
        flags=(),
        source_dirs=(tmp_path / "gen", tmp_path / "src"),
        modules=(Module("A", tmp_path / "src/A.hs"), Module("Gone", tmp_path / "src/Gone.hs")),
    )


def write(path: Path, text: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return path


async def test_declared_files_boot_files_and_imported_ones_are_read(tmp_path: Path, unit: Unit) -> None:
    wanted = {
        write(tmp_path / "src/A.hs", b"import B\nimport Data.List"),
        write(tmp_path / "src/A.hs-boot", b"import Only.For.Boot"),
        write(tmp_path / "gen/B.lhs", b"> import Deep.C"),
        write(tmp_path / "src/Deep/C.hs", b""),
        write(tmp_path / "src/Only/For/Boot.hs", b""),
    }
    write(tmp_path / "src/B.hs", b"the one in gen comes first")
    write(tmp_path / "src/Unused.hs", b"")
    found = await read_headers([unit])
    assert set(found) == wanted
    assert [entry.module for entry in found[tmp_path / "gen/B.lhs"].imports] == ["Deep.C"]


async def test_modules_of_other_units_are_not_looked_for_in_the_own_folders(tmp_path: Path, unit: Unit) -> None:
    write(tmp_path / "src/A.hs", b"import A\nimport Gone")
    assert set(await read_headers([unit, unit])) == {tmp_path / "src/A.hs"}


def test_bytes_that_are_no_utf8_do_not_matter(tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "A.hs", b"-- \xff\xfe\nmodule A where\nimport B -- \xe9\n"))
    assert header is not None
    assert (header.name, [entry.module for entry in header.imports]) == ("A", ["B"])


def test_of_a_huge_file_only_the_start_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LARGEST_HEAD", 20)
    header = read_header(write(tmp_path / "A.hs", b"import A\nimport B\nimport C\n"))
    assert header is not None
    assert [entry.module for entry in header.imports] == ["A", "B"]


def test_what_is_no_file_has_no_header(tmp_path: Path) -> None:
    assert read_header(tmp_path) is None
    assert read_header(tmp_path / "missing.hs") is None

"""Archives of packages are unpacked whole, read-only, inside their folder, and never beyond a limit."""

import io
import stat
import tarfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thatch.core.packages import archives
from thatch.core.packages.archives import BadArchiveError, remove, unpack

FILES = {
    "box-1.0/box.cabal": "name: box\nversion: 1.0\n",
    "box-1.0/src/Box.hs": "module Box where\n",
    "box-1.0/src/Box/Deep.hsc": "module Box.Deep where\n",
    "box-1.0/image.png": "no text of a program",
    "box-1.0/Setup": "no suffix",
}
Change = Callable[[tarfile.TarInfo], None]


def pack(path: Path, files: Iterable[tuple[str, bytes, Change]], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data, change in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            change(info)
            archive.addfile(info, io.BytesIO(data))
    return path


def plain(_: tarfile.TarInfo) -> None:
    """A file like any other."""


def ordinary(files: dict[str, str] = FILES) -> list[tuple[str, bytes, Change]]:
    return [(name, text.encode(), plain) for name, text in files.items()]


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


KEPT = {
    "box.cabal": "name: box\nversion: 1.0\n",
    "src/Box.hs": "module Box where\n",
    "src/Box/Deep.hsc": "module Box.Deep where\n",
}


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.xz", "w:xz"), ("a.tar.bz2", "w:bz2"), ("a.tar", "w")],
)
def test_sources_are_unpacked_without_the_right_to_write(tmp_path: Path, name: str, mode: str) -> None:
    folder = tmp_path / "new" / "box"
    unpack(pack(tmp_path / name, ordinary(), mode), folder)
    assert contents(folder) == KEPT
    for path in (folder, *folder.rglob("*")):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert [path.name for path in folder.parent.iterdir()] == ["box"]
    remove(folder)
    assert not folder.exists()


def link(target: str) -> Change:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = tarfile.SYMTYPE, target, 0

    return change


def special(kind: bytes) -> Change:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.size, info.linkname = kind, 0, "box-1.0/box.cabal"

    return change


@pytest.mark.parametrize(
    "extra",
    [
        ("../evil.hs", plain),
        ("box-1.0/../../evil.hs", plain),
        ("/evil.hs", plain),
        ("evil.hs", plain),
        ("box-1.0/..\\evil.hs", plain),
        (f"box-1.0/{'d/' * 600}evil.hs", plain),
        ("box-1.0/evil.hs", link("/etc/passwd")),
        ("box-1.0/evil.hs", special(tarfile.LNKTYPE)),
        ("box-1.0/evil.hs", special(tarfile.CHRTYPE)),
        ("box-1.0/evil.hs", special(tarfile.FIFOTYPE)),
    ],
)
def test_what_no_package_needs_is_left_out(tmp_path: Path, extra: tuple[str, Change]) -> None:
    name, change = extra
    archive = pack(tmp_path / "a.tar.gz", [*ordinary(), (name, b"evil", change)])
    unpack(archive, tmp_path / "out" / "box")
    assert contents(tmp_path / "out" / "box") == KEPT
    assert not list(tmp_path.rglob("evil*"))


def test_a_folder_that_is_a_link_leads_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    files = [("box-1.0/src", b"", link(str(outside))), ("box-1.0/src/Evil.hs", b"evil", plain), *ordinary()]
    unpack(pack(tmp_path / "a.tar.gz", files), tmp_path / "out" / "box")
    assert not list(outside.iterdir())
    assert contents(tmp_path / "out" / "box") == KEPT | {"src/Evil.hs": "evil"}


def test_a_name_counts_once(tmp_path: Path) -> None:
    files = [*ordinary(), ("box-1.0/src/Box.hs", b"second", plain)]
    unpack(pack(tmp_path / "a.tar.gz", files), tmp_path / "box")
    assert contents(tmp_path / "box") == KEPT


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", b"\x1f\x8b\x08\x00 cut short", b"\x1f\x8b"],
)
def test_damage_is_told(tmp_path: Path, data: bytes) -> None:
    archive = tmp_path / "a.tar.gz"
    archive.write_bytes(data)
    with pytest.raises(BadArchiveError, match="cannot be unpacked"):
        unpack(archive, tmp_path / "out" / "box")
    assert not list((tmp_path / "out").iterdir())


def test_other_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadArchiveError, match="no archive of a known kind"):
        unpack(tmp_path / "a.zip", tmp_path / "box")
    with pytest.raises(BadArchiveError, match="No such file"):
        unpack(tmp_path / "a.tar.gz", tmp_path / "box")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_any_damage_is_told_or_harmless(tmp_path: Path, data: st.DataObject) -> None:
    whole = pack(tmp_path / "whole.tar", ordinary(), "w").read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    changed = data.draw(st.sampled_from([whole[:at], whole[:at] + b"\xff" * 9 + whole[at + 9 :], whole[:at] + whole]))
    archive = tmp_path / "a.tar"
    archive.write_bytes(changed)
    folder = tmp_path / "out" / "box"
    try:
        unpack(archive, folder)
    except BadArchiveError:
        assert not folder.exists()
    else:
        remove(folder)
    assert not list((tmp_path / "out").iterdir())


def test_a_big_archive_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 1 << 20)
    files = [*ordinary(), ("box-1.0/zeros.png", bytes(2 << 20), plain)]
    with pytest.raises(BadArchiveError, match="more than 1 MB"):
        unpack(pack(tmp_path / "a.tar.gz", files), tmp_path / "box")
    assert not (tmp_path / "box").exists()


def test_a_sparse_file_of_any_size_is_no_source(tmp_path: Path) -> None:
    def sparse(info: tarfile.TarInfo) -> None:
        info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.size": str(1 << 60)}
        info.pax_headers |= {"GNU.sparse.map": f"{(1 << 60) - 1},1"}

    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data, change in [("box-1.0/src/Big.hs", b"x", sparse), *ordinary()]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            change(info)
            archive.addfile(info, io.BytesIO(data))
    unpack(path, tmp_path / "box")
    assert contents(tmp_path / "box") == KEPT


def test_many_files_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)
    with pytest.raises(BadArchiveError, match="more than 3 files"):
        unpack(pack(tmp_path / "a.tar.gz", ordinary()), tmp_path / "box")


def test_several_may_unpack_at_once(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.tar.gz", ordinary())
    folder = tmp_path / "out" / "box"
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(unpack, archive, folder) for _ in range(8)]:
            future.result()
    assert contents(folder) == KEPT
    assert [path.name for path in folder.parent.iterdir()] == ["box"]

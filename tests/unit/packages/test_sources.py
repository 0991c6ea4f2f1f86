"""Where the sources of a package are found: in folders that users name and in archives, of the right version alone."""

import os
import tarfile
from pathlib import Path
from time import time

import pytest

from tests.support.projects import write
from thatch.core.packages.archives import BadArchiveError
from thatch.core.packages.database import Package
from thatch.core.packages.sources import UNUSED_SECONDS, PackageSources, read_source

BOX = Package(
    id="box-1.0-abc",
    name="box",
    version="1.0",
    source_name="box",
    exposed=True,
    modules={},
    import_dirs=(),
    depends=(),
)
CABAL = "name: box\nversion: 1.0\nlibrary\n  hs-source-dirs: src\n"
FILES = {"box.cabal": CABAL, "src/Box.hs": "module Box where", "src/Box/Deep.hsc": "module Box.Deep where"}


def archive(path: Path, files: dict[str, str]) -> Path:
    """An archive of files, which stand in a folder as they do in every package."""
    source = path.parent / f"{path.name}-content"
    write(source, files)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as packed:
        packed.add(source, "box-1.0")
    return path


def sources(tmp_path: Path, *folders: Path, downloads: tuple[Path, ...] = ()) -> PackageSources:
    return PackageSources(tmp_path / "unpacked", folders, downloads)


@pytest.mark.parametrize(
    "place",
    [
        "box-1.0",
        "box",
        "haskell-box-1.0",
        "haskell-box",
        ".",
        "libraries/box",
        "libraries/box/box",
        "box/box",
        "any-name",
    ],
)
def test_folders(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "sources"
    write(folder / place, FILES)
    tree = sources(tmp_path, tmp_path / "absent", folder).tree(BOX)
    assert tree is not None
    assert tree.root.resolve() == (folder / place).resolve()
    assert not tree.unpacked
    assert tree.module("Box") == tree.root / "src/Box.hs"
    assert tree.module("Box.Deep") == tree.root / "src/Box/Deep.hsc"
    assert tree.module("Other") is None


def test_other_versions_and_other_packages_do_not_count(tmp_path: Path) -> None:
    write(tmp_path / "sources/box-2.0", FILES | {"box.cabal": CABAL.replace("1.0", "2.0")})
    write(tmp_path / "sources/box", FILES | {"box.cabal": CABAL.replace("1.0", "1.0.0")})
    write(tmp_path / "sources/boxes", {"boxes.cabal": CABAL})
    assert sources(tmp_path, tmp_path / "sources").tree(BOX) is None


def test_what_appears_later_is_found(tmp_path: Path) -> None:
    known = sources(tmp_path, tmp_path / "sources")
    assert known.tree(BOX) is None
    write(tmp_path / "sources/box", FILES)
    assert known.tree(BOX) is not None


@pytest.mark.parametrize("name", ["box-1.0.tar.gz", "haskell-box_1.0.orig.tar.gz", "box_1.0.orig.tar.gz"])
def test_archives_beside_each_other(tmp_path: Path, name: str) -> None:
    archive(tmp_path / "sources" / name, FILES)
    # The content of the archive was written beside it.
    folder = tmp_path / "only-archives"
    folder.mkdir()
    (tmp_path / "sources" / name).rename(folder / name)
    tree = sources(tmp_path, folder).tree(BOX)
    assert tree is not None and tree.unpacked
    assert tree.root.parent == tmp_path / "unpacked"
    assert tree.module("Box") == tree.root / "src/Box.hs"


def test_downloads_of_cabal(tmp_path: Path) -> None:
    archive(tmp_path / "packages/some.repository/box/1.0/box-1.0.tar.gz", FILES)
    known = sources(tmp_path, downloads=(tmp_path / "absent", tmp_path / "packages"))
    tree = known.tree(BOX)
    assert tree is not None and tree.unpacked
    again = sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX)
    assert again == tree


def test_a_folder_comes_before_an_archive(tmp_path: Path) -> None:
    archive(tmp_path / "packages/repository/box/1.0/box-1.0.tar.gz", FILES)
    write(tmp_path / "sources/box", FILES)
    tree = sources(tmp_path, tmp_path / "sources", downloads=(tmp_path / "packages",)).tree(BOX)
    assert tree is not None and not tree.unpacked


def test_another_archive_is_unpacked_anew(tmp_path: Path) -> None:
    place = tmp_path / "packages/repository/box/1.0/box-1.0.tar.gz"
    archive(place, FILES)
    first = sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX)
    archive(place, FILES | {"src/Box.hs": "module Box (other) where"})
    second = sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX)
    assert first is not None and second is not None and first.root != second.root
    path = second.module("Box")
    assert path is not None and read_source(path) == "module Box (other) where"


def test_a_bad_archive_is_told_each_time_but_read_once(tmp_path: Path) -> None:
    place = tmp_path / "packages/repository/box/1.0/box-1.0.tar.gz"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"damaged")
    known = sources(tmp_path, downloads=(tmp_path / "packages",))
    with pytest.raises(BadArchiveError) as first:
        known.tree(BOX)
    with pytest.raises(BadArchiveError) as second:
        known.tree(BOX)
    assert first.value is second.value


def test_an_archive_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    write(tmp_path, {"secret/Box.hs": "module Box where"})
    cabal = CABAL.replace("src", f"../../secret {tmp_path}/secret")
    archive(tmp_path / "packages/repository/box/1.0/box-1.0.tar.gz", {"box.cabal": cabal})
    tree = sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX)
    assert tree is not None
    assert tree.module("Box") is None


def test_what_nobody_wants_goes(tmp_path: Path) -> None:
    archive(tmp_path / "packages/repository/box/1.0/box-1.0.tar.gz", FILES)
    for other in ("old", "recent"):
        write(tmp_path / "unpacked" / other, FILES)
    long_ago = time() - UNUSED_SECONDS - 10
    os.utime(tmp_path / "unpacked/old", (long_ago, long_ago))
    tree = sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX)
    assert tree is not None
    assert {path.name for path in (tmp_path / "unpacked").iterdir()} == {"recent", tree.root.name}
    # What is wanted again counts as new, and what was removed comes back.
    os.utime(tree.root, (long_ago, long_ago))
    assert sources(tmp_path, downloads=(tmp_path / "packages",)).tree(BOX) == tree
    assert tree.root.is_dir()


def test_big_files_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "Big.hs"
    with path.open("wb") as file:
        file.truncate(11 << 20)
    assert read_source(path) is None
    assert read_source(tmp_path / "absent") is None
    path.write_bytes(b"module B where -- \xff\n")
    assert read_source(path) == "module B where -- \N{REPLACEMENT CHARACTER}\n"

"""Whether files exist, by listings of their folders."""

from pathlib import Path

from thatch.core.project.listings import Listings


def test_files_and_links_to_files_exist(tmp_path: Path) -> None:
    (tmp_path / "Lib").mkdir()
    (tmp_path / "Lib" / "A.hs").touch()
    (tmp_path / "B.hs").symlink_to(tmp_path / "Lib" / "A.hs")
    (tmp_path / "C.hs").symlink_to(tmp_path / "nowhere")
    (tmp_path / "D.hs").mkdir()
    files = Listings()
    wanted = [tmp_path / name for name in ("Lib/A.hs", "B.hs", "C.hs", "D.hs", "Lib", "Lib/B.hs", "E.hs")]
    assert [files.has_file(path) for path in wanted] == [True, True, False, False, False, False, False]
    assert files.has_file(str(tmp_path / "B.hs"))


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert not Listings().has_file(tmp_path / "none" / "A.hs")


def test_a_folder_is_listed_once(tmp_path: Path) -> None:
    files = Listings()
    assert not files.has_file(tmp_path / "A.hs")
    (tmp_path / "A.hs").touch()
    assert not files.has_file(tmp_path / "A.hs")
    assert Listings().has_file(tmp_path / "A.hs")

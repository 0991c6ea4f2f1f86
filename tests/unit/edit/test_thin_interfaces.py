"""Interfaces that were cut down: kept from server to server, made again where damaged, removed when too many."""

import os
from pathlib import Path

import pytest

from thatch.core.artifacts import content_hash
from thatch.core.edit import thin_interfaces
from thatch.core.edit.thin_interfaces import ThinInterfaces

CONTENT = b"no interface that anybody can read"
KNOWN = content_hash(CONTENT)
UNITS = ["unit-1"]


def make(thin: ThinInterfaces, content: bytes, target: Path) -> None:
    """Cut one down wholly."""
    thin.begin(content, target)
    thin.finish(content_hash(content), target)


def test_what_was_made_once_is_linked(tmp_path: Path) -> None:
    thin = ThinInterfaces(tmp_path / "memory", UNITS)
    make(thin, CONTENT, tmp_path / "A.hi")
    assert (tmp_path / "A.hi").read_bytes() == CONTENT
    other = ThinInterfaces(tmp_path / "memory", UNITS)
    assert other.link(KNOWN, tmp_path / "B.hi")
    assert (tmp_path / "B.hi").samefile(tmp_path / "A.hi")
    assert other.link(KNOWN, tmp_path / "B.hi")
    assert not other.link(content_hash(b"something else"), tmp_path / "C.hi")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A.hi", "B.hi", "memory"]


def test_projects_with_other_units_have_their_own(tmp_path: Path) -> None:
    make(ThinInterfaces(tmp_path / "memory", UNITS), CONTENT, tmp_path / "A.hi")
    other = ThinInterfaces(tmp_path / "memory", [*UNITS, "unit-2"])
    assert not other.link(KNOWN, tmp_path / "B.hi")


def test_what_was_only_begun_is_not_kept(tmp_path: Path) -> None:
    thin = ThinInterfaces(tmp_path / "memory", UNITS)
    thin.begin(CONTENT, tmp_path / "A.hi")
    assert (tmp_path / "A.hi").read_bytes() == CONTENT
    assert not thin.link(KNOWN, tmp_path / "B.hi")


def test_an_empty_file_is_none(tmp_path: Path) -> None:
    thin = ThinInterfaces(tmp_path / "memory", UNITS)
    make(thin, CONTENT, tmp_path / "A.hi")
    (place,) = (tmp_path / "memory").glob("*/*/*/*")
    place.unlink()
    place.write_bytes(b"")
    assert not thin.link(KNOWN, tmp_path / "B.hi")
    make(thin, CONTENT, tmp_path / "B.hi")
    assert thin.link(KNOWN, tmp_path / "C.hi")
    assert (tmp_path / "C.hi").read_bytes() == CONTENT


def test_where_nothing_can_be_kept_it_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "memory").write_bytes(b"a file, not a folder")
    thin = ThinInterfaces(tmp_path / "memory", UNITS)
    make(thin, CONTENT, tmp_path / "A.hi")
    assert (tmp_path / "A.hi").read_bytes() == CONTENT
    assert not thin.link(KNOWN, tmp_path / "B.hi")


def test_what_was_not_used_for_longest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thin = ThinInterfaces(tmp_path / "memory", UNITS)
    contents = [bytes([number]) * 100 for number in range(4)]
    known = [content_hash(content) for content in contents]
    for number, content in enumerate(contents):
        make(thin, content, tmp_path / f"{number}.hi")
        os.utime(tmp_path / f"{number}.hi", (number, number))
    thin.prune()
    assert len(list((tmp_path / "memory").glob("*/*/*/*"))) == 4
    monkeypatch.setattr(thin_interfaces, "MOST_BYTES", 300)
    assert thin.link(known[0], tmp_path / "used.hi")
    thin.prune()
    assert [thin.link(one, tmp_path / "used.hi") for one in known] == [True, False, False, False]

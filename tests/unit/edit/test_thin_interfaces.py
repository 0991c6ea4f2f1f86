"""Interfaces that were cut down: kept from server to server, made again where damaged, removed when too many."""

import os
from pathlib import Path

import pytest

from thatch.core.artifacts import content_hash
from thatch.core.edit import thin_interfaces
from thatch.core.edit.thin_interfaces import ThinInterfaces

CONTENT = b"no interface that anybody can read"


def test_what_was_made_once_is_linked(tmp_path: Path) -> None:
    known = ThinInterfaces(tmp_path / "memory").make(CONTENT, tmp_path / "A.hi")
    assert known == content_hash(CONTENT)
    assert (tmp_path / "A.hi").read_bytes() == CONTENT
    other = ThinInterfaces(tmp_path / "memory")
    assert other.link(known, tmp_path / "B.hi")
    assert (tmp_path / "B.hi").samefile(tmp_path / "A.hi")
    assert other.link(known, tmp_path / "B.hi")
    assert not other.link(content_hash(b"something else"), tmp_path / "C.hi")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A.hi", "B.hi", "memory"]


def test_an_empty_file_is_none(tmp_path: Path) -> None:
    thin = ThinInterfaces(tmp_path / "memory")
    known = thin.make(CONTENT, tmp_path / "A.hi")
    (place,) = (tmp_path / "memory").glob("*/*/*")
    place.unlink()
    place.write_bytes(b"")
    assert not thin.link(known, tmp_path / "B.hi")
    thin.make(CONTENT, tmp_path / "B.hi")
    assert thin.link(known, tmp_path / "C.hi")
    assert (tmp_path / "C.hi").read_bytes() == CONTENT


def test_where_nothing_can_be_kept_it_is_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "memory").write_bytes(b"a file, not a folder")
    thin = ThinInterfaces(tmp_path / "memory")
    known = thin.make(CONTENT, tmp_path / "A.hi")
    assert (tmp_path / "A.hi").read_bytes() == CONTENT
    assert not thin.link(known, tmp_path / "B.hi")


def test_what_was_not_used_for_longest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thin = ThinInterfaces(tmp_path / "memory")
    known = [thin.make(bytes([number]) * 100, tmp_path / f"{number}.hi") for number in range(4)]
    for number in range(4):
        os.utime(tmp_path / f"{number}.hi", (number, number))
    thin.prune()
    assert len(list((tmp_path / "memory").glob("*/*/*"))) == 4
    monkeypatch.setattr(thin_interfaces, "MOST_BYTES", 300)
    assert thin.link(known[0], tmp_path / "used.hi")
    thin.prune()
    assert [thin.link(one, tmp_path / "used.hi") for one in known] == [True, False, False, False]

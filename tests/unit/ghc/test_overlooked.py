"""What a session that goes on would overlook in files that were written."""

import os
from pathlib import Path

import pytest

from thatch.core.ghc.overlooked import Overlooked, overlooked

PLAIN = "module A where\nold :: Int\nold = 1\n"


@pytest.mark.parametrize(
    ("name", "before", "after", "changed"),
    [
        ("A.hs", PLAIN, PLAIN + "new = 2\n", False),
        ("A.hs", PLAIN, PLAIN + '{-# DEPRECATED old "x" #-}\n', True),
        ("A.hs", PLAIN + '{-# DEPRECATED old "x" #-}\n', PLAIN + '-- \n{-# DEPRECATED old "x" #-}\n', False),
        ("A.hs", PLAIN + '{-# DEPRECATED old "x" #-}\n', PLAIN + '{-# DEPRECATED old "y" #-}\n', True),
        ("A.hs", PLAIN + '{-# Warning old\n  "x" #-}\n', PLAIN + '{-# Warning old\n  "y" #-}\n', True),
        ("A.hs", PLAIN + "{-# complete One, Two #-}\n", PLAIN, True),
        ("A.hs", PLAIN + "{-# INLINE old #-}\n", PLAIN, False),
        ("A.hs-boot", "module A where\n", "module A where\nold :: Int\n", True),
        ("A.lhs-boot", "> module A where\n", "> module A where\n> data A\n", True),
    ],
)
def test_what_is_overlooked(name: str, before: str, after: str, changed: bool, tmp_path: Path) -> None:
    path, known = tmp_path / name, Overlooked()
    path.write_text(before)
    assert not known.changed([path]), "a new file has not changed"
    assert not known.changed([path])
    write_later(path, after)
    known.note([path])
    assert known.changed([path]) == changed
    assert not known.changed([path])


def test_a_boot_file_that_goes_and_comes(tmp_path: Path) -> None:
    path, known = tmp_path / "A.hs-boot", Overlooked()
    known.note([path])
    path.write_text("module A where\n")
    assert known.changed([path])
    path.unlink()
    assert overlooked(path) == ""
    assert known.changed([path])


def write_later(path: Path, text: str) -> None:
    path.write_text(text)
    time = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(time, time))


def test_what_was_noted_is_read_later(tmp_path: Path) -> None:
    path, known = tmp_path / "A.hs", Overlooked()
    path.write_text(PLAIN)
    known.note([path])
    known.read()
    write_later(path, PLAIN + "new = 2\n")
    assert not known.changed([path])
    write_later(path, PLAIN + '{-# DEPRECATED old "another" #-}\n')
    assert known.changed([path])


def test_what_was_written_before_it_was_read_has_changed(tmp_path: Path) -> None:
    path, known = tmp_path / "A.hs", Overlooked()
    path.write_text(PLAIN)
    known.note([path])
    write_later(path, PLAIN + "new = 2\n")
    known.read()
    assert known.changed([path]), "nobody knows what it said when it was noted"
    assert not known.changed([path])

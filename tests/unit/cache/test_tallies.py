"""Counting loads: sums, the modules that the cache was wrong about, many writers, and what cannot be written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.remote import FakeClock
from thatch.cache import tallies
from thatch.cache.tallies import Counted, Tallies, WronglyRestored
from thatch.core.artifacts import Recompiled, Tally

FLAGS = Recompiled("lib", "A", "Flags changed")
STALE = Recompiled("lib", "B[boot]", "HIE file is out of date")


def test_sums(tmp_path: Path) -> None:
    clock = FakeClock(1000.0)
    counts = Tallies(tmp_path / "tallies", writable=True, clock=clock)
    assert counts.counted() == Counted()
    counts.add(Tally(5, 1, 2))
    clock.now = 2000.0
    counts.add(Tally(recompiled=(FLAGS, STALE)))
    clock.now = 3000.0
    counts.add(Tally(7, 0, 1))
    counts.add(Tally(recompiled=(FLAGS,)))
    counts.close()
    again = Tallies(tmp_path / "tallies", writable=True)
    assert again.counted() == Counted(
        1000, 2, 12, 1, 3, 3,
        recompiled=(
            WronglyRestored("lib", "A", "Flags changed", 2, 3000),
            WronglyRestored("lib", "B[boot]", "HIE file is out of date", 1, 2000),
        ),
    )  # fmt: skip
    again.clear()
    assert again.counted() == Counted()
    again.close()


def test_only_the_latest_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_RECOMPILED", 3)
    counts = Tallies(tmp_path, writable=True)
    for number in range(5):
        counts.add(Tally(recompiled=(Recompiled("lib", f"M{number}", ""),)))
    found = counts.counted()
    counts.close()
    assert found.n_recompiled == 5
    assert [module.module for module in found.recompiled] == ["M4", "M3", "M2"]


def test_many_at_once(tmp_path: Path) -> None:
    everyone = [Tallies(tmp_path, writable=True) for _ in range(6)]

    def add(counts: Tallies) -> None:
        for _ in range(20):
            counts.add(Tally(1, 2, 3, (FLAGS,)))

    with ThreadPoolExecutor(len(everyone)) as pool:
        list(pool.map(add, everyone))
    found = everyone[0].counted()
    for counts in everyone:
        counts.close()
    assert (found.n_loads, found.n_hits, found.n_likely, found.n_misses, found.n_recompiled) == (
        120,
        120,
        240,
        360,
        120,
    )
    assert [module.times for module in found.recompiled] == [120]


def test_what_is_only_read_does_not_change(tmp_path: Path) -> None:
    writer = Tallies(tmp_path / "tallies", writable=True)
    writer.add(Tally(1, 0, 0))
    writer.close()
    reader = Tallies(tmp_path / "tallies", writable=False)
    reader.add(Tally(1, 0, 0))
    reader.clear()
    assert reader.counted().n_hits == 1
    reader.close()
    nowhere = Tallies(tmp_path / "elsewhere", writable=False)
    nowhere.add(Tally(1, 0, 0))
    assert nowhere.counted() == Counted()
    assert not (tmp_path / "elsewhere").exists()


def test_damage_begins_anew(tmp_path: Path) -> None:
    counts = Tallies(tmp_path, writable=True)
    counts.add(Tally(1, 0, 0))
    counts.close()
    (file,) = tmp_path.glob("*.sqlite")
    file.write_bytes(b"no database" * 1000)
    again = Tallies(tmp_path, writable=True)
    again.add(Tally(0, 0, 4))
    assert (again.counted().n_hits, again.counted().n_misses) == (0, 4)
    again.close()

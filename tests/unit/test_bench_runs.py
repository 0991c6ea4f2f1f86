"""Every benchmark of the cache runs to its end, with real GHC and cabal, on a tiny project."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"

ROWS = {
    "warm_check": ["raw GHCi, warm", "thatch check, warm, no GHC session"],
    "fresh_checkout": ["raw GHCi, fresh copy", "thatch check, fresh copy", "thatch check, only a remote store"],
    "branch_switch": ["raw GHCi, first B", "thatch check, first B", "thatch check, later"],
    "ingest": ["with the cache", "without", "overhead, wall", "store"],
}
"""The benchmarks, and what the lines of their tables begin with."""


SLOW = ROWS.keys() - {"warm_check"}
"""Those that ask cabal or load the project too often for every run of the tests."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in ROWS]
)
def test_a_benchmark_prints_its_table(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / f"{name}.py"), "--modules", "6", "--functions", "2", "--rounds", "1"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout.partition("wall s")[2].splitlines()
    assert [row for row in ROWS[name] if not any(line.startswith(row) for line in table)] == []


def test_the_benchmark_of_hie_files_prints_its_table(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "hie.py"), "--modules", "3", "--functions", "2", "--rounds", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    title, _, *rows = done.stdout.splitlines()
    assert title.startswith("synthetic: 5 files")
    assert [row[:28].strip() for row in rows] == [
        "find the parts",
        "facts, for one question",
        "all occurrences",
        "rows of the index",
    ]
    assert all(float(number) > 0 for row in rows for number in row[28:].split())


def environment() -> dict[str, str]:
    """Where cabal asks no server, as far as the machine is set up for that."""
    offline = BENCH.parent / ".toolchains" / "cabal-offline.config"
    return {**os.environ, **({"CABAL_CONFIG": str(offline)} if offline.exists() else {})}

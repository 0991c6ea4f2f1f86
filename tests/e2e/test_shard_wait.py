"""Shards that run at the same time and leave each other's modules to each other, with real compilers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checker, write_files
from tests.support.waiting import seconds

PROJECT = {
    "hie.yaml": "cradle:\n  direct:\n    arguments: [-isrc, -Wall, A, B, C, D]\n",
    "src/A.hs": "module A (a) where\n\na :: Int\na = 1\n",
    "src/B.hs": "module B (b) where\n\nimport A\n\nb :: Int\nb = a\n",
    "src/C.hs": "module C (c) where\n\nimport B\n\nc :: Int\nc = b\n",
    "src/D.hs": "module D (d) where\n\nimport C\n\nd = c\n",
}


class Matrix:
    """The jobs of a CI matrix: each has a machine of its own, and all have one store."""

    def __init__(self, folder: Path, ghc: Ghc) -> None:
        self.folder = folder
        self.ghc = ghc

    def start(self, number: int, *more: object) -> subprocess.Popen[str]:
        machine = self.folder / f"machine-{number}"
        write_files(machine / "project", PROJECT)
        checker = Checker(machine)
        options = ["--ghc", self.ghc, "--format", "concise", "--shard", f"{number}/2", "--timings-trace", "trace.json"]
        options += ["--remote", (self.folder / "shared").as_uri(), "--remote-write", *more]
        return subprocess.Popen(
            [sys.executable, "-m", "thatch.cli.main", "check", *map(str, options)],
            cwd=machine / "project",
            env=checker.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def compiled(self, number: int) -> set[str]:
        events = json.loads((self.folder / f"machine-{number}/project/trace.json").read_text())["traceEvents"]
        return {event["name"] for event in events if event["ph"] != "M" and event["tid"] == 1}


@pytest.fixture
def matrix(tmp_path: Path, ghc: Ghc) -> Matrix:
    return Matrix(tmp_path, ghc)


def test_no_module_is_compiled_twice(matrix: Matrix) -> None:
    waiting = matrix.start(2, "--shard-wait", 120)
    assert waiting.stderr is not None
    lines = iter(waiting.stderr.readline, "")
    assert any("2 modules are left to other shards." in line for line in lines)
    first = matrix.start(1, "--shard-wait", 120)
    said = first.communicate(timeout=seconds(120))
    assert first.returncode == 0, said
    out, err = waiting.communicate(timeout=seconds(120))
    assert waiting.returncode == 0, err
    assert (matrix.compiled(1), matrix.compiled(2)) == ({"A", "B"}, {"C", "D"})
    assert "src/D.hs:5:1: warning" in out


def test_who_waits_in_vain_does_it_all(matrix: Matrix) -> None:
    alone = matrix.start(2, "--shard-wait", 0.2)
    out, err = alone.communicate(timeout=seconds(120))
    assert alone.returncode == 0, err
    assert "none of 2 modules of other shards came; they are compiled here." in err
    assert matrix.compiled(2) == {"A", "B", "C", "D"}
    assert "src/D.hs:5:1: warning" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--shard-wait", "5"], "are for --shard"),
        (["--shard", "1/2", "--shard-wait", "5", "--no-cache"], "do not go together"),
        (["--shard", "1/2", "--shard-wait", "-1"], "not in the range"),
    ],
)
def test_wrong_usage(tmp_path: Path, options: list[str], said: str) -> None:
    checker = Checker(tmp_path)
    write_files(tmp_path / "p", PROJECT)
    checked = checker.run(*options, cwd=tmp_path / "p")
    assert checked.code == 2
    assert said in checked.err

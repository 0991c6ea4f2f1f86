"""`thatch eval` on real compilers, as users and CI run it: what differs, what is written, and that this compiles."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.check import Checked, clean_environment
from tests.support.projects import write
from tests.support.waiting import seconds

FILES = {
    "Lib.hs": """
        module Lib where

        import Other

        -- | Twice.
        --
        -- >>> twice 2
        -- 4
        -- >>> twice other
        -- 7
        -- >>> mapM_ print [1 .. 3]
        -- 1
        -- ...
        -- >>> putStrLn "a\\n"
        -- a
        -- <BLANKLINE>
        twice :: Int -> Int
        twice = (* 2)
    """,
    "Other.hs": """
        module Other where

        {-
        >>> import Lib
        >>> other
        >>> error "no" :: Int
        -}
        other :: Int
        other = 3
    """,
    "Plain.hs": "module Plain where\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "project", FILES)


def run(root: Path, ghc: Ghc, *arguments: str) -> Checked:
    environment = {**clean_environment(), "THATCH_CACHE_DIR": str(root.parent / "cache")}
    command = [sys.executable, "-m", "thatch.cli.main", "eval", "--ghc", str(ghc.path), *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds(180)
    )
    return Checked(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_what_differs_is_printed_and_can_be_written(ghc: Ghc, root: Path) -> None:
    told = run(root, ghc)
    assert (told.code, told.out.split("\n\n")[0]) == (1, "Lib.hs:9: >>> twice other\n  - 7\n  + 6")
    assert "Other.hs:5: >>> other\n  + 3\n" in told.out
    assert told.err == "7 examples in 2 modules: 3 differ.\n"
    found = json.loads(run(root, ghc, "--format", "json", "Lib.hs").out)
    assert [(one["line"], one["said"], one["right"]) for one in found["examples"]] == [
        (7, ["4"], True),
        (9, ["6"], False),
        (11, ["1", "2", "3"], True),
        (14, ["a", ""], True),
    ]
    written = run(root, ghc, "--write")
    assert (written.code, written.out) == (0, "")
    assert written.err.startswith("thatch: wrote Lib.hs.\nthatch: wrote Other.hs.\n")
    assert "-- >>> twice other\n-- 6\n-- >>> mapM_ print [1 .. 3]\n-- 1\n-- ...\n" in (root / "Lib.hs").read_text()
    assert run(root, ghc) == Checked(0, "", "7 examples in 2 modules: all as recorded.\n")
    compiled = subprocess.run(
        [ghc.path, "-v0", "-fno-code", "-i.", "Lib.hs"], cwd=root, capture_output=True, timeout=seconds(60)
    )
    assert (compiled.returncode, compiled.stderr) == (0, b"")


def test_a_module_that_cannot_be_loaded_is_told(ghc: Ghc, root: Path) -> None:
    write(root, {"Wrong.hs": "module Wrong where\n\n-- >>> 1\n-- 1\nwrong = =\n"})
    told = run(root, ghc, "Wrong.hs", "Plain.hs")
    assert told.code == 1
    assert told.out.startswith("Wrong.hs: Wrong cannot be loaded, so nothing in it is evaluated.\nWrong.hs:5:9: ")
    assert told.err == "0 examples in 0 modules: all as recorded; 1 module could not be evaluated.\n"
    assert run(root, ghc, "Plain.hs") == Checked(0, "", "There are no examples in comments.\n")
    stranger = write(root.parent / "elsewhere", {"Stranger.txt": "x"}) / "Stranger.txt"
    assert run(root, ghc, str(stranger)).code in {2, 3}

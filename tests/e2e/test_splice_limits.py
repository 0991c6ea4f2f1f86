"""Splices that go over a limit or crash, in workspaces on real GHCs: one error each, and all else goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.ide import Ide, working
from tests.support.projects import write
from thatch.core.events import Health, WorkStarted
from thatch.core.ghc import toolchain
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.splices.runs import SpliceRun

HELPER = """\
{-# LANGUAGE TemplateHaskell #-}
module Helper where
import Foreign.Ptr
import Foreign.Storable
import Language.Haskell.TH
import Language.Haskell.TH.Syntax

counted :: Q Exp -> Q Exp
counted splice = runIO (appendFile "COUNT" "x") >> splice

numbers :: [Int]
numbers = let xs = [1 .. 40000000] in xs ++ reverse xs

endless :: Int -> Int
endless n = if n < 0 then n else endless (n + 1 - (n `mod` 2))

splice :: Q Exp
splice = counted (BODY)
"""

USE = """\
{-# LANGUAGE TemplateHaskell #-}
module Use where
import Helper
value :: Int
value = $(splice)
"""

FILES = {
    "Use.hs": USE,
    "Broken.hs": "module Broken where\nx :: Int\nx = 'c'\n",
    "Other.hs": "module Other where\ny :: Int\ny = 1\n",
    "After.hs": "module After where\nimport Other\nz :: Int\nz = y + 'c'\n",
}
MISMATCH = "3:5 error GHC-83865"

ENDS = {
    "time": ("lift (endless 1)", "ran for more than 1 s and was stopped (setting splices.seconds)"),
    "memory": ("lift (sum numbers)", "needed more than 150 MB of memory and was stopped (setting splices.memoryMb)"),
    "segfault": ("runIO (peek (nullPtr :: Ptr Int)) >>= lift", "crashed (SIGSEGV)"),
}


class Splicing(Ide):
    """Knows how often the splice ran."""

    @property
    def n_runs(self) -> int:
        count = self.root.parent / "runs"
        return len(count.read_text()) if count.exists() else 0

    @property
    def n_recoveries(self) -> int:
        titles = [event.title for event in self.events if isinstance(event, WorkStarted)]
        return sum("splices need another interpreter" in title for title in titles)

    @property
    def error(self) -> str:
        """What stands on the splice, which has just this error."""
        (found,) = self.workspace.snapshot().diagnostics[self.root / "Use.hs"]
        assert found.span is not None
        assert (found.span.start_line, found.span.start_column) in {(5, 9), (5, 10)}
        return found.message

    @property
    def run(self) -> SpliceRun:
        (found,) = self.workspace.snapshot().splices[self.root / "Use.hs"].runs
        return found

    def sessions(self) -> list[int]:
        return [process.pid for process in self.ghcs()]


@asynccontextmanager
async def splicing(root: Path, cache: Path, **settings: object) -> AsyncIterator[Splicing]:
    # What a module imports is known from the cache's survey.
    async with working(root, cache, kind=Splicing, cached=True, **settings) as ide:
        assert isinstance(ide, Splicing)
        yield ide


def project(root: Path, body: str) -> Path:
    return write(root, {**FILES, "Helper.hs": helper(root, body)})


def helper(root: Path, body: str) -> str:
    return HELPER.replace("BODY", body).replace("COUNT", str(root.parent / "runs"))


def settings(ghc: Ghc, end: str = "") -> dict[str, object]:
    return {
        "ghc": str(ghc.path),
        "sandbox": SandboxMode.OFF,
        "splices_seconds": 1.0 if end == "time" else 60.0,
        "splices_memory_mb": 150 if end == "memory" else 0,
    }


@pytest.mark.parametrize("end", ENDS)
async def test_a_splice_that_is_stopped_is_not_run_again_for_nothing(ghc: Ghc, tmp_path: Path, end: str) -> None:
    body, why = ENDS[end]
    root = project(tmp_path / "project", body)
    async with splicing(root, tmp_path / "cache", **settings(ghc, end)) as ide:
        ide.edit("Other.hs", FILES["Other.hs"])
        await ide.idle()
        assert why in ide.error
        assert ide.run.stopped
        assert (ide.n_runs, ide.n_recoveries) == (1, 1)
        # All the rest is known as ever.
        assert ide.said("Broken.hs") == [MISMATCH]
        assert ide.said("After.hs") == ["4:9 error GHC-83865"]
        assert ide.status.health is Health.OK

        # An edit that the splice cannot see does not run it, and takes no new session.
        sessions = ide.sessions()
        assert await ide.edited("Other.hs", FILES["Other.hs"].replace("= 1", "= 'x'")) == [MISMATCH]
        assert why in ide.error
        assert (ide.n_runs, ide.sessions()) == (1, sessions)

        # One of what its module imports does, when the module is open, and so does the user's wish.
        ide.edit("Use.hs", USE)
        ide.edit("Helper.hs", helper(root, body) + "\nother :: Int\nother = 1\n")
        await ide.idle()
        assert why in ide.error
        assert (ide.n_runs, ide.n_recoveries) == (2, 2)
        ide.workspace.run_splice_again(root / "Use.hs", ide.run)
        await ide.idle()
        assert why in ide.error
        assert (ide.n_runs, ide.n_recoveries) == (3, 3)

        # Mended, it runs in the session that is there.
        session = ide.lane.pid
        ide.edit("Helper.hs", helper(root, "[| 1 |]"))
        await ide.idle()
        assert ide.said("Use.hs") == []
        assert (ide.n_runs, ide.n_recoveries, ide.lane.pid) == (4, 3, session)


async def test_without_an_interpreter_splices_are_errors_and_nothing_else(
    ghc: Ghc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = dict.fromkeys(("", "-dyn"), tmp_path / "no-interpreter")
    monkeypatch.setattr(toolchain, "find_interpreters", lambda *_: missing)
    root = project(tmp_path / "project", "[| 1 |]")
    async with splicing(root, tmp_path / "cache", **settings(ghc)) as ide:
        ide.edit("Other.hs", FILES["Other.hs"])
        await ide.idle()
        assert "was not run" in ide.error
        assert f"{tmp_path / 'no-interpreter'} did not start" in ide.error
        assert ide.said("Broken.hs") == [MISMATCH]
        assert ide.said("After.hs") == ["4:9 error GHC-83865"]
        # It is tried once more, and not for ever.
        assert ide.n_recoveries == 1
        assert await ide.edited("Other.hs", FILES["Other.hs"].replace("= 1", "= 'x'")) == [MISMATCH]
        assert "was not run" in ide.error
        assert ide.n_recoveries <= 2

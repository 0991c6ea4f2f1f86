"""Projects whose modules load plugins of GHC, on real GHCs."""

from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.ide import working
from tests.support.plugin_package import make_plugin
from tests.support.projects import write

USE = """\
{-# LANGUAGE TemplateHaskell #-}
{-# OPTIONS_GHC -fplugin=Halting #-}
module Use where
import Gen

n :: Int
n = $four + other
"""
GEN = """\
module Gen where
import Language.Haskell.TH

four :: Q Exp
four = litE (integerL 4)

other :: Int
other = 1
"""
PLAIN = """\
{-# OPTIONS_GHC -fplugin=Halting #-}
module Plain where
import Gen

plain :: Int
plain = other
"""
FILES = {"Use.hs": USE, "Gen.hs": GEN, "Plain.hs": PLAIN}
STOPPED = "-fplugin=Halting -fplugin-opt=Halting:stop"


@pytest.fixture
def flags(ghc: Ghc, tmp_path: Path) -> tuple[str, ...]:
    return make_plugin(ghc, tmp_path / "plugin")


@pytest.mark.parametrize("cached", [True, False])
async def test_plugins_are_loaded_and_splices_run(
    ghc: Ghc, tmp_path: Path, flags: tuple[str, ...], cached: bool
) -> None:
    root, cache = write(tmp_path / "project", FILES), tmp_path / "cache"
    for _ in range(2):
        async with working(root, cache, cached=cached, ghc=str(ghc), ghc_options=flags) as ide:
            assert ide.workspace.snapshot().diagnostics == {}
    write(root, {"Plain.hs": PLAIN.replace("-fplugin=Halting", STOPPED)})
    async with working(root, cache, cached=cached, ghc=str(ghc), ghc_options=flags) as ide:
        said = [one.message for found in ide.workspace.snapshot().diagnostics.values() for one in found]
        assert any("halted by a plugin" in message for message in said), said


async def test_modules_with_plugins_are_edited(ghc: Ghc, tmp_path: Path, flags: tuple[str, ...]) -> None:
    root, cache = write(tmp_path / "project", FILES), tmp_path / "cache"
    async with working(root, cache, cached=True, ghc=str(ghc), ghc_options=flags):
        pass
    async with working(root, cache, cached=True, ghc=str(ghc), ghc_options=flags) as ide:
        assert await ide.edited("Plain.hs", PLAIN.replace("= other", "= 'x'")) == ["6:9 error GHC-83865"]
        assert await ide.edited("Plain.hs", PLAIN) == []
        # No other session was needed.
        assert ide.lane.pid is None
        assert await ide.edited("Use.hs", USE.replace("other", "'x'")) == ["7:13 error GHC-83865"]
        assert await ide.edited("Use.hs", USE.replace("$four", "$(four)")) == []
        assert await ide.edited("Use.hs", USE) == []


async def test_a_plugin_is_asked_for_while_sessions_run(ghc: Ghc, tmp_path: Path, flags: tuple[str, ...]) -> None:
    root, cache = (
        write(tmp_path / "project", {**FILES, "Use.hs": USE.replace("-fplugin=Halting", "")}),
        tmp_path / "cache",
    )
    plain = PLAIN.replace("-fplugin=Halting", "")
    write(root, {"Plain.hs": plain})
    async with working(root, cache, cached=True, ghc=str(ghc), ghc_options=flags) as ide:
        ide.edit("Use.hs", USE.replace("-fplugin=Halting", ""))
        await ide.idle()
        ide.edit("Plain.hs", PLAIN)
        ide.save_buffer("Plain.hs")
        await ide.idle()
        assert ide.workspace.snapshot().diagnostics == {}
        ide.edit("Plain.hs", PLAIN.replace("= other", "= 'x'"))
        await ide.idle()
        assert ide.said("Plain.hs") == ["6:9 error GHC-83865"]


async def test_examples_in_modules_with_plugins(ghc: Ghc, tmp_path: Path, flags: tuple[str, ...]) -> None:
    text = f"{PLAIN}\n-- >>> plain + 1\n"
    root, cache = write(tmp_path / "project", {**FILES, "Plain.hs": text}), tmp_path / "cache"
    async with working(root, cache, cached=True, ghc=str(ghc), ghc_options=flags) as ide:
        found = await ide.workspace.evaluate(root / "Plain.hs", text, None)
        assert [one.outcome.lines for one in found] == [("2",)]

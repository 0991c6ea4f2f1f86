"""Files that a module was made from, in an editor over a warm cache: thatch alone sees them change, no GHC runs."""

from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.e2e.test_cache import editing
from tests.support.checking import checked
from tests.support.projects import write
from thatch.cache.open import open_cache
from thatch.core import inputs
from thatch.core.events import WorkProgressed
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.settings import Settings

EMBED = """{-# LANGUAGE TemplateHaskell #-}
module Embed where
import Language.Haskell.TH
import Language.Haskell.TH.Syntax
text :: String
text = $(addDependentFile "PLACE" >> runIO (readFile "PLACE") >>= \\found ->
  if null found then litE (integerL 1) else stringE found)
"""
ERROR = "6:9 error GHC-39999"


@pytest.mark.parametrize("place", ["templates/words.txt", ".hidden/words.txt", "../outside/words.txt", "{top}/far.hs"])
async def test_a_changed_file_is_seen(place: str, ghc: Ghc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "POLL_SECONDS", 0.02)
    place = place.format(top=tmp_path)
    root = write(tmp_path / "project", {"Embed.hs": EMBED.replace("PLACE", place), "Other.hs": "module Other where\n"})
    words = root / place
    words.parent.mkdir(exist_ok=True)
    words.write_text("x")
    # In a sandbox a splice sees no private folders of others, as those of tests are.
    settings = Settings(cache_dir=tmp_path / "cache", ghc=str(ghc.path), jobs=1, sandbox=SandboxMode.OFF)
    store = open_cache(settings)
    assert store is not None
    assert (await checked(root, settings, store)).compiled == ("Embed", "Other")
    async with editing(root, settings, store) as ide:
        assert ide.ghcs() == []
        words.write_text("")
        await ide.until_said("Embed.hs", ERROR)
        assert len(ide.ghcs()) == 1
        # The running GHC is told of the next change as well, also of one that it could not compile before.
        words.unlink()
        await ide.until(lambda: "GHC-39999" not in str(ide.said("Embed.hs")), "the failing splice")
        await ide.idle()
        words.write_text("y")
        await ide.until_said("Embed.hs")
        compiled = {event.message.partition(" ")[2] for event in ide.events if isinstance(event, WorkProgressed)}
        assert "Other" not in compiled
    store.close()

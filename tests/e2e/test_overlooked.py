"""What GHC overlooks while a session stays open is told all the same when a file is saved."""

from pathlib import Path

from tests.conftest import Ghc
from tests.support.checking import Checking, Said
from tests.support.projects import write
from tests.support.waiting import seconds
from thatch.cache.open import open_cache
from thatch.core.settings import Settings

FILES = {
    "A.hs": """
        {-# LANGUAGE PatternSynonyms #-}
        module A where

        old :: Int
        old = 1

        pattern One :: Int
        pattern One = 1
    """,
    "B.hs": """
        {-# LANGUAGE PatternSynonyms #-}
        module B where

        import A

        b :: Int -> Int
        b One = old
    """,
    "Ping.hs": """
        module Ping where

        import {-# SOURCE #-} Pong

        ping :: Int
        ping = pong
    """,
    "Pong.hs": """
        module Pong where

        import Ping

        pong :: Int
        pong = 1 + ping
    """,
    "Pong.hs-boot": """
        module Pong where

        pong :: Int
    """,
}


class Project:
    """A project that stays open while its files change."""

    def __init__(self, root: Path, checking: Checking) -> None:
        self._root = root
        self._checking = checking

    async def said(self, name: str, old: str, new: str) -> Said:
        """What is said when a file has changed."""
        path = self._root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return await self._checking.said(frozenset({path}))


async def test_saved_changes_that_ghc_overlooks(ghc: Ghc, tmp_path: Path) -> None:
    root = write(tmp_path / "p", FILES)
    settings = Settings(
        cache_dir=tmp_path / "cache",
        ghc=str(ghc.path),
        ghc_options=("-Wincomplete-patterns",),
        cradle_timeout=seconds(120),
    )
    async with Checking(root, settings, open_cache(settings)) as checking:
        project = Project(root, checking)
        first = await checking.said()
        assert codes(first) == ["GHC-62161"]
        said = await project.said("A.hs", "old = 1", 'old = 1\n{-# DEPRECATED old "x" #-}')
        assert codes(said) == ["GHC-62161", "GHC-68441"]
        said = await project.said("A.hs", "One = 1", "One = 1\n{-# COMPLETE One #-}")
        assert codes(said) == ["GHC-68441"]
        said = await project.said("A.hs", '"x"', '"y"')
        assert codes(said) == ["GHC-68441"]
        assert '"y"' in said.messages[0]
        said = await project.said("Pong.hs-boot", "Int", "Bool")
        assert any("hs-boot file" in message for message in said.messages)
        said = await project.said("Pong.hs-boot", "Bool", "Int")
        assert codes(said) == ["GHC-68441"]
        said = await project.said("A.hs", '{-# DEPRECATED old "y" #-}', "")
        assert codes(said) == []


def codes(said: Said) -> list[str]:
    return sorted(message.partition("code='")[2].partition("'")[0] for message in said.messages)

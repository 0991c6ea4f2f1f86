"""A simulated user types at random; what is said stays true, and in the end it is what a check from scratch says."""

from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.ide import working
from tests.support.projects import write
from tests.support.typed_project import layered
from tests.support.typist import TypingIde, Typist
from thatch.core.settings import Settings

COMPARISONS = 3
"""How often in a run all that is said of the buffers is compared with a check from scratch."""


async def typed(ghc: Ghc, folder: Path, seed: int, n_steps: int) -> None:
    """A run on the layered project."""
    print(f"seed {seed}")
    texts = layered()
    root = write(folder / "project", texts)
    settings = Settings(cache_dir=folder / "cache", ghc=str(ghc))
    async with working(root, folder / "cache", kind=TypingIde, cached=True, ghc=str(ghc)) as ide:
        typist = Typist(ide, texts, seed)
        try:
            for number in range(COMPARISONS):
                await typist.work(n_steps // COMPARISONS)
                await typist.compare(folder / f"compared-{number}", settings)
            await typist.finish(folder, settings)
        finally:
            print("\n".join(typist.log))


@pytest.mark.parametrize("seed", [1, 2])
async def test_typing(ghc: Ghc, tmp_path: Path, seed: int) -> None:
    await typed(ghc, tmp_path, seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
async def test_typing_for_long(ghc: Ghc, tmp_path: Path, seed: int) -> None:
    await typed(ghc, tmp_path, seed, 300)

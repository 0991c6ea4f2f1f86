"""A simulated user types at random; what is said stays true, and in the end it is what a check from scratch says."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from tests.conftest import REPOSITORY, Ghc
from tests.support.ide import working
from tests.support.projects import write
from tests.support.spliced_project import EMBEDDED, spliced
from tests.support.typed_project import layered
from tests.support.typist import SPLICED, TypingIde, Typist
from thatch.core.project.graph import build_graph
from thatch.core.project.model import Module, Unit
from thatch.core.settings import Settings
from thatch.core.syntax import parse_header

STEPS = 10
"""How many things are done among splices between two comparisons."""

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


async def among_splices(ghc: Ghc, folder: Path, seed: int, n_comparisons: int) -> None:
    """A run in which what is said is compared every few steps with what evaluating all splices gives."""
    print(f"seed {seed}")
    texts = spliced()
    root = write(folder / "project", texts)
    settings = Settings(cache_dir=folder / "cache", ghc=str(ghc))
    async with working(root, folder / "cache", kind=TypingIde, cached=True, ghc=str(ghc)) as ide:
        typist = Typist(ide, texts, seed, SPLICED, EMBEDDED)
        try:
            for number in range(n_comparisons):
                await typist.work(STEPS)
                await typist.compare(folder / f"compared-{number}", settings)
            await typist.finish(folder, settings)
        finally:
            print("\n".join(typist.log))


async def test_typing_among_splices(ghc: Ghc, tmp_path: Path) -> None:
    await among_splices(ghc, tmp_path, 1, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 210))
async def test_typing_among_splices_for_long(ghc: Ghc, tmp_path: Path, seed: int) -> None:
    """A thousand edits in all."""
    await among_splices(ghc, tmp_path, seed, 10)


HLEDGER = REPOSITORY / ".toolchains/sources/hledger-lib"

MINUTES = 10
"""How long somebody types in a real package."""

ENOUGH_MB = 300
"""By how much the memory of the server may grow meanwhile."""


class PatientIde(TypingIde):
    """One whose project takes long."""

    patience = 900.0


def in_order(texts: Mapping[str, str]) -> dict[str, str]:
    """Files of modules, each behind those that it imports."""
    modules = [Module(name.removesuffix(".hs").replace("/", "."), Path("/") / name) for name in texts]
    unit = Unit(id="unit-1", component="lib", directory=Path("/"), flags=(), source_dirs=(), modules=tuple(modules))
    headers = {Path("/") / name: parse_header(text) for name, text in texts.items()}
    graph = build_graph([unit], headers)
    names = [str(graph.path(module).relative_to("/")) for module in graph.order]
    return {name: texts[name] for name in names}


@pytest.mark.slow
async def test_typing_in_a_real_package(tmp_path: Path) -> None:
    """With Debian's GHC, whose libraries it needs."""
    root = tmp_path / "project"
    shutil.copytree(HLEDGER, root, ignore=shutil.ignore_patterns("dist-newstyle"))
    paths = [path for folder in ("Hledger", "Text") for path in sorted((root / folder).rglob("*.hs"))]
    texts = in_order({str(path.relative_to(root)): path.read_text() for path in paths})
    settings = Settings(cache_dir=tmp_path / "cache", ghc="/usr/bin/ghc")
    async with working(root, tmp_path / "cache", kind=PatientIde, cached=True, ghc="/usr/bin/ghc") as ide:
        typist = Typist(ide, texts, 1)
        memory = psutil.Process().memory_info().rss
        until = time.monotonic() + 60 * MINUTES
        try:
            while time.monotonic() < until:
                await typist.work(10)
            await typist.compare(tmp_path / "compared", settings)
            await typist.finish(tmp_path, settings)
        finally:
            print("\n".join(typist.log))
        assert psutil.Process().memory_info().rss - memory < ENOUGH_MB * 2**20

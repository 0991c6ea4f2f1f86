"""Neovims for tests: with the real server and GHC, or with whatever `thatch` a test makes."""

import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import require_ghc
from tests.support.check import REPOSITORY
from tests.support.editors import thatch_on_path
from tests.support.lsp_sessions import lsp_environment
from tests.support.neovim import Neovim

GHCS = {"trixie": "9.6", "forky": "9.10", **({"0.11": "9.6"} if platform.machine() == "x86_64" else {})}
"""The Neovims, by the Debian release that they are from or their version, and the GHC whose projects each edits."""

StartNeovim = Callable[..., Neovim]


@pytest.fixture(scope="module", params=GHCS)
def editor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neovim]:
    """A Neovim that edits `Letters.hs` of a copy of the examples, which GHC has checked."""
    folder = tmp_path_factory.mktemp("neovim")
    shutil.copytree(REPOSITORY / "examples" / "letters", folder / "letters")
    ghc = require_ghc(GHCS[request.param]).path
    neovim = Neovim(
        request.param,
        folder,
        config=f"vim.g.thatch = {{ settings = {{ ghc = '{ghc}' }} }}",
        environment={**thatch_on_path(), **lsp_environment(folder)},
    )
    neovim.served(folder / "letters" / "src" / "Letters.hs")
    yield neovim
    neovim.close()


@pytest.fixture(params=GHCS)
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StartNeovim]:
    """Starts a Neovim in a folder of the test's own."""
    started: list[Neovim] = []

    def start(**rest: str) -> Neovim:
        folder = tmp_path / f"neovim-{len(started)}"
        environment = {**lsp_environment(tmp_path), **rest.pop("environment", {})}  # type: ignore[dict-item]
        started.append(Neovim(request.param, folder, environment=environment, **rest))
        return started[-1]

    yield start
    for neovim in started:
        neovim.close()

"""The fixture `lsp`: editors with servers of their own, shut down and looked through at the end of each test."""

from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from tests.conftest import Ghc

if TYPE_CHECKING:
    from tests.support.lsp_client import LspClient

StartServer = Callable[..., Coroutine[Any, Any, "LspClient"]]


@pytest_asyncio.fixture
async def lsp(tmp_path: Path) -> AsyncIterator[StartServer]:
    """Starts servers for editors (`await lsp("vscode", ghc, folder)`) and shuts them down at the end of the test."""
    from tests.support.lsp_client import LspClient

    clients: list[LspClient] = []

    async def start(editor: str, ghc: Ghc, *folders: Path, **rest: Any) -> LspClient:
        client = LspClient(editor)
        clients.append(client)
        options = {"ghc": str(ghc.path), **rest.pop("options", {})}
        await client.start(*folders, environment=lsp_environment(tmp_path), options=options, **rest)
        return client

    yield start
    for client in clients:
        if not client.stopped:
            await client.stop()


def lsp_environment(folder: Path) -> dict[str, str]:
    """An environment whose caches lie in a folder of the test."""
    return {"THATCH_CACHE_DIR": str(folder / "thatch-cache"), "CABAL_DIR": str(folder / "cabal-dir")}


async def started_without_ghc(lsp: StartServer, ghc: Ghc, folder: Path) -> "LspClient":
    """An editor whose server knows everything of the folder, from a server before it, and has started no GHC."""
    first = await lsp("neovim", ghc, folder)
    await first.quiescent()
    await first.stop()
    second = await lsp("neovim", ghc, folder)
    await second.quiescent()
    assert not [child.name() for child in second.process.children(recursive=True) if "ghc" in child.name()]
    return second

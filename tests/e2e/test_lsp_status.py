"""What the server says of itself from the first moment on, with real compilers."""

from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.projects import write

WRONG = {"Main.hs": "module Main (main) where\n\nmain :: IO ()\nmain = putStrLn 'x'\n"}


async def first_quiescent(client: LspClient) -> None:
    """Ask again and again, from the first moment, until the server says that it has nothing to do."""
    while not (await client.rpc.protocol.send_request_async("thatch/status", None)).quiescent:
        pass


@pytest.mark.parametrize("opens_folder", [True, False], ids=["folder", "lone file"])
async def test_nothing_to_do_means_that_all_is_known(
    ghc: Ghc, lsp: StartServer, tmp_path: Path, opens_folder: bool
) -> None:
    folder = write(tmp_path / "project", WRONG)
    client = await lsp("vscode", ghc, *([folder] if opens_folder else []))
    if not opens_folder:
        client.open(folder / "Main.hs")
    await first_quiescent(client)
    assert client.diagnostics(folder / "Main.hs")

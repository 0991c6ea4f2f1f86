"""Two servers and three checks at once on one cache, each from a cold start: all say the right thing."""

import asyncio
import sys
from pathlib import Path

from tests.conftest import Ghc
from tests.support.check import Checked, Checker
from tests.support.lsp_client import LspClient
from tests.support.lsp_sessions import StartServer
from tests.support.projects import write
from tests.support.waiting import seconds

N_MODULES = 12


def project(root: Path) -> Path:
    """A chain of modules: one warning in each, and one type error in the last."""
    files = {"M0.hs": "module M0 where\n\nimport Data.List\n\nvalue :: Int\nvalue = 0\n"}
    for number in range(1, N_MODULES):
        body = f"module M{number} where\n\nimport Data.List\nimport qualified M{number - 1} as Before\n\n"
        files[f"M{number}.hs"] = f"{body}value :: Int\nvalue = Before.value + 1\n"
    files[f"M{N_MODULES - 1}.hs"] += "\nwrong :: Bool\nwrong = value\n"
    arguments = ", ".join(["-Wall", *(name.removesuffix(".hs") for name in files)])
    return write(root, {**files, "hie.yaml": f"cradle:\n  direct:\n    arguments: [{arguments}]\n"})


def counts(client: LspClient, root: Path) -> list[int]:
    """How many diagnostics a server has told of each module."""
    return [len(client.diagnostics(root / f"M{number}.hs")) for number in range(N_MODULES)]


async def run(checker: Checker, ghc: Ghc, root: Path) -> Checked:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "thatch.cli.main", "check", "--format", "concise", "--ghc", str(ghc.path), str(root),
        env=checker.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(seconds(120)):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Checked(process.returncode, out.decode(), err.decode())


async def test_two_servers_and_three_checks_at_once(ghc: Ghc, lsp: StartServer, tmp_path: Path) -> None:
    root = project(tmp_path / "project")
    checker = Checker(tmp_path)
    # The servers' cache is the one that the checks use.
    checker.environment["THATCH_CACHE_DIR"] = str(tmp_path / "thatch-cache")
    servers = [lsp("vscode", ghc, root), lsp("neovim", ghc, root)]
    checks = [run(checker, ghc, root) for _ in range(3)]
    *clients, one, two, three = await asyncio.gather(*servers, *checks)
    assert one.code == 1, one.err
    assert len(one.entries) == N_MODULES + 1
    assert one.out == two.out == three.out
    expected = [*[1] * (N_MODULES - 1), 2]
    for client in clients:
        await client.quiescent()
        # A server that has nothing to do may still be telling what it found.
        await client.until(lambda client=client: counts(client, root) == expected, "the diagnostics of all modules")
    again = await run(checker, ghc, root)
    assert again.out == one.out
    verified = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "thatch.cli.main", "cache", "verify",
        env=checker.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await verified.communicate()
    assert verified.returncode == 0, said.decode()

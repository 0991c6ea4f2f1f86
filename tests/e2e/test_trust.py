"""A project that is not trusted: no program is started, whatever is done to it; once it is trusted, it is checked."""

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.conftest import Ghc
from tests.support.children import none_left
from tests.support.ide import Ide
from tests.support.lsp_sessions import StartServer
from tests.support.projects import write, write_program
from tests.support.waiting import until
from thatch.core.events import Health

A = "module A where\n\na :: Int\na = 'x'\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "A.hs": A,
        "p.cabal": """
            cabal-version: 2.4
            name: p
            version: 0.1
            build-type: Simple

            library
              exposed-modules: A
              build-depends: base
              default-language: Haskell2010
        """,
    }
    return write(tmp_path / "project", files)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The programs that were started."""
    found: list[tuple[str, ...]] = []
    start = asyncio.create_subprocess_exec

    async def noted(*command: str, **rest: object) -> object:
        found.append(command)
        return await start(*command, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    return found


async def test_nothing_is_started_before_trust_is_granted(
    ghc: Ghc, root: Path, tmp_path: Path, started: list[tuple[str, ...]]
) -> None:
    ide = Ide(root, tmp_path / "cache", ghc=str(ghc.path))
    with none_left():
        await ide.workspace.start(trusted=False)
        try:
            ide.edit("A.hs", A.replace("'x'", "'y'"))
            ide.workspace.files_changed(frozenset({root / "p.cabal", root / "New.hs"}))
            await ide.workspace.add_folder(write(tmp_path / "other", {"B.hs": "module B where\n"}))
            await ide.workspace.restart("asked for")
            await ide.idle()
            assert ide.status.health is Health.WARNING
            assert "not trusted" in ide.status.message
            assert ide.told == {}
            assert started == []
            assert psutil.Process().children(recursive=True) == []

            await ide.workspace.grant_trust()
            await ide.idle()
            assert ide.said("A.hs") == ["4:5 error GHC-83865"]
            assert ide.status.health is Health.OK
            assert any("--interactive" in command for command in started)
        finally:
            await ide.workspace.close()


async def test_an_editor_grants_trust(ghc: Ghc, root: Path, tmp_path: Path, lsp: StartServer) -> None:
    """The build tool that the settings name is hostile: it leaves a trace when it is run."""
    trace = tmp_path / "trace"
    evil = write_program(tmp_path / "cabal", f"open({str(trace)!r}, 'w').close()\nraise SystemExit(1)")
    client = await lsp("vscode", ghc, root, options={"trusted": False, "cabal": str(evil)})
    await until(lambda: "not trusted" in str(client.rpc.statuses), "a status")
    assert client.process.children(recursive=True) == []
    assert not trace.exists()
    client.rpc.protocol.notify("thatch/didGrantTrust", None)
    await until(trace.exists, "the build tool's trace")

"""Hostile splices in real GHCs: none gets what it wants, the server lives, and the other modules are checked."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from attrs import evolve, frozen

from tests.conftest import Ghc
from tests.support.children import none_left
from tests.support.ide import Ide, working
from tests.support.projects import write
from tests.support.sandboxes import require_sandbox
from tests.support.waiting import until
from thatch.core.errors import SessionError
from thatch.core.events import Health
from thatch.core.ghc.session import Session
from thatch.core.sandbox import bubblewrap
from thatch.core.sandbox.command import Limits, Room
from thatch.core.sandbox.mode import SandboxMode

CLEAN = "module {name} where\n\nx :: Int\nx = 'x'\n"
WRONG = ["4:5 error GHC-83865"]
"""What is said of a module that has nothing to do with the hostile one."""

HELPERS = """
    module Helpers (script, lift, runIO) where

    import Language.Haskell.TH.Syntax
    import System.Exit
    import System.Process

    -- | Run a program of the project; what it prints to stderr becomes the exception when it fails.
    script :: String -> IO String
    script name = do
      (code, out, err) <- readProcessWithExitCode "bash" [name ++ ".sh"] ""
      if code == ExitSuccess then pure out else fail err
"""

HOSTILE = """
    {{-# LANGUAGE TemplateHaskell #-}}
    module {name} where

    import Helpers

    found :: String
    found = $(runIO ({action}) >>= lift)
"""

FILL = "for n in 1 2 3 4; do head -c 3000000 /dev/zero > {folder}/fill-$RANDOM$n || exit 1; done"
FILLED = "cache/run/*/*/interfaces/fill-*"

SMALL = Limits(tmp_bytes=2**23, file_bytes=2**22, processes=60)

NO_NETWORK = "which has no network"
HIDDEN = "which hides keys"
READ_ONLY = "in which files can be written"
LIMITED = "which limits how much"


@frozen
class Attack:
    """What a splice does, and what becomes of it."""

    complaint: str
    """A part of the exception, in lower case."""

    explanation: str
    script: str = ""
    action: str = ""
    """A Haskell action; without one the script is run."""


@pytest.fixture(autouse=True)
def sandboxed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    require_sandbox()
    monkeypatch.setattr(bubblewrap, "default_limits", lambda: SMALL)
    with none_left():
        yield


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def project(root: Path, attacks: Mapping[str, Attack]) -> Path:
    """A project with a module for each attack, and two that have nothing to do with them."""
    files = {"Helpers.hs": HELPERS, **{f"{name}.hs": CLEAN.format(name=name) for name in ("A", "Z")}}
    for name, attack in attacks.items():
        action = attack.action or f'script "{name}"'
        files |= {f"{name}.hs": HOSTILE.format(name=name, action=action), f"{name}.sh": attack.script}
    return write(root, files)


def hostile(root: Path, script: str) -> Path:
    """A project with one hostile module."""
    return project(root, {"Hostile": Attack("", "", script)})


def settings(ghc: Ghc, mode: SandboxMode = SandboxMode.REQUIRE) -> dict[str, object]:
    return {"ghc": str(ghc.path), "sandbox": mode, "jobs": 1}


def words(ide: Ide, name: str) -> str:
    """Everything that was said of a module."""
    told = ide.told.get(ide.root / f"{name}.hs")
    return "\n".join(diagnostic.text for diagnostic in told.diagnostics) if told else ""


@contextmanager
def listening(server: socket.socket) -> Iterator[None]:
    """A server whom nobody may reach."""
    with server:
        server.listen()
        server.setblocking(False)
        yield
        with pytest.raises(BlockingIOError):
            server.accept()


def attacks(root: Path, port: int) -> dict[str, Attack]:
    """What splices may try; the project lies in the home folder, or is it."""
    connect = f"{sys.executable} -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"agent\")'"
    return {
        "Local": Attack("connection refused", NO_NETWORK, f"exec 3<>/dev/tcp/127.0.0.1/{port}"),
        "Network": Attack("network is unreachable", NO_NETWORK, "exec 3<>/dev/tcp/192.0.2.1/80"),
        "Agent": Attack("connection refused", NO_NETWORK, connect),
        "Key": Attack("permission denied", HIDDEN, action=f'readFile "{root}/.ssh/id_ed25519"'),
        "Password": Attack("permission denied", HIDDEN, action=f'readFile "{root}/.netrc"'),
        "Keys": Attack("permission denied", HIDDEN, "cp -r .ssh /tmp"),
        "Etc": Attack("read-only file system", READ_ONLY, action='writeFile "/etc/thatch-evil" "" >> pure ""'),
        "Project": Attack("read-only file system", READ_ONLY, action=f'writeFile "{root}/Evil.hs" "" >> pure ""'),
        "Devices": Attack("read-only file system", READ_ONLY, "echo > /dev/more"),
        "Large": Attack("file too large", LIMITED, "head -c 5000000 /dev/zero > /tmp/big || (rm /tmp/big; exit 1)"),
        "Many": Attack("no space left", LIMITED, FILL.format(folder="/tmp")),
        "Memory": Attack("no space left", LIMITED, FILL.format(folder="/dev/shm")),
    }


async def test_what_is_denied_is_explained(ghc: Ghc, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project is the home folder: what it may read holds secrets, and the socket of another program."""
    write(root, {".ssh/id_ed25519": "secret key\n", ".netrc": "secret password\n"})
    monkeypatch.setenv("HOME", str(root))
    agent = socket.socket(socket.AF_UNIX)
    agent.bind(str(root / "agent"))
    server = socket.create_server(("127.0.0.1", 0))
    tried = attacks(root, server.getsockname()[1])
    with listening(agent), listening(server):
        async with working(project(root, tried), root.with_name("cache"), **settings(ghc)) as ide:
            for name, attack in tried.items():
                said = words(ide, name)
                assert "Exception when trying to run compile-time code" in said, name
                assert attack.complaint in said.lower(), name
                assert f"thatch's sandbox, {attack.explanation}" in said, name
                assert "setting `sandbox`" in said, name
                assert "secret" not in said, name
            assert ide.said("A.hs") == ide.said("Z.hs") == WRONG
            assert ide.status.health is Health.OK
    assert not any(path.exists() for path in (root / "Evil.hs", Path("/etc/thatch-evil")))


async def test_what_is_private(ghc: Ghc, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files are seen by nobody else, and the environment is without its secrets, even that of process 1."""
    monkeypatch.setenv("DEPLOY_TOKEN", "very-secret-token")
    monkeypatch.setenv("BUILD_NUMBER", "harmless-number")
    write(tmp_path, {"of-another-program": ""})
    ours = Path(f"/tmp/thatch-{os.getpid()}")
    files = f"echo it is written > {ours}; cat {ours}; ls {tmp_path}; touch $TMPDIR/x && echo it is temporary"
    script = f"({files}; env; cat /proc/*/environ | tr '\\0' '\\n') >&2; exit 1"
    async with working(hostile(root, script), root.with_name("cache"), **settings(ghc)) as ide:
        said = words(ide, "Hostile")
    assert all(words in said for words in ("it is written", "it is temporary", "project", "harmless-number"))
    assert not any(words in said for words in ("of-another-program", "very-secret-token"))
    assert not await asyncio.to_thread(ours.exists)


async def ended(ghc: Ghc, root: Path, script: str, reason: str) -> None:
    """The script ends its session, whenever it is tried again; the module before it is checked."""
    async with working(hostile(root, script), root.with_name("cache"), **settings(ghc)) as ide:
        assert ide.said("A.hs") == WRONG
        assert ide.status.health is Health.ERROR
        assert reason in ide.status.message
        # Without the splice all is well again.
        ide.save("Hostile.hs", "module Hostile where\n")
        await ide.until_said("Z.hs", *WRONG)
        assert ide.status.health is Health.OK


BOMB = "for n in $(seq {}); do setsid sleep 1000 & done; sleep 1000"


async def test_a_fork_bomb(ghc: Ghc, root: Path) -> None:
    """Here the sandbox allows fewer processes than a splice may have."""
    await ended(ghc, root, BOMB.format(100), "more than 60 processes")


async def test_a_fork_bomb_costs_just_its_splice(ghc: Ghc, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "default_limits", lambda: evolve(SMALL, processes=256))
    async with working(hostile(root, BOMB.format(200)), root.with_name("cache"), **settings(ghc)) as ide:
        assert "more than 128 processes" in words(ide, "Hostile")
        assert ide.said("A.hs") == ide.said("Z.hs") == WRONG
        assert ide.status.health is Health.OK


async def test_filling_the_folder_of_the_session(ghc: Ghc, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GHC must write there, so it is looked at how full the disk is."""
    before: dict[object, int] = {}

    def free(sandbox: object) -> int:
        n_files = len(list(root.parent.glob(FILLED)))
        return 2**40 if n_files == before.setdefault(sandbox, n_files) else 0

    monkeypatch.setattr(bubblewrap.Sandbox, "_free", free)
    monkeypatch.setattr(bubblewrap, "SMALL_BYTES", 2**21)
    folder = root.with_name("cache")
    script = f"cd {folder}/run/*/*/interfaces; {FILL.format(folder='.')}; sleep 1000"
    await ended(ghc, root, script, "it was about to fill the disk")


@pytest.mark.parametrize("script", ["kill -9 -1", "kill -9 $PPID $(seq 2 100)"])
async def test_killing_the_parent(ghc: Ghc, root: Path, script: str) -> None:
    """GHC is in reach, the server is not."""
    async with working(hostile(root, f"{script}; sleep 1000"), root.with_name("cache"), **settings(ghc)) as ide:
        assert ide.said("A.hs") == WRONG
        ide.save("Hostile.hs", "module Hostile where\n")
        await ide.until_said("Z.hs", *WRONG)
        assert ide.status.health is Health.OK


async def test_without_the_sandbox_nothing_is_explained(ghc: Ghc, root: Path) -> None:
    files = project(root, {"Hostile": Attack("", "", action='readFile "/nowhere/permission denied"')})
    async with working(files, root.with_name("cache"), **settings(ghc, SandboxMode.OFF)) as ide:
        assert "permission denied" in words(ide, "Hostile")
        assert "sandbox" not in words(ide, "Hostile")


async def test_a_required_sandbox_that_is_not_there(ghc: Ghc, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "_found", bubblewrap.Unusable("There is none here."))
    trace = root.with_name("trace")
    files = project(root, {"Hostile": Attack("", "", action=f'writeFile "{trace}" "" >> pure ""')})
    async with working(files, root.with_name("cache"), **settings(ghc)) as ide:
        assert ide.status.health is Health.ERROR
        assert "There is none here." in ide.status.message
        assert "set `sandbox` to `auto` or `off`" in ide.status.message
        assert not trace.exists()
        # Where it need not be, GHC is started without.
        await ide.workspace.configure(evolve(ide.workspace.settings, sandbox=SandboxMode.AUTO))
        await ide.until_said("A.hs", *WRONG)
        assert trace.exists()


async def test_an_interrupt_reaches_ghc(ghc: Ghc, root: Path, tmp_path: Path) -> None:
    """GHC itself is interrupted, not what stands between; and it does not take more than one to be heard."""
    room = Room(cwd=root, writable=(tmp_path,))
    sandbox = await bubblewrap.open_sandbox(SandboxMode.REQUIRE, room)
    session = Session("sandboxed", [str(ghc), "--interactive"], cwd=root, folder=tmp_path, sandbox=sandbox)
    lines: list[str] = []
    try:
        await session.start(lines.append)
        assert session.pid
        inner = bubblewrap.inner_pid(session.pid)
        assert inner not in {None, session.pid}
        for _ in range(3):
            used = psutil.Process(inner).cpu_times().user
            endless = asyncio.ensure_future(session.command("last [0 ..]", lines.append))
            await until(lambda used=used: psutil.Process(inner).cpu_times().user > used + 0.2, "GHC at work")
            session.interrupt()
            await endless
            assert session.cut_short
        lines.clear()
        await session.command("6 * 7", lines.append)
        assert lines == ["42"]
        assert bubblewrap.inner_pid(session.pid) == inner
        assert bubblewrap.n_processes(session.pid) == 2
    finally:
        await session.stop()


async def test_how_a_sandboxed_ghc_died_is_told(ghc: Ghc, root: Path, tmp_path: Path) -> None:
    sandbox = await bubblewrap.open_sandbox(SandboxMode.REQUIRE, Room(cwd=root, writable=(tmp_path,)))
    session = Session("sandboxed", [str(ghc), "--interactive"], cwd=root, folder=tmp_path, sandbox=sandbox)
    await session.start(lambda _: None)
    assert session.pid
    inner = bubblewrap.inner_pid(session.pid)
    assert inner
    os.kill(inner, signal.SIGKILL)
    with pytest.raises(SessionError, match="was ended by signal 9"):
        await session.command("6 * 7", lambda _: None)
    assert bubblewrap.inner_pid(session.pid) is None

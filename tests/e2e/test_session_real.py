"""Sessions with real GHCs: they keep step whenever they are interrupted, and leave nothing behind however they end."""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Ghc
from tests.support.children import none_left, running_interpreter, wait_until_gone
from tests.support.projects import write
from tests.support.turns import cancel_after
from tests.support.waiting import seconds, until
from thatch.core.errors import SessionError
from thatch.core.ghc.output import Compiling, Said, Text
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.ghc.session import Session, State
from thatch.core.ghc.session_files import prepare
from thatch.core.ghc.toolchain import probe
from thatch.core.project.model import Module, Project, Unit

N_MODULES = 20
N_INTERRUPTS = 30

LOOP = """
{-# LANGUAGE TemplateHaskell #-}
module Loop where
import Language.Haskell.TH
x :: Int
x = $(let loop n = if n < 0 then litE (integerL n) else loop (n + 1 :: Integer) in loop 0)
"""


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    with none_left():
        yield


def source(number: int, value: int) -> str:
    imports = f"import M{number - 1 - number % 3}\n" if number > 3 else ""
    body = "".join(f"f{number}_{n} x = {n} + x * {value}\n" for n in range(15))
    return f"module M{number} where\n{imports}{body}"


def make(root: Path, value: int = 0) -> Path:
    return write(root, {f"M{n}.hs": source(n, value) for n in range(N_MODULES)})


class Real:
    """A real session over all modules of a folder, and what it said."""

    def __init__(self, session: Session, parser: OutputParser) -> None:
        self.session = session
        self.lines: list[str] = []
        self.compiled: list[str] = []
        self.on_compiling: dict[str, object] = {}
        self._parser = parser

    def hear(self, line: str) -> None:
        self.lines.append(line)
        for output in self._parser.feed(line):
            if isinstance(output, Compiling):
                self.compiled.append(output.module)
                if callable(reaction := self.on_compiling.pop(output.module, None)):
                    reaction()

    async def start(self) -> None:
        self._clear()
        await self.session.start(self.hear)

    async def command(self, text: str = ":reload") -> None:
        self._clear()
        await self.session.command(text, self.hear)

    def _clear(self) -> None:
        self.lines.clear()
        self.compiled.clear()


def modules_of(root: Path) -> tuple[Module, ...]:
    return tuple(Module(path.stem, path) for path in sorted(root.glob("*.hs")))


async def real(ghc: Ghc, root: Path, folder: Path) -> Real:
    modules = modules_of(root)
    unit = Unit(id="tested", component="tested", directory=root, flags=("-Wall",), source_dirs=(root,), modules=modules)
    project = Project(root=root, cradle="bare", units=(unit,), ghc=ghc.path)
    files = prepare(
        folder, folder.with_name("interfaces"), project, await probe(ghc.path), unit_flags={unit.id: unit.flags}, jobs=1
    )
    return Real(Session("real", files.command, cwd=root, folder=folder), OutputParser(files.overlay.user_path))


async def test_a_conversation(ghc: Ghc, tmp_path: Path) -> None:
    found = await real(ghc, make(tmp_path / "p"), tmp_path / "s")
    await found.start()
    assert sorted(found.compiled) == sorted(f"M{n}" for n in range(N_MODULES))
    await found.command()
    assert found.compiled == []
    assert [line for line in found.lines if line.startswith("Ok, ")]
    await found.command(':type "été"')
    assert any('"été" ::' in line for line in found.lines), "UTF-8 under every locale"
    assert repr(found.session) == f"<Session real ready pid={found.session.pid}>"
    await found.session.stop()


async def test_interrupts_during_the_initial_load(ghc: Ghc, tmp_path: Path) -> None:
    """Before GHC has begun, in the middle, and after its end; the next load goes on with what is there."""
    root = make(tmp_path / "p")
    found = await real(ghc, root, tmp_path / "s")
    starting = asyncio.ensure_future(found.start())
    await asyncio.wait([starting], timeout=0)
    found.session.interrupt()
    await starting
    assert found.session.cut_short
    first = len(found.compiled)
    await found.command()
    assert len(found.compiled) >= N_MODULES - first
    await found.session.stop()

    found = await real(ghc, make(root, 1), tmp_path / "t")
    found.on_compiling["M3"] = found.session.interrupt
    await found.start()
    assert found.session.cut_short
    found.session.interrupt()
    await found.command()
    assert any(line.startswith("Ok, ") for line in found.lines)
    await found.session.stop()


def said(found: Real, number: int) -> bool:
    """Whether the answer is the one to the question for the type of this number's text."""
    return any(f'"{number}" ::' in line for line in found.lines)


async def test_many_interrupts_never_lose_step(ghc: Ghc, tmp_path: Path) -> None:
    """At random moments of loads that compile much, little or nothing, the prompt's own moment among them."""
    root = make(tmp_path / "p")
    found = await real(ghc, root, tmp_path / "s")
    await found.start()
    session, loop, chance = found.session, asyncio.get_running_loop(), random.Random(1)
    n_deaths = 0
    for n in range(N_INTERRUPTS):
        n_changed = chance.choice([0, 1, N_MODULES])
        write(root, {f"M{number}.hs": source(number, n + 1) for number in range(N_MODULES - n_changed, N_MODULES)})
        timer = loop.call_later(chance.uniform(0, 0.02 if n_changed < 2 else 0.3), session.interrupt)
        try:
            async with asyncio.timeout(seconds(20)):
                await found.command()
                timer.cancel()
                await found.command(f':type "{n}"')
                while session.cut_short and not said(found, n):
                    # The interrupt came late and hit this one.
                    await found.command(f':type "{n}"')
        except SessionError:
            # Interrupted while it talks to its interpreter, GHC ends by itself at the next word with it.
            timer.cancel()
            n_deaths += 1
            found = await real(ghc, root, tmp_path / f"s{n}")
            session = found.session
            await found.start()
            await found.command(f':type "{n}"')
        assert said(found, n), found.lines
    assert n_deaths < 5
    await found.command()
    while session.cut_short and not found.lines:
        await found.command()
    assert [line for line in found.lines if line.startswith("Ok, ")], found.lines
    await session.stop()


async def test_death_by_a_signal(ghc: Ghc, tmp_path: Path) -> None:
    found = await real(ghc, make(tmp_path / "p"), tmp_path / "s")

    def kill() -> None:
        assert found.session.pid
        os.kill(found.session.pid, signal.SIGKILL)

    found.on_compiling["M3"] = kill
    with pytest.raises(SessionError, match="GHC was ended by signal 9") as caught:
        await found.start()
    assert "Compiling" in caught.value.detail
    assert found.session.state is State.DEAD


async def test_nothing_is_left_among_the_temporary_files(
    ghc: Ghc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GHC would not tidy up when it is killed, so it has them in the session's folder."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    found = await real(ghc, make(tmp_path / "p"), tmp_path / "s")
    starting = asyncio.ensure_future(found.start())
    await until(lambda: "M5" in found.compiled, "the middle of the load")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert list(temporary.iterdir()) == []


async def test_flags_that_ghc_refuses(ghc: Ghc, tmp_path: Path) -> None:
    session = Session("bad", [ghc.path, "--interactive", "-fno-such-flag"], cwd=tmp_path, folder=tmp_path)
    with pytest.raises(SessionError, match="GHC exited with code 1") as caught:
        await session.start(lambda line: None)
    assert caught.value.by_itself
    assert "-fno-such-flag" in caught.value.detail


async def test_a_splice_that_runs_for_ever(ghc: Ghc, tmp_path: Path) -> None:
    """GHC obeys an interrupt then; its interpreter is ended with the session, however that ends."""
    root = write(tmp_path / "p", {"Loop.hs": LOOP})
    found = await real(ghc, root, tmp_path / "s")
    starting = asyncio.ensure_future(found.start())
    interpreter = await until(running_interpreter, "the interpreter at work")
    found.session.interrupt()
    await starting
    await found.session.stop()
    wait_until_gone(interpreter)

    found = await real(ghc, root, tmp_path / "t")
    starting = asyncio.ensure_future(found.start())
    interpreter = await until(running_interpreter, "the interpreter at work")
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    wait_until_gone(interpreter)

    # GHC alone is killed; its interpreter would go on for ever.
    found = await real(ghc, root, tmp_path / "u")
    starting = asyncio.ensure_future(found.start())
    interpreter = await until(running_interpreter, "the interpreter at work")
    assert found.session.pid
    os.kill(found.session.pid, signal.SIGKILL)
    with pytest.raises(SessionError, match="was ended by signal 9"):
        await starting
    wait_until_gone(interpreter)


async def test_cancelling_at_many_moments(ghc: Ghc, tmp_path: Path) -> None:
    root = make(tmp_path / "p")
    for number, turns in enumerate((0, 1, 5, 20, 50)):
        found = await real(ghc, root, tmp_path / f"s{number}")
        assert await cancel_after(turns, found.start)


async def test_an_overlay_hides_either_of_a_pair(ghc: Ghc, tmp_path: Path) -> None:
    """A buffer for a module or for its boot file alone compiles, whichever was edited, in whatever order."""
    files = {
        "Ping.hs": "module Ping where\nimport {-# SOURCE #-} Pong\nping :: Int\nping = pong\n",
        "Pong.hs": "module Pong where\nimport Ping\npong :: Int\npong = 1 + ping\n",
        "Pong.hs-boot": "module Pong where\npong :: Int\n",
    }
    root = write(tmp_path / "p", files)
    modules = tuple(Module(name, root / f"{name}.hs") for name in ("Ping", "Pong"))
    unit = Unit(id="pair", component="pair", directory=root, flags=(), source_dirs=(root,), modules=modules)
    project = Project(root=tmp_path, cradle="bare", units=(unit,), ghc=ghc.path)
    prepared = prepare(
        tmp_path / "s", tmp_path / "i", project, await probe(ghc.path), unit_flags={unit.id: unit.flags}, jobs=1
    )
    session = Session("pair", prepared.command, cwd=tmp_path, folder=tmp_path / "s")
    said: list[str] = []

    async def load(*edited: str) -> list[str]:
        prepared.overlay.write({root / name: f"{files[name]}-- edited\n" for name in edited})
        parser, said[:] = OutputParser(prepared.overlay.user_path), []
        await (session.start(said.append) if session.pid is None else session.command(":reload", said.append))
        outputs = [output for line in said for output in parser.feed(line)]
        assert not [output for output in outputs if isinstance(output, Said)]
        assert [output for output in outputs if isinstance(output, Text) and output.line.startswith("Ok, ")]
        return sorted(output.path.name for output in outputs if isinstance(output, Compiling) and output.path)

    assert await load() == ["Ping.hs", "Pong.hs", "Pong.hs-boot"]
    assert await load("Pong.hs") == ["Pong.hs"]
    assert await load("Pong.hs-boot") == ["Pong.hs", "Pong.hs-boot"]
    assert await load("Pong.hs-boot", "Pong.hs") == ["Pong.hs"]
    assert await load("Pong.hs") == ["Pong.hs-boot"]
    assert await load() == ["Pong.hs"]
    await session.stop()

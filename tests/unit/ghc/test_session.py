"""Sessions against a fake GHCi: what a real one cannot be made to do at will (the real ones: tests/e2e)."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import fake_ghci
from tests.support.children import is_running, none_left, wait_until_gone
from tests.support.turns import cancel_after
from tests.support.waiting import until
from thatch.core.errors import SessionError
from thatch.core.ghc import session as session_module
from thatch.core.ghc.session import Session, State, utf8_environment

Steps = list[dict[str, Any]]
OK = "Ok, no modules loaded."


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    with none_left():
        yield


def fake(folder: Path, start: Steps | None = None, *commands: Steps) -> Session:
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"start": start or [], "commands": commands}))
    return Session("fake", [sys.executable, fake_ghci.__file__, plan], cwd=folder, folder=folder)


def say(text: str) -> dict[str, str]:
    return {"say": text}


def nobody(line: str) -> None:
    """Nobody listens."""


class Listener:
    """Keeps what it hears, and can do something when it hears a certain line."""

    def __init__(self, **reactions: Any) -> None:
        self.lines: list[str] = []
        self.reactions = reactions

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        if line in self.reactions:
            self.reactions[line]()


async def test_a_conversation(tmp_path: Path) -> None:
    session = fake(tmp_path, [say("loaded\n")], [say("answer\n")], [say("glued")])
    assert repr(session) == "<Session fake new pid=None>"
    lines: list[str] = []
    await session.start(lines.append)
    assert lines == ["GHCi, version 9.6.6: a fake", "loaded"]
    assert repr(session) == f"<Session fake ready pid={session.pid}>"
    for expected in (["answer"], ["glued"], [OK], [OK]):
        lines.clear()
        await session.command(":reload", lines.append)
        assert lines == expected
    assert not session.cut_short
    await session.stop()
    await session.stop()
    assert session.state is State.DEAD


async def test_an_answer_in_pieces(tmp_path: Path) -> None:
    session = fake(tmp_path, None, [{"pieces": ["on", "e\ntw", "o\n", "x" * 300_000, "\nend"]}])
    await session.start(nobody)
    lines: list[str] = []
    await session.command(":reload", lines.append)
    assert lines == ["one", "two", "x" * 300_000, "end"]
    await session.stop()


async def test_an_interrupt_during_a_command(tmp_path: Path) -> None:
    session = fake(tmp_path, None, [say("working\n"), {"wait": True}])
    await session.start(nobody)
    listener = Listener(working=session.interrupt)
    await session.command(":reload", listener)
    assert listener.lines == ["working", "Interrupted."]
    assert session.cut_short
    await session.command(":reload", nobody)
    assert not session.cut_short, "GHC has said that it was interrupted."
    await session.stop()


async def test_an_interrupt_of_which_ghc_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may still hit a later command, for some time."""
    session = fake(tmp_path, None, [{"quiet": True}, say("working\n"), {"wait": True}])
    await session.start(nobody)
    await session.command(":reload", Listener(working=session.interrupt))
    for _ in range(3):
        await session.command(":reload", nobody)
        assert session.cut_short
    monkeypatch.setattr(session, "_until", 0.0)
    await session.command(":reload", nobody)
    assert not session.cut_short
    await session.stop()


async def test_an_interrupt_before_the_load_waits_for_it(tmp_path: Path) -> None:
    session = fake(tmp_path, [say("[1 of 2] Compiling A\n"), {"wait": True}])
    heard: list[str] = []
    started = asyncio.ensure_future(session.start(heard.append))
    await asyncio.wait([started], timeout=0)
    session.interrupt()
    session.interrupt()
    await started
    assert heard[1:] == ["[1 of 2] Compiling A", "Interrupted."]
    await session.stop()


@pytest.mark.parametrize("line", ["Ok, one module loaded.", "Failed, no modules loaded.", ""])
async def test_an_interrupt_after_the_load_is_not_sent(tmp_path: Path, line: str) -> None:
    """The fake, like GHC, would die of it between its load and its first prompt."""
    session = fake(tmp_path, [say(f"{line}\n")] if line else None)
    starting = asyncio.ensure_future(session.start(Listener(**{line: session.interrupt})))
    await starting
    assert session.state is State.READY
    await session.command(":reload", nobody)
    await session.stop()


async def test_an_interrupt_without_need_does_nothing(tmp_path: Path) -> None:
    session = fake(tmp_path)
    session.interrupt()
    await session.start(nobody)
    session.interrupt()
    await session.command(":reload", nobody)
    assert not session.cut_short
    await session.stop()
    session.interrupt()


async def test_an_interrupt_that_swallows_the_question_for_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "ASK_AGAIN_SECONDS", 0.01)
    session = fake(tmp_path, None, [say("working\n"), {"wait": True}, say("never said\n")])
    await session.start(nobody)
    asked = []
    again = session._prompt.again

    def swallow_first() -> bytes:
        asked.append(again())
        return asked[-1] if len(asked) > 1 else b""

    monkeypatch.setattr(session._prompt, "again", swallow_first)
    await session.command(":reload", Listener(working=session.interrupt))
    assert len(asked) > 1
    lines: list[str] = []
    await session.command(":reload", lines.append)
    assert lines == [OK]
    await session.stop()


async def test_a_ghc_that_ignores_an_interrupt_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "OBEY_SECONDS", 0.1)
    monkeypatch.setattr(session_module, "STOP_SECONDS", 0.1)
    session = fake(tmp_path, None, [{"deaf": True}, say("working\n"), *[{"wait": True}] * 5])
    await session.start(nobody)
    with pytest.raises(SessionError, match=r"did not obey an interrupt for 0\.1 s") as caught:
        await session.command(":reload", Listener(working=session.interrupt))
    assert caught.value.detail.endswith("working")
    assert session.state is State.DEAD


@pytest.mark.parametrize(
    ("step", "how", "by_itself"),
    [
        ({"exit": 3}, "exited with code 3", True),
        ({"exit": 0}, "exited with code 0", True),
        ({"signal": int(signal.SIGKILL)}, "was ended by signal 9", False),
        ({"signal": int(signal.SIGTERM)}, "was ended by signal 15", False),
    ],
)
async def test_death(tmp_path: Path, step: dict[str, Any], how: str, by_itself: bool) -> None:
    dying: Steps = [say("last words\nunfinished"), step]
    session = fake(tmp_path, dying)
    with pytest.raises(SessionError, match=f"GHC {how}") as caught:
        await session.start(nobody)
    assert caught.value.by_itself is by_itself
    assert caught.value.detail.endswith("last words\nunfinished")

    session = fake(tmp_path, None, dying)
    await session.start(nobody)
    with pytest.raises(SessionError, match=f"GHC {how}") as caught:
        await session.command(":reload", nobody)
    assert not caught.value.by_itself, "It had come up."
    assert session.state is State.DEAD
    with pytest.raises(SessionError, match="dead, not at its prompt"):
        await session.command(":reload", nobody)


async def test_death_while_idle_is_noticed_by_the_next_command(tmp_path: Path) -> None:
    session = fake(tmp_path)
    await session.start(nobody)
    assert session.pid
    os.kill(session.pid, signal.SIGKILL)
    await until(lambda: session.pid and not is_running(session.pid), "GHC's end")
    with pytest.raises(SessionError, match="ended by signal 9"):
        await session.command(":reload", nobody)


async def test_death_while_being_interrupted(tmp_path: Path) -> None:
    session = fake(tmp_path, None, [say("working\n"), {"exit": 1}])
    await session.start(nobody)

    def kill_and_interrupt() -> None:
        assert session.pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(session.pid, signal.SIGKILL)
        session.interrupt()

    with pytest.raises(SessionError):
        await session.command(":reload", Listener(working=kill_and_interrupt))


async def test_a_death_of_an_interrupt_is_told_from_others(tmp_path: Path) -> None:
    for interrupted in (True, False):
        session = fake(tmp_path, None, [{"deaf": True}, say("working\n"), {"exit": 1}])
        await session.start(nobody)
        listener = Listener(working=session.interrupt) if interrupted else nobody
        with pytest.raises(SessionError, match="exited with code 1") as caught:
            await session.command(":reload", listener)
        assert caught.value.interrupted is interrupted


async def test_closed_input_is_noticed(tmp_path: Path) -> None:
    session = fake(tmp_path, None, [{"deny": True}, say("closed\n")])
    await session.start(nobody)
    await session.command(":reload", nobody)
    with pytest.raises(SessionError, match="GHC exited with code 0"):
        await session.command(":reload", nobody)


async def test_children_end_with_a_dead_ghc(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    session = fake(tmp_path, None, [{"child": str(pid)}, {"exit": 1}])
    await session.start(nobody)
    with pytest.raises(SessionError):
        await session.command(":reload", nobody)
    wait_until_gone(int(pid.read_text()))


async def test_children_end_with_a_stopped_session(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    session = fake(tmp_path, [{"child": str(pid)}])
    await session.start(nobody)
    await session.stop()
    wait_until_gone(int(pid.read_text()))


async def test_cancelling_a_command_ends_the_group(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    session = fake(tmp_path, None, [{"child": str(pid)}, say("working\n"), {"wait": True}])
    await session.start(nobody)
    listener = Listener()
    commanding = asyncio.ensure_future(session.command(":reload", listener))
    listener.reactions["working"] = commanding.cancel
    with pytest.raises(asyncio.CancelledError):
        await commanding
    assert session.state is State.DEAD
    wait_until_gone(int(pid.read_text()))


async def test_cancelling_the_start_at_any_step_leaves_no_process(tmp_path: Path) -> None:
    for turns in (*range(12), 20, 40, 80):
        session = fake(tmp_path, [{"wait": True}])
        assert await cancel_after(turns, lambda session=session: session.start(nobody))
        assert session.state is State.DEAD or session.pid is None


async def test_cancelling_behind_a_full_pipe(tmp_path: Path) -> None:
    """GHC does not read its input: the command waits for room in the pipe."""
    session = fake(tmp_path, None, [{"wait": True}])
    await session.start(nobody)
    assert await cancel_after(50, lambda: session.command("x" * 2**20, nobody))
    assert session.state is State.DEAD


async def test_a_listener_that_fails_ends_the_session(tmp_path: Path) -> None:
    def fail() -> None:
        raise LookupError("in the listener")

    session = fake(tmp_path, None, [say("working\n"), {"wait": True}])
    await session.start(nobody)
    with pytest.raises(LookupError):
        await session.command(":reload", Listener(working=fail))
    assert session.state is State.DEAD


async def test_a_ghc_that_cannot_be_started(tmp_path: Path) -> None:
    session = Session("none", [tmp_path / "no-such-ghc"], cwd=tmp_path, folder=tmp_path)
    with pytest.raises(SessionError, match="no-such-ghc could not be started"):
        await session.start(nobody)
    assert session.state is State.DEAD


@pytest.mark.parametrize(
    ("environment", "added"),
    [
        ({"LANG": "C"}, {"LC_ALL": "C.UTF-8"}),
        ({}, {"LC_ALL": "C.UTF-8"}),
        ({"LANG": "de_DE.UTF-8"}, {}),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}),
        ({"LANG": "C", "LC_CTYPE": "en_US.utf8"}, {}),
    ],
)
def test_ghc_prints_utf8_under_every_locale(environment: dict[str, str], added: dict[str, str]) -> None:
    assert utf8_environment(environment) == {"GHC_CHARENC": "UTF-8", **added}

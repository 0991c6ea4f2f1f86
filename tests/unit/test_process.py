"""Child processes: what they say is collected, and none outlives its time."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.children import is_running, none_left, wait_until_gone
from tests.support.turns import cancel_after, turn
from tests.support.waiting import until
from thatch.core import process
from thatch.core.errors import ThatchError

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid) + "\\n")
print("ready", flush=True)
if sys.argv[2] == "stay":
    time.sleep(600)
"""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    time.sleep(600)
"""

FLOOD = """
import sys
while True:
    sys.stdout.write("x" * 65536)
"""


@pytest.fixture(autouse=True)
def no_child_left() -> Iterator[None]:
    with none_left():
        yield


def python(script: str, *arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-c", script, *arguments]


async def test_both_streams_and_the_exit_code_are_data(tmp_path: Path) -> None:
    script = "import sys; print('out é'); print('err', file=sys.stderr); sys.exit(3)"
    done = await process.run(python(script), cwd=tmp_path, timeout=60)
    assert (done.code, done.stdout, done.stderr) == (3, "out é\n", "err\n")
    assert done.said == "out é\nerr"


async def test_a_signal_is_a_negative_code(tmp_path: Path) -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    done = await process.run(python(script), cwd=tmp_path, timeout=60)
    assert done.code == -signal.SIGKILL


async def test_bytes_that_are_not_utf8_are_replaced(tmp_path: Path) -> None:
    done = await process.run(python(r"import sys; sys.stdout.buffer.write(b'a\xff\n')"), cwd=tmp_path, timeout=60)
    assert done.stdout == "a\ufffd\n"


async def test_the_environment_is_added_to(tmp_path: Path) -> None:
    script = "import os; print(os.environ['THATCH_TEST'], 'PATH' in os.environ)"
    done = await process.run(python(script), cwd=tmp_path, env={"THATCH_TEST": "yes"}, timeout=60)
    assert done.stdout == "yes True\n"


async def test_much_output_on_both_streams_is_collected(tmp_path: Path) -> None:
    script = """
import sys
for _ in range(160):
    sys.stdout.write("o" * 65536)
    sys.stderr.write("e" * 65536)
"""
    done = await process.run(python(script), cwd=tmp_path, timeout=60)
    assert (len(done.stdout), len(done.stderr)) == (160 * 65536, 160 * 65536)


async def test_output_beyond_all_measure_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MOST_BYTES", 100_000)
    done = await process.run(python("print('x' * 1_000_000)"), cwd=tmp_path, timeout=60)
    assert (done.code, done.stdout) == (0, "x" * 100_000)


async def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThatchError, match="no-such-program") as caught:
        await process.run(["no-such-program"], cwd=tmp_path, timeout=60)
    assert "PATH" in caught.value.remedy


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(ThatchError, match="could not be started") as caught:
        await process.run([sys.executable, "-c", ""], cwd=missing, timeout=60)
    assert str(missing) in str(caught.value)


async def test_a_file_that_is_not_executable_is_named(tmp_path: Path) -> None:
    file = tmp_path / "plain"
    file.write_text("")
    with pytest.raises(ThatchError, match=r"plain could not be started: Permission denied"):
        await process.run([file], cwd=tmp_path, timeout=60)


@pytest.mark.parametrize("script", [STUBBORN, FLOOD], ids=["stubborn", "flood"])
async def test_a_tool_that_takes_too_long_is_ended(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.end, "__defaults__", (0.2,))
    with pytest.raises(ThatchError, match=r"did not answer within 0\.5 s") as caught:
        await process.run(python(script), cwd=tmp_path, timeout=0.5)
    assert caught.value.detail.startswith(sys.executable)


async def test_grandchildren_end_with_a_tool_that_takes_too_long(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    with pytest.raises(ThatchError):
        await process.run(python(FAMILY, pids, "stay"), cwd=tmp_path, timeout=1)
    wait_until_gone(int(pids.read_text()))


async def test_grandchildren_end_with_the_leader(tmp_path: Path) -> None:
    """A tool that leaves a child behind is not waited for through the child's copy of the pipe."""
    pids = tmp_path / "pids"
    leader = await process.start(python(FAMILY, pids, "go"), cwd=tmp_path)
    await until(lambda: not is_running(leader.pid), "the leader's exit")
    assert is_running(int(pids.read_text()))
    await process.end(leader)
    wait_until_gone(int(pids.read_text()))


async def test_a_tool_is_not_waited_for_through_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    done = await process.run(python(FAMILY, pids, "go"), cwd=tmp_path, timeout=60)
    assert (done.code, done.stdout) == (0, "ready\n")
    wait_until_gone(int(pids.read_text()))


async def test_a_descendant_that_left_the_group_is_not_waited_for(tmp_path: Path) -> None:
    script = f"setsid {shlex.quote(sys.executable)} -c 'import time; time.sleep(600)' & echo $! > pid; exec sleep 600"
    leader = await process.start(["sh", "-c", script], cwd=tmp_path)
    pid = await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    try:
        await process.end(leader, grace=0.3)
        assert leader.returncode == -signal.SIGTERM
    finally:
        os.kill(int(pid), signal.SIGKILL)


async def test_cancelling_a_tool_ends_it_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    running = asyncio.create_task(process.run(python(FAMILY, pids, "stay"), cwd=tmp_path, timeout=60))
    child = await until(lambda: pids.exists() and pids.read_text().endswith("\n") and int(pids.read_text()))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    wait_until_gone(child)


async def test_cancelling_at_any_step_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task is cancelled after 0, 1, 2, ... turns of the loop: before, while and after the process starts."""
    monkeypatch.setattr(process.end, "__defaults__", (0.0,))
    for turns in range(60):
        assert await cancel_after(turns, lambda: process.run(python(STUBBORN), cwd=tmp_path, timeout=60))


async def test_cancelling_the_ending_of_a_stubborn_process_kills_it(tmp_path: Path) -> None:
    stubborn = await process.start(python(STUBBORN), cwd=tmp_path)
    assert stubborn.stdout
    assert await stubborn.stdout.readline() == b"ready\n"
    ending = asyncio.create_task(process.end(stubborn, grace=600))
    await turn()
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert stubborn.returncode == -signal.SIGKILL


async def test_ending_twice_and_ending_what_is_gone(tmp_path: Path) -> None:
    gone = await process.start(python("pass"), cwd=tmp_path)
    await gone.wait()
    await process.end(gone)
    await process.end(gone)
    process.signal_group(gone, signal.SIGTERM)
    assert gone.returncode == 0

"""Child processes: started in a group of their own, drained, and ended with all their children."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.errors import ThatchError

GRACE_SECONDS = 2.0
"""How long a process group may take to obey SIGTERM before it is killed."""

READ_BYTES = 2**16

MOST_BYTES = 2**26
"""How much of a tool's output is kept of each stream; what it prints beyond that is read and dropped."""

LOOK_SECONDS = 0.5
"""How soon the end of a process is noticed whose output is held open by its children."""


@frozen
class Completed:
    """What a finished tool left behind."""

    command: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """Everything it printed, its complaints last."""
        return "\n".join(part.rstrip() for part in (self.stdout, self.stderr) if part.strip())


async def start(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: int = asyncio.subprocess.DEVNULL,
    stderr: int = asyncio.subprocess.PIPE,
    limit: int = 2**16,
) -> asyncio.subprocess.Process:
    """Start a program in a process group of its own, stdout piped.

    `env` adds to the environment.  `limit` is the stream buffer in bytes.
    Raises `ThatchError` when the program cannot be started; cancelling before it
    returns leaves no process behind.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *map(str, command),
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            limit=limit,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # asyncio itself, cancelled here, would end the process but not its children.
        with contextlib.suppress(OSError):
            await end(await starting, grace=0)
        raise
    except OSError as error:
        raise ThatchError(
            message=f"{command[0]} could not be started: {error.strerror or error}.",
            remedy=f"Check that {command[0]} is installed, on PATH and executable, and that {cwd} exists.",
        ) from error


async def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    timeout: float,
) -> Completed:
    """Run a tool to its end and collect what it printed (decoded leniently as UTF-8).

    It has no input unless some is given.

    A non-zero exit is data.  Raises `ThatchError` when the tool cannot be started or
    takes longer than `timeout` seconds.  On that and on cancellation its whole group is ended first.
    """
    given = asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE
    process = await start(command, cwd=cwd, env=env, stdin=given)
    try:
        async with asyncio.timeout(timeout):
            with children_end_with(process):
                stdout, stderr, _ = await asyncio.gather(
                    _collect(process.stdout), _collect(process.stderr), _feed(process.stdin, stdin or b"")
                )
                await process.wait()
    except TimeoutError as error:
        raise ThatchError(
            message=f"{command[0]} did not answer within {timeout:g} s and was ended.",
            remedy="Run it by hand to see what it waits for, or raise the time limit.",
            detail=" ".join(map(str, command)),
        ) from error
    finally:
        await end(process)
    code = process.returncode
    assert code is not None
    texts = (stream.decode("utf-8", "replace") for stream in (stdout, stderr))
    return Completed(tuple(map(str, command)), code, *texts)


def signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the process and its children; one that is gone already is no error."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


@contextlib.contextmanager
def children_end_with(process: asyncio.subprocess.Process) -> Iterator[None]:
    """While inside, kill the children of the process once it is gone, so that its output ends with it."""
    again: asyncio.TimerHandle

    def look() -> None:
        nonlocal again
        if process.returncode is not None:
            signal_group(process, signal.SIGKILL)
        again = asyncio.get_running_loop().call_later(LOOK_SECONDS, look)

    again = asyncio.get_running_loop().call_later(LOOK_SECONDS, look)
    try:
        yield
    finally:
        again.cancel()


async def end(process: asyncio.subprocess.Process, grace: float = GRACE_SECONDS) -> None:
    """End a process and its whole group: SIGTERM, then SIGKILL after `grace` seconds.

    Children that outlive the leader are killed too.  Safe to call again.  Cancelling hastens the killing:
    the cancellation is passed on when the process is gone.
    """
    ending = asyncio.ensure_future(_end(process, grace))
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        signal_group(process, signal.SIGKILL)
        await ending
        raise


async def _feed(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    """Write a program's input; one that ends without reading it all is no error."""
    if stream is not None:
        with contextlib.suppress(OSError):
            stream.write(data)
            await stream.drain()
        stream.close()


async def _collect(stream: asyncio.StreamReader | None) -> bytes:
    assert stream
    kept = bytearray()
    while data := await stream.read(READ_BYTES):
        kept += data[: MOST_BYTES - len(kept)]
    return bytes(kept)


async def _end(process: asyncio.subprocess.Process, grace: float) -> None:
    if process.returncode is None:
        signal_group(process, signal.SIGTERM)
        await _is_gone(process, grace)
    signal_group(process, signal.SIGKILL)
    if not await _is_gone(process, GRACE_SECONDS) and process.returncode is not None:
        # A descendant that left the group holds the pipes open; the process itself is gone.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


async def _is_gone(process: asyncio.subprocess.Process, limit: float) -> bool:
    """Wait for the exit and the end of the output, at most `limit` seconds."""
    # The output is read away: asyncio does not notice an exit behind a full pipe.
    streams = [stream for stream in (process.stdout, process.stderr) if stream]
    try:
        async with asyncio.timeout(limit):
            await asyncio.gather(process.wait(), *map(_drain, streams))
    except TimeoutError:
        return False
    return True


async def _drain(stream: asyncio.StreamReader) -> None:
    # Somebody else who is reading drains it as well.
    with contextlib.suppress(RuntimeError, OSError):
        while await stream.read(READ_BYTES):
            pass

"""One GHC process with a prompt: start, command, interrupt, stop.  What the commands mean is its owner's business."""

import asyncio
import contextlib
import os
import signal
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

from thatch.core import process
from thatch.core.errors import SessionError, ThatchError
from thatch.core.ghc.prompt import Line, Prompt
from thatch.core.sandbox import bubblewrap

READ_BYTES = 2**16
LAST_WORDS = 30
"""How many lines of output are kept to explain a death."""

OBEY_SECONDS = 20.0
"""How long an interrupted GHC may take to come back to its prompt before it is taken for lost."""

LATE_SECONDS = 5.0
"""How long after it was sent a signal may still hit, on a busy machine."""

STOP_SECONDS = 0.5
"""How long GHC may take to end when asked to; in the middle of a load it may not hear the question (9.10)."""

ASK_AGAIN_SECONDS = 1.0
"""How often an interrupted GHC is asked for its prompt."""

SIGNALLED = 128
"""What bubblewrap adds to the number of the signal that ended its program, to make an exit code (its own manual)."""

WATCH_SECONDS = 0.5
"""How often it is looked at what a sandboxed session uses."""

STARTS = 3
"""How often a session is started whose sandbox fails to come up."""

BUBBLEWRAP_FAILED = "bwrap: "

GREETING = "GHCi, version "
INTERRUPTED = "Interrupted."
"""What GHCi says when an interrupt ends a load or a command; of one at its prompt it says nothing."""

NOT_LOADING = ("Loaded GHCi configuration from ", "Ok, ", "Failed, ")
"""How the lines begin that GHCi prints before and after its initial load; warnings about flags come before them.

An interrupt in the middle of the load ends the load, before and after it the process.
"""


class State(Enum):
    """What a session is doing."""

    NEW = "new"
    """Not started yet."""
    BUSY = "busy"
    """Carrying out the initial load or a command."""
    READY = "ready"
    """At its prompt."""
    DEAD = "dead"
    """Stopped, or died; for good."""


class Session:
    """A GHC in interactive mode, driven through its prompt.

    stdout and stderr are one stream, because GHC prints parts of one answer on each and only a shared pipe
    keeps their order.  A session that does not come back to its prompt is ended, never guessed about.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        cwd: Path,
        folder: Path,
        sandbox: bubblewrap.Sandbox | None = None,
    ) -> None:
        """Describe the session; `folder` is an existing private one for its start script and GHC's temporary files.

        In a sandbox GHC's temporary files are elsewhere, and what it uses is limited: beyond that it is ended.
        """
        self.name = name
        self.state = State.NEW
        self.heard = 0
        """How many lines GHC has printed."""
        self._command = command
        self._cwd = cwd
        self._folder = folder
        self._sandbox = sandbox
        self._watching: asyncio.Task[None] | None = None
        self._excess = ""
        self._prompt = Prompt()
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._process: asyncio.subprocess.Process | None = None
        self._deadline: asyncio.Timeout | None = None
        self._asking: asyncio.TimerHandle | None = None
        self._came_up = False
        self._greeted = False
        self._listening = False
        self._interrupted = False
        self._late = False
        self._until = 0.0

    def __repr__(self) -> str:
        return f"<Session {self.name} {self.state.value} pid={self.pid}>"

    @property
    def pid(self) -> int | None:
        """The process id of GHC, or of the sandbox that it runs in; None before the start."""
        return self._process.pid if self._process else None

    @property
    def n_unread(self) -> int:
        """How many bytes of an unfinished line GHC has printed."""
        return self._prompt.n_pending

    @property
    def busy(self) -> bool:
        """Whether it carries out the initial load or a command."""
        return self.state is State.BUSY

    @property
    def cut_short(self) -> bool:
        """Whether the latest answer may be incomplete: it was interrupted, or a signal for an earlier one came late."""
        return self._interrupted or self._late

    async def start(self, on_line: Callable[[str], None]) -> None:
        """Start GHC and wait for its first prompt, which follows the load of the targets on its command line.

        Raises `SessionError` when it cannot be started or dies.  Cancelling ends the process.
        """
        for left in reversed(range(STARTS)):
            try:
                await self._start(on_line)
            except SessionError as error:
                # What was to be hidden, such as the socket of another program, may be gone by then.
                if not (left and self._sandbox and error.detail.startswith(BUBBLEWRAP_FAILED)):
                    raise
                self._last_words.clear()
            else:
                return

    async def _start(self, on_line: Callable[[str], None]) -> None:
        self.state = State.BUSY
        script = self._folder / "start.ghci"
        script.write_text(self._prompt.script(), encoding="utf-8")
        command: Sequence[str | Path] = [*self._command, "-ignore-dot-ghci", "-ghci-script", script]
        # GHC leaves its temporary files behind when it is killed.
        env = {**utf8_environment(os.environ), "TMPDIR": os.fspath(self._folder)}
        try:
            if self._sandbox is not None:
                command, env = await asyncio.to_thread(self._sandbox.wrap, command, env)
            self._process = await process.start(
                command,
                cwd=self._cwd,
                env=env,
                stdin=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except ThatchError as error:
            raise SessionError(message=error.message, remedy=error.remedy) from error
        finally:
            if self._process is None:
                self.state = State.DEAD
        if self._sandbox is not None:
            self._watching = asyncio.create_task(self._watch(self._sandbox), name=f"watch {self.name}")
        await self._answer(b"", on_line)

    async def command(self, text: str, on_line: Callable[[str], None]) -> None:
        """Have one command carried out, handing each line of its answer to `on_line`.

        Raises `SessionError` when GHC dies on the way or has died before.  Cancelling ends the
        process, because its answer could no longer be told from the next one's.
        """
        if self.state is not State.READY:
            raise SessionError(message=f"GHC session {self.name} is {self.state.value}, not at its prompt.")
        self.state = State.BUSY
        self._late = asyncio.get_running_loop().time() < self._until
        self._interrupted = False
        await self._answer(self._prompt.command(text), on_line)

    def interrupt(self) -> None:
        """Ask GHC to give up the running load or command and come back to its prompt.

        Only GHC is asked: its interpreter, in the middle of a splice, ignores the signal anyway.
        """
        if self.state is not State.BUSY or self._interrupted:
            return
        self._interrupted = True
        # While it starts up, GHC would not survive the signal; `_listen` sends it afterwards.
        if self._listening:
            self._send_interrupt()

    async def stop(self) -> None:
        """End GHC and all its children; safe in every state."""
        self.state = State.DEAD
        if self._watching is not None:
            self._watching.cancel()
        if self._process is not None:
            await process.end(self._process, STOP_SECONDS)

    async def _watch(self, sandbox: bubblewrap.Sandbox) -> None:
        """End the session when it uses more than its sandbox allows."""
        assert self._process
        while self._process.returncode is None:
            await asyncio.sleep(WATCH_SECONDS)
            self._excess = await asyncio.to_thread(sandbox.excess, self._process.pid)
            if self._excess:
                process.signal_group(self._process, signal.SIGKILL)
                return

    def _send_interrupt(self) -> None:
        assert self._process and self._deadline
        pid = self._process.pid if self._sandbox is None else bubblewrap.inner_pid(self._process.pid)
        if pid is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
        now = asyncio.get_running_loop().time()
        self._until = now + LATE_SECONDS
        self._deadline.reschedule(now + OBEY_SECONDS)
        self._ask_for_prompt()

    def _ask_for_prompt(self) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(self._prompt.again())
        self._ask_for_prompt_later()

    def _ask_for_prompt_later(self) -> None:
        # GHC may handle the signal long after it was sent, and then forgets the line that it has just read.
        self._stop_asking()
        self._asking = asyncio.get_running_loop().call_later(ASK_AGAIN_SECONDS, self._ask_for_prompt)

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _answer(self, question: bytes, on_line: Callable[[str], None]) -> None:
        assert self._process and self._process.stdin
        try:
            async with asyncio.timeout(None) as self._deadline:
                # A broken pipe is the end of the output as well.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._process.stdin.write(question)
                    await self._process.stdin.drain()
                if self._late:
                    self._ask_for_prompt_later()
                with process.children_end_with(self._process):
                    await self._read_to_prompt(on_line)
        except TimeoutError as error:
            await self.stop()
            raise SessionError(
                message=f"GHC did not obey an interrupt for {OBEY_SECONDS:g} s and was ended.",
                remedy="A Template Haskell splice that runs for very long is the usual cause.",
                detail="\n".join(self._last_words),
            ) from error
        except BaseException:
            await self.stop()
            raise
        finally:
            self._deadline = None
            self._stop_asking()
        self._listening = True
        self._came_up = True
        self.state = State.READY

    async def _read_to_prompt(self, on_line: Callable[[str], None]) -> None:
        assert self._process and self._process.stdout
        while True:
            data = await self._process.stdout.read(READ_BYTES)
            for event in self._prompt.receive(data) if data else self._prompt.finish():
                if not isinstance(event, Line):
                    return
                self.heard += 1
                self._last_words.append(event.text)
                self._listen(event.text)
                on_line(event.text)
            if not data:
                raise await self._died()

    def _listen(self, line: str) -> None:
        if line.endswith(INTERRUPTED):
            # The signal has been handled, and comes late no more.
            self._until = 0.0
        if self._greeted and not self._listening and not line.startswith(NOT_LOADING):
            self._listening = True
            if self._interrupted:
                self._send_interrupt()
        self._greeted = self._greeted or line.startswith(GREETING)

    async def _died(self) -> SessionError:
        assert self._process
        # The output ends a moment before the process does; its own exit code tells more than ours would.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(process.GRACE_SECONDS):
                await self._process.wait()
        await self.stop()
        code = self._process.returncode or 0
        if self._sandbox is not None and code > SIGNALLED:
            code = SIGNALLED - code
        exited = code >= 0
        how = f"exited with code {code}" if exited else f"was ended by signal {-code}"
        if self._excess:
            how = f"was ended, because {self._excess}"
        by_itself = exited and not self._came_up
        return SessionError(
            message=f"GHC {how}.",
            detail="\n".join(self._last_words),
            by_itself=by_itself,
            interrupted=exited and self.cut_short,
        )


def utf8_environment(environment: "os._Environ[str] | dict[str, str]") -> dict[str, str]:
    """What to add to an environment so that GHC prints UTF-8: nothing under a UTF-8 locale."""
    # GHC takes the encoding of its streams from here, whatever the locale.
    added = {"GHC_CHARENC": "UTF-8"}
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    if "utf" not in locale.lower():
        added["LC_ALL"] = "C.UTF-8"
    return added

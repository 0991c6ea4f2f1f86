"""A terminal with a program in it: what the program shows, as far as it moves the cursor, clears and writes."""

import asyncio
import contextlib
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.waiting import seconds, until

ROWS, COLUMNS = 40, 120

_PIECE = re.compile(r"\x1b\[(?P<arguments>[0-9;?]*)(?P<final>[ -/]*[@-~])|\x1b[^\[]|(?P<character>[^\x1b])", re.DOTALL)


class Terminal:
    """A program that believes to be on a terminal; `close` ends it."""

    def __init__(self, command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str]) -> None:
        self._cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self._row = self._column = 0
        self._rest = b""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.set_blocking(self._ours, False)
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**environment, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def until(self, pattern: str, limit: float = 60) -> str:
        """Wait until the screen shows what a regular expression matches; returns the screen."""
        asyncio.run(
            until(lambda: re.search(pattern, self._look()), lambda: f"{pattern} in\n{self._look()}", timeout=limit)
        )
        return self._look()

    def close(self, keys: str) -> None:
        """Press the keys that end the program, and wait until it has ended."""
        self.type(keys)
        try:
            asyncio.run(until(self._has_ended, lambda: f"the end; the screen is\n{self._look()}", timeout=30))
        finally:
            self.process.kill()
            self.process.wait(seconds(10))
            os.close(self._ours)

    def _has_ended(self) -> bool:
        self._look()
        return self.process.poll() is not None

    def _look(self) -> str:
        """The screen by now."""
        # An error says that nothing more has been written, or that the program has ended.
        with contextlib.suppress(OSError):
            while data := os.read(self._ours, 1 << 16):
                self._feed(self._rest + data)
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def _feed(self, data: bytes) -> None:
        # A character or a sequence may be cut in two.
        text = data.decode(errors="ignore")
        if (start := text.rfind("\x1b", -32)) >= 0 and not _PIECE.match(text, start):
            text = text[:start]
        self._rest = data[len(text.encode()) :]
        for piece in _PIECE.finditer(text):
            if piece["character"]:
                self._write(piece["character"])
            elif piece["final"] == "H":
                row, _, column = piece["arguments"].partition(";")
                self._row, self._column = int(row or 1) - 1, int(column or 1) - 1
            elif piece["final"] == "J":
                self._cells = [[" "] * COLUMNS for _ in range(ROWS)]

    def _write(self, character: str) -> None:
        if character == "\r":
            self._column = 0
        elif character == "\n":
            self._row += 1
        elif self._row < ROWS and self._column < COLUMNS:
            self._cells[self._row][self._column] = character
            self._column += 1

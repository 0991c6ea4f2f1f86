"""The conversation with a GHCi prompt, without I/O.

GHCi prints its prompt on the stream that also carries everything else, so the prompt is made
unmistakable: a random token and a number, on a line of its own:

    <thatch-5f3a9c0d1b2e4a67-3>

Every command is followed by a `:set prompt` to the next number.  The answer to the command is all that comes before
that prompt; one with a smaller number (after the command itself, or caused by an interrupt) ends nothing.
So the two sides cannot lose step.
"""

import re
import secrets

from attrs import frozen


@frozen
class Line:
    """One line of output, without its line end, decoded leniently as UTF-8."""

    text: str


@frozen
class Ready:
    """The prompt that ends the answer to a command."""

    number: int


Event = Line | Ready


class Prompt:
    """Numbers the commands and splits the output into lines and prompts."""

    def __init__(self, token: str | None = None) -> None:
        self._prefix = f"<thatch-{token or secrets.token_hex(8)}-"
        self._pending = bytearray()
        self._searched = 0
        self._number = 0

    @property
    def number(self) -> int:
        """The number of the prompt that ends the latest command; 0 for the start of the session."""
        return self._number

    @property
    def n_pending(self) -> int:
        """How many bytes of an unfinished line there are."""
        return len(self._pending)

    def script(self) -> str:
        """The text of the script (`-ghci-script`) that sets prompt 0, which ends the initial load."""
        return f'{self._set_prompt()}:set prompt-cont ""\n'

    def command(self, text: str) -> bytes:
        """What to write to GHCi's input to have one command carried out: a line, or lines between `:{` and `:}`."""
        if "\n" in text and not _BRACED.fullmatch(text):
            raise ValueError("a GHCi command is a single line, or stands between `:{` and `:}`")
        self._number += 1
        return f"{text}\n{self._set_prompt()}".encode()

    def again(self) -> bytes:
        """What to write after an interrupt, which may have swallowed the latest `:set prompt`.

        Only the prompt that this asks for ends the answer, so that the interrupt cannot hit the next command.
        """
        self._number += 1
        return self._set_prompt().encode()

    def receive(self, data: bytes) -> list[Event]:
        """The events completed by newly read bytes, in order; prompts of earlier commands are left out."""
        self._pending += data
        events: list[Event] = []
        start = 0
        # Only the new part is searched, so that one very long line costs linear time.
        while (end := self._pending.find(b"\n", max(start, self._searched))) >= 0:
            events += self._line(self._pending[start:end].decode("utf-8", "replace"))
            start = end + 1
        del self._pending[:start]
        self._searched = len(self._pending)
        return events

    def finish(self) -> list[Event]:
        """The unfinished last line, when the output has ended."""
        rest = self._pending.decode("utf-8", "replace")
        self._pending.clear()
        self._searched = 0
        return [Line(rest)] if rest else []

    def _set_prompt(self) -> str:
        return f':set prompt "{self._prefix}{self._number}>\\n"\n'

    def _line(self, text: str) -> list[Event]:
        # A program that printed without a newline leaves its text before the prompt.
        before, found, number = text.rstrip("\r").rpartition(self._prefix)
        if not found or not number.endswith(">") or not (number[:-1].isascii() and number[:-1].isdecimal()):
            return [Line(text)]
        events: list[Event] = [Line(before)] if before else []
        if int(number[:-1]) == self._number:
            events.append(Ready(self._number))
        return events


_BRACED = re.compile(r":\{\n(?:(?!\s*:\}\s*\n)[^\n]*\n)*:\}")

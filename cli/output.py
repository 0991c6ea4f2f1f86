"""Where the commands write: stdout for what was asked for, stderr for remarks, and whether in colours."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click

from thatch.core.errors import ThatchError

colour_option = click.option(
    "--color",
    "colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto looks at NO_COLOR, FORCE_COLOR and the terminal.",
)


class Output:
    """The program's stdout, or a file in its place, with what may go wrong there taken care of."""

    def __init__(self, file: TextIO | None = None) -> None:
        """Write to a file, or make stdout print whatever a source file holds, even in a locale that cannot show it."""
        self._file = file
        self._closed = False
        for stream in (sys.stdout, sys.stderr):
            _print_anything(stream)

    @property
    def terminal(self) -> bool:
        """Whether somebody looks at it."""
        return self._stream.isatty()

    def write(self, text: str) -> None:
        """Write a text and a newline; once nobody reads any more (`| head`), silently do nothing.

        Raises ThatchError when a file cannot be written.
        """
        if self._closed:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except BrokenPipeError:
            self._closed = True
            # The interpreter flushes stdout when it exits, and would complain there.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
        except OSError as error:
            self._closed = True
            raise ThatchError(
                message=f"The output could not be written: {error.strerror}.",
                remedy="Name another file with --output, or make room.",
            ) from error

    @property
    def _stream(self) -> TextIO:
        return self._file or sys.stdout


def remark(text: str) -> None:
    """Write a line to stderr, where it is not in the way of a program that reads stdout."""
    click.echo(text, err=True)


def wants_colour(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to use colours: --color, else NO_COLOR, else FORCE_COLOR, else by the terminal.

    A variable that is set and empty counts as not set, as no-color.org has it.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def _print_anything(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")

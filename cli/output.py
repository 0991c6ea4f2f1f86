"""Where the commands write: stdout for what was asked for, stderr for remarks, and whether in colours."""

import os
import sys
from collections.abc import Mapping
from typing import TextIO

import click


class Output:
    """The program's stdout, with what may go wrong there taken care of."""

    def __init__(self) -> None:
        """Make stdout print whatever a source file holds, even in a locale that cannot show it."""
        self._closed = False
        for stream in (sys.stdout, sys.stderr):
            _print_anything(stream)

    def write(self, text: str) -> None:
        """Write a text and a newline; once nobody reads any more (`| head`), silently do nothing."""
        if self._closed:
            return
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            self._closed = True
            # The interpreter flushes stdout when it exits, and would complain there.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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

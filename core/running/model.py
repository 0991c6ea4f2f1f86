"""What can be run: tests that a module's text defines, and command lines; nothing is found or run here."""

import shlex
from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span


class Framework(Enum):
    """A library that runs tests."""

    HSPEC = "hspec"
    TASTY = "tasty"
    QUICKCHECK = "QuickCheck"


@frozen(kw_only=True)
class FoundTest:
    """A test, or a group of tests."""

    framework: Framework

    path: tuple[str, ...]
    """Its name behind those of the groups around it, as far as these stand in the text; of a property its variable."""

    is_group: bool = False
    is_property: bool = False
    """Whether it is a property at the top level, which no other program runs."""

    span: Span
    """Its word, such as `describe`, or the name of a property, to the end of all that belongs to it."""

    tests: tuple["FoundTest", ...] = ()
    """Of a group: what is in it, in the order of the text."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path[-1]


@frozen(kw_only=True)
class Command:
    """Something to be run in a terminal."""

    title: str
    """What it does, in a few words."""

    program: str
    """A name on PATH or a path."""

    arguments: tuple[str, ...]

    directory: Path
    """The absolute folder to run it in."""

    @property
    def line(self) -> str:
        """It as one line for a POSIX shell."""
        return shlex.join([self.program, *self.arguments])

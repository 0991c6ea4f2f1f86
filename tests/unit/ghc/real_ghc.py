"""Finding and running the real GHCs that tests of GHC's behaviour need."""

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.conftest import require_ghc

SESSION = ("--interactive", "-ignore-dot-ghci", "-fdefer-type-errors", "-fkeep-going", "-v1", "-i", "-i.")
LOADS = (
    "Types Unicode Warnings Uses Conflicts Clash Preprocessed Parse Bytes Imports Options Splices".split(),
    "NotPreprocessed Literate.lhs Extension Flag".split(),
    "CycleA CycleB".split(),
)
"""What of `samples/broken` is loaded together: errors in headers and cycles keep GHC from compiling anything."""


@cache
def find_ghc(series: str) -> str:
    """The GHC of a series such as `9.10`; a missing one is a failure."""
    return str(require_ghc(series).path)


def run(command: Sequence[str], cwd: Path | None = None, stdin: str = "") -> str:
    """The output and errors of a program as one text, with a Unicode locale."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command,
        cwd=cwd,
        input=stdin.encode(),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


def load(series: str, folder: Path, *arguments: str, commands: str = "") -> list[str]:
    """The lines that a session says that loads something and then obeys some commands."""
    return run([find_ghc(series), *SESSION, *arguments], folder, f"{commands}:q\n").split("\n")

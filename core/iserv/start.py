"""The program that GHC starts as its interpreter: it starts the real one, and becomes the tap while that one starts.

Standard library only, as is all that it imports.
"""

import os
import sys

from . import child


def main(arguments: list[str]) -> None:
    """Run with: the configuration's path, how many words the interpreter's command has, these, what GHC gives it."""
    path, n_words, *rest = arguments
    command, (to_ghc, from_ghc, *options) = rest[: int(n_words)], rest[int(n_words) :]
    child.ignore_interrupts()
    for descriptor in (to_ghc, from_ghc):
        os.set_inheritable(int(descriptor), False)
    interpreter = child.start(command, options) if command else None
    # That takes longer than the start so far, and the interpreter needs its time as well.
    from .tap import run

    sys.exit(run(path, command[0] if command else "", interpreter, int(to_ghc), int(from_ghc)))

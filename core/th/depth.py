"""How deeply nested a syntax tree may be, and room on Python's stack for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

MOST_LEVELS = 3000
"""More than any generated program needs; GHC itself takes a long time for fewer."""

CALLS_PER_LEVEL = 12
"""How many calls lie between a node and its child, at most, when a tree is read, walked or printed."""


@contextmanager
def room_for_deep_trees() -> Iterator[None]:
    """Let a tree of `MOST_LEVELS` levels be walked.

    Python's limit guards the C stack, which calls from Python to Python do not use.  The limit is one for all threads:
    it is raised and never lowered, since another thread could be deep in a tree.
    """
    wanted = MOST_LEVELS * CALLS_PER_LEVEL + 1000
    if sys.getrecursionlimit() < wanted:
        sys.setrecursionlimit(wanted)
    yield

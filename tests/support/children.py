"""Looking at this process's descendants: nothing that a test starts may outlive it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.waiting import seconds

LIMIT = 5.0
"""How long a process that was sent a deadly signal may take to be gone."""

INTERPRETERS = ("interpreter", "ghc-iserv")
"""How the names of interpreters begin: of a link to one, as GHC starts it, and of the one that a tap starts."""


@contextmanager
def none_left() -> Iterator[None]:
    """Fail if a descendant that was started inside the block still runs at its end."""
    before = descendants()
    yield
    wait_until_gone(*(descendants() - before))


def descendants() -> set[int]:
    """The ids of all running descendants of this process."""
    children = psutil.Process().children(recursive=True)
    return {child.pid for child in children if is_running(child.pid)}


def is_running(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie, whoever has to bury it."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(*pids: int) -> None:
    """Wait until processes that were sent a deadly signal are gone; fails if they stay."""
    limit = time.monotonic() + seconds(LIMIT)
    left = set(pids)
    while left := {pid for pid in left if is_running(pid)}:
        assert time.monotonic() < limit, [psutil.Process(pid).cmdline() for pid in left]
        threading.Event().wait(0.01)


def running_interpreter() -> int | None:
    """The process id of a GHC's interpreter, once it has used so much processor time that it must be in a splice."""
    for pid in descendants():
        try:
            process = psutil.Process(pid)
            program = Path(process.cmdline()[0]).name
            if program.startswith(INTERPRETERS) and process.cpu_times().user > 0.5:
                return pid
        except (psutil.NoSuchProcess, IndexError):
            continue
    return None

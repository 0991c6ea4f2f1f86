"""Locks on files that the kernel frees when their holder dies; what they guard is their users' matter."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.005


class FileLock:
    """An exclusive lock on a file, held by this open file alone: threads and processes are the same to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_take(self) -> bool:
        """Take the lock if nobody holds it; the file is made. Raises OSError when it cannot be opened."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Free the lock; nothing happens when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def locked(path: Path, timeout: float) -> Iterator[bool]:
    """Hold the lock of a file for the length of the block; gives False, unlocked, after `timeout` seconds of waiting.

    Raises OSError when the file cannot be opened.
    """
    lock = FileLock(path)
    limit = time.monotonic() + timeout
    while not (taken := lock.try_take()) and time.monotonic() < limit:
        time.sleep(_PAUSE)
    try:
        yield taken
    finally:
        lock.release()

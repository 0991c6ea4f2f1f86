"""Which processes use the store now; what each of them uses is in the traces.

A lease is a file `<process id>-<random>` that its process keeps locked. The kernel frees the lock when the process
dies, however it dies: no process id that was given out twice, no other machine's clock and no container with process
ids of its own can make a dead lease look alive.
"""

import os
import secrets
from pathlib import Path

from thatch.core.locks import FileLock


class Leases:
    """The leases in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: FileLock | None = None
        self.own = ""
        """The name of this process's lease; empty while it has none."""

    def take(self) -> None:
        """Make this process's lease. Raises OSError when the folder cannot be written."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{os.getpid()}-{secrets.token_hex(8)}"
        # It gets its name when it is locked, so that nobody takes it for a dead one.
        temporary = self._folder / f".{name}"
        lock = FileLock(temporary)
        lock.try_take()
        temporary.rename(self._folder / name)
        self._lock, self.own = lock, name

    def release(self) -> None:
        """Give up this process's lease."""
        if self._lock is not None:
            (self._folder / self.own).unlink(missing_ok=True)
            self._lock.release()
            self._lock, self.own = None, ""

    def live(self) -> set[str]:
        """The leases whose processes live; the files of all others are removed."""
        if not self._folder.is_dir():
            return set()
        return {path.name for path in self._folder.iterdir() if path.name == self.own or self._is_live(path)}

    def _is_live(self, path: Path) -> bool:
        lock = FileLock(path)
        if not lock.try_take():
            return True
        path.unlink(missing_ok=True)
        lock.release()
        return False

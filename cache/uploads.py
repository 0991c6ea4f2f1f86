"""Entries that wait to be uploaded in the background, a batch at a time; what uploading means is said elsewhere."""

import threading
import time
from collections.abc import Callable, Sequence

from thatch.cache.entry import Entry

MOST_IN_BATCH = 1_000
"""So many waiting entries are worth an upload at once."""


class Uploads:
    """A bounded queue and the thread that empties it, which is a daemon: a process can end at any time."""

    def __init__(self, upload: Callable[[Sequence[Entry]], None], linger_seconds: float, most_waiting: int) -> None:
        """`upload` takes as long as it takes, in the thread, and never raises."""
        self._upload = upload
        self._linger_seconds = linger_seconds
        self._most_waiting = most_waiting
        self._changed = threading.Condition()
        self._waiting: list[Entry] = []
        self._n_under_way = 0
        self._due_at = 0.0
        self._hurry = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def offer(self, entry: Entry) -> bool:
        """Let an entry wait for others, and for its upload; False when too many wait or it is closed."""
        with self._changed:
            if self._closed or len(self._waiting) >= self._most_waiting:
                return False
            if not self._waiting:
                self._due_at = time.monotonic() + self._linger_seconds
            self._waiting.append(entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="thatch-uploads", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return True

    def flush(self, seconds: float) -> int:
        """Upload what waits now, for so many seconds at most; returns how many entries are not done."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting and not self._n_under_way, timeout=seconds)
            self._hurry = False
            return len(self._waiting) + self._n_under_way

    def close(self, seconds: float) -> int:
        """Flush, and take nothing more."""
        left = self.flush(seconds)
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()
        return left

    def _work(self) -> None:
        while batch := self._next_batch():
            try:
                self._upload(batch)
            finally:
                with self._changed:
                    self._n_under_way = 0
                    self._changed.notify_all()

    def _next_batch(self) -> list[Entry]:
        """The entries to upload next, when their time has come; none when it is closed."""
        with self._changed:
            while not self._closed and not self._is_due():
                left = self._due_at - time.monotonic() if self._waiting else None
                self._changed.wait(timeout=left)
            batch, self._waiting = self._waiting[:MOST_IN_BATCH], self._waiting[MOST_IN_BATCH:]
            self._n_under_way = len(batch)
            return batch

    def _is_due(self) -> bool:
        full = len(self._waiting) >= MOST_IN_BATCH
        return bool(self._waiting) and (full or self._hurry or time.monotonic() >= self._due_at)

"""The files besides sources that modules were made from: noticing when one of them changes where no watcher looks."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from thatch.core.ghc.stamps import file_stamp

POLL_SECONDS = 1.0
"""How often the files are looked at."""


def file_hash(path: Path) -> str:
    """The MD5 of a file's content, as GHC records it of files that it read; empty when it cannot be read."""
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return ""


class InputWatch:
    """Looks now and then whether some files still have the content that they are known by.

    A file is read only when its time or size is not what it was at the last look, and each version of it is told of
    once.  While there are no files nothing runs.
    """

    def __init__(self, on_changes: Callable[[frozenset[Path]], None], poll_seconds: float | None = None) -> None:
        """`on_changes` gets the files that have changed, on the loop."""
        self._on_changes = on_changes
        self._poll_seconds = POLL_SECONDS if poll_seconds is None else poll_seconds
        self._files: Mapping[Path, str] = {}
        self._seen: dict[Path, tuple[str, str]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, files: Mapping[Path, str]) -> None:
        """Look at these files from now on, and at no others; each is given with the hash of its known content."""
        self._files = files
        if files and self._task is None:
            self._task = asyncio.create_task(self._poll(), name="inputs")

    async def stop(self) -> None:
        """Look at nothing any more; safe to call again."""
        self._files = {}
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _poll(self) -> None:
        while self._files:
            files = self._files
            changed = await asyncio.to_thread(self._look, files)
            # What became known meanwhile may be just that change.
            if news := frozenset(path for path in changed if self._files.get(path) == files[path]):
                self._on_changes(news)
            await asyncio.sleep(self._poll_seconds)
        self._task = None

    def _look(self, files: Mapping[Path, str]) -> list[Path]:
        return [path for path, known in files.items() if self._is_news(path, known)]

    def _is_news(self, path: Path, known: str) -> bool:
        now = (file_stamp(path), known)
        if self._seen.get(path) == now:
            return False
        self._seen[path] = now
        return file_hash(path) != known

"""A progress bar on a terminal's stderr, fed by a workspace's events."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from thatch.core.events import Event, Listener, WorkEnded, WorkProgressed, WorkStarted

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextmanager
def shown_progress() -> Iterator[Listener]:
    """A listener that shows work while the context lasts, and leaves nothing behind on the screen."""
    if not sys.stderr.isatty():
        yield lambda event: None
        return
    # Imported only here: without a terminal nobody should wait for it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[message]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        yield _Bars(progress).hear


class _Bars:
    """One bar for each piece of work that has begun and not ended."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._bars: dict[int, TaskID] = {}

    def hear(self, event: Event) -> None:
        match event:
            case WorkStarted(key, title):
                self._bars[key] = self._progress.add_task(title, total=None, message="")
            case WorkProgressed(key, message, done, total) if key in self._bars:
                self._progress.update(self._bars[key], completed=done, total=total or None, message=message)
            case WorkEnded(key) if key in self._bars:
                self._progress.remove_task(self._bars.pop(key))
            case _:
                pass

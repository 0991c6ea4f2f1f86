"""Work-done progress: the workspace's long operations as the editor's progress bars; none is ever left open."""

from collections.abc import Callable

from attrs import define
from lsprotocol import types

from thatch.core.events import WorkEnded, WorkProgressed, WorkStarted

DELAY_SECONDS = 0.25
"""How long an operation must last to be shown: a bar that flashes at every keystroke is noise."""

INTERVAL_SECONDS = 0.1
"""The shortest time between two reports of one operation."""

Later = Callable[[float, Callable[[], None]], object]
"""Calls a function after some seconds, on the loop."""


class Progress:
    """Shows operations to a client that can show them.

    An operation is waiting (younger than the delay), being created (the editor has not answered yet), or begun.
    One that ends before it has begun is never shown.
    """

    def __init__(
        self,
        create: Callable[[types.WorkDoneProgressCreateParams, Callable[[bool], None]], None],
        notify: Callable[[types.ProgressParams], None],
        later: Later,
    ) -> None:
        self._create = create
        self._notify = notify
        self._later = later
        self._bars: dict[int, _Bar] = {}
        self._count = 0

    def started(self, event: WorkStarted) -> None:
        """An operation began; it is shown when it is still going on after the delay."""
        self._bars[event.key] = bar = _Bar(event.title)
        self._later(DELAY_SECONDS, lambda: self._ask(event.key, bar))

    def progressed(self, event: WorkProgressed) -> None:
        """An operation got on; only the latest news of each interval is told."""
        bar = self._bars.get(event.key)
        if bar is None:
            return
        bar.message = event.message
        if event.total > 0:
            bar.percentage = max(bar.percentage or 0, min(100, 100 * event.done // event.total))
        if bar.token and not bar.resting:
            self._report(event.key, bar)

    def ended(self, event: WorkEnded) -> None:
        """An operation ended."""
        bar = self._bars.pop(event.key, None)
        if bar is not None and bar.token:
            self._send(bar, types.WorkDoneProgressEnd(message=event.message or None))

    def close(self) -> None:
        """End everything that is shown: the server stops."""
        for key in list(self._bars):
            self.ended(WorkEnded(key, ""))

    def _ask(self, key: int, bar: "_Bar") -> None:
        if self._bars.get(key) is not bar:
            return
        self._count += 1
        token = f"thatch/{self._count}"
        params = types.WorkDoneProgressCreateParams(token=token)
        self._create(params, lambda created: self._created(key, bar, token if created else ""))

    def _created(self, key: int, bar: "_Bar", token: str) -> None:
        if not token or self._bars.get(key) is not bar:
            return
        bar.token = token
        self._send(
            bar,
            types.WorkDoneProgressBegin(
                title=bar.title, message=bar.message or None, percentage=bar.percentage, cancellable=False
            ),
        )
        self._rest(key, bar)

    def _report(self, key: int, bar: "_Bar") -> None:
        self._send(bar, types.WorkDoneProgressReport(message=bar.message or None, percentage=bar.percentage))
        self._rest(key, bar)

    def _rest(self, key: int, bar: "_Bar") -> None:
        bar.resting = True
        told = bar.message
        self._later(INTERVAL_SECONDS, lambda: self._wake(key, bar, told))

    def _wake(self, key: int, bar: "_Bar", told: str) -> None:
        bar.resting = False
        if self._bars.get(key) is bar and bar.message != told:
            self._report(key, bar)

    def _send(
        self,
        bar: "_Bar",
        value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd,
    ) -> None:
        self._notify(types.ProgressParams(token=bar.token, value=value))


class ServerWork:
    """A long operation of the server's own.  Implements `thatch.core.ghc.lane_host.Work`."""

    def __init__(self, progress: Progress, key: int, title: str) -> None:
        """It begins; `key` must not be one of the workspace's."""
        self._progress = progress
        self._key = key
        progress.started(WorkStarted(key, title))

    def progress(self, message: str, done: int, total: int) -> None:
        """Say how far it got."""
        self._progress.progressed(WorkProgressed(self._key, message, done, total))

    def end(self, message: str) -> None:
        """Say that it is over."""
        self._progress.ended(WorkEnded(self._key, message))


@define(eq=False)
class _Bar:
    title: str
    message: str = ""
    percentage: int | None = None
    token: str = ""
    """Set while the bar is shown."""
    resting: bool = False
    """Whether the last report is younger than the interval."""

"""When to stop asking something that fails; it only counts and looks at the clock it is given."""

from collections.abc import Callable


class Breaker:
    """Opens after failures in a row, and lets one try pass when it has rested."""

    def __init__(self, clock: Callable[[], float], patience: int, rest_seconds: float) -> None:
        self._clock = clock
        self._patience = patience
        self._rest_seconds = rest_seconds
        self._n_failures = 0
        self._opened_at: float | None = None

    @property
    def allows(self) -> bool:
        """Whether to try."""
        return self._opened_at is None or self._clock() - self._opened_at >= self._rest_seconds

    def succeeded(self) -> None:
        """A try worked: all is forgiven."""
        self._n_failures = 0
        self._opened_at = None

    def failed(self, *, slowly: bool) -> None:
        """A try failed.  One that also took the user's time is enough; quick ones may happen a few times."""
        self._n_failures += 1
        # After a rest a single failure is enough again: the count goes on until something works.
        if slowly or self._n_failures >= self._patience:
            self._opened_at = self._clock()

"""Keeping the store below its size: which entries go, and the files that nothing needs; when is the store's matter.

Entries go first, in one transaction, then the blobs that no entry needs any more, in others. A process that dies in
between leaves blobs without an entry, which the next collection removes, but never an entry without its blobs.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from thatch.cache.blobs import Blobs
from thatch.cache.stats import Collected
from thatch.cache.traces import Traces

SWEEP_SECONDS = 24 * 3600
"""How long a file that nothing needs may go unnoticed: to find them, all names in the store are read."""

GRACE_SECONDS = 3600
"""How far from now, either way as clocks can be wrong, a file's time may lie for it to count as being written."""

_TARGET = 0.9  # Of the limit: the next entries shall not evict again at once.
_MOST_EVICTED = 200
_MOST_REMOVED = 200  # At a time: other processes' writes wait meanwhile.


class Collector:
    """One collection; the caller sees to it that no two run at a time."""

    def __init__(self, traces: Traces, blobs: Blobs, live: Callable[[], Collection[str]], now: int) -> None:
        self._traces = traces
        self._blobs = blobs
        self._live = live
        self._now = now

    def collect(self, limit: int, *, sweep: bool) -> Collected:
        """Bring the store below its limit; with `sweep`, also remove the files that no entry ever needed."""
        self._traces.evict(0, self._live, self._now)  # Forgets what dead sessions used.
        n_strays = self._sweep(GRACE_SECONDS) if sweep else 0
        n_blobs = self._remove_unneeded()
        n_entries = 0
        if self._traces.n_bytes() > limit:
            evicted, removed = self._evict_to(int(limit * _TARGET))
            n_entries += evicted
            n_blobs += removed
        self._traces.shrink()
        return Collected(n_entries, n_blobs, n_strays, self._traces.n_bytes())

    def clear(self) -> Collected:
        """Remove everything, even what live sessions use."""
        self._live = set
        n_entries, n_blobs = self._evict_to(0)
        n_strays = self._sweep(0)
        self._traces.shrink()
        return Collected(n_entries, n_blobs, n_strays, self._traces.n_bytes())

    def _evict_to(self, target: int) -> tuple[int, int]:
        """Evict until the store is as small as that or nothing may go; how many entries and blobs went."""
        n_entries = n_blobs = 0
        mean = max(self._traces.n_bytes() // max(self._traces.n_entries(), 1), 1)
        while (excess := self._traces.n_bytes() - target) > 0:
            n_evicted = self._traces.evict(min(excess // mean + 1, _MOST_EVICTED), self._live, self._now)
            if not n_evicted:
                break
            n_entries += n_evicted
            n_blobs += self._remove_unneeded()
        return n_entries, n_blobs

    def _remove_unneeded(self) -> int:
        n_removed = 0
        while n_now := self._traces.remove_unneeded(self._blobs.remove, _MOST_REMOVED):
            n_removed += n_now
        return n_removed

    def _sweep(self, grace: int) -> int:
        n_removed = self._remove_temporaries(grace)
        for group in self._blobs.files():
            written = {file.digest: file.written for file in group}
            strays = [d for d in self._traces.unknown(written) if not self._is_fresh(written[d], grace)]
            if strays:
                n_removed += self._traces.remove_unknown(strays, self._blobs.remove)
        self._traces.note_sweep(self._now)
        return n_removed

    def _remove_temporaries(self, grace: int) -> int:
        old = [path for path, written in self._blobs.temporaries() if not self._is_fresh(written, grace)]
        return sum(map(_unlink, old))

    def _is_fresh(self, written: float, grace: int) -> bool:
        return abs(self._now - written) < grace


def is_due(swept: int, now: int) -> bool:
    """Whether the folder is to be searched again."""
    return abs(now - swept) >= SWEEP_SECONDS


def _unlink(path: Path) -> bool:
    with suppress(OSError):
        path.unlink()
        return True
    return False

"""What GHC compiles in the loads of one session, how long it takes, and what of it the cache had promised to spare."""

import time
from collections.abc import Callable, Mapping

from thatch.core.artifacts import Recompiled
from thatch.core.ghc.output import Compiling
from thatch.core.ghc.results import ModuleKey


class LoadLog:
    """Hears of each module that GHC begins to compile; used on the loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._promised: Mapping[ModuleKey, str] = {}
        self._broken: dict[ModuleKey, Recompiled] = {}
        self._milliseconds: dict[ModuleKey, int] = {}
        self._running: tuple[ModuleKey, float] | None = None
        self._sole_unit = ""
        self._one_by_one = False

    def promise(self, hits: Mapping[ModuleKey, str]) -> None:
        """These modules were restored, each with the stamp of its source then; GHC should not compile them."""
        self._promised = hits
        self._broken = {}

    def begin(self, *, sole_unit: str, one_by_one: bool) -> None:
        """A load begins; `sole_unit` is the id of the session's only unit, or empty.

        Only of modules compiled `one_by_one` can be told how long they take.
        """
        self._sole_unit = sole_unit
        self._one_by_one = one_by_one
        self._running = None

    def compiling(self, compiling: Compiling) -> None:
        """GHC begins with a module."""
        self.finish()
        if compiling.path is None:
            return
        key = ModuleKey(compiling.unit or self._sole_unit, compiling.path)
        self._milliseconds.pop(key, None)
        if self._one_by_one:
            self._running = (key, self._clock())
        if key in self._promised:
            name = f"{compiling.module}[boot]" if compiling.boot else compiling.module
            self._broken[key] = Recompiled(key.unit, name, compiling.reason)

    def finish(self) -> None:
        """GHC is done with the module that it began last."""
        if self._running is not None:
            key, began = self._running
            self._milliseconds[key] = max(round((self._clock() - began) * 1000), 1)
            self._running = None

    def milliseconds(self, key: ModuleKey) -> int:
        """How long the latest compilation of a module took; 0 when that is not known."""
        return self._milliseconds.get(key, 0)

    def take_broken(self) -> tuple[Mapping[ModuleKey, str], tuple[Recompiled, ...]]:
        """The promises that held for the load that is over now, and those modules that GHC compiled all the same.

        No promise holds any longer: what GHC compiles from now on, it compiles because something changed.
        """
        promised, broken = self._promised, tuple(self._broken.values())
        self.promise({})
        return promised, broken

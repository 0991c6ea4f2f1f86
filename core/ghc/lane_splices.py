"""What a lane knows about the splices of its modules, put together from many loads; pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Span
from thatch.core.ghc.results import ModuleKey
from thatch.core.splices.runs import FileSplices, Finalizer, SpliceKind, SpliceRun

Place = tuple[Span, SpliceKind]
"""What tells the splices of a module apart: GHC may run one twice, and the last run counts."""


class LaneSplices:
    """The last runs of every splice.

    A module that cannot be compiled any more keeps the splices that it had: they are the last good answer.
    """

    def __init__(self, read: Callable[[Path], str]) -> None:
        """`read` gives the text of a file as the running load sees it."""
        self._read = read
        self._texts: dict[ModuleKey, str] = {}
        self._known: dict[ModuleKey, dict[Place, SpliceRun]] = {}
        self._ran: defaultdict[ModuleKey, dict[Place, SpliceRun]] = defaultdict(dict)

    def begin(self) -> None:
        """A load begins."""
        self._ran.clear()

    def add(self, run: SpliceRun) -> None:
        """A splice ran in the load."""
        key = ModuleKey(run.unit, run.path)
        if key not in self._ran:
            self._take_text(key, self._read(run.path))
        self._ran[key][run.span, run.kind] = run

    def finalize(self, key: ModuleKey, place: Place, finalizer: Finalizer, files: Iterable[Path]) -> None:
        """What a splice left in the load has run, and may have named files to depend on."""
        run = self._ran[key].get(place)
        if run is not None:
            files = tuple(dict.fromkeys((*run.dependent_files, *files)))
            self._ran[key][place] = evolve(run, finalizers=(*run.finalizers, finalizer), dependent_files=files)

    def end(self, compiled: Collection[ModuleKey]) -> None:
        """The load is over; `compiled` are the modules that it compiled to their end."""
        for key in compiled:
            self._known.pop(key, None)
        for key, runs in self._ran.items():
            self._known[key] = {**self._known.get(key, {}), **runs}
        self._ran.clear()

    def adopt(self, key: ModuleKey, runs: Iterable[SpliceRun]) -> None:
        """Take the runs of a module that was compiled before, from the text that its file holds now."""
        found = {(run.span, run.kind): run for run in runs}
        self._known.pop(key, None)
        if found:
            self._known[key] = found
            self._texts[key] = self._read(key.path)

    @property
    def modules(self) -> frozenset[ModuleKey]:
        """The modules that have splices."""
        return frozenset(self._known)

    def keep(self, wanted: Callable[[ModuleKey], bool]) -> None:
        """Forget all modules but the wanted ones."""
        self._known = {key: runs for key, runs in self._known.items() if wanted(key)}

    def of(self, key: ModuleKey) -> tuple[SpliceRun, ...]:
        """The splices of a module, sorted by place."""
        return _sorted({**self._known.get(key, {}), **self._ran.get(key, {})})

    def text(self, key: ModuleKey) -> str | None:
        """The text that a module had when its splices ran; None for one without splices."""
        return self._texts[key] if key in self._known or key in self._ran else None

    def _take_text(self, key: ModuleKey, text: str) -> None:
        """A module has another text: of the splices that ran in the last one, those count that still stand in it."""
        known = self._known.get(key)
        if known and text != self._texts[key]:
            from thatch.core.position_map import PositionMap

            moved = PositionMap(self._texts[key], text)
            runs = [evolve(run, span=span) for run in known.values() if (span := moved.span(run.span))]
            self._known[key] = {(run.span, run.kind): run for run in runs}
        self._texts[key] = text

    def files(self) -> dict[Path, FileSplices]:
        """The splices of every file that has some; of a file in several units, as one of them ran them."""
        keys = dict.fromkeys((*self._known, *self._ran))
        return {key.path: FileSplices(self._texts[key], self.of(key)) for key in reversed(keys)}


def _sorted(runs: dict[Place, SpliceRun]) -> tuple[SpliceRun, ...]:
    return tuple(sorted(runs.values(), key=lambda run: run.span))

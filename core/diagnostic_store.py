"""The current diagnostics of all files, by who says them, and what of it has changed since last told; pure."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from attrs import Factory, define, frozen

from thatch.core.diagnostics import Diagnostic


@frozen
class FileDiagnostics:
    """The complete set of diagnostics of one file."""

    diagnostics: tuple[Diagnostic, ...] = ()
    """Sorted by place, then severity, code and text."""

    version: int | None = None
    """The version of the open document that they are about; None for a file on disk."""


@define
class _Lane:
    generation: int = -1
    files: Mapping[Path, FileDiagnostics] = Factory(dict)
    over: bool = False


class DiagnosticStore:
    """Keeps, for each lane (who says it), the set of its newest generation."""

    def __init__(self) -> None:
        self._lanes: defaultdict[str, _Lane] = defaultdict(_Lane)
        self._current: dict[Path, FileDiagnostics] = {}
        self._told: dict[Path, tuple[Diagnostic, ...]] = {}
        self._changed: set[Path] = set()
        self.generation = 0
        """Grows with every change of the current sets."""

    def replace(self, lane: str, generation: int, files: Mapping[Path, FileDiagnostics], *, over: bool = False) -> None:
        """Set everything that a lane says; an older generation than the last one is passed over.

        What a lane says `over` others stands, for each file, in the place of what these say.
        """
        known = self._lanes[lane]
        if generation < known.generation:
            return
        touched = {path for path in known.files.keys() | files.keys() if known.files.get(path) != files.get(path)}
        self._lanes[lane] = _Lane(generation, dict(files), over)
        for path in touched:
            self._current[path] = self._merge(path)
        if touched:
            self.generation += 1
            self._changed |= touched

    def remove(self, lane: str) -> None:
        """Forget a lane and what it said."""
        self.replace(lane, self._lanes[lane].generation, {})
        del self._lanes[lane]

    def take_changes(self) -> dict[Path, FileDiagnostics]:
        """The files whose current set differs from what this method last returned for them, with that set."""
        changes = {}
        for path in self._changed:
            current = self._current[path]
            # A new version of the buffer alone is no news.
            if current.diagnostics != self._told.get(path, ()):
                changes[path] = current
                self._told[path] = current.diagnostics
            if not current.diagnostics:
                self._current.pop(path)
        self._changed.clear()
        return changes

    def current(self) -> dict[Path, tuple[Diagnostic, ...]]:
        """All files that have diagnostics, with their complete sets."""
        return {path: found.diagnostics for path, found in self._current.items() if found.diagnostics}

    def versions(self) -> dict[Path, int | None]:
        """Of all files that have diagnostics, the version of the open document that these are about."""
        return {path: found.version for path, found in self._current.items() if found.diagnostics}

    def _merge(self, path: Path) -> FileDiagnostics:
        speakers = [lane for lane in self._lanes.values() if path in lane.files]
        said = [lane.files[path] for lane in speakers if lane.over] or [lane.files[path] for lane in speakers]
        unique = dict.fromkeys(diagnostic for found in said for diagnostic in found.diagnostics)
        versions = [found.version for found in said if found.version is not None]
        return FileDiagnostics(tuple(sorted(unique, key=sort_key)), max(versions, default=None))


def sort_key(diagnostic: Diagnostic) -> tuple[object, ...]:
    """The order in which diagnostics of one or several files are shown."""
    span = diagnostic.span
    place = (span.start_line, span.start_column, span.end_line, span.end_column) if span else (0, 0, 0, 0)
    return (str(diagnostic.path), place, diagnostic.severity.value, diagnostic.code, diagnostic.text)

"""Telling a lane's owner what its results are, as the user's flags judge them."""

import itertools
from collections.abc import Mapping
from pathlib import Path

from thatch.core.diagnostic_store import FileDiagnostics
from thatch.core.ghc.judge import Judge
from thatch.core.ghc.lane_buffers import LaneBuffers
from thatch.core.ghc.lane_host import LaneHost
from thatch.core.ghc.results import Results
from thatch.core.sandbox.explain import explain


class LanePublisher:
    """Publishes for one lane; remembers for which files it has spoken."""

    def __init__(self, host: LaneHost, lane: str) -> None:
        self._host = host
        self._lane = lane
        self._generation = itertools.count()
        self._told: set[Path] = set()

    def publish(
        self, results: Results, judge: Judge, buffers: LaneBuffers, *, sandboxed: bool
    ) -> Mapping[Path, FileDiagnostics]:
        """Tell all that is known, replacing what was told before; returns it."""
        found = {
            path: explain(map(judge.judged, diagnostics), sandboxed=sandboxed)
            for path, diagnostics in results.diagnostics().items()
        }
        for notice in results.notices:
            diagnostic = judge.placed(notice)
            if diagnostic is not None:
                found[diagnostic.path] = (*found.get(diagnostic.path, ()), diagnostic)
        # A buffer that is clean now is told so with its version.
        self._told |= results.paths() | found.keys()
        files = {path: FileDiagnostics(diagnostics, buffers.version(path)) for path, diagnostics in found.items()}
        for path in buffers.documents.keys() & self._told - found.keys():
            files[path] = FileDiagnostics((), buffers.version(path))
        self._host.publish(self._lane, next(self._generation), files)
        return files

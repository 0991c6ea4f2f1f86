"""Taking in what GHC prints during one load, line by line."""

import asyncio
from collections.abc import Callable, Iterable

from thatch.core.ghc.lane_host import Work
from thatch.core.ghc.load_log import LoadLog
from thatch.core.ghc.output import Compiling, Output
from thatch.core.ghc.output_parser import OutputParser
from thatch.core.ghc.results import Results

TELL_SECONDS = 0.25
"""How often diagnostics are told while a load goes on."""


class LoadOutput:
    """Hands the lines of one load to the parser, the results and the user."""

    def __init__(
        self, parser: OutputParser, results: Results, work: Work, publish: Callable[[], None], log: LoadLog
    ) -> None:
        self._parser = parser
        self._results = results
        self._work = work
        self._publish = publish
        self._log = log
        self._time = asyncio.get_running_loop().time
        self._told = self._time()
        self._done = self._total = 0

    def line(self, text: str) -> None:
        """GHC printed a line."""
        self._take(self._parser.feed(text))
        if self._time() - self._told > TELL_SECONDS:
            self._publish()
            self._told = self._time()

    def remark(self, message: str) -> None:
        """Show something else about the load; how far it got stays as it is."""
        self._work.progress(message, self._done, self._total)

    def finish(self) -> None:
        """GHC printed all that belongs to the load."""
        self._take(self._parser.finish())
        self._log.finish()

    def _take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            self._results.take(output)
            if isinstance(output, Compiling):
                self._log.compiling(output)
                self._done, self._total = output.index, output.total
                self._work.progress(f"{output.index}/{output.total} {output.module}", output.index, output.total)

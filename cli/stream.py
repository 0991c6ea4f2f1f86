"""Lines of JSON written while a check goes on: what a workspace tells is printed as soon as it does."""

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from thatch.cli.formats.json_report import diagnostic_line, summary_line
from thatch.cli.formats.look import Look
from thatch.cli.formats.page import Page
from thatch.cli.output import Output
from thatch.cli.report import Report, Selection
from thatch.core.diagnostics import Diagnostic
from thatch.core.events import DiagnosticsChanged, Event


class Stream:
    """Prints each diagnostic once, and takes back what turns out not to hold."""

    def __init__(self, selection: Selection, output: Output, base: Path) -> None:
        """`base` is the folder that paths are printed relative to."""
        self._selection = selection
        self._output = output
        self._page = Page(look=Look(base), lines=lambda _: None, fingerprint=lambda _: "", fails=lambda _: False)
        self._printed: dict[Path, dict[Diagnostic, None]] = {}
        self._stopped = False

    def hear(self, event: Event) -> None:
        """Print what an event tells."""
        if self._stopped or not isinstance(event, DiagnosticsChanged):
            return
        path = event.path.resolve()
        chosen = [diagnostic for diagnostic in event.diagnostics if self._selection.wants(path, diagnostic)]
        for line in self._lines(event.path, chosen):
            self._output.write(line)

    def stop(self) -> None:
        """Hear no more: a workspace that is closed forgets all that it knew, which is no news."""
        self._stopped = True

    def rest(self, report: Report, page: Page) -> Iterator[str]:
        """What is left to print when the check is over."""
        found: dict[Path, list[Diagnostic]] = {path: [] for path in self._printed}
        for diagnostic in report.diagnostics:
            found.setdefault(diagnostic.path, []).append(diagnostic)
        for path, diagnostics in found.items():
            yield from self._lines(path, diagnostics)
        yield summary_line(report, page)

    def _lines(self, path: Path, now: list[Diagnostic]) -> Iterator[str]:
        """The difference to what was printed of a file."""
        # A file of several units gets the same message from each.
        current = {evolve(diagnostic, unit=""): diagnostic for diagnostic in now}
        before = self._printed.get(path, {})
        for diagnostic in before:
            if diagnostic not in current:
                yield diagnostic_line("withdrawn", diagnostic, self._page)
        for key, diagnostic in current.items():
            if key not in before:
                yield diagnostic_line("diagnostic", diagnostic, self._page)
        self._printed[path] = dict.fromkeys(current)

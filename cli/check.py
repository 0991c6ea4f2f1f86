"""`thatch check`: find out what there is to say about what the user named, and print it."""

import functools
import os
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from thatch.cli.check_options import Options, check_options
from thatch.cli.choice import Choice, choose
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.formats.page import Page
from thatch.cli.formats.table import formatted
from thatch.cli.gathering import gather, keep_gathering
from thatch.cli.output import Output, remark, wants_colour
from thatch.cli.report import Report, fails, make_report, summary
from thatch.cli.settled import configure_logging, run_until_sigterm
from thatch.core.diagnostics import Diagnostic
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot

if TYPE_CHECKING:
    from thatch.cli.baseline_file import BaselineFile
    from thatch.cli.identity import Identity
    from thatch.cli.timings import Timing

Lines = Callable[[Path], LineIndex | None]
"""Gives the text of a file; None when it cannot be read."""


@click.command()
@check_options
@click.pass_obj
def check(context: dict[str, bool], /, **given: Any) -> ExitCode:
    """Print the diagnostics of PATHS: files or folders, by default the current one.

    Each is checked as a part of the project that it belongs to. Diagnostics go to stdout, everything
    else to stderr. Columns are 1-based and count as GHC does, unless the format wants it otherwise.

    \b
    Exit codes:
      0  nothing at or above --fail-on
      1  diagnostics at or above --fail-on
      2  usage; or a named file belongs to no project
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    configure_logging(context)
    options = Options(**given)
    options.complain()
    return run_until_sigterm(_run(options))


async def _run(options: Options) -> ExitCode:
    """Find out and print.  Cancelling ends all child processes."""
    began = time.monotonic()
    baseline = _baseline(options)
    choice = await choose(options)
    if options.watch:
        await keep_gathering(choice, options, _Watched(choice, options, baseline).tell)
    output = Output(options.output)
    stream = None
    if options.format == "jsonl" and baseline is None:
        from thatch.cli.stream import Stream

        stream = Stream(choice.selection, output, Path.cwd())
    gathered = await gather(choice, options, stream)
    lines = _lines(gathered.snapshot)
    report, told = _report(gathered.snapshot, choice), list[str]()
    if baseline is not None and options.write_baseline:
        report, told = baseline.renew(report, choice, lines)
    elif baseline is not None:
        report, told = baseline.hold_against(report, choice, lines, strikes=True)
    page = _page(lines, options, output, time.monotonic() - began)
    for piece in stream.rest(report, page) if stream else formatted(options.format, report, page):
        output.write(piece)
    _tell_more(report, gathered.timings, options)
    for line in told:
        remark(printable(line))
    _tell(report, page)
    return report.exit_code(options.fail_on)


class _Watched:
    """Prints each result of a check that goes on."""

    def __init__(self, choice: Choice, options: Options, baseline: "BaselineFile | None") -> None:
        self._choice = choice
        self._options = options
        self._baseline = baseline
        self._output = Output()

    def tell(self, snapshot: Snapshot, seconds: float) -> None:
        """Print a result, on a terminal in the place of the one before."""
        from thatch.cli.screen import fitting, urgent_first

        lines = _lines(snapshot)
        report = _report(snapshot, self._choice)
        if self._baseline is not None:
            report, _ = self._baseline.hold_against(report, self._choice, lines, strikes=False)
        page = _page(lines, self._options, self._output, seconds)
        pieces = list(formatted(self._options.format, urgent_first(report), page))
        if self._output.terminal:
            click.clear()
            pieces = fitting(pieces, *shutil.get_terminal_size())
        for piece in pieces:
            self._output.write(piece)
        _tell_more(report, (), self._options)
        _tell(report, page)
        remark(f"Known at {time.strftime('%H:%M:%S')}; waiting for changes. Ctrl-C ends it.")


def _report(snapshot: Snapshot, choice: Choice) -> Report:
    """What there is to say.  Raises click's UsageError where no component is what was asked for."""
    if choice.narrowing and choice.narrowing.known and not choice.narrowing.matched:
        known = ", ".join(sorted(choice.narrowing.components))
        raise click.UsageError(f"No component is what --units and --components ask for. There are: {known}.")
    resolved = choice.resolved
    units = [unit for project in snapshot.projects for unit in project.units]
    report = make_report(
        [(resolved(path), entry) for path, entries in snapshot.diagnostics.items() for entry in entries],
        modules={resolved(module.path) for unit in units for module in unit.modules} | choice.left_out,
        selection=choice.selection,
        status=snapshot.status,
    )
    if choice.is_empty and not report.trouble:
        return evolve(report, remark="There is nothing to check: no module is among what was asked for.")
    return report


def _lines(snapshot: Snapshot) -> Lines:
    @functools.cache
    def lines(path: Path) -> LineIndex | None:
        text = snapshot.text(path)
        return None if text is None else LineIndex(text)

    return lines


def _baseline(options: Options) -> "BaselineFile | None":
    """What is known.  Raises ThatchError."""
    if options.known is None:
        return None
    from thatch.cli.baseline_file import BaselineFile

    return BaselineFile.read(options.known, required=not options.write_baseline)


def _page(lines: Lines, options: Options, output: Output, seconds: float) -> Page:
    coloured = wants_colour(options.colour, os.environ, terminal=output.terminal)
    look = Look(Path.cwd(), coloured)
    return Page(
        look=look,
        lines=lines,
        fingerprint=_fingerprints(look, lines),
        fails=lambda diagnostic: fails(diagnostic, options.fail_on),
        seconds=seconds,
    )


def _fingerprints(look: Look, lines: Lines) -> Callable[[Diagnostic], str]:
    @functools.cache
    def identify() -> Callable[[Diagnostic], "Identity"]:
        # Few formats have fingerprints.
        from thatch.cli.identity import identifier

        return identifier(look, lines)

    return lambda diagnostic: identify()(diagnostic).fingerprint


def _tell_more(report: Report, timings: Sequence["Timing"], options: Options) -> None:
    """What was asked for besides diagnostics."""
    if options.statistics:
        from thatch.cli.statistics import statistics

        for line in statistics(report.diagnostics):
            remark(line)
    if options.timed:
        from thatch.cli.timings import chrome_trace, timings_table

        for line in timings_table(timings) if options.timings else ():
            remark(line)
        if options.timings_trace:
            Output(options.timings_trace).write(chrome_trace(timings))
        if options.write_shard_times:
            from thatch.cli.shards import times_text

            known = {(one.component, one.module): one.milliseconds for one in timings if one.milliseconds}
            Output(options.write_shard_times).write(times_text(known))


def _tell(report: Report, page: Page) -> None:
    """What is not for stdout."""
    for path in report.unknown:
        remark(f"thatch: {page.look.path(path)} belongs to no component of its project, so it was not checked.")
    if message := report.trouble or report.remark:
        remark(f"thatch: {printable(message)}")
    if counts := summary(report, page.seconds):
        remark(counts)

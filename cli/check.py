"""`thatch check`: open a workspace on what the user named, wait until all is known, print it."""

import asyncio
import functools
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache
from thatch.cli.check_options import Options, check_options
from thatch.cli.enclosing import Enclosing
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.formats.page import Page
from thatch.cli.formats.table import formatted
from thatch.cli.identity import identity
from thatch.cli.output import Output, remark, wants_colour
from thatch.cli.progress import shown_progress
from thatch.cli.report import Report, Selection, fails, make_report, summary
from thatch.cli.settled import configure_logging, listener, run_until_sigterm
from thatch.core.diagnostics import Diagnostic
from thatch.core.project.discover import find_root
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot, Workspace

if TYPE_CHECKING:
    from thatch.cli.stream import Stream


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
    selection = _select(options.paths or (Path(),))
    began = time.monotonic()
    output = Output(options.output)
    stream = None
    if options.format == "jsonl":
        from thatch.cli.stream import Stream

        stream = Stream(selection, output, Path.cwd())
    snapshot = run_until_sigterm(_gather(selection, options, stream))
    if isinstance(snapshot, ExitCode):
        return snapshot
    report = _report(snapshot, selection)
    page = _page(snapshot, options, output, time.monotonic() - began)
    for piece in stream.rest(report, page) if stream else formatted(options.format, report, page):
        output.write(piece)
    _tell(report, page)
    return report.exit_code(options.fail_on)


def _select(paths: Iterable[Path]) -> Selection:
    found = frozenset(path.resolve() for path in paths)
    folders = frozenset(path for path in found if path.is_dir())
    return Selection(files=found - folders, folders=folders)


async def _gather(selection: Selection, options: Options, stream: "Stream | None") -> Snapshot:
    """Everything that a workspace finds out about the selected files; cancelling ends its child processes."""
    roots = tuple(dict.fromkeys(map(find_root, sorted(selection.files | selection.folders))))
    with shown_progress() as show:
        modules = await asyncio.to_thread(_open, options)
        hearing = listener(show, stream.hear) if stream else listener(show)
        workspace = Workspace(roots, options.settings, hearing, modules)
        try:
            await workspace.start(watched=False)
            await workspace.idle()
            return workspace.snapshot()
        finally:
            if stream:
                stream.stop()
            await workspace.close()
            if modules:
                await asyncio.to_thread(modules.close)


def _open(options: Options) -> ModuleCache | None:
    if options.no_cache:
        return None
    return open_cache(
        options.settings,
        upload=options.remote_write,
        tell=lambda sentence: remark(f"thatch: {printable(sentence)}"),
    )


def _report(snapshot: Snapshot, selection: Selection) -> Report:
    folders = functools.cache(Path.resolve)

    def resolved(path: Path) -> Path:
        return path.resolve() if path.is_symlink() else folders(path.parent) / path.name

    units = [unit for project in snapshot.projects for unit in project.units]
    return make_report(
        [(resolved(path), entry) for path, entries in snapshot.diagnostics.items() for entry in entries],
        modules={resolved(module.path) for unit in units for module in unit.modules},
        selection=selection,
        status=snapshot.status,
    )


def _page(snapshot: Snapshot, options: Options, output: Output, seconds: float) -> Page:
    coloured = wants_colour(options.color, os.environ, terminal=output.terminal)
    look = Look(Path.cwd(), coloured)

    @functools.cache
    def lines(path: Path) -> LineIndex | None:
        text = snapshot.text(path)
        return None if text is None else LineIndex(text)

    return Page(
        look=look,
        lines=lines,
        fingerprint=_fingerprint(look, Enclosing(lines)),
        fails=lambda diagnostic: fails(diagnostic, options.fail_on),
        seconds=seconds,
    )


def _fingerprint(look: Look, enclosing: Enclosing) -> Callable[[Diagnostic], str]:
    def fingerprint(diagnostic: Diagnostic) -> str:
        path, message = look.name(diagnostic.path), look.shorten(diagnostic.message)
        return identity(diagnostic, path, message, enclosing.names(diagnostic)).fingerprint

    return fingerprint


def _tell(report: Report, page: Page) -> None:
    """What is not for stdout."""
    for path in report.unknown:
        remark(f"thatch: {page.look.path(path)} belongs to no component of its project, so it was not checked.")
    if message := report.trouble or report.remark:
        remark(f"thatch: {printable(message)}")
    if counts := summary(report, page.seconds):
        remark(counts)

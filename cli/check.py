"""`thatch check`: open a workspace on what the user named, wait until all is known, print it."""

import asyncio
import functools
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path

import click
from attrs import frozen

from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache
from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.concise import concise
from thatch.cli.formats.full import full
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import Output, remark, wants_colour
from thatch.cli.progress import shown_progress
from thatch.cli.report import FAIL_ON, Report, Selection, make_report, summary
from thatch.core.diagnostics import Diagnostic
from thatch.core.events import Event
from thatch.core.project.discover import find_root
from thatch.core.settings import Settings
from thatch.core.text import LineIndex
from thatch.core.workspace import Snapshot, Workspace

log = logging.getLogger("thatch.cli.check")


@frozen(kw_only=True)
class Options:
    """How the user wants the result."""

    format: str
    fail_on: str
    colour: str


@frozen(kw_only=True)
class Cache:
    """How the user wants the cache to be used."""

    used: bool
    upload: bool


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "format_name", type=click.Choice(["full", "concise"]), default="full", show_default=True,
    help="With source excerpts, or one line for each diagnostic.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(list(FAIL_ON)), default="error", show_default=True,
    help="The mildest severity that makes the exit code 1.",
)  # fmt: skip
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use instead of the build tool's choice.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Modules compiled at once. [default: one for each core]")
@click.option(
    "--cradle-timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
    default=Settings().cradle_timeout, show_default=True,
    help="How long the build tool may take to describe a project.",
)  # fmt: skip
@click.option(
    "--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colours; auto looks at NO_COLOR, FORCE_COLOR and the terminal.",
)  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Compile everything, and keep nothing of it.")
@cache_dir_option
@remote_option
@click.option(
    "--remote-write/--read-only-cache", "upload", default=False,
    help="Whether what is compiled here is uploaded to the remote store. [default: it is only read]",
)  # fmt: skip
@click.pass_obj
def check(
    context: dict[str, bool],
    paths: tuple[Path, ...],
    format_name: str,
    fail_on: str,
    ghc: str,
    jobs: int | None,
    cradle_timeout: float,
    colour: str,
    no_cache: bool,
    cache_dir: Path,
    remote: str,
    upload: bool,
) -> ExitCode:
    """Print the diagnostics of PATHS: files or folders, by default the current one.

    Each is checked as a part of the project that it belongs to. Diagnostics go to stdout, everything
    else to stderr. Columns are 1-based and count as GHC does.

    \b
    Exit codes:
      0  nothing at or above --fail-on
      1  diagnostics at or above --fail-on
      2  usage; or a named file belongs to no project
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    if context["debug"]:
        logging.getLogger("thatch").setLevel(logging.DEBUG)
    selection = _select(paths or (Path(),))
    settings = Settings(
        ghc=ghc, jobs=jobs or 0, cradle_timeout=cradle_timeout, cache_dir=cache_dir, cache_remote=remote
    )
    cache = Cache(used=not no_cache, upload=upload)
    began = time.monotonic()
    try:
        snapshot = asyncio.run(_ended_by_sigterm(_gather(selection, settings, cache)))
    except asyncio.CancelledError:
        return ExitCode.TERMINATED
    report = _report(snapshot, selection)
    options = Options(format=format_name, fail_on=fail_on, colour=colour)
    _print(report, snapshot, options, time.monotonic() - began)
    return report.exit_code(fail_on)


def _select(paths: Iterable[Path]) -> Selection:
    found = frozenset(path.resolve() for path in paths)
    folders = frozenset(path for path in found if path.is_dir())
    return Selection(files=found - folders, folders=folders)


async def _gather(selection: Selection, settings: Settings, cache: Cache) -> Snapshot:
    """Everything that a workspace finds out about the selected files; cancelling ends its child processes."""
    roots = tuple(dict.fromkeys(map(find_root, sorted(selection.files | selection.folders))))
    with shown_progress() as show:

        def listen(event: Event) -> None:
            log.debug("%s", event)
            show(event)

        modules = await asyncio.to_thread(_open, settings, cache)
        workspace = Workspace(roots, settings, listen, modules)
        try:
            await workspace.start(watched=False)
            await workspace.idle()
            return workspace.snapshot()
        finally:
            await workspace.close()
            if modules:
                await asyncio.to_thread(modules.close)


def _open(settings: Settings, cache: Cache) -> ModuleCache | None:
    if not cache.used:
        return None
    return open_cache(settings, upload=cache.upload, tell=lambda sentence: remark(f"thatch: {printable(sentence)}"))


async def _ended_by_sigterm(work: Coroutine[None, None, Snapshot]) -> Snapshot:
    """Run to the end, or until SIGTERM cancels it; Ctrl-C does so anyway."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


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


def _print(report: Report, snapshot: Snapshot, options: Options, seconds: float) -> None:
    coloured = wants_colour(options.colour, os.environ, terminal=sys.stdout.isatty())
    look = Look(Path.cwd(), coloured)
    output = Output()
    shown = _formatter(options.format, snapshot, look)
    for number, diagnostic in enumerate(report.diagnostics):
        gap = "\n" if options.format == "full" and number else ""
        output.write(gap + shown(diagnostic))
    for path in report.unknown:
        remark(f"thatch: {look.path(path)} belongs to no component of its project, so it was not checked.")
    if message := report.trouble or report.remark:
        remark(f"thatch: {printable(message)}")
    if counts := summary(report, seconds):
        remark(counts)


def _formatter(name: str, snapshot: Snapshot, look: Look) -> Callable[[Diagnostic], str]:
    if name == "concise":
        return lambda diagnostic: concise(diagnostic, look)

    @functools.cache
    def lines(path: Path) -> LineIndex | None:
        text = snapshot.text(path)
        return None if text is None else LineIndex(text)

    return lambda diagnostic: full(diagnostic, lines(diagnostic.path), look)

"""`thatch splices`: every splice of the selected files with what it cost, as a table, as JSON, as a page."""

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import click
from attrs import frozen

from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import Output, colour_option, remark, wants_colour
from thatch.cli.report import Selection
from thatch.cli.settled import configure_logging, run_until_sigterm, settled_workspace
from thatch.cli.splices_report import page
from thatch.cli.splices_text import ORDERS, Splice, in_order, splices_fields, splices_text
from thatch.core.diagnostics import Severity
from thatch.core.errors import ThatchError
from thatch.core.events import Health
from thatch.core.settings import Settings
from thatch.core.splices.runs import SpliceKind, SpliceRun
from thatch.core.th.expansion import Expansion
from thatch.core.workspace import Snapshot

Expand = Callable[[Path, SpliceRun], Awaitable[Expansion]]
"""Makes an expansion; raises `ThatchError` when the result cannot be printed."""

TEMPLATE = Path(__file__).with_name("splices_report.html")
"""The page without its content."""


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--sort", "order", type=click.Choice(list(ORDERS)), default="time", show_default=True,
    help="What the most of comes first.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--html", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="FILE",
    help="Write a page that shows where the time goes, and every expansion.",
)  # fmt: skip
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@colour_option
@cache_dir_option
@remote_option
@click.pass_obj
def splices(
    context: dict[str, bool],
    paths: tuple[Path, ...],
    order: str,
    as_json: bool,
    html: Path | None,
    ghc: str,
    colour: str,
    cache_dir: Path,
    remote: str,
) -> ExitCode:
    """Print every splice and quasi-quote in PATHS (by default the current folder) with what it cost.

    The time is from GHC's request to the result; the questions are those that the splice put to GHC. Splices
    that ran before are known from the cache, and nothing runs.

    \b
    Exit codes:
      0  all is well, even if there are splices that failed
      2  usage; or a named file belongs to no project
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    configure_logging(context)
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    selection = _select(paths or (Path(),))
    found = run_until_sigterm(_gather(selection, settings))
    if isinstance(found, ExitCode):
        return found
    chosen = in_order(found.splices, order)
    look = Look(Path.cwd(), wants_colour(colour, os.environ, terminal=sys.stdout.isatty()))
    if html:
        _write_page(html, page(chosen, look, TEMPLATE.read_text("utf-8")))
        remark(f"thatch: wrote {look.path(html.resolve())}.")
    if as_json:
        Output().write(json.dumps(splices_fields(chosen), indent=2))
    elif not html:
        Output().write(splices_text(chosen, look))
    for path in found.unknown:
        remark(f"thatch: {look.path(path)} belongs to no component of its project.")
    if found.n_errors:
        remark("thatch: there are errors, so splices may be missing: `thatch check` shows more.")
    if found.trouble:
        remark(f"thatch: {printable(found.trouble)}")
    return found.exit_code


@frozen(kw_only=True)
class Found:
    """What is known of the selected files."""

    splices: tuple[Splice, ...]

    unknown: tuple[Path, ...] = ()
    """Files that the user named and that belong to no project."""

    trouble: str = ""
    """Why not everything is known, and what to do about it."""

    failed: bool = False
    """Whether that is because a project cannot be loaded."""

    n_errors: int = 0
    """How many errors GHC found; a module that it did not compile because of them has no splices here."""

    @property
    def exit_code(self) -> ExitCode:
        """The worst of what happened."""
        if self.failed:
            return ExitCode.ENVIRONMENT
        return ExitCode.USAGE if self.unknown else ExitCode.CLEAN


async def with_expansions(runs: Iterable[SpliceRun], expand: Expand) -> tuple[Splice, ...]:
    """The splices with their results as source, as far as they can be printed."""
    found = []
    for run in runs:
        if run.result is None or run.kind is SpliceKind.ANNOTATION:
            found.append(Splice(run))
            continue
        try:
            expansion = await expand(run.path, run)
        except ThatchError as error:
            found.append(Splice(run, trouble=str(error)))
        else:
            found.append(Splice(run, expansion.text))
    return tuple(found)


def _select(paths: Iterable[Path]) -> Selection:
    found = frozenset(path.resolve() for path in paths)
    folders = frozenset(path for path in found if path.is_dir())
    return Selection(files=found - folders, folders=folders)


async def _gather(selection: Selection, settings: Settings) -> Found:
    async with settled_workspace(selection.files | selection.folders, settings) as workspace:
        snapshot = workspace.snapshot()
        runs = [run for path, file in snapshot.splices.items() if selection.covers(path.resolve()) for run in file.runs]
        found = await with_expansions(runs, workspace.expand)
    health = snapshot.status.health
    return Found(
        splices=found,
        unknown=() if health is Health.ERROR else tuple(sorted(selection.files - _modules(snapshot))),
        trouble=snapshot.status.message,
        failed=health is Health.ERROR,
        n_errors=sum(entry.severity is Severity.ERROR for said in snapshot.diagnostics.values() for entry in said),
    )


def _modules(snapshot: Snapshot) -> frozenset[Path]:
    units = [unit for project in snapshot.projects for unit in project.units]
    return frozenset(module.path.resolve() for unit in units for module in unit.modules)


def _write_page(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from error

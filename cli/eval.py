"""`thatch eval`: evaluates the examples in comments, and says which have another result than is recorded."""

import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from attrs import frozen

from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.eval_text import Failure, Result, as_json, differences, summary
from thatch.cli.exit_code import ExitCode
from thatch.cli.expand import write_file
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import Output, colour_option, remark, wants_colour
from thatch.cli.report import Selection
from thatch.cli.settled import configure_logging, run_until_sigterm, settled_workspace
from thatch.core.documents import read_text
from thatch.core.errors import ThatchError
from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.results import edit_of
from thatch.core.events import Health
from thatch.core.settings import Settings
from thatch.core.splices.inline import apply_edits


@click.command("eval")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--write", is_flag=True, help="Write what came of the examples below them.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print it: what differs, or everything as JSON.",
)  # fmt: skip
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@colour_option
@cache_dir_option
@remote_option
@click.pass_obj
def eval(  # noqa: A001  # Commands are found by their names.
    context: dict[str, bool],
    paths: tuple[Path, ...],
    write: bool,
    form: str,
    ghc: str,
    colour: str,
    cache_dir: Path,
    remote: str,
) -> ExitCode:
    """Evaluate the examples in comments of the modules in PATHS (by default the current folder), as doctest does.

    An example is a line `>>> EXPRESSION` with what it prints below it, a property a line `prop> PROPERTY`. What
    differs is printed: what is recorded behind a minus, what came of it behind a plus.

    \b
    Exit codes:
      0  all examples have the results that are recorded, or these were written
      1  some have not, or a module could not be loaded
      2  usage; or a named file belongs to no project
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    configure_logging(context)
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    done = run_until_sigterm(_evaluate(_select(paths or (Path(),)), settings))
    if isinstance(done, ExitCode):
        return done
    look = Look(Path.cwd(), wants_colour(colour, os.environ, terminal=sys.stdout.isatty()))
    if form == "json":
        Output().write(as_json(done.results, done.failures, look))
    elif text := differences(() if write else done.results, done.failures, look):
        Output().write(text)
    for path in _write(done) if write else ():
        remark(f"thatch: wrote {look.path(path)}.")
    for path in done.unknown:
        remark(f"thatch: {look.path(path)} belongs to no component of its project.")
    if done.trouble:
        remark(f"thatch: {printable(done.trouble)}")
    remark(summary(done.results, done.failures))
    return done.exit_code(written=write)


@frozen(kw_only=True)
class Done:
    """What came of the examples of the selected files."""

    results: tuple[Result, ...]
    failures: tuple[Failure, ...]
    unknown: tuple[Path, ...]
    """Files that the user named and that belong to no project."""

    texts: dict[Path, str]
    """Those that were evaluated."""

    trouble: str = ""
    """Why not everything is known, and what to do about it."""

    broken: bool = False
    """Whether that is because a project cannot be loaded."""

    def exit_code(self, *, written: bool) -> ExitCode:
        """The worst of what happened; what is `written` differs no more."""
        if self.broken:
            return ExitCode.ENVIRONMENT
        if self.unknown:
            return ExitCode.USAGE
        wrong = not written and any(not result.right for result in self.results)
        return ExitCode.FINDINGS if wrong or self.failures else ExitCode.CLEAN


def _select(paths: Iterable[Path]) -> Selection:
    found = frozenset(path.resolve() for path in paths)
    folders = frozenset(path for path in found if path.is_dir())
    return Selection(files=found - folders, folders=folders)


async def _evaluate(selection: Selection, settings: Settings) -> Done:
    async with settled_workspace(selection.files | selection.folders, settings) as workspace:
        snapshot = workspace.snapshot()
        units = [unit for project in snapshot.projects for unit in project.units]
        modules = {module.path: module.path.resolve() for unit in units for module in unit.modules}
        results: list[Result] = []
        failures: list[Failure] = []
        chosen = sorted(known for known, resolved in modules.items() if selection.covers(resolved))
        texts = await asyncio.to_thread(_with_examples, chosen)
        for path, text in texts.items():
            try:
                found = await workspace.evaluate(path, text, None, texts)
            except ThatchError as error:
                failures.append(Failure(path, str(error)))
            else:
                results += [Result(path, one.example, one.outcome) for one in found]
    health = snapshot.status.health
    return Done(
        results=tuple(results),
        failures=tuple(failures),
        unknown=() if health is Health.ERROR else tuple(sorted(selection.files - set(modules.values()))),
        texts=texts,
        trouble=snapshot.status.message,
        broken=health is Health.ERROR,
    )


def _with_examples(paths: Iterable[Path]) -> dict[Path, str]:
    """The texts of the modules that have examples."""
    texts = ((path, read_text(path) or "") for path in paths)
    return {path: text for path, text in texts if find_blocks(text, literate=path.suffix == ".lhs")}


def _write(done: Done) -> Iterable[Path]:
    """Write results below their examples; gives the files that were changed.  Raises ThatchError."""
    for path, text in done.texts.items():
        wrong = [result for result in done.results if result.path == path and not result.right]
        edits = [edit for one in wrong if (edit := edit_of(text, one.example, one.outcome)) is not None]
        if edits:
            write_file(path, text, apply_edits(text, edits))
            yield path

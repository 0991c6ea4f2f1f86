"""`thatch expand`: a module with its splices replaced by what they gave, printed or written."""

import asyncio
import difflib
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
from attrs import field, frozen

from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import Output, remark
from thatch.cli.settled import configure_logging, run_until_sigterm, settled_workspace
from thatch.core.diagnostics import Severity, Span
from thatch.core.errors import ThatchError
from thatch.core.events import Health
from thatch.core.settings import Settings
from thatch.core.splices.inline import Inlining, Remark, Replacement, apply_edits, extent, inline
from thatch.core.splices.runs import FileSplices, SpliceKind, SpliceRun
from thatch.core.splices.views import out_of_reach
from thatch.core.text import LineIndex
from thatch.core.th.expansion import Expansion
from thatch.core.workspace import Snapshot

ExpandAll = Callable[[Path, Sequence[SpliceRun]], Awaitable[list[Expansion | ThatchError]]]
"""Makes expansions that go into a file together; an error stands for a result that cannot be printed."""


def _place(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """A 1-based line and column, such as `12:5`."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d{1,9}):(\d{1,9})", value)
    if not found:
        raise click.BadParameter(f"{value!r} is no line and column such as 12:5.")
    return int(found[1]), int(found[2])


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--splice", "place", callback=_place, metavar="LINE:COL",
    help="Only the splice at this place, 1-based; of splices within each other the innermost.",
)  # fmt: skip
@click.option("--in-place", "-i", is_flag=True, help="Write the file instead of printing it.")
@click.option("--force", is_flag=True, help="With --in-place: write even what cannot compile.")
@click.option("--name-splices", is_flag=True, help="Write names that no import can reach as splices of just the name.")
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@cache_dir_option
@remote_option
@click.pass_obj
def expand(
    context: dict[str, bool],
    file: Path,
    place: tuple[int, int] | None,
    in_place: bool,
    force: bool,
    name_splices: bool,
    ghc: str,
    cache_dir: Path,
    remote: str,
) -> ExitCode:
    """Print the module in FILE with all splices and quasi-quotes replaced by what they gave.

    Imports and extensions that the generated code needs are added. What nothing needs any more stays: the
    extension TemplateHaskell, and imports for the splices alone. Everything but the module goes to stderr.

    What a splice gave may use things that no module exports which can be imported: no source can name these.
    Then --in-place refuses to write the file, unless --force is given too. With --name-splices, splices that do
    nothing but name such things are written, which compile where Template Haskell does.

    \b
    Exit codes:
      0  all splices were replaced
      1  some were not, or the module has errors
      2  usage; or the file belongs to no project
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    configure_logging(context)
    if force and not in_place:
        raise click.UsageError("--force is for --in-place.")
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    done = run_until_sigterm(_expand(file.resolve(), place, settings, name_splices=name_splices))
    if isinstance(done, ExitCode):
        return done
    look = Look(Path.cwd())
    _tell_remarks(done, look)
    if not in_place:
        module = done.after.removesuffix("\n")
        Output().write(printable(module) if sys.stdout.isatty() else module)
    else:
        _require_sound(done, look, force=force, name_splices=name_splices)
    if in_place and done.before != done.after:
        write_file(done.path, done.before, done.after)
    remark(f"thatch: {look.path(done.path)}: {done.summary}")
    return ExitCode.FINDINGS if done.errors or done.remarks else ExitCode.CLEAN


@frozen(kw_only=True)
class Expanded:
    """What became of a module."""

    path: Path

    before: str = field(repr=False)
    """The text that was compiled, as it is in the file."""

    inlining: Inlining

    remarks: tuple[Remark, ...] = ()
    """The splices that stay or that do not compile replaced, and why, and what must be added by hand."""

    unreachable: tuple[str, ...] = ()
    """What the expansions name although no module exports it that can be imported."""

    errors: int = 0
    """How many errors GHC found in the module; splices that did not run because of them are not known."""

    @property
    def after(self) -> str:
        """The text with the expansions in it."""
        return apply_edits(self.before, self.inlining.edits)

    @property
    def summary(self) -> str:
        """How many splices were replaced, and how many lines that changed."""
        if not self.inlining.replaced and not self.remarks:
            return "there are no splices."
        n_replaced = len(self.inlining.replaced)
        n_stay = len({one.span for one in self.remarks if one.span} - set(self.inlining.replaced))
        added, removed = _n_changed(self.before, self.after)
        stay = f", {n_stay} left" if n_stay else ""
        return f"{_count(n_replaced, 'splice')} replaced{stay}; +{added} -{removed} lines."


@frozen(kw_only=True)
class Replacements:
    """What to put in the place of splices."""

    pieces: tuple[Replacement, ...]

    remarks: tuple[Remark, ...]
    """Why some splices have to stay or do not compile replaced."""

    unreachable: tuple[str, ...]
    """What the pieces name although no module exports it that can be imported."""


async def expansions(
    path: Path, runs: Sequence[SpliceRun], expand_all: ExpandAll, *, name_splices: bool = False
) -> Replacements:
    """What to put in the place of splices of a file."""
    remarks = [Remark(run.span, f"It failed: {run.failure.strip()}") for run in runs if run.result is None]
    sound = [run for run in runs if run.result is not None]
    pieces: list[Replacement] = []
    unreachable: dict[str, None] = {}
    for run, made in zip(sound, await expand_all(path, sound), strict=True):
        if isinstance(made, ThatchError):
            remarks.append(Remark(run.span, str(made)))
            continue
        found = (made.with_name_splices or made) if name_splices else made
        if found.unreachable:
            remarks.append(Remark(run.span, f"What it gave does not compile here: {out_of_reach(found.unreachable)}."))
            unreachable.update(dict.fromkeys(found.unreachable))
        pieces.append(
            Replacement(
                span=run.span, kind=run.kind, text=found.text, imports=found.imports, extensions=found.extensions
            )
        )
    return Replacements(pieces=tuple(pieces), remarks=tuple(remarks), unreachable=tuple(unreachable))


def choose(file: FileSplices, place: tuple[int, int] | None) -> Sequence[SpliceRun]:
    """All splices of a file that stand for code, or the innermost at a place (1-based, GHC's columns).

    Raises click.UsageError when none stands there.
    """
    runs = [run for run in file.runs if run.kind is not SpliceKind.ANNOTATION]
    if place is None:
        return _outermost(file, runs)
    lines = LineIndex(file.text)
    offset = lines.ghc_offset(*place)
    covering = [(end - start, run) for run in runs for start, end in [extent(lines, run.span)] if start <= offset < end]
    if not covering:
        shown = ", ".join(_shown(span) for span in sorted({run.span for run in runs}))
        raise click.UsageError(f"No splice stands at {place[0]}:{place[1]}; there are splices at {shown}.")
    least = min(length for length, _ in covering)
    return [run for length, run in covering if length == least][-1:]


def write_file(path: Path, before: str, after: str) -> None:
    """Replace a file in one step, unless its text is another than `before`.  Raises ThatchError."""
    data = path.read_bytes()
    if data != before.encode():
        raise ThatchError(
            message=f"{path} was not written, because it has changed since it was compiled, or is not UTF-8.",
            remedy="Run the command again.",
        )
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as temporary:
        try:
            temporary.write(after.encode())
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).chmod(path.stat().st_mode & 0o7777)
            Path(temporary.name).replace(path)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


async def _expand(path: Path, place: tuple[int, int] | None, settings: Settings, *, name_splices: bool) -> Expanded:
    async with settled_workspace([path], settings) as workspace:
        snapshot = workspace.snapshot()
        flags = _flags(snapshot, path)
        _require_health(snapshot)
        file = next((one for known, one in snapshot.splices.items() if known.resolve() == path), None)
        errors = _n_errors(snapshot, path)
        text = await asyncio.to_thread(_read, path)
        if file is None:
            _require_no_splices(snapshot, path, place)
            return Expanded(path=path, before=text, inlining=inline(text, ()), errors=errors)
        if file.text != text:
            raise ThatchError(
                message=f"The splices of {path} are those of another state of the file.",
                remedy="`thatch check` shows why it cannot be compiled as it is.",
            )
        # The workspace knows the file by the path that its project has for it.
        runs = choose(file, place)
        told = runs[0].path if runs else path
        chosen = await expansions(told, runs, workspace.expand_all, name_splices=name_splices)
    preprocessed = not {"-cpp", "-XCPP"}.isdisjoint(flags)
    inlining = inline(text, chosen.pieces, literate=path.suffix == ".lhs", preprocessed=preprocessed)
    return Expanded(
        path=path,
        before=text,
        inlining=inlining,
        remarks=(*chosen.remarks, *inlining.remarks),
        unreachable=chosen.unreachable,
        errors=errors,
    )


def _require_sound(done: Expanded, look: Look, *, force: bool, name_splices: bool) -> None:
    """Refuse to write what GHC would not take."""
    name = look.path(done.path)
    if done.errors:
        raise ThatchError(
            message=f"{name} was not written, because it has errors.",
            remedy="`thatch check` shows them; without --in-place the module is printed as far as it is known.",
        )
    if done.unreachable and not force:
        raise ThatchError(
            message=f"{name} was not written, because it would not compile: {out_of_reach(done.unreachable)}.",
            remedy="Leave these splices as they are (--splice replaces others one by one), or "
            + (
                "add template-haskell to what the module's package depends on, which --name-splices needs."
                if name_splices
                else "add --name-splices or --force."
            ),
        )


def _require_no_splices(snapshot: Snapshot, path: Path, place: tuple[int, int] | None) -> None:
    """Nothing is known of splices in a file: make sure that this means that there are none."""
    if any(_n_errors(snapshot, known.resolve()) for known in snapshot.diagnostics if known.resolve() != path):
        raise ThatchError(
            message=f"Nothing is known of splices in {path}: other modules have errors, so it may not be compiled.",
            remedy="`thatch check` shows them.",
        )
    if place:
        raise click.UsageError(f"{path.name} has no splices.")


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _flags(snapshot: Snapshot, path: Path) -> frozenset[str]:
    """The flags of all units that a file belongs to; a usage error if it belongs to none of a sound project."""
    units = [
        unit
        for project in snapshot.projects
        for unit in project.units
        if any(module.path.resolve() == path for module in unit.modules)
    ]
    if not units and snapshot.status.health is not Health.ERROR:
        raise click.UsageError(f"{path} belongs to no component of its project.")
    return frozenset(flag for unit in units for flag in unit.flags)


def _require_health(snapshot: Snapshot) -> None:
    if snapshot.status.health is Health.ERROR:
        raise ThatchError(message=snapshot.status.message)


def _n_errors(snapshot: Snapshot, path: Path) -> int:
    found = (entry for known, entries in snapshot.diagnostics.items() if known.resolve() == path for entry in entries)
    return sum(entry.severity is Severity.ERROR for entry in found)


def _outermost(file: FileSplices, runs: Sequence[SpliceRun]) -> list[SpliceRun]:
    """The splices that are not part of another one: those inside are not looked at."""
    lines = LineIndex(file.text)
    places = [extent(lines, run.span) for run in runs]
    return [
        run
        for run, (start, end) in zip(runs, places, strict=True)
        if not any(first <= start and end <= last and (first, last) != (start, end) for first, last in places)
    ]


def _tell_remarks(done: Expanded, look: Look) -> None:
    for one in done.remarks:
        span = one.span or Span(1, 1, 1, 1)
        remark(f"{look.path(done.path)}:{_shown(span)}: {printable(one.reason)}")
    if done.errors:
        remark(
            f"thatch: {look.path(done.path)} has {_count(done.errors, 'error')}, so splices may be missing: "
            "`thatch check` shows more."
        )


def _shown(span: Span) -> str:
    return f"{span.start_line}:{span.start_column}"


def _n_changed(before: str, after: str) -> tuple[int, int]:
    """How many lines came and went."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    changes = [(j2 - j1, i2 - i1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
    return sum(came for came, _ in changes), sum(went for _, went in changes)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"

"""The options of `thatch check`: what they are called, what they may be, and what they mean."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from attrs import frozen

from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.config_file import configured, settings_with
from thatch.cli.formats.table import FORMATS
from thatch.cli.output import colour_option
from thatch.cli.report import FAIL_ON
from thatch.core.settings import Settings

if TYPE_CHECKING:
    from thatch.cli.shards import Shard


WATCHED_FORMATS = ("full", "concise")

BASELINE_FILE = "thatch-baseline.json"
"""What it is called unless a user says otherwise."""


@frozen(kw_only=True)
class Options:
    """How the user wants to check, by the names of the options."""

    paths: tuple[Path, ...]
    format: str
    output: TextIO | None
    fail_on: str
    ghc: str
    jobs: int | None
    cradle_timeout: float
    colour: str
    no_cache: bool
    cache_dir: Path
    remote: str
    remote_write: bool
    read_only_cache: bool
    statistics: bool
    timings: bool
    timings_trace: TextIO | None
    units: tuple[str, ...]
    components: tuple[str, ...]
    changed_since: str | None
    baseline: Path | None
    write_baseline: bool
    shard: "Shard | None"
    shard_wait: float
    shard_times: TextIO | None
    write_shard_times: TextIO | None
    watch: bool

    @property
    def known(self) -> Path | None:
        """The file of the baseline, if there is one."""
        return self.baseline or (Path(BASELINE_FILE) if self.write_baseline else None)

    @property
    def narrows(self) -> bool:
        """Whether modules of the projects are left out."""
        return bool(self.units or self.components or self.changed_since is not None or self.shard)

    @property
    def timed(self) -> bool:
        """Whether it matters how long each module takes."""
        return self.timings or self.timings_trace is not None or self.write_shard_times is not None

    def complain(self) -> None:
        """Raise click's UsageError for options that do not go together."""
        if self.timed and self.no_cache:
            raise click.UsageError("Times are kept in the cache: they cannot be told with --no-cache.")
        if self.read_only_cache and self.no_cache:
            raise click.UsageError("--read-only-cache and --no-cache do not go together.")
        if self.write_shard_times and self.narrows:
            raise click.UsageError("The times of all modules are wanted: --write-shard-times leaves none out.")
        if (self.shard_times or self.shard_wait) and not self.shard:
            raise click.UsageError("--shard-times and --shard-wait are for --shard.")
        if self.shard_wait and self.no_cache:
            raise click.UsageError("Shards share modules by a cache: --shard-wait and --no-cache do not go together.")
        if self.watch:
            self._complain_of_watch()

    def _complain_of_watch(self) -> None:
        once = {
            "--output": self.output,
            "--write-baseline": self.write_baseline,
            "--changed-since": self.changed_since,
            "--shard": self.shard,
            "--timings": self.timed,
        }
        given = [name for name, value in once.items() if value]
        if given:
            raise click.UsageError(f"{', '.join(given)} and --watch do not go together.")
        if self.format not in WATCHED_FORMATS:
            raise click.UsageError(f"--watch is for people: for the formats {' and '.join(WATCHED_FORMATS)}.")

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return settings_with(
            ghc=self.ghc,
            # Side by side, nobody can tell how long each takes.
            jobs=self.jobs or (1 if self.timed else None),
            cradle_timeout=self.cradle_timeout,
            cache_dir=self.cache_dir,
            cache_remote=self.remote,
        )


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options, in the order of its help."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _shard(_context: click.Context, _option: click.Parameter, value: str | None) -> "Shard | None":
    if not value:
        return None
    from thatch.cli.shards import parse_shard

    try:
        return parse_shard(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


# Opened at once: who has waited for a check should not hear that its result cannot be kept.
_FILE = click.File("w", encoding="utf-8", errors="backslashreplace", lazy=False)

_OPTIONS = (
    click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--format", type=click.Choice(list(FORMATS)), default="full", show_default=True, metavar="FORMAT",
        help=f"How to print diagnostics: {', '.join(FORMATS)}.",
    ),
    click.option(
        "--output", "-o", metavar="FILE",
        type=_FILE,
        help="The file to write them to. [default: stdout]",
    ),
    click.option(
        "--fail-on", type=click.Choice(list(FAIL_ON)), default="error", show_default=True,
        help="The mildest severity that makes the exit code 1.",
    ),
    click.option("--ghc", default="", metavar="PATH", help="The GHC to use instead of the build tool's choice."),
    click.option(
        "--jobs", "-j", type=click.IntRange(min=1), help="Modules compiled at once. [default: one for each core]"
    ),
    click.option(
        "--cradle-timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
        default=lambda: configured().cradle_timeout, show_default=f"{Settings().cradle_timeout:g}",
        help="How long the build tool may take to describe a project.",
    ),
    colour_option,
    click.option(
        "--watch", "-w", is_flag=True,
        help="Go on, and print all again when files have changed; errors first, as much as there is room for.",
    ),
    click.option("--no-cache", is_flag=True, help="Compile everything, and keep nothing of it."),
    cache_dir_option,
    remote_option,
    click.option(
        "--remote-write", is_flag=True,
        help="Upload what is compiled here to the remote store, too. [default: it is only read]",
    ),
    click.option(
        "--read-only-cache", is_flag=True, help="Take compiled modules from the cache, and keep or upload none."
    ),
    click.option(
        "--baseline", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
        help="Report only what is not in this file, from which what is mended is struck out.",
    ),
    click.option(
        "--write-baseline", is_flag=True,
        help=f"Write everything that there is into that file, by default {BASELINE_FILE}.",
    ),
    click.option("--statistics", is_flag=True, help="Tell how often each code and flag was reported."),
    click.option(
        "--timings", is_flag=True,
        help="Tell how long GHC took, or takes, for each module; compiles one at a time unless --jobs says otherwise.",
    ),
    click.option(
        "--units", multiple=True, metavar="GLOB",
        help="Check only units whose id matches one of these, with what they need.",
    ),
    click.option(
        "--components", multiple=True, metavar="GLOB",
        help="Check only components whose name matches one of these (shelf:lib, shelf:test:*), with what they need.",
    ),
    click.option(
        "--changed-since", metavar="REF",
        help="Check only what differs from where this git branch and REF parted, and what depends on it.",
    ),
    click.option(
        "--shard", metavar="I/N", callback=_shard,
        help="Check only the I-th of N parts of about the same weight, which together are the whole.",
    ),
    click.option(
        "--shard-wait", metavar="SECONDS", type=click.FloatRange(min=0), default=0.0,
        help="Leave modules of other shards to these, until none has come to the cache for so long. [default: 0]",
    ),
    click.option(
        "--shard-times", metavar="FILE", type=click.File("r", encoding="utf-8"),
        help="How long each module takes, to weigh parts by. [default: the sizes of sources]",
    ),
    click.option(
        "--write-shard-times", metavar="FILE", type=_FILE, help="Write such a file.",
    ),
    click.option(
        "--timings-trace", metavar="FILE", type=_FILE,
        help="The same as a trace for a browser (chrome://tracing, Perfetto).",
    ),
)  # fmt: skip

"""The options of `thatch check`: what they are called, what they may be, and what they mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import click
from attrs import frozen

from thatch.cli.cache_options import cache_dir_option, remote_option
from thatch.cli.formats.table import FORMATS
from thatch.cli.report import FAIL_ON
from thatch.core.settings import Settings


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
    color: str
    no_cache: bool
    cache_dir: Path
    remote: str
    remote_write: bool

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return Settings(
            ghc=self.ghc,
            jobs=self.jobs or 0,
            cradle_timeout=self.cradle_timeout,
            cache_dir=self.cache_dir,
            cache_remote=self.remote,
        )


def check_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options, in the order of its help."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--format", type=click.Choice(list(FORMATS)), default="full", show_default=True, metavar="FORMAT",
        help=f"How to print diagnostics: {', '.join(FORMATS)}.",
    ),
    click.option(
        "--output", "-o", metavar="FILE",
        # Opened at once: who has waited for a check should not hear that its result cannot be kept.
        type=click.File("w", encoding="utf-8", errors="backslashreplace", lazy=False),
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
        default=Settings().cradle_timeout, show_default=True,
        help="How long the build tool may take to describe a project.",
    ),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
        help="Colours; auto looks at NO_COLOR, FORCE_COLOR and the terminal.",
    ),
    click.option("--no-cache", is_flag=True, help="Compile everything, and keep nothing of it."),
    cache_dir_option,
    remote_option,
    click.option(
        "--remote-write/--read-only-cache", "remote_write", default=False,
        help="Whether what is compiled here is uploaded to the remote store. [default: it is only read]",
    ),
)  # fmt: skip

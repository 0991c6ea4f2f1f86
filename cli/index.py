"""`thatch index`: what is known of all modules together, for other tools."""

import asyncio
from pathlib import Path
from typing import BinaryIO

import click

from thatch.cli.cache_options import cache_dir_option, project_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import Look, printable
from thatch.cli.output import remark
from thatch.cli.progress import shown_progress
from thatch.cli.settled import configure_logging, run_until_sigterm, settled_workspace
from thatch.core.events import Health, WorkEnded, WorkProgressed, WorkStarted
from thatch.core.navigation.modules import Modules
from thatch.core.project.discover import find_root
from thatch.core.settings import Settings


@click.group()
def index() -> None:
    """Hand on what is known of all modules together."""


@index.command()
@click.option("--scip", "form", flag_value="scip", required=True, help="In the format SCIP, which code hosts read.")
@click.option(
    "--output", "-o", metavar="FILE", type=click.File("wb", lazy=False), default="index.scip", show_default=True,
    help="The file to write; - is stdout.",
)  # fmt: skip
@project_option
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@cache_dir_option
@remote_option
@click.pass_obj
def export(
    context: dict[str, bool], form: str, output: BinaryIO, project: Path, ghc: str, cache_dir: Path, remote: str
) -> ExitCode:
    """Write an index of a project: where everything is defined, used, documented and implemented.

    What was not compiled yet is compiled first, as by `thatch check`. Modules that GHC cannot compile are left out.

    \b
    Exit codes:
      0  the index was written, perhaps without some modules
      2  usage
      3  no usable GHC, or a project that cannot be loaded
      4  internal error
    """  # noqa: D301  # click reads the backspace character.
    configure_logging(context)
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    return run_until_sigterm(_export(project.resolve(), settings, output))


async def _export(path: Path, settings: Settings, output: BinaryIO) -> ExitCode:
    """Write the index.  Cancelling ends all child processes."""
    # protobuf takes a while to import.
    from thatch.core.scip.export import Export

    root = await asyncio.to_thread(find_root, path)
    async with settled_workspace([path], settings) as workspace:
        snapshot = workspace.snapshot()
        export = Export(root, Modules(workspace.hie_files), snapshot.projects)
        with shown_progress() as show:
            show(WorkStarted(0, "Writing the index"))
            async for piece in export.pieces(lambda text, done, total: show(WorkProgressed(0, text, done, total))):
                await asyncio.to_thread(output.write, piece)
            show(WorkEnded(0, ""))
    look = Look(Path.cwd())
    for left_out in export.left_out:
        remark(f"thatch: {look.path(left_out)} is left out: GHC could not compile it as it is now.")
    if snapshot.status.message:
        remark(f"thatch: {printable(snapshot.status.message)}")
    remark(f"{export.n_documents:,} {'document' if export.n_documents == 1 else 'documents'}")
    return ExitCode.ENVIRONMENT if snapshot.status.health is Health.ERROR else ExitCode.CLEAN

"""`thatch doctor`: whether everything that thatch needs is there, and what to do where it is not."""

import json
from pathlib import Path

import click

from thatch.cache.health import with_cache
from thatch.cli.cache_options import cache_dir_option, project_option, remote_option
from thatch.cli.config_file import settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import printable
from thatch.cli.output import Output
from thatch.cli.progress import shown_progress
from thatch.cli.settled import configure_logging, run_until_sigterm
from thatch.core.events import WorkEnded, WorkStarted
from thatch.core.examination import examine, examine_editors, examine_thatch
from thatch.core.health import Finding, health_fields, health_text, is_healthy
from thatch.core.settings import Settings
from thatch.core.settings_file import find_settings_file


@click.command()
@project_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--commands", is_flag=True, help="Print exactly what is run, too: GHC for each unit, and build tools.")
@click.option("--ghc", default="", metavar="PATH", help="The GHC to use, as with `thatch check`.")
@cache_dir_option
@remote_option
@click.pass_obj
def doctor(
    context: dict[str, bool], project: Path, as_json: bool, commands: bool, ghc: str, cache_dir: Path, remote: str
) -> ExitCode:
    """Look at everything that a project needs to be checked, and say how to mend what is wrong.

    Asks build tools as `thatch check` does, and compiles nothing. The exit code is 3 when something does not work.
    """
    configure_logging(context)
    settings = settings_with(ghc=ghc, cache_dir=cache_dir, cache_remote=remote)
    findings = run_until_sigterm(_findings(project.resolve(), settings))
    if isinstance(findings, ExitCode):
        return findings
    text = json.dumps(health_fields(findings), indent=2) if as_json else health_text(findings, commands=commands)
    Output().write(text if as_json else printable(text))
    return ExitCode.CLEAN if is_healthy(findings) else ExitCode.ENVIRONMENT


async def _findings(path: Path, settings: Settings) -> list[Finding]:
    """All findings.  Cancelling ends all child processes."""
    with shown_progress() as show:
        show(WorkStarted(0, f"Looking at {path.name}"))
        found = await with_cache(settings, lambda cache: examine(path, settings, cache))
        show(WorkEnded(0, ""))
    return [examine_thatch(find_settings_file(Path.cwd())), *found, examine_editors()]

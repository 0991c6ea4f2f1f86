"""`thatch doctor`: whether everything that thatch needs is there, and what to do where it is not."""

import asyncio
import json
import platform
import shutil
import sys
from pathlib import Path

import click

from thatch.cache.health import examine_cache
from thatch.cache.open import open_cache
from thatch.cli.cache_options import cache_dir_option, project_option, remote_option
from thatch.cli.config_file import NAME, find_config, settings_with
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import printable
from thatch.cli.output import Output
from thatch.cli.progress import shown_progress
from thatch.cli.settled import configure_logging, run_until_sigterm
from thatch.core.events import WorkEnded, WorkStarted
from thatch.core.examination import examine
from thatch.core.health import Finding, Verdict, health_fields, health_text, is_healthy
from thatch.core.settings import Settings
from thatch.core.version import __version__


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
        # Answers of build tools that are kept there need not be asked for.
        told: list[str] = []
        cache = await asyncio.to_thread(open_cache, settings, tell=told.append)
        try:
            found = await examine(path, settings, cache)
        finally:
            if cache:
                await asyncio.to_thread(cache.close)
        of_cache = await asyncio.to_thread(examine_cache, settings)
        show(WorkEnded(0, ""))
    troubles = [
        Finding(
            topic="cache", verdict=Verdict.NOTE, text=sentence, remedy="See docs/caching.md and docs/cache-sharing.md."
        )
        for sentence in dict.fromkeys(told)
    ]
    return [_thatch(), *found, *of_cache, *troubles, _editors()]


def _thatch() -> Finding:
    config = find_config(Path.cwd())
    return Finding(
        topic="thatch",
        text=f"{__version__}, with Python {platform.python_version()} ({sys.executable})"
        + (f" and {config}" if config else ""),
        details={
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            NAME: str(config) if config else None,
        },
    )


def _editors() -> Finding:
    """What editors start, and what may stand in the way."""
    program = shutil.which("thatch")
    details = {"program": program, "haskell-language-server": shutil.which("haskell-language-server-wrapper")}
    if program is None:
        return Finding(
            topic="editors",
            verdict=Verdict.NOTE,
            text="`thatch` is not on PATH, where editors look for it",
            remedy=f"Install it with pipx, or have editors start: {sys.executable} -m thatch.cli.main lsp",
            details=details,
        )
    if details["haskell-language-server"]:
        return Finding(
            topic="editors",
            verdict=Verdict.NOTE,
            text=f"they start `{program} lsp`; haskell-language-server is installed as well",
            remedy="Switch it off in the editor, or every diagnostic is there twice (docs/editors.md).",
            details=details,
        )
    return Finding(
        topic="editors", text=f"they start `{program} lsp`; docs/editors.md has their settings", details=details
    )

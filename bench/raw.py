"""Raw GHCi with the command line of thatch's own session, for comparison: it loads all modules and quits."""

import asyncio
import sys
from pathlib import Path

from attrs import frozen
from measure import Measured, measure

from thatch.core.ghc.portable import unit_flags
from thatch.core.ghc.session_files import prepare
from thatch.core.ghc.toolchain import probe
from thatch.core.project.discover import find_projects
from thatch.core.settings import Settings


@frozen
class RawGhci:
    """A project that raw GHCi can load again and again; it keeps its interfaces from run to run."""

    command: tuple[str, ...]
    root: Path

    def load(self) -> Measured:
        """Load what changed; ends the program when GHC does not come to the end of it."""
        measured = measure([*self.command, "-ignore-dot-ghci"], cwd=self.root)
        if "modules loaded" not in measured.output or "Failed" in measured.output:
            sys.exit(f"raw GHCi did not load the project:\n{measured.output[-2000:]}")
        return measured


def raw_ghci(project: Path, scratch: Path, *, jobs: int) -> RawGhci:
    """Prepare a project in a folder that is empty or missing."""
    command = asyncio.run(_session_command(project, scratch, jobs))
    return RawGhci(command, project)


async def _session_command(project: Path, scratch: Path, jobs: int) -> tuple[str, ...]:
    settings = Settings(cache_dir=scratch / "cache", jobs=jobs)
    (found,) = await find_projects(project, settings, lambda _: None)
    toolchain = await probe(found.ghc)
    flags = unit_flags(found, ())
    files = prepare(scratch / "session", scratch / "interfaces", found, toolchain, unit_flags=flags, jobs=jobs)
    return files.command

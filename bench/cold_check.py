"""How long does a cold `thatch check` take against raw GHCi loading the same modules with the same flags?

    python bench/cold_check.py [--modules 500] [--functions 12] [--rounds 3]

Both are run in turn, in every round.  Raw GHCi gets the command line of thatch's own session, and quits after the
load; it runs once on one core, as GHCi does by default, and once with `-j` on all cores.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import Measured, measure
from synthetic import write_project

from thatch.core.ghc.session_files import prepare
from thatch.core.ghc.toolchain import probe
from thatch.core.project.discover import find_projects
from thatch.core.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=500)
    parser.add_argument("--functions", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(arguments.modules, arguments.functions, folder / "project")
        report(folder, arguments.rounds)


def report(folder: Path, rounds: int) -> None:
    cores = os.cpu_count() or 1
    runs: dict[str, Callable[[Path], Measured]] = {
        "raw GHCi": lambda scratch: raw_ghci(folder / "project", scratch, jobs=1),
        f"raw GHCi -j{cores}": lambda scratch: raw_ghci(folder / "project", scratch, jobs=cores),
        "thatch check": lambda scratch: thatch_check(folder / "project", scratch),
    }
    found: dict[str, list[Measured]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                measured = run(Path(scratch))
            found[name].append(measured)
            print(f"round {number + 1}: {name}: {measured.seconds:.1f} s, {measured.peak_mb:.0f} MB", flush=True)
    base = statistics.median(run.seconds for run in found["raw GHCi"])
    print(f"\n{'':20}{'median s':>10}{'ratio':>8}{'peak MB':>10}")
    for name, measurements in found.items():
        seconds = statistics.median(run.seconds for run in measurements)
        print(f"{name:20}{seconds:10.1f}{seconds / base:8.2f}{max(run.peak_mb for run in measurements):10.0f}")


def raw_ghci(project: Path, scratch: Path, *, jobs: int) -> Measured:
    files = asyncio.run(session_command(project, scratch, jobs))
    measured = measure([*files, "-ignore-dot-ghci"], cwd=project)
    if "modules loaded" not in measured.output or "Failed" in measured.output:
        sys.exit(f"raw GHCi did not load the project:\n{measured.output[-2000:]}")
    return measured


async def session_command(project: Path, scratch: Path, jobs: int) -> tuple[str, ...]:
    settings = Settings(cache_dir=scratch / "cache", jobs=jobs)
    (found,) = await find_projects(project, settings, lambda _: None)
    toolchain = await probe(found.ghc)
    return prepare(scratch / "session", scratch / "interfaces", found, toolchain, settings).command


def thatch_check(project: Path, scratch: Path) -> Measured:
    command = [Path(sys.executable).with_name("thatch"), "check", project]
    measured = measure(command, cwd=project, env={"THATCH_CACHE_DIR": str(scratch / "cache")})
    if measured.code != 0:
        sys.exit(f"thatch check ended with code {measured.code}:\n{measured.output[-2000:]}")
    return measured


if __name__ == "__main__":
    main()

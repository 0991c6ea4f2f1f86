"""Running `thatch check` and reading from its log what GHC compiled for it; the options that benchmarks share."""

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from measure import Measured, measure
from synthetic import write_project


@frozen
class Checked:
    """One run of `thatch check`."""

    measured: Measured
    compiled: frozenset[str]
    """The names of the modules that GHC compiled."""


def check(project: Path, cache: Path, *arguments: str) -> Checked:
    """Check a project with a cache folder and more arguments; ends the program when there are problems."""
    command: list[str | Path] = [Path(sys.executable).with_name("thatch"), "--debug", "check", *arguments, project]
    # The processor time of a GHC that is ended in a sandbox does not reach its parents.
    measured = measure(command, cwd=project, env={"THATCH_CACHE_DIR": str(cache), "THATCH_SANDBOX": "off"})
    if measured.code != 0:
        sys.exit(f"thatch check ended with code {measured.code}:\n{measured.output[-2000:]}")
    compiled = re.findall(r"WorkProgressed\(.*message='\d+/\d+ ([^']*)'", measured.output)
    return Checked(measured, frozenset(compiled))


def say(name: str, run: Measured, note: str = "") -> None:
    """Print a run as it ends."""
    print(f"{name}: {run.seconds:.2f} s, cpu {run.cpu_seconds:.2f} s{note and ', '}{note}", flush=True)


def options(description: str, *, rounds: int) -> argparse.ArgumentParser:
    """A parser with the size of the project and how often to measure."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=500)
    parser.add_argument("--functions", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser


@contextmanager
def workplace(arguments: argparse.Namespace) -> Iterator[tuple[Path, Path]]:
    """A temporary folder, and the synthetic project of the wanted size in it."""
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
        folder = Path(name)
        project = folder / "project"
        write_project(arguments.modules, arguments.functions, project)
        yield folder, project

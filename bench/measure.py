"""Running a command to its end with its times and the peak memory of its whole process tree; medians as a table."""

import os
import resource
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from attrs import frozen

SAMPLE_SECONDS = 0.1

SESSION_FLAG = "--interactive"
"""What stands in the command line of every GHC that compiles modules, raw or thatch's."""


@frozen
class Measured:
    """One run."""

    seconds: float
    cpu_seconds: float
    """User and system time of the command and all its children, which other work on the machine changes little."""
    peak_mb: float
    """The highest sum of the proportional set sizes of the command and its children, sampled, in MB."""
    code: int
    output: str
    session: bool
    """Whether a GHC session was among the processes, as far as sampling saw."""


def measure(command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> Measured:
    """Run a command with no input; its output (both streams) is collected.  One at a time in a process."""
    cpu_before = _cpu_of_children()
    start = time.perf_counter()
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    peak, session = 0.0, False
    done = threading.Event()

    def watch() -> None:
        nonlocal peak, session
        while not done.wait(SAMPLE_SECONDS):
            megabytes, is_session = _sample(process.pid)
            peak, session = max(peak, megabytes), session or is_session

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    cpu_seconds = _cpu_of_children() - cpu_before
    return Measured(seconds, cpu_seconds, peak, process.returncode, output.decode("utf-8", "replace"), session)


def median(values: Sequence[float]) -> float:
    """The median, 0 for none."""
    return statistics.median(values) if values else 0.0


def print_table(columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Print rows with their names, the columns aligned to the right."""
    width = max(map(len, rows)) + 2
    print("\n" + " " * width + "".join(f"{column:>14}" for column in columns))
    for name, cells in rows.items():
        print(f"{name:{width}}" + "".join(f"{cell:>14}" for cell in cells), flush=True)


def times(runs: Sequence[Measured]) -> list[str]:
    """The cells `wall s`, `least wall s` and `cpu s` of some runs: medians, and the least that other work disturbed."""
    return [
        f"{median([run.seconds for run in runs]):.2f}",
        f"{min(run.seconds for run in runs):.2f}",
        f"{median([run.cpu_seconds for run in runs]):.2f}",
    ]


TIMES = ("wall s", "least wall s", "cpu s")
"""The headings of `times`."""


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _sample(pid: int) -> tuple[float, bool]:
    total, session = 0, False
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            try:
                total += process.memory_full_info().pss
                session = session or SESSION_FLAG in process.cmdline()
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total / 2**20, session

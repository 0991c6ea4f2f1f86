"""How long does a cold `thatch check` take against raw GHCi loading the same modules with the same flags?

    python bench/cold_check.py [--modules 500] [--functions 12] [--rounds 3]

Both are run in turn, in every round.  Raw GHCi gets the command line of thatch's own session, and quits after the
load; it runs once on one core, as GHCi does by default, and once with `-j` on all cores.
"""

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from checks import check, options, workplace
from measure import TIMES, Measured, print_table, times
from raw import raw_ghci


def main() -> None:
    arguments = options(__doc__ or "", rounds=3).parse_args()
    with workplace(arguments) as (folder, _):
        report(folder, arguments.rounds)


def report(folder: Path, rounds: int) -> None:
    cores = os.cpu_count() or 1
    runs: dict[str, Callable[[Path], Measured]] = {
        "raw GHCi": lambda scratch: raw_ghci(folder / "project", scratch, jobs=1).load(),
        f"raw GHCi -j{cores}": lambda scratch: raw_ghci(folder / "project", scratch, jobs=cores).load(),
        "thatch check": lambda scratch: check(folder / "project", scratch / "cache").measured,
    }
    found: dict[str, list[Measured]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                measured = run(Path(scratch))
            found[name].append(measured)
            print(f"round {number + 1}: {name}: {measured.seconds:.1f} s, {measured.peak_mb:.0f} MB", flush=True)
    base = statistics.median(run.seconds for run in found["raw GHCi"])
    rows = {}
    for name, measurements in found.items():
        ratio = statistics.median(run.seconds for run in measurements) / base
        peak = max(run.peak_mb for run in measurements)
        rows[name] = [*times(measurements), f"{ratio:.2f}", f"{peak:.0f}"]
    print_table([*TIMES, "ratio", "peak MB"], rows)


if __name__ == "__main__":
    main()

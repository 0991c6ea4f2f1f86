"""Switching between two branches: A -> B -> A -> B ..., against raw GHCi.

    python bench/branch_switch.py [--modules 500] [--functions 12] [--rounds 3] [--changed 150]

On branch B the lowest modules, on which the others stand, have another body of a function and a new exported one.
"""

import os
from pathlib import Path

from checks import Checked, check, options, say, workplace
from measure import TIMES, print_table, times
from raw import raw_ghci


def main() -> None:
    parser = options(__doc__ or "", rounds=3)
    parser.add_argument("--changed", type=int, default=150)
    arguments = parser.parse_args()
    with workplace(arguments) as (folder, project):
        on_a = {path: path.read_text() for path in lowest(project, arguments.changed)}
        on_b = {path: changed(text) for path, text in on_a.items()}
        ghci = raw_ghci(project, folder / "raw", jobs=os.cpu_count() or 1)
        say("raw GHCi, A, cold", ghci.load())
        say("thatch check, A, cold", check(project, folder / "cache").measured)
        switch(on_b)
        raw_first = ghci.load()
        first = check(project, folder / "cache")
        later: list[Checked] = []
        raw_later = []
        for _ in range(arguments.rounds):
            for branch in (on_a, on_b):
                switch(branch)
                raw_later.append(ghci.load())
                later.append(check(project, folder / "cache"))
    rows = {
        "raw GHCi, first B": [*times([raw_first]), count(raw_first.output)],
        "thatch check, first B": [*times([first.measured]), str(len(first.compiled))],
        "raw GHCi, later": [*times(raw_later), "..".join(spread([int(count(run.output)) for run in raw_later]))],
        "thatch check, later": [
            *times([run.measured for run in later]),
            "..".join(spread([len(run.compiled) for run in later])),
        ],
    }
    print_table([*TIMES, "compiled"], rows)


def lowest(project: Path, count: int) -> list[Path]:
    """The files of the modules that import the fewest others."""
    found = (project / "src" / "Lib" / f"M{number}.hs" for number in range(count))
    return [path for path in found if path.exists()]


def changed(text: str) -> str:
    """A module's text on branch B."""
    number = text.partition("module Lib.M")[2].split()[0]
    edited = text.replace(f"f{number}_0 x = x + ", f"f{number}_0 x = x + 1 + ")
    return f"{edited}onB{number} :: Int\nonB{number} = {number}\n"


def switch(branch: dict[Path, str]) -> None:
    """Write the files of a branch, as a version control system would."""
    for path, text in branch.items():
        path.write_text(text)


def count(output: str) -> str:
    """How many modules raw GHCi compiled."""
    return str(sum("] Compiling " in line for line in output.splitlines()))


def spread(numbers: list[int]) -> list[str]:
    """The least and the greatest, as one if they are equal."""
    return [str(number) for number in sorted({min(numbers), max(numbers)})]


if __name__ == "__main__":
    main()

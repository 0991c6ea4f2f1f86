"""How long does `thatch check` take when nothing changed, against raw GHCi that only looks whether anything did?

    python bench/warm_check.py [--modules 500] [--functions 12] [--rounds 7]

Raw GHCi has all its interfaces; it prints no diagnostics of modules that it does not compile, thatch prints all.
"""

import os
import sys

from checks import check, options, say, workplace
from measure import TIMES, Measured, print_table, times
from raw import raw_ghci


def main() -> None:
    arguments = options(__doc__ or "", rounds=7).parse_args()
    with workplace(arguments) as (folder, project):
        ghci = raw_ghci(project, folder / "raw", jobs=os.cpu_count() or 1)
        say("raw GHCi, cold", ghci.load())
        say("thatch check, cold", check(project, folder / "cache").measured)
        raw: list[Measured] = []
        ours: list[Measured] = []
        for _ in range(arguments.rounds):
            raw.append(ghci.load())
            checked = check(project, folder / "cache")
            if checked.compiled or checked.measured.session:
                sys.exit(f"a warm check started GHC, for {len(checked.compiled)} modules")
            ours.append(checked.measured)
        rows = {"raw GHCi, warm": times(raw), "thatch check, warm, no GHC session": times(ours)}
        print_table(TIMES, rows)


if __name__ == "__main__":
    main()

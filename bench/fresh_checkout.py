"""How long does `thatch check` take in a fresh copy of the checkout, at a path where thatch never was?

    python bench/fresh_checkout.py [--modules 500] [--functions 12] [--rounds 3] [--remote URL]

The local store knows all modules from another checkout; or it is empty, and a remote store knows them, and what cabal
said.  The remote store is a folder, or what `--remote` names, such as a WebDAV server, which should be empty.
Raw GHCi compiles them all: it keeps nothing across checkouts.
"""

import os
import shutil
import sys
from pathlib import Path

from checks import Checked, check, options, say, workplace
from measure import TIMES, Measured, measure, print_table, times
from raw import raw_ghci


def main() -> None:
    parser = options(__doc__ or "", rounds=3)
    parser.add_argument("--remote", default="")
    arguments = parser.parse_args()
    with workplace(arguments) as (folder, project):
        cold = check(project, folder / "cache").measured
        say("thatch check, cold", cold)
        runs = [fresh(project, folder, number) for number in range(arguments.rounds)]
        address = arguments.remote or (folder / "remote").as_uri()
        remote = [through_remote(project, folder, address, number) for number in range(arguments.rounds)]
        copy = shutil.copytree(project, folder / "raw-copy")
        raw = raw_ghci(copy, folder / "raw", jobs=os.cpu_count() or 1).load()
    rows = {
        "raw GHCi, fresh copy": times([raw]),
        "thatch check, cold": times([cold]),
        "thatch check, fresh copy": times([run for run, _ in runs]),
        "thatch check, only a remote store": times(remote),
        "thatch check, again": times([run for _, run in runs]),
    }
    print_table(TIMES, rows)


def fresh(project: Path, folder: Path, number: int) -> tuple[Measured, Measured]:
    """The first and the second check of one more copy."""
    copy = shutil.copytree(project, folder / f"copy-{number}")
    first, second = (without_ghc(check(copy, folder / "cache")) for _ in range(2))
    shutil.rmtree(copy)
    return first, second


def through_remote(project: Path, folder: Path, address: str, number: int) -> Measured:
    """The check of a copy where only a remote store knows the modules."""
    push: list[str | Path] = [
        Path(sys.executable).with_name("thatch"),
        "cache",
        "push",
        "--cache-dir",
        folder / "cache",
    ]
    pushed = measure([*push, "--remote", address], cwd=folder)
    if pushed.code != 0:
        sys.exit(f"thatch cache push ended with code {pushed.code}:\n{pushed.output[-2000:]}")
    copy = shutil.copytree(project, folder / f"remote-copy-{number}")
    return without_ghc(check(copy, folder / f"empty-{number}", "--remote", address))


def without_ghc(checked: Checked) -> Measured:
    """A run that compiled nothing; any other ends the program."""
    if checked.compiled or checked.measured.session:
        sys.exit(f"GHC was started, for {len(checked.compiled)} modules")
    return checked.measured


if __name__ == "__main__":
    main()

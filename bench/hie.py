"""How fast are `.hie` files read, and arranged for questions?

    python bench/hie.py [FOLDER ...] [--modules 40] [--functions 60] [--rounds 5]

FOLDERs hold `.hie` files at any depth; without one, GHC writes those of a synthetic project.  Everything is done again
in each round; of each file its best round counts, in processor time.  Each row does what the row above it does, and
more, but for the last one, which needs only some of the occurrences.
"""

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from synthetic import write_project

from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.reader import read_hie
from thatch.core.index.rows import module_rows

WORK: dict[str, Callable[[bytes], object]] = {
    "find the parts": read_hie,
    "facts, for one question": lambda data: ModuleFacts(read_hie(data)),
    "all occurrences": lambda data: ModuleFacts(read_hie(data)).occurrences,
    "rows of the index": lambda data: module_rows(ModuleFacts(read_hie(data)), literate=False),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--modules", type=int, default=40)
    parser.add_argument("--functions", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        report(str(folder), files_below(folder), arguments.rounds)
    if not arguments.folders:
        with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
            compile_project(Path(name), arguments.modules, arguments.functions)
            report("synthetic", files_below(Path(name)), arguments.rounds)


def compile_project(folder: Path, modules: int, functions: int) -> None:
    """Have GHC write the `.hie` files of a synthetic project into its folder."""
    write_project(modules, functions, folder)
    flags = ["-v0", "-fno-code", "-fwrite-ide-info", "-package-env", "-", "-isrc", "-hiedir", "hie"]
    subprocess.run(["ghc", *flags, "Main"], cwd=folder, check=True)


def files_below(folder: Path) -> list[bytes]:
    """The files in a folder, at any depth; ends the program when there are none."""
    found = [path.read_bytes() for path in sorted(folder.rglob("*.hie"))]
    if not found:
        raise SystemExit(f"There are no .hie files below {folder}.")
    return found


def report(name: str, files: Sequence[bytes], rounds: int) -> None:
    """Print a table."""
    megabytes = sum(map(len, files)) / 1e6
    read_hie(files[0])  # Regular expressions are compiled once.
    print(f"{name}: {len(files)} files, {megabytes:.1f} MB")
    print(f"{'':28}{'MB/s':>8}{'ms per module':>16}")
    for label, work in WORK.items():
        seconds = sum(min(cpu_seconds(work, data) for _ in range(rounds)) for data in files)
        print(f"{label:28}{megabytes / seconds:8.1f}{1000 * seconds / len(files):16.2f}")


def cpu_seconds(work: Callable[[bytes], object], data: bytes) -> float:
    """The processor time that some work takes."""
    start = time.process_time()
    work(data)
    return time.process_time() - start


if __name__ == "__main__":
    main()

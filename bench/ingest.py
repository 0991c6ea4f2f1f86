"""What does keeping cost: a cold `thatch check` with the cache against one without, and the size of the store.

    python bench/ingest.py [--modules 500] [--functions 12] [--rounds 3]

Both are run in turn, with the cradle's answer already there.
"""

import shutil
from pathlib import Path

from checks import check, options, say, workplace
from measure import TIMES, Measured, median, print_table, times

from thatch.cache.disk import DiskStore


def main() -> None:
    arguments = options(__doc__ or "", rounds=3).parse_args()
    with workplace(arguments) as (folder, project):
        cache = folder / "cache"
        ways: dict[str, list[str]] = {"with the cache": [], "without": ["--no-cache"]}
        found: dict[str, list[Measured]] = {name: [] for name in ways}
        say("first run", check(project, cache).measured)
        for _ in range(arguments.rounds):
            shutil.rmtree(cache / "store")
            for name, arguments_of in ways.items():
                run = check(project, cache, *arguments_of).measured
                say(name, run)
                found[name].append(run)
        rows = {name: times(runs) for name, runs in found.items()}
        print_table(TIMES, rows)
        for unit, runs in (("wall", "seconds"), ("cpu", "cpu_seconds")):
            with_cache, without = (median([getattr(run, runs) for run in found[name]]) for name in ways)
            print(f"overhead, {unit}: {100 * (with_cache / without - 1):.1f} %")
        print_size(cache / "store")


def print_size(folder: Path) -> None:
    """Print what the store holds for each module."""
    store = DiskStore(folder)
    usage = store.stats().usage
    files = [path.stat() for path in folder.rglob("*") if path.is_file()]
    store.close()
    on_disk = sum(found.st_blocks * 512 for found in files)
    print(
        f"store: {usage.n_entries} entries, {on_disk / 2**20:.1f} MiB, {on_disk / 1024 / usage.n_entries:.1f} KiB each"
    )


if __name__ == "__main__":
    main()

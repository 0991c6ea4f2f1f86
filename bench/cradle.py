"""How long does it take to learn the flags of every component of a cabal project, from nothing and from the cache?

    python bench/cradle.py FOLDER

For comparison: `cabal v2-repl` answers for one component after really building the packages it depends on.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from thatch.core.project.discover import find_projects
from thatch.core.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    with tempfile.TemporaryDirectory() as cache:
        settings = Settings(cache_dir=Path(cache))
        for state in ("from nothing", "from the cache"):
            start = time.perf_counter()
            projects = asyncio.run(find_projects(folder, settings, lambda _: None))
            seconds = time.perf_counter() - start
            units = [unit for project in projects for unit in project.units]
            modules = sum(len(unit.modules) for unit in units)
            print(f"{state}: {seconds:.2f} s, {len(units)} units, {modules} modules")


if __name__ == "__main__":
    main()

"""What do the jobs of a CI matrix compile that check a project in shards and share a store, and how long do they take?

    python bench/shards.py [--modules 500] [--functions 12] [--shards 4] [--remote URL]

Every shard is a process with a checkout and a cache folder of its own, as on a machine of its own; all run at once.
The store is a WebDAV server (nginx, as the tests use it) on this machine, or what `--remote` names, which should be
empty.  Cold: nobody knows anything, and each shard compiles what it needs; the same with `--shard-wait`, where shards
leave each other's modules to each other; warm: the store knows all modules.
"""

import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

from attrs import frozen
from checks import options, workplace
from measure import print_table

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.store_servers import nginx

WAIT_SECONDS = 120


@frozen
class Matrix:
    """What all shards did together."""

    seconds: float
    """Until the last one was done."""

    cpu_seconds: float
    compiled: tuple[frozenset[str], ...]
    """The modules that each shard compiled."""

    @property
    def row(self) -> list[str]:
        each = [str(len(one)) for one in self.compiled]
        n_compiled, n_distinct = sum(map(len, self.compiled)), len(frozenset().union(*self.compiled))
        return [*each, str(n_compiled), str(n_compiled - n_distinct), f"{self.seconds:.1f}", f"{self.cpu_seconds:.1f}"]


def main() -> None:
    parser = options(__doc__ or "", rounds=1)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--remote", default="")
    arguments = parser.parse_args()
    n_shards = arguments.shards
    rows = {}
    with workplace(arguments) as (folder, project):
        checkouts = [Path(shutil.copytree(project, folder / f"machine-{n}" / "project")) for n in range(n_shards)]

        def run(name: str, address: str, *more: str) -> None:
            matrix = run_matrix(checkouts, address, *more)
            rows[name] = matrix.row
            print(f"{name}: {', '.join(matrix.row)}", flush=True)

        with store(folder / "first", arguments.remote, "first") as address:
            run("cold", address)
        with store(folder / "second", arguments.remote, "second") as address:
            run("cold, --shard-wait", address, "--shard-wait", str(WAIT_SECONDS))
            run("warm", address)
    columns = [*(f"shard {n}" for n in range(1, n_shards + 1)), "all", "twice", "wall s", "cpu s"]
    print_table(columns, rows)


@contextmanager
def store(folder: Path, remote: str, name: str) -> Iterator[str]:
    """The address of an empty store."""
    if remote:
        yield f"{remote.rstrip('/')}/{name}"
        return
    with nginx(folder) as server:
        yield f"{server.url}/{name}"


def run_matrix(checkouts: list[Path], address: str, *more: str) -> Matrix:
    """Check all shards at once, each with an empty cache folder."""
    began, cpu_before = time.perf_counter(), cpu_of_children()
    running = []
    for number, checkout in enumerate(checkouts, 1):
        cache = checkout.parent / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        command = [
            Path(sys.executable).with_name("thatch"),
            "--debug",
            "check",
            "--shard",
            f"{number}/{len(checkouts)}",
        ]
        command += ["--remote", address, "--remote-write", *more]
        # The processor time of a GHC that is ended in a sandbox does not reach its parents.
        variables = {**environ, "THATCH_CACHE_DIR": str(cache), "THATCH_SANDBOX": "off"}
        log = (checkout.parent / "log").open("w+")
        running.append((subprocess.Popen(command, cwd=checkout, env=variables, stdout=log, stderr=log), log))
    compiled = []
    for process, log in running:
        code = process.wait()
        log.seek(0)
        said = log.read()
        log.close()
        if code != 0 or "not uploaded" in said:
            sys.exit(f"A shard ended with code {code}:\n{said[-3000:]}")
        compiled.append(frozenset(re.findall(r"WorkProgressed\(.*message='\d+/\d+ ([^']*)'", said)))
    return Matrix(time.perf_counter() - began, cpu_of_children() - cpu_before, tuple(compiled))


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

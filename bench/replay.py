"""How long from an edit to its error in modules with splices: replayed, evaluated by GHC, and without splices?

    python bench/replay.py [--modules 500] [--functions 12] [--edits 12] [--hledger FOLDER]

Each module is edited in three copies of its project, in turn: as it is; with `splices.replay = false`; and with its
splices replaced by what they gave (`thatch expand --in-place`).  The edits are those of somebody who adds a definition
with a type error at the end of the module and takes it away again.  After each edit it is counted which processes there
are: `sessions` are GHCs, `interpreters` run splices.
"""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree, ignore_patterns

import psutil
from attrs import frozen
from checks import check, options
from edits import Server, columns
from entities import write_entities
from measure import SESSION_FLAG, median, print_table
from synthetic import write_project

JSON = "\n".join(
    f"data Message{number} = Message{number} {{ name{number} :: String, size{number} :: Int }} deriving (Show, Eq)\n"
    f"deriveJSON defaultOptions ''Message{number}\n"
    for number in range(20)
)

JSON_FILES = {
    "src/Messages.hs": f"{{-# LANGUAGE TemplateHaskell #-}}\nmodule Messages where\nimport Data.Aeson.TH\n\n{JSON}",
    "messages.cabal": "cabal-version: 2.4\nname: messages\nversion: 0.1\nlibrary\n  hs-source-dirs: src\n"
    "  exposed-modules: Messages\n  build-depends: base, aeson, template-haskell\n  default-language: Haskell2010\n",
}

SIDES = ("replayed", "evaluated", "expanded")


@frozen
class Case:
    """A module with splices."""

    name: str
    write: Callable[[Path], object]
    """Writes its project below a folder."""
    file: str


def main() -> None:
    parser = options(__doc__ or "", rounds=1)
    parser.add_argument("--edits", type=int, default=12)
    parser.add_argument("--hledger", type=Path, help="the source of hledger-lib")
    parser.add_argument("--only", help="the one module to measure")
    arguments = parser.parse_args()
    for case in cases(arguments.modules, arguments.functions, arguments.hledger):
        if arguments.only in (None, case.name):
            with workplace(case) as (projects, cache):
                report(case, asyncio.run(take_turns(case, projects, cache, arguments.edits)))


def cases(modules: int, functions: int, hledger: Path | None) -> Iterator[Case]:
    """All modules that are measured."""
    yield Case("generated", lambda folder: write_project(modules, functions, folder), f"src/Lib/M{modules // 2}.hs")
    yield Case("entities", write_entities, "src/Models.hs")
    yield Case("aeson", lambda folder: write_files(folder, JSON_FILES), "src/Messages.hs")
    if hledger:
        ignored = ignore_patterns("dist-newstyle", ".git")
        for name in ("Hledger/Data/Balancing.hs", "Hledger/Reports/ReportOptions.hs"):
            yield Case(Path(name).stem, lambda folder: copytree(hledger, folder, ignore=ignored), name)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write a small project."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@contextmanager
def workplace(case: Case) -> Iterator[tuple[dict[str, Path], Path]]:
    """The three copies of a project, compiled, and the cache."""
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
        cache = Path(name) / "cache"
        projects = {side: Path(name) / side for side in SIDES}
        for side, project in projects.items():
            case.write(project)
            if side == "evaluated":
                (project / "thatch.toml").write_text("[splices]\nreplay = false\n")
            check(project, cache)
        expand(projects["expanded"] / case.file, cache)
        check(projects["expanded"], cache)
        yield projects, cache


def expand(file: Path, cache: Path) -> None:
    """Replace the splices of a file; ends the program if that cannot be."""
    thatch = Path(sys.executable).with_name("thatch")
    done = subprocess.run(
        [thatch, "expand", "--in-place", "--name-splices", "--cache-dir", cache, file],
        cwd=file.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)


class Watched(Server):
    """A server whose processes are counted after each edit."""

    def __init__(self, project: Path, cache: Path, file: Path) -> None:
        super().__init__(project, cache, file)
        self.n_sessions: list[int] = []
        self.n_interpreters: list[int] = []

    async def edit(self, number: int) -> None:
        """Break the module and mend it, and look at what runs."""
        await super().edit(number)
        commands = []
        for child in psutil.Process(self.pid).children(recursive=True):
            # Some end meanwhile.
            with suppress(psutil.NoSuchProcess):
                commands.append(" ".join(child.cmdline()))
        self.n_sessions.append(sum(SESSION_FLAG in command and "bwrap" not in command for command in commands))
        self.n_interpreters.append(sum("ghc-iserv" in command for command in commands))


async def take_turns(case: Case, projects: dict[str, Path], cache: Path, n_edits: int) -> dict[str, Watched]:
    """Make the same edits in all three; the first of each only warms."""
    servers = {side: Watched(project, cache, project / case.file) for side, project in projects.items()}
    for server in servers.values():
        await server.start()
    for number in range(n_edits + 1):
        for server in servers.values():
            await server.edit(number)
    for server in servers.values():
        await server.stop()
    return servers


def report(case: Case, servers: dict[str, Watched]) -> None:
    """Print what was measured."""
    print(f"{case.name}: {case.file}", flush=True)
    rows = {}
    for side, server in servers.items():
        to_error, to_clear, _ = columns(server.edits[1:])
        times = [f"{1000 * median(to_error):.0f}", f"{1000 * median(to_clear):.0f}", f"{server.peak / 2**20:.0f}"]
        rows[side] = [*times, str(max(server.n_sessions)), str(max(server.n_interpreters))]
    print_table(["error ms", "clear ms", "memory MB", "sessions", "interpreters"], rows)
    for side in SIDES[1:]:
        both = zip(servers["replayed"].edits[1:], servers[side].edits[1:], strict=True)
        print(f"replayed against {side}, median of the pairs: {median([a.to_error / b.to_error for a, b in both]):.2f}")


if __name__ == "__main__":
    main()

"""What does the tap cost?  A project full of splices, with GHC's own interpreter and with the tap and a server.

Beside them, a relay that passes everything on unseen (`bare_relay.py`) shows what any process in between costs.

    python bench/tap.py [--modules 100] [--splices 20] [--rounds 5] [--ghc ghc] [--load trivial|lenses|json]

The trivial splices do next to nothing but talk: the worst case.  `lenses` (microlens-th) and `json` (aeson) are what
people write, one splice for each record; the compiler must have these packages.

Each round loads the project once in each way, from nothing, taking turns in who is first.  The cpu time is that of
GHC and all its children; what the listening end costs is told apart.
"""

import argparse
import asyncio
import shlex
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from attrs import define
from measure import TIMES, Measured, measure, median, print_table, times

from thatch.core.ghc.toolchain import Toolchain, probe
from thatch.core.iserv.events import SpliceDone, TapEvent
from thatch.core.iserv.launcher import TapOptions, write_launchers
from thatch.core.iserv.listener import Listener

LIBRARY = """\
{-# LANGUAGE TemplateHaskell #-}
module Library where
import Language.Haskell.TH
import Language.Haskell.TH.Quote

power :: Int -> Q Exp
power 0 = [| const 1 |]
power n = [| \\x -> x * $(power (n - 1)) x |]

class Described a where
  constructors :: a -> [String]

describe :: Name -> Q [Dec]
describe name = do
  TyConI (DataD _ _ _ _ found _) <- reify name
  let names = [nameBase constructor | NormalC constructor _ <- found]
  [d| instance Described $(conT name) where constructors _ = $(listE (map (litE . stringL) names)) |]

text :: QuasiQuoter
text = QuasiQuoter { quoteExp = stringE, quotePat = undefined, quoteType = undefined, quoteDec = undefined }
"""


FIELDS = ("Int", "String", "Maybe Int", "[Bool]", "Double", "(Int, Char)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=100)
    parser.add_argument("--splices", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ghc", default="ghc")
    parser.add_argument("--load", choices=LOADS, default="trivial")
    arguments = parser.parse_args()
    toolchain = asyncio.run(probe(arguments.ghc))
    with tempfile.TemporaryDirectory(prefix="thatch-bench-") as name:
        folder = Path(name)
        project = write_project(folder / "project", arguments.modules, arguments.splices, arguments.load)
        with Server(folder / "socket") as server:
            options = TapOptions(socket=folder / "socket")
            ways = {
                "own": own_interpreters(folder / "own", toolchain),
                "relayed": bare_relays(folder / "relayed", toolchain),
                "tapped": write_launchers(_made(folder / "tapped"), toolchain, options),
            }
            runs = rounds(arguments.rounds, toolchain, project, ways)
        report(runs, server, arguments.modules * arguments.splices * arguments.rounds)


def report(runs: dict[str, list[Measured]], server: "Server", n_expected: int) -> None:
    """Print the table, and the overheads of the pairs."""
    names = {"own": "GHC's own interpreter", "relayed": "a bare relay", "tapped": "the tap"}
    print_table(TIMES, {name: times(runs[way]) for way, name in names.items()})
    print("\noverheads, medians of the pairs:")
    for before, after in (("own", "relayed"), ("own", "tapped"), ("relayed", "tapped")):
        pairs = list(zip(runs[before], runs[after], strict=True))
        cpu = median([two.cpu_seconds / one.cpu_seconds - 1 for one, two in pairs])
        wall = median([two.seconds / one.seconds - 1 for one, two in pairs])
        print(f"  {names[after]} over {names[before]}: cpu {cpu:+.1%}, wall {wall:+.1%}")
    print(f"splices heard of: {server.n_splices} of {n_expected}; listening cost {server.cpu_seconds:.2f} s of cpu")
    if server.n_splices != n_expected:
        raise SystemExit("the server did not hear of every splice")


def rounds(n_rounds: int, toolchain: Toolchain, project: Path, programs: dict[str, Path]) -> dict[str, list[Measured]]:
    """Load the project with each program in turn; the first round only warms the machine."""
    runs: dict[str, list[Measured]] = {name: [] for name in programs}
    for number in range(n_rounds):
        names = list(programs) if number % 2 else list(reversed(programs))
        for name in names:
            measured = measure(command(toolchain, programs[name]), cwd=project)
            if measured.code or "error" in measured.output:
                raise SystemExit(f"GHC did not load the project:\n{measured.output[-2000:]}")
            runs[name].append(measured)
            print(f"{name:8} {measured.seconds:6.2f} s  {measured.cpu_seconds:6.2f} s cpu", flush=True)
    return runs


def command(toolchain: Toolchain, program: Path) -> list[str | Path]:
    """A session that loads everything and ends."""
    dynamic = ["-dynamic"] if toolchain.dynamic else []
    flags = ["-v0", "--interactive", "-ignore-dot-ghci", "-package-env", "-", *dynamic, "-fexternal-interpreter"]
    return [toolchain.ghc, *flags, "-pgmi", program, "Main"]


def own_interpreters(folder: Path, toolchain: Toolchain) -> Path:
    """GHC's own interpreters under the name that it appends the way to."""
    folder.mkdir()
    for way, program in toolchain.interpreters.items():
        (folder / f"interpreter{way}").symlink_to(program)
    return folder / "interpreter"


def bare_relays(folder: Path, toolchain: Toolchain) -> Path:
    """The same behind a relay that does nothing else."""
    folder.mkdir()
    relay = Path(__file__).parent / "bare_relay.py"
    for way, program in toolchain.interpreters.items():
        script = folder / f"interpreter{way}"
        script.write_text(
            f'#!/bin/sh\nexec {shlex.join([sys.executable, "-I", "-S", str(relay), str(program)])} "$@"\n'
        )
        script.chmod(0o755)
    return folder / "interpreter"


def write_project(folder: Path, n_modules: int, n_splices: int, load: str = "trivial") -> Path:
    """Modules with as many splices each and one that imports them all; trivial ones are of four sorts by turns."""
    head, splice = LOADS[load]
    folder.mkdir()
    (folder / "Library.hs").write_text(LIBRARY)
    for number in range(n_modules):
        splices = "\n".join(splice(index) for index in range(n_splices))
        pragma = "{-# LANGUAGE TemplateHaskell, QuasiQuotes #-}\n"
        (folder / f"M{number}.hs").write_text(f"{pragma}module M{number} where\n{head}\n{splices}\n")
    imports = "".join(f"import M{number} ()\n" for number in range(n_modules))
    (folder / "Main.hs").write_text(f"module Main where\n{imports}main :: IO ()\nmain = pure ()\n")
    return folder


class Server:
    """A listener in a thread of its own, which counts."""

    def __init__(self, path: Path) -> None:
        self.n_splices = 0
        self.cpu_seconds = 0.0
        """What the thread has used."""
        self._path = path
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        counter = Counter()
        listener = Listener(self._path, counter.take, lambda _, file: Path("/") / file)
        self._loop.run_until_complete(listener.start())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(listener.close())
        self._loop.close()
        self.n_splices, self.cpu_seconds = counter.n_splices, time.thread_time()


@define
class Counter:
    n_splices: int = 0

    def take(self, event: TapEvent) -> None:
        if isinstance(event, SpliceDone) and event.run.result is not None:
            self.n_splices += 1


def _splice(index: int) -> str:
    sorts = (
        f"v{index} :: Int -> Int\nv{index} = $(power {index % 7 + 1})",
        f"data T{index} = A{index} | B{index} Int | C{index} T{index}\ndescribe ''T{index}",
        f"v{index} :: String\nv{index} = [text|some words {index}|]",
        f'v{index} :: (Int, Bool)\nv{index} = $([| (length "abc" + {index}, not True) |])',
    )
    return sorts[index % len(sorts)]


def _record(index: int) -> str:
    fields = ", ".join(f"_field{index}x{number} :: {kind}" for number, kind in enumerate(FIELDS))
    return f"data R{index} = R{index} {{ {fields} }}"


LOADS = {
    "trivial": ("import Library", _splice),
    "lenses": ("import Lens.Micro.TH", lambda index: f"{_record(index)}\nmakeLenses ''R{index}"),
    "json": ("import Data.Aeson.TH", lambda index: f"{_record(index)}\nderiveJSON defaultOptions ''R{index}"),
}
"""For each load what modules import, and the splice of a number."""


def _made(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()

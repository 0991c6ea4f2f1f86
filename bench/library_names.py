"""What it costs to look up names of installed packages, in milliseconds of cpu.

    python bench/library_names.py [--ghc ghc] [--rounds 5]

*Cold* is the first name of a module, *warm* the same name again.  Python's start and the description of the packages,
which is read once, are not counted.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from measure import print_table

from thatch.core.ghc.toolchain import probe
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.packages.lookup import PackageNames, package_names
from thatch.core.settings import Settings
from thatch.core.source.outline import outline
from thatch.core.th.derive import known_names

NAMES = (
    ("containers", "Data.Map.Internal", "insertWith"),
    ("text", "Data.Text", "splitOn"),
    ("bytestring", "Data.ByteString", "splitWith"),
    ("base", "Data.OldList", "sortOn"),
    ("base", "GHC.Base", "map"),
    ("ghc-internal", "GHC.Internal.Base", "map"),
)
N_WARM = 2000


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ghc", default="ghc")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        toolchain = await probe(arguments.ghc)
        known = await known_names(toolchain, Path(folder))
        settings = Settings(cache_dir=Path(folder))
        rows: dict[str, list[str]] = {}
        for unit, module, text in NAMES:
            name = Name(ModuleId(unit, module), OccName(text, Namespace.VARIABLE))
            cold, warm = [], []
            for _ in range(arguments.rounds):
                names = package_names(toolchain.libdir, [], known, settings)
                await names.module(ModuleId(unit, "Absent"))
                found = await timed(names, name)
                if found is None:
                    break
                cold.append(found)
                warm.append(await repeated(names, name))
            if cold:
                rows[f"{module}.{text}"] = [milliseconds(cold), milliseconds(warm)]
        rows |= sources(arguments.rounds)
        print_table(["cold", "warm"], rows)
    print(f"GHCi, `:doc` of one name: {ghci(toolchain.ghc):.0f} ms to start and answer")


async def timed(names: PackageNames, name: Name) -> float | None:
    """Seconds of cpu for a name; None if this GHC has no such module."""
    before = time.process_time()
    facts = await names.name(name)
    seconds = time.process_time() - before
    return seconds if facts and facts.documentation.blocks else None


async def repeated(names: PackageNames, name: Name) -> float:
    """Seconds of cpu for a name that was just asked for."""
    before = time.process_time()
    for _ in range(N_WARM):
        await names.name(name)
    return (time.process_time() - before) / N_WARM


def sources(rounds: int) -> Mapping[str, list[str]]:
    """The outline of a big module, which is needed where only the source tells something."""
    path = Path(__file__).parent.parent / ".toolchains/sources/aeson/src/Data/Aeson/Types/FromJSON.hs"
    text = path.read_text("utf-8")
    found = []
    for number in range(rounds):
        before = time.process_time()
        outline(f"{text}\n-- {number}\n")
        found.append(time.process_time() - before)
    return {f"outline of {path.name}, {text.count(chr(10))} lines": [milliseconds(found), ""]}


def ghci(ghc: Path) -> float:
    """Milliseconds of cpu of a GHCi that answers one question."""
    before = os.times()
    subprocess.run([ghc, "-ignore-dot-ghci", "-e", ":doc map"], check=True, capture_output=True)
    after = os.times()
    return (after.children_user - before.children_user + after.children_system - before.children_system) * 1000


def milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.3g}"


if __name__ == "__main__":
    asyncio.run(main())

"""Renaming in compiled modules: at a cursor, applied, and all results compiled again in one session of GHC."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import Ghc
from tests.support.compiled import CompiledModules
from tests.support.waiting import seconds
from thatch.core.fixes.model import applied
from thatch.core.navigation.code import Code
from thatch.core.rename.rename import rename
from thatch.core.rename.target import find_target

FLAGS = ("--interactive", "-v0", "-ignore-dot-ghci", "-package-env", "-", "-w")


async def renamed(code: Code, folder: Path, place: str, new: str) -> dict[str, str]:
    """The changed texts by file, after renaming what stands at the `|` of a place such as `Lib.hs: data |Shape`."""
    name, _, marked = place.partition(": ")
    before, _, after = marked.partition("|")
    seen = await code.modules.seen(folder / name, code.documents)
    assert seen
    assert seen.lines.text.count(before + after) == 1, f"{place} is not one place"
    offset = seen.lines.text.index(before + after) + len(before)
    target = await find_target(code, seen, offset)
    found = await rename(code, seen, offset, new)
    assert target is not None, f"There is no name at {place}"
    assert found is not None
    return {str(each.path.relative_to(folder)): applied(each.lines.text, each.edits) for each in found}


def compile_all(
    ghc: Ghc, folder: Path, files: CompiledModules, variants: Mapping[str, Mapping[str, str]], *flags: str
) -> str:
    """What GHC says of the modules with each of some sets of changed texts; empty if it takes them all."""
    sources = [path for path in files.folder.rglob("*") if path.suffix in {".hs", ".lhs", ".hs-boot"}]
    script = [':set prompt ""']
    for number, (name, changed) in enumerate(variants.items()):
        variant = folder / f"variant-{number}"
        for path in sources:
            relative = path.relative_to(files.folder)
            (variant / relative).parent.mkdir(parents=True, exist_ok=True)
            (variant / relative).write_text(changed.get(str(relative), path.read_text("utf-8")), "utf-8")
        modules = [str(path.relative_to(files.folder)) for path in sources if path.suffix != ".hs-boot"]
        script += [":load", f":cd {variant}", f":load {' '.join(modules)}"]
        assert "\n" not in name
    done = subprocess.run(
        [ghc.path, *FLAGS, *flags],
        input="\n".join([*script, ":quit", ""]),
        capture_output=True,
        text=True,
        timeout=seconds(240),
        check=False,
    )
    return f"{done.stdout}{done.stderr}".replace(str(folder), "")

"""Small Haskell projects for tests: writing them, and loading their units in a real GHC."""

import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from tests.support.waiting import seconds
from thatch.core.ghc.flags import response_file
from thatch.core.project.model import Project, Role, Unit
from thatch.core.settings import Settings


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below `root`, their texts without common indentation; returns `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
    return root


def write_program(path: Path, script: str) -> Path:
    """Write an executable Python program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable} -S\n{dedent(script).lstrip()}")
    path.chmod(0o755)
    return path


def settings_for(folder: Path, **values: object) -> Settings:
    """Settings whose cache lies in a folder of the test."""
    return Settings(cache_dir=folder, cradle_timeout=seconds(120), **values)  # type: ignore[arg-type]


def unit(project: Project, component: str) -> Unit:
    """The unit of a component."""
    found = {entry.component: entry for entry in project.units}
    assert component in found, f"{component} is none of {sorted(found)}"
    return found[component]


def names(entry: Unit, role: Role | None = None) -> set[str]:
    """The names of a unit's modules, of one role or of all."""
    return {module.name for module in entry.modules if role in {None, module.role}}


def load(project: Project, folder: Path) -> str:
    """Load all units in one session of the project's GHC, without making code; what GHC said."""
    command = [str(project.ghc), "--interactive", "-ignore-dot-ghci", "-fno-code"]
    for number, entry in enumerate(project.units):
        file = folder / f"unit-{number}"
        file.write_text(response_file(_arguments(entry)), "utf-8")
        command += ["-unit", f"@{file}"]
    result = subprocess.run(
        command, input=":quit\n", cwd="/", capture_output=True, text=True, encoding="utf-8", timeout=seconds(120)
    )
    return f"{shlex.join(command)}\n{result.stdout}{result.stderr}"


def _arguments(entry: Unit) -> list[str]:
    return [
        "-this-unit-id",
        entry.id,
        "-working-dir",
        str(entry.directory),
        *entry.flags,
        "-i",
        *(f"-i{folder}" for folder in entry.source_dirs),
        *(str(module.path) if module.name == "Main" else module.name for module in entry.modules),
    ]

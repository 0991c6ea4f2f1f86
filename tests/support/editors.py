"""The editors that tests drive, as `scripts/setup-test-editors.sh` puts them into `.toolchains/`."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.check import REPOSITORY


def find_editor(name: str) -> Path:
    """The program of an editor, such as `nvim-trixie`.  A missing one is a failure: a skipped test shows nothing."""
    program = REPOSITORY / ".toolchains" / "bin" / name
    if not program.exists():
        pytest.fail(f"There is no {program}: run `make test`, or scripts/setup-test-editors.sh.")
    return program


def path_with(*folders: Path) -> dict[str, str]:
    """An environment in which programs are looked for in some folders first."""
    return {"PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]])}


def thatch_on_path() -> dict[str, str]:
    """An environment in which `thatch` is the one that is tested."""
    return path_with(Path(sys.executable).parent)

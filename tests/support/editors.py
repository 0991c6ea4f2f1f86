"""The editors that tests drive, as `scripts/setup-test-editors.sh` puts them into `.toolchains/`."""

import os
import re
import shutil
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


def copy_of_letters(folder: Path) -> Path:
    """A copy of the example with splices, in a folder of the test."""
    return Path(shutil.copytree(REPOSITORY / "examples" / "letters", folder / "letters"))


def documented(section: str, language: str) -> str:
    """All code of a language in a section of docs/editors.md: what users copy."""
    text = (REPOSITORY / "docs" / "editors.md").read_text()
    found = re.search(rf"^## {re.escape(section)}\b.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, section
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", found[0], re.MULTILINE | re.DOTALL)
    assert blocks, f"{language} in {section}"
    return "\n".join(blocks)

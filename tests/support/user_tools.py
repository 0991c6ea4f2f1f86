"""The programs of users that tests run: real ones, which must be there."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@cache
def user_tool(name: str) -> Path:
    """The path of a program.  A missing one is a failure: a test that is skipped shows nothing."""
    found = shutil.which(name, path=f"/usr/bin:{REPOSITORY / '.toolchains' / 'bin'}")
    if found is None:
        pytest.fail(f"{name} was not found: run `make test`, which installs it")
    return Path(found)

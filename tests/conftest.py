"""What all tests share: the compilers that end-to-end tests run, and the option that rewrites expected texts."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import settings

from thatch.core.th.depth import room_for_deep_trees

pytest_plugins = ["tests.support.compiled", "tests.support.goldens", "tests.support.lsp_sessions"]
pytest.register_assert_rewrite("tests.support.editor", "tests.support.lsp_client", "tests.support.structure")

# A test may be slow because the machine is busy; that says nothing about the code.  A change that passes passes again:
# `make test` tries the same examples every time, and `make test-slow` looks for new ones.
settings.register_profile("thatch", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("thatch")

# Raised for good when the first deep tree is read; hypothesis must not see that happen inside of a test.
with room_for_deep_trees():
    pass

# Who starts tests in the background has this signal ignored, and whatever tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parent.parent
SERIES = ("9.6", "9.10")
"""The compilers that every end-to-end test runs with."""


@frozen
class Ghc:
    """A compiler to test with."""

    series: str
    """Such as `9.10`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `ghc` runs once with each compiler."""
    if "ghc" in metafunc.fixturenames:
        metafunc.parametrize("ghc", SERIES if not _chosen() else list(_chosen()), indirect=True)


@pytest.fixture
def ghc(request: pytest.FixtureRequest) -> Ghc:
    """A real compiler.  A missing one is a failure: a test that is skipped shows nothing."""
    return require_ghc(request.param)


def require_ghc(series: str) -> Ghc:
    """The compiler of a series such as `9.10`; the test fails when there is none."""
    path = _chosen().get(series) or _find(series)
    if path is None:
        pytest.fail(
            f"GHC {series} was not found: run `make test` (it installs it), or name compilers in THATCH_TEST_GHCS, "
            "separated by colons."
        )
    return Ghc(series, path)


@cache
def _chosen() -> dict[str, Path]:
    """The compilers named in the environment, by series."""
    names = os.environ.get("THATCH_TEST_GHCS", "")
    return {_series(Path(name)): Path(name) for name in names.split(":") if name}


@cache
def _find(series: str) -> Path | None:
    return next((path for path in _candidates(series) if _series(path) == series), None)


def _candidates(series: str) -> Iterator[Path]:
    if on_path := shutil.which("ghc"):
        yield Path(on_path)
    folders = [REPOSITORY / ".toolchains" / "bin", *map(Path, os.environ.get("PATH", "").split(":"))]
    folders.append(Path.home() / ".ghcup" / "bin")
    for folder in folders:
        if folder.is_dir():
            yield from sorted(path for path in folder.glob(f"ghc-{series}*") if re.fullmatch(r"ghc-[\d.]+", path.name))


@cache
def _series(path: Path) -> str:
    """The first two numbers of a compiler's version; empty if it cannot be run."""
    try:
        said = subprocess.run([path, "--numeric-version"], capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    return ".".join(said.stdout.strip().split(".")[:2])

"""The VS Code extension: its form and types, its unit tests, and the packaged extension in a real workbench."""

import os
import shutil
import subprocess

import pytest

from tests.conftest import REPOSITORY

EXTENSION = REPOSITORY / "editors/vscode"

MINUTES = 60 * float(os.environ.get("THATCH_TEST_TIMEOUT_MULTIPLIER", "1"))


def npm_run(script: str) -> None:
    """Run one of the extension's scripts; what it says is shown when it fails."""
    if shutil.which("npm") is None or not (EXTENSION / "node_modules").is_dir():
        pytest.fail("The extension's tools are not there: run `make test-vscode` (it installs them).")
    done = subprocess.run(
        ["npm", "run", "--silent", script],
        cwd=EXTENSION,
        capture_output=True,
        text=True,
        timeout=15 * MINUTES,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_form_is_checked() -> None:
    npm_run("lint")


def test_its_types_are_checked() -> None:
    npm_run("check")


def test_its_parts() -> None:
    npm_run("test")


def test_it_works_in_a_workbench() -> None:
    npm_run("package")
    npm_run("test-workbench")

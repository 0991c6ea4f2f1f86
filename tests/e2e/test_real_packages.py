"""Real packages: `thatch check` says what the GHC of `cabal build` says, with the same flags."""

import itertools
import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.support.check import Checker
from tests.support.waiting import seconds

SOURCES = REPOSITORY / ".toolchains" / "sources"

FLAGS = "-Wall -Wcompat -Wredundant-constraints -Wmissing-local-signatures"
"""The packages are nearly free of warnings by their own flags; these bring out hundreds."""

BUILDING = re.compile(r"Building .* for (?P<package>[\w-]+)-[\d.]+\.\.")

MESSAGE = re.compile(
    r"(?P<path>\S[^:]*):(?:(?P<line>\d+):\d+(?:-\d+)?|\((?P<first>\d+),\d+\)-\(\d+,\d+\)): (?:warning|error):"
    r"(?: \[(?P<code>GHC-\d+)\])?(?: \[(?P<flag>-W[\w-]+)[^\]]*\])?"
)
"""The first line of one of GHC's messages, as a terminal shows it."""

BODY = re.compile(r" |\d+ \|")
"""The beginning of a message's further lines."""

Place = tuple[str, int, str]
"""File relative to the project's root, line, code (or flag, where GHC 9.6 has no code)."""


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the named packages in one cabal project with more warnings."""
    packages: tuple[str, ...] = request.param
    folder = tmp_path / "project"
    for package in packages:
        assert (SOURCES / package).is_dir(), f"{SOURCES / package} is missing: run `make test`, which unpacks it"
        shutil.copytree(SOURCES / package, folder / package, ignore=shutil.ignore_patterns("dist-newstyle"))
        (folder / package / "cabal.project").unlink(missing_ok=True)
    (folder / "cabal.project").write_text(
        f"packages: {' '.join(packages)}\nallow-newer: *\nprogram-options\n  ghc-options: {FLAGS}\n"
    )
    return folder


@pytest.mark.parametrize(
    ("project", "at_least"), [(("aeson",), 50), (("hledger-lib", "hledger"), 500)], indirect=["project"], ids=str
)
def test_same_diagnostics_as_cabal_build(project: Path, at_least: int, tmp_path: Path) -> None:
    checked = Checker(tmp_path).concise(project, cwd=project)
    assert checked.code == 0, checked.err
    found = Counter((entry.path, entry.line, entry.code or entry.flag) for entry in checked.entries)
    expected = messages(project, tmp_path / "dist")
    assert sum(expected.values()) >= at_least
    assert found == expected


def messages(project: Path, build: Path) -> Counter[Place]:
    """The different messages of a real build: two components may compile a file, and GHC repeats itself."""
    found = set()
    package = ""
    lines = cabal_build(project, build).splitlines()
    for number, line in enumerate(lines):
        if building := BUILDING.match(line):
            package = building["package"]
        if message := MESSAGE.match(line):
            path = os.path.relpath(project / package / message["path"], project)
            place = path, int(message["line"] or message["first"]), message["code"] or message["flag"]
            found.add((place, line, *itertools.takewhile(BODY.match, lines[number + 1 :])))
    return Counter(place for place, *_ in found)


def cabal_build(project: Path, build: Path) -> str:
    """What a real build of everything prints; without optimisation, which changes no message."""
    config = build.with_name("cabal.config")
    config.write_text("")
    options = ["-j1", "-O0", "--offline", "--enable-tests", "--enable-benchmarks", f"--builddir={build}"]
    done = subprocess.run(
        ["cabal", f"--config-file={config}", "v2-build", "all", *options],
        cwd=project,
        env={**os.environ, "CABAL_DIR": str(build.with_name("cabal"))},
        stdout=subprocess.PIPE,
        # One stream for both: GHC's messages belong to the package that cabal said it builds.
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds(1200),
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout

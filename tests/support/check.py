"""Running `thatch check` as a user does: in a process of its own, with real compilers."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from tests.support.waiting import seconds

REPOSITORY = Path(__file__).parents[2]

LINE = re.compile(
    r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning|info|hint)"
    r"(?: \[(?P<code>GHC-\d+)\])?(?: \[(?P<flag>-W[\w-]+)\])?:(?: (?P<message>.*))?"
)
"""What one line of `--format concise` looks like."""


@frozen
class Entry:
    """One line of `--format concise`."""

    path: str
    line: int
    column: int
    severity: str
    code: str
    flag: str
    message: str


@frozen
class Checked:
    """How a run ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def entries(self) -> list[Entry]:
        """The lines of `--format concise`; any other line on stdout is a failure."""
        matches = [(line, LINE.fullmatch(line)) for line in self.out.splitlines()]
        assert [line for line, match in matches if match is None] == []
        found = [match.groupdict(default="") for _, match in matches if match]
        return [Entry(**{**parts, "line": int(parts["line"]), "column": int(parts["column"])}) for parts in found]


class Checker:
    """Runs the command with a cache folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**clean_environment(), "THATCH_CACHE_DIR": str(folder / "cache")}

    def command(self, *arguments: object) -> list[str]:
        """The command line for arguments of `thatch check`."""
        return [sys.executable, "-m", "thatch.cli.main", "check", *map(str, arguments)]

    def run(self, *arguments: object, cwd: Path, env: Mapping[str, str] | None = None, limit: float = 180) -> Checked:
        """Run `thatch check` to its end; one that takes longer than `limit` seconds is a failure."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=cwd,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds(limit),
        )
        return Checked(done.returncode, done.stdout.decode(), done.stderr.decode())

    def concise(self, *arguments: object, cwd: Path, env: Mapping[str, str] | None = None) -> Checked:
        """Run `thatch check --format concise` to its end."""
        return self.run("--format", "concise", *arguments, cwd=cwd, env=env)


def clean_environment() -> dict[str, str]:
    """The environment without what would change the output."""
    changing = {"NO_COLOR", "FORCE_COLOR", "THATCH_DEBUG", "PYTHONIOENCODING"}
    environment = {name: value for name, value in os.environ.items() if name not in changing}
    return {**environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts by relative path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

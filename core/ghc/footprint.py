"""Which files a program comes down to when it is run, through links and wrapper scripts, and what state they are in.

Installations of GHC put a script on PATH that sets some variables and calls the compiler (GHC's own `make install`,
ghcup, Debian).  Such scripts are read; whatever does more than that is not understood, on purpose.
"""

import re
from collections.abc import Iterable
from pathlib import Path

MOST_STEPS = 8
"""How many scripts may call one another."""

MOST_BYTES = 2**14
"""How long a script may be."""

State = list[list[object]]
"""Of each file: its path, and what changes when it does; as JSON would give it back."""


def footprint(program: Path) -> tuple[Path, ...] | None:
    """The files that decide what a program does, the compiled one last; None when that cannot be told.  Blocking."""
    found: list[Path] = []
    for _ in range(MOST_STEPS):
        try:
            found.append(program.resolve(strict=True))
            with found[-1].open("rb") as file:
                text = file.read(MOST_BYTES)
        except (OSError, RuntimeError):
            return None
        if not text.startswith(b"#!"):
            return tuple(found)
        target = called(text.decode("utf-8", "replace")) if len(text) < MOST_BYTES else None
        if target is None:
            return None
        program = target
    return None


def called(script: str) -> Path | None:
    """The one program that a shell script calls in the end, by its absolute path; None unless that is all it does."""
    variables: dict[str, str] = {}
    lines = [line for line in script.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines or any(_UNSURE.search(_without_arguments(line)) for line in lines):
        return None
    *settings, last = lines
    for line in settings:
        match = _ASSIGNMENT.fullmatch(line.strip())
        value = _expanded(match["value"], variables) if match else None
        if match is None or value is None:
            return None
        variables[match["name"]] = value
    match = _EXEC.fullmatch(last.strip())
    if match is None or _expanded(_without_arguments(match["rest"]), variables) is None:
        return None
    program = _expanded(match["program"], variables)
    return Path(program) if program and program.startswith("/") else None


def state(files: Iterable[Path]) -> State:
    """What tells whether files are what they were.  Blocking, briefly."""
    return [[str(path), *_stat(path)] for path in files]


_WORD = r""" '[^']*' | "[^"]*" | [\w./+:,=@%${}-]+ """
_ASSIGNMENT = re.compile(rf"(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>{_WORD})?", re.VERBOSE)
_EXEC = re.compile(rf"exec\s+(?P<program>{_WORD})(?P<rest>\s.*)?", re.VERBOSE)

_UNSURE = re.compile(r"[`;&|<>\\*?\[\]()~!]|\$\{(?!\w+\})|\$(?![A-Za-z_{])|\$\{?\d")
"""What could make a line mean more than it seems to."""

_ARGUMENTS = re.compile(r"""\$\{1\+"\$@"\} | "\$\{1\+"\$@"\}" | "\$@" | \$@""", re.VERBOSE)
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def _without_arguments(line: str | None) -> str:
    """The line without the arguments that a script passes on."""
    return _ARGUMENTS.sub("", line or "")


def _expanded(word: str | None, variables: dict[str, str]) -> str | None:
    """A word of the shell with its variables' values; None when one of them is not known."""
    word = word or ""
    if word.startswith("'"):
        return word.strip("'")
    names = {bare or braced for bare, braced in _VARIABLE.findall(word)}
    if not names <= variables.keys():
        return None
    return _VARIABLE.sub(lambda match: variables[match[1] or match[2]], word).replace('"', "")


def _stat(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    # The inode's time cannot be set: it gives away a file that was replaced with its old time stamp.
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino]

"""bubblewrap on this machine: whether it works, what it must hide here, and looking at what runs in it."""

import asyncio
import contextlib
import logging
import os
import platform
import pwd
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core import process
from thatch.core.errors import SessionError, ThatchError
from thatch.core.sandbox.command import PRIVATE, TEMPORARY, Limits, Room, Surroundings, command_line
from thatch.core.sandbox.mode import SandboxMode
from thatch.core.sandbox.secrets import FILE_VARIABLES, HOME_SECRETS, SYSTEM_SECRETS, is_secret_variable

log = logging.getLogger(__name__)

TRY_SECONDS = 10.0
"""How long the trial may take; it takes some hundredths of a second."""

MOST_TASKS = 4096
"""The kernel's limit on threads, where it holds; GHC and its interpreter have several for each core."""

SPARED_BYTES = 2 * 2**30
"""How much of a disk a session leaves free, at most; on a fuller one it is half of what was free at its start."""

SMALL_BYTES = 2**28
"""A session whose folders hold less than this is not to blame for a full disk."""

KEPT = ("/run/current-system", "/run/opengl-driver", "/run/wrappers")
"""Where NixOS has its programs."""


@frozen
class Usable:
    """bubblewrap works here."""

    bwrap: Path


@frozen
class Unusable:
    """bubblewrap does not work here."""

    reason: str
    """One sentence for the user."""


class Sandbox:
    """One session's sandbox.  Its methods block for some milliseconds: call them in a thread."""

    def __init__(self, bwrap: Path, room: Room, limits: Limits) -> None:
        """Describe it; nothing is looked at before `wrap`."""
        self._bwrap = bwrap
        self._room = room
        self._limits = limits
        self._spared = 0

    def wrap(self, command: Sequence[str | Path], env: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
        """The command and the additions to the environment that start `command` in the sandbox.

        Temporary files go to the private `/tmp`, if there is one.  Raises OSError when a writable folder is not there.
        """
        self._spared = min(SPARED_BYTES, self._free() // 2)
        room = real_room(self._room)
        surroundings = survey(room, os.environ)
        inner = dict(env)
        if TEMPORARY.parent in surroundings.private:
            inner["TMPDIR"] = str(TEMPORARY)
        return command_line(self._bwrap, tuple(map(str, command)), room, surroundings, self._limits, inner), {}

    def excess(self, pid: int) -> str:
        """Why the session whose bubblewrap has this process id must be ended, as a clause for the user; else empty."""
        if n_processes(pid) > self._limits.processes:
            return f"more than {self._limits.processes} processes ran in its sandbox"
        if self._free() < self._spared and _holds(self._room.writable, SMALL_BYTES):
            return "it was about to fill the disk"
        return ""

    def _free(self) -> int:
        """How many bytes can still be written, in the fullest of the writable folders; 0 when they are gone."""
        try:
            found = [os.statvfs(path) for path in self._room.writable]
        except OSError:
            return 0
        return min((one.f_bavail * one.f_frsize for one in found), default=0)


async def open_sandbox(mode: SandboxMode, room: Room) -> Sandbox | None:
    """The sandbox for a session, or None where there is to be none.

    Raises `SessionError` when one is required and cannot be had.  That there is none is logged once.
    """
    if mode is SandboxMode.OFF:
        return None
    found = await usable()
    if isinstance(found, Usable):
        return Sandbox(found.bwrap, room, default_limits())
    if mode is SandboxMode.REQUIRE:
        raise SessionError(
            message=f"No GHC is started, because the setting `sandbox` requires a sandbox. {found.reason}",
            remedy="Install bubblewrap where user namespaces are allowed, or set `sandbox` to `auto` or `off`.",
            by_itself=True,
        )
    return None


def default_limits() -> Limits:
    """The limits that hold here.

    Since Linux 5.14 the kernel counts threads for each user namespace; before, and for root, its limit is of no use.
    """
    release = tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])
    return Limits(tasks=MOST_TASKS if os.getuid() != 0 and release >= (5, 14) else None)


async def usable() -> Usable | Unusable:
    """Whether bubblewrap works here: tried once, and remembered while this process lives."""
    global _found  # noqa: PLW0603
    if _found is None:
        _found = await try_out(shutil.which("bwrap"))
        if isinstance(_found, Unusable):
            log.warning("GHC runs without a sandbox. %s", _found.reason)
    return _found


_found: Usable | Unusable | None = None


async def try_out(bwrap: str | None) -> Usable | Unusable:
    """Run a shell in a sandbox like a session's, to see whether it comes up."""
    if bwrap is None:
        return Unusable("bubblewrap (`bwrap`) is not installed.")
    room = Room(cwd=Path("/"), writable=())
    surroundings = await asyncio.to_thread(survey, room, os.environ)
    command = command_line(Path(bwrap), ["true"], room, surroundings, default_limits())
    try:
        done = await process.run(command, cwd=Path("/"), timeout=TRY_SECONDS)
    except ThatchError as error:
        return Unusable(f"bubblewrap does not work here: {error.message}")
    if done.code != 0:
        said = done.said.strip().split("\n")[-1] or f"exit code {done.code}"
        return Unusable(f"bubblewrap does not work here: {said}")
    return Usable(Path(bwrap))


def survey(room: Room, environment: Mapping[str, str]) -> Surroundings:
    """What must be hidden from a session on this machine.  Blocking."""
    private = tuple(sorted({path.resolve() for path in PRIVATE if path.is_dir()}))
    places = [*_secret_places(environment), *_sockets()]
    homes = _homes(environment)
    # A variable that names a whole home folder would hide all projects with it.
    spared = {room.cwd, *homes, *(parent for home in homes for parent in home.parents)}
    found = {real for place in places if (real := _existing(place)) is not None} - spared
    covers = {*private, *(path for path in found if path.is_dir())}
    opened = (room.cwd, *room.visible, *room.writable)
    # What lies in a hidden folder needs no hiding, except where a part of that is shown.
    seen = sorted(path for path in found if covers.isdisjoint(path.parents) or _is_in(path, opened))
    return Surroundings(
        private=private,
        hidden_folders=tuple(path for path in seen if path.is_dir()),
        # A socket in a writable folder is the session's own.
        hidden_files=tuple(path for path in seen if not path.is_dir() and not _is_in(path, room.writable)),
        kept=tuple(path for path in map(Path, KEPT) if path.exists()),
        secret_variables=tuple(sorted(name for name, value in environment.items() if is_secret_variable(name, value))),
    )


def inner_pid(pid: int) -> int | None:
    """The process id, as seen from here, of the program that a bubblewrap runs; None while or when there is none.

    bubblewrap's only child is the first process of the namespace, whose first child is the program.
    """
    for first in children(pid):
        for child in children(first):
            if _pids(child)[-1:] == [2]:
                return child
    return None


def n_processes(pid: int) -> int:
    """How many processes run in the sandbox of the bubblewrap with this process id; 0 when it is gone."""
    for first in children(pid):
        try:
            # The namespace's own /proc lists just its processes.
            return sum(entry.name.isdecimal() for entry in Path(f"/proc/{first}/root/proc").iterdir())
        except OSError:
            return 0
    return 0


def children(pid: int) -> list[int]:
    """The ids of a process's children."""
    found = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            text = (thread / "children").read_text("ascii")
            found += [int(child) for child in text.split()]
    except OSError:
        return []
    return sorted(found)


def _pids(pid: int) -> list[int]:
    """A process's ids in this namespace and those inside it (proc_pid_status(5))."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
    except OSError:
        return []
    line = re.search(r"^NSpid:(.*)$", status, re.MULTILINE)
    return [int(number) for number in line[1].split()] if line else []


def real_room(room: Room) -> Room:
    """The room with links followed, and what is visible reduced to what exists; Python and thatch itself are added."""
    own = [Path(sys.prefix), Path(sys.base_prefix), Path(__file__).parents[2], Path(__file__).resolve().parents[2]]
    named = [*room.visible, *own, *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    visible = {real for path in named if path.is_absolute() and (real := _existing(path)) is not None}
    return Room(
        cwd=room.cwd.resolve(strict=True),
        writable=tuple(path.resolve(strict=True) for path in room.writable),
        visible=tuple(sorted(path for path in visible if path.is_dir() or path.is_file())),
    )


def _homes(environment: Mapping[str, str]) -> set[Path]:
    homes = {environment.get("HOME", "")}
    with contextlib.suppress(KeyError):
        homes.add(pwd.getpwuid(os.getuid()).pw_dir)
    return {Path(home).resolve() for home in homes if home.startswith("/")}


def _secret_places(environment: Mapping[str, str]) -> Iterator[Path]:
    yield from map(Path, SYSTEM_SECRETS)
    for home in _homes(environment):
        yield from (home / name for name in HOME_SECRETS)
    for name in FILE_VARIABLES & environment.keys():
        yield from (Path(value) for value in environment[name].split(":") if value.startswith("/"))


def _sockets() -> list[Path]:
    """The Unix sockets that programs listen on by a path: a read-only file system would not keep anybody from them."""
    try:
        lines = Path("/proc/net/unix").read_text("utf-8", "surrogateescape").split("\n")
    except OSError:
        return []
    paths = {line.partition(" /")[2] for line in lines[1:]}
    return [Path("/", path) for path in paths if path]


def _existing(path: Path) -> Path | None:
    """The real path of something that is there and can be reached."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None


def _is_below(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _is_in(path: Path, folders: Iterable[Path]) -> bool:
    return any(_is_below(path, folder) for folder in folders)


def _holds(folders: Iterable[Path], n_bytes: int) -> bool:
    """Whether there are so many bytes in the folders; links are not followed."""
    total = 0
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                with contextlib.suppress(OSError):
                    found = Path(parent, name).lstat()
                    total += found.st_blocks * 512 if stat.S_ISREG(found.st_mode) else 0
            if total > n_bytes:
                return True
    return False

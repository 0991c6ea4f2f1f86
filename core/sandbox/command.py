"""The command line of bubblewrap for one session; pure: what this machine is like comes in as data.

Mounts are made in the order of their paths, parents first, so that a deeper one always wins: a secret below the
project stays hidden, and a project below a private folder is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

PRIVATE = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - They are mounted, not written to.
"""Folders that each session has for itself; what other programs keep there is not seen."""

TEMPORARY = PRIVATE[0] / "ghc"
"""The folder for GHC's temporary files: not all of `/tmp`, where a project may lie.

GHC takes no note of what a module includes from below its temporary folder.
"""

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108


@frozen(kw_only=True)
class Limits:
    """What a session may use before it is ended or a write fails."""

    tmp_bytes: int = 2**30
    """The size of each private folder; they are held in memory."""

    file_bytes: int = 2**30
    """The size of a single file."""

    processes: int = 256
    """The number of processes, GHC's own among them."""

    tasks: int | None = None
    """The number of threads, as the kernel limits it; None where it would count other programs of the user as well."""


@frozen(kw_only=True)
class Room:
    """What one session needs of the file system."""

    cwd: Path

    writable: tuple[Path, ...]
    """Existing folders that GHC writes into."""

    visible: tuple[Path, ...] = ()
    """What must be there in a private folder too; paths elsewhere are ignored, so that no flag uncovers a secret."""


@frozen(kw_only=True)
class Surroundings:
    """What is on this machine, with all paths real ones (without links) and existing."""

    private: tuple[Path, ...]
    """Which of `PRIVATE` there are."""

    hidden_folders: tuple[Path, ...] = ()
    hidden_files: tuple[Path, ...] = ()
    """Secrets, and the sockets of other programs."""

    kept: tuple[Path, ...] = ()
    """Folders that stay visible although they lie in hidden ones."""

    secret_variables: tuple[str, ...] = ()


def command_line(
    bwrap: Path,
    command: Sequence[str],
    room: Room,
    surroundings: Surroundings,
    limits: Limits,
    env: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The command that runs `command` in a sandbox, to be started in a process group of its own.

    `env` is set inside.  The paths of `room` are real and exist, as those of `surroundings` do.  Secret variables are
    taken out before bubblewrap starts, because its own environment can be read from inside, in `/proc/1/environ`.
    """
    unset = [part for name in surroundings.secret_variables for part in ("-u", name)]
    return (
        "env",
        *unset,
        str(bwrap),
        *NAMESPACES,
        *_mounts(room, surroundings, limits),
        *(part for name, value in (env or {}).items() for part in ("--setenv", name, value)),
        "--chdir",
        str(room.cwd),
        "--",
        "/bin/sh",
        "-c",
        _script(limits),
        "sh",
        *command,
    )


NAMESPACES = (
    "--unshare-net",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    # Root would keep its rights, and could undo all of this.
    "--cap-drop",
    "ALL",
)


def _script(limits: Limits) -> str:
    """What sets the limits inside and becomes the command: a write beyond them fails, it does not kill."""
    # POSIX counts blocks of 512 bytes; the option for tasks is -u in bash and -p in dash.
    blocks = limits.file_bytes // 512
    tasks = f"ulimit -u {limits.tasks} 2>/dev/null || ulimit -p {limits.tasks}; " if limits.tasks else ""
    return f"trap '' XFSZ; ulimit -c 0; ulimit -f {blocks}; {tasks}exec \"$@\""


def _mounts(room: Room, surroundings: Surroundings, limits: Limits) -> list[str]:
    made: dict[Path, tuple[str, ...]] = {
        Path("/"): ("--ro-bind", "/", "/"),
        Path("/proc"): ("--proc", "/proc"),
        Path("/dev"): ("--dev", "/dev"),
    }
    for path in (*surroundings.private, SHARED_MEMORY):
        made[path] = ("--perms", "1777", "--size", str(limits.tmp_bytes), "--tmpfs", str(path))
    if TEMPORARY.parent in surroundings.private:
        made[TEMPORARY] = ("--perms", "0700", "--dir", str(TEMPORARY))
    shown = {path for path in room.visible if _is_within(path, surroundings.private)}
    shown |= {path for path in {room.cwd, *surroundings.kept} if _needs_showing(path, surroundings)}
    for path in surroundings.hidden_files:
        # A device on a bind mount cannot be opened: reading it is denied, rather than finding nothing.
        made[path] = ("--ro-bind", "/dev/null", str(path))
    for path in surroundings.hidden_folders:
        holds = any(path in other.parents for other in {*shown, *room.writable})
        made[path] = ("--perms", "0555" if holds else "0000", "--tmpfs", str(path))
    made |= {path: ("--ro-bind", str(path), str(path)) for path in shown}
    made |= {path: ("--bind", str(path), str(path)) for path in room.writable}
    ordered = [part for path in sorted(made, key=lambda path: path.parts) for part in made[path]]
    # Empty folders that could be filled would be a way round the limits.
    sealed = [Path("/dev"), *(path for path in surroundings.hidden_folders if made[path][-2] == "--tmpfs")]
    return ordered + [part for path in sorted(sealed) for part in ("--remount-ro", str(path))]


def _needs_showing(path: Path, surroundings: Surroundings) -> bool:
    hidden = {*surroundings.private, *surroundings.hidden_folders}
    return path in hidden or any(parent in hidden for parent in path.parents)


def _is_within(path: Path, folders: Iterable[Path]) -> bool:
    return any(folder in path.parents for folder in folders)

"""The process of the real interpreter: starting it, its memory, and its end with all that it started.

Part of the tap: standard library only.
"""

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Sequence
else:
    # What Python puts around it takes long to load.
    import _signal as signal

_PAGE = os.sysconf("SC_PAGE_SIZE")
_DIE_WITH_PARENT = 1
"""prctl's PR_SET_PDEATHSIG."""
_ADOPT = 36
"""prctl's PR_SET_CHILD_SUBREAPER: what loses its parent becomes a child of this process."""
_MOST_ROUNDS = 100
"""How often all that was started is looked for and killed, if more comes meanwhile."""

NOT_STARTED = 127
"""The exit code of a child whose program could not be started."""


class Child:
    """A running interpreter."""

    __slots__ = ("_status", "memory_file", "pid", "read", "said", "watch", "write")

    def __init__(self, pid: int, write: int, read: int, said: int) -> None:
        self.pid = pid
        self.write = write
        """Where it reads requests from."""
        self.read = read
        """Where it writes replies to."""
        self.said = said
        """Its standard output and error."""
        self.watch = _pidfd(pid)
        """Becomes readable when the process ends; -1 where the system has no such thing."""
        self.memory_file = _open(f"/proc/{pid}/statm")
        self._status: int | None = None

    def memory(self) -> int:
        """The bytes of memory that it has, without its children; 0 when unknown."""
        return _resident(self.memory_file)

    def usage_of_all(self) -> tuple[int, int]:
        """The bytes of memory that it and all that it started have, and how many processes that is."""
        self._reap()
        found = _descendants(os.getpid())
        return sum(_memory_of(pid) for pid in found), len(found)

    def ended(self) -> bool:
        """Whether the process has ended; does not wait."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most that long; say whether it came."""
        until = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() >= until:
                return False
            time.sleep(0.002)
        return True

    def kill(self) -> None:
        """End it and all that it started, at once."""
        strays = _descendants(os.getpid())
        _signal(os.killpg, self.pid)
        for _ in range(_MOST_ROUNDS):
            for pid in strays:
                _signal(os.kill, pid)
            if self._status is None:
                _, self._status = os.waitpid(self.pid, 0)
            # What was started in the meantime is in the group, or has lost its parent.
            _signal(os.killpg, self.pid)
            self._reap()
            strays = _descendants(os.getpid())
            if not strays:
                return

    def _reap(self) -> None:
        """Take note of every child that has ended: strays are adopted."""
        try:
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.pid:
                    self._status = ended[1]
        except ChildProcessError:
            return

    def close(self) -> None:
        """Close the pipes to it, but not what it said."""
        for name in ("write", "read", "watch", "memory_file"):
            descriptor = getattr(self, name)
            if descriptor >= 0:
                os.close(descriptor)
                setattr(self, name, -1)

    @property
    def code(self) -> int:
        """The exit code, negative for the number of a signal; of a process that has ended."""
        assert self._status is not None
        return os.waitstatus_to_exitcode(self._status)


def ignore_interrupts() -> None:
    """Let SIGINT pass, which means GHC: splices run masked, so that it ends them only when they ask something."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def when_terminated(action: "Callable[[int, object], None]") -> None:
    """Have SIGTERM do this."""
    signal.signal(signal.SIGTERM, action)


def hold_termination(held: bool) -> None:
    """Have SIGTERM wait until it is no longer held."""
    signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, (signal.SIGTERM,))


def start(command: "Sequence[str]", options: "Sequence[str]") -> Child:
    """Start an interpreter in a process group of its own; that it is no program shows only when it ends."""
    read_there, write_here = os.pipe()
    read_here, write_there = os.pipe()
    said_here, said_there = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _become(
                [*command, str(write_there), str(read_there), *options], said_there, (write_there, read_there), parent
            )
        except OSError as error:
            os.write(2, f"{command[0]} could not be started: {error.strerror}".encode("utf-8", "replace"))
        finally:
            os._exit(NOT_STARTED)
    _lead_group(pid)
    _prctl(_ADOPT, 1)
    for descriptor in (read_there, write_there, said_there):
        os.close(descriptor)
    return Child(pid, write_here, read_here, said_here)


def _become(command: "Sequence[str]", said: int, kept: "Sequence[int]", parent: int) -> None:
    """In the child: become the interpreter."""
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    _die_with_parent(parent)
    nothing = os.open(os.devnull, os.O_RDONLY)
    # What a splice reads and prints must not be GHC's own input and output: they are the session's.
    os.dup2(nothing, 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    for descriptor in kept:
        os.set_inheritable(descriptor, True)
    os.execv(command[0], list(command))  # noqa: S606  # There is nothing for a shell to do.


def _lead_group(pid: int) -> None:
    """Make a child the leader of its group.  It does so itself as well, so that it is done whoever comes first."""
    try:
        os.setpgid(pid, pid)
    except OSError:
        return


def _die_with_parent(parent: int) -> None:
    """Have the system end this process when its parent ends, where it can."""
    if _prctl(_DIE_WITH_PARENT, int(signal.SIGKILL)) and os.getppid() != parent:
        os._exit(NOT_STARTED)


def _prctl(option: int, value: int) -> bool:
    """Ask the system something about this process; whether that is possible here."""
    try:
        # What Python puts around it takes longer to load than the interpreter to start.
        from _ctypes import call_function, dlopen, dlsym

        call_function(dlsym(dlopen(None, 0), "prctl"), (option, value))  # type: ignore[arg-type]
    except (ImportError, OSError, AttributeError):
        return False
    return True


def _pidfd(pid: int) -> int:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return -1


def _open(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return -1


def _resident(descriptor: int) -> int:
    if descriptor < 0:
        return 0
    try:
        return int(os.pread(descriptor, 200, 0).split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _memory_of(pid: int) -> int:
    descriptor = _open(f"/proc/{pid}/statm")
    try:
        return _resident(descriptor)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def memory_of_tree(pid: int) -> int:
    """The bytes of memory that a process and all that it started have, shared ones counted each time; 0 if unknown."""
    return sum(map(_memory_of, (pid, *_descendants(pid))))


def _descendants(pid: int) -> list[int]:
    """The children of a process, their children, and so on, as far as the system tells."""
    found, queue = [], [pid]
    while queue:
        parent = queue.pop()
        children = _children(parent)
        found += children
        queue += children
    return found


def _children(pid: int) -> list[int]:
    """The children of a process that still runs, of all its threads."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208  # pathlib loads slowly.
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123
                found += [int(word) for word in file.read().split()]
    except (OSError, ValueError):
        return found
    return found


def _signal(send: "Callable[[int, int], None]", pid: int) -> None:
    try:
        send(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return

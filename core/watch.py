"""Watching folders for changes on disk; what a change means is decided elsewhere."""

import asyncio
import contextlib
import errno
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from attrs import frozen
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

QUIET_SECONDS = 0.05
"""A batch is delivered when nothing has happened for so long..."""

LONGEST_SECONDS = 0.5
"""...or when its first change is so old."""

POLL_SECONDS = 1.0
"""How often folders are looked at that cannot be watched, or that have vanished."""

MOST_WATCHES = 64
"""How many watches a folder is split into at most to leave ignored folders out; each costs a thread."""

DEEPEST = 100
"""How deep ignored folders are looked for, in folders from the file system's root."""

IGNORED_FOLDERS = frozenset({"dist-newstyle", "dist", "node_modules", "__pycache__"})
"""Folders of build tools, ignored wherever they lie.  Hidden folders are ignored too."""


class Watcher:
    """Tells, in batches on the event loop, which files in some folders changed.

    A batch holds the absolute paths, spelled below the folders as these were given, of everything that
    was created, changed, deleted or moved (both paths).  A path may be a folder: then anything below it
    may have changed.  Left out are hidden folders (but not `.git/HEAD`), `IGNORED_FOLDERS` and editors'
    temporary files.  Folders behind symbolic links are not followed.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        on_changes: Callable[[frozenset[Path]], None],
        on_trouble: Callable[[str], None],
    ) -> None:
        """`on_changes` gets the batches, `on_trouble` sentences for the user; both are called on the loop."""
        self._folders = tuple(folders)
        self._on_trouble = on_trouble
        self._batch = _Batch(on_changes)
        self._trees: _Trees | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to watch; what changes after this returns is reported.

        A folder that does not exist is watched once it does.  Where the system can watch no more,
        the folders are polled, and `on_trouble` says so.  Cancelling leaves nothing behind.
        """
        loop = asyncio.get_running_loop()

        def on_notice(notice: "_Notice") -> None:
            # The loop may be closed already when a last event comes.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._take, notice)

        self._trees = _Trees(on_notice)
        opening = asyncio.create_task(asyncio.to_thread(self._trees.open, self._folders))
        try:
            trouble = await asyncio.shield(opening)
        except BaseException:
            # A thread cannot be cancelled: what it opens must be closed after it.
            await asyncio.wait([opening])
            await self.stop()
            raise
        if trouble:
            self._on_trouble(trouble)

    async def stop(self) -> None:
        """Stop watching; changes not delivered yet are dropped.  Safe to call again."""
        self._batch.close()
        for task in self._tasks:
            task.cancel()
        trees, self._trees = self._trees, None
        if trees:
            await asyncio.shield(asyncio.to_thread(trees.close))

    def _take(self, notice: "_Notice") -> None:
        if not self._trees:
            return
        if isinstance(notice, _Changed):
            self._batch.add(notice.path)
            return
        follow = self._grow if isinstance(notice, _Appeared) else self._revive
        task = asyncio.create_task(follow(notice.root, notice.path, self._trees))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _grow(self, root: Path, folder: Path, trees: "_Trees") -> None:
        """Watch a new folder; what was put into it before that is reported now."""
        for path in await asyncio.to_thread(trees.grow, root, folder):
            self._batch.add(path)

    async def _revive(self, root: Path, _: Path, trees: "_Trees") -> None:
        """Wait until a folder exists again, and watch it again."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                if await asyncio.to_thread(trees.add, root):
                    self._batch.add(root)
                    return
            except OSError as error:
                self._on_trouble(f"{root} can no longer be watched ({error.strerror}).")
                return


def is_watched(path: Path, root: Path, *, is_folder: bool = False) -> bool:
    """Whether a change of a path below a watched folder is worth telling."""
    if not path.is_relative_to(root):
        return False
    *folders, name = path.relative_to(root).parts or (".",)
    if name == "HEAD" and folders[-1:] == [".git"]:
        folders.pop()
    elif is_folder:
        folders.append(name)
    elif _TEMPORARY.fullmatch(name):
        return False
    return not any(map(_is_ignored, folders))


# Emacs, Vim (4913 probes whether it may write), Kate, JetBrains, GNOME.
_TEMPORARY = re.compile(
    r".*~|#.*#|\.#.*|4913|.*\.sw[a-z]|\..*\.kate-swp|.*___jb_(?:tmp|old)___|\.goutputstream-.*|.*\.tmp"
)
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
]
_EXHAUSTED = {errno.ENOSPC, errno.EMFILE, errno.ENFILE}


class _Batch:
    """Collects paths on the loop until it is quiet."""

    def __init__(self, deliver: Callable[[frozenset[Path]], None]) -> None:
        self._deliver = deliver
        self._paths: set[Path] = set()
        self._first = self._latest = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def add(self, path: Path) -> None:
        if self._closed:
            return
        self._paths.add(path)
        self._latest = asyncio.get_running_loop().time()
        if not self._timer:
            self._first = self._latest
            self._wait()

    def close(self) -> None:
        self._closed = True
        if self._timer:
            self._timer.cancel()

    def _wait(self) -> None:
        due = min(self._latest + QUIET_SECONDS, self._first + LONGEST_SECONDS)
        self._timer = asyncio.get_running_loop().call_at(due, self._tick, due)

    def _tick(self, due: float) -> None:
        if due < min(self._latest + QUIET_SECONDS, self._first + LONGEST_SECONDS):
            self._wait()
            return
        paths, self._paths, self._timer = frozenset(self._paths), set(), None
        self._deliver(paths)


@frozen
class _Changed:
    """Something happened to a path."""

    root: Path
    path: Path


@frozen
class _Appeared:
    """A folder has come to be that no recursive watch covers."""

    root: Path
    path: Path


@frozen
class _Lost:
    """A watched folder has gone."""

    root: Path
    path: Path


_Notice = _Changed | _Appeared | _Lost


class _Trees:
    """The watched folders on the side of watchdog; worker threads call it, one at a time.

    The handlers must not: watchdog holds its lock while it calls them.
    """

    def __init__(self, notice: Callable[[_Notice], None]) -> None:
        self._notice = notice
        self._observer: BaseObserver | None = None
        self._watches: dict[Path, ObservedWatch] = {}
        self._shallow: set[Path] = set()
        self._lock = threading.Lock()

    def open(self, roots: tuple[Path, ...]) -> str:
        """Watch the folders; gives what to tell the user when they must be polled, else nothing."""
        try:
            self._open_with(Observer, roots)
        except OSError as error:
            self.close()
            if error.errno not in _EXHAUSTED:
                raise
            self._open_with(lambda: PollingObserver(timeout=POLL_SECONDS), roots)
            return (
                f"The system can watch no more folders ({error.strerror}), so changes on disk are noticed late. "
                "Raise fs.inotify.max_user_watches and fs.inotify.max_user_instances."
            )
        return ""

    def close(self) -> None:
        """End all watches and watchdog's threads."""
        with self._lock:
            observer, self._observer = self._observer, None
            self._watches.clear()
            self._shallow.clear()
            if observer:
                observer.stop()
                observer.join()

    def add(self, root: Path) -> bool:
        """Watch a folder and all below it; whether it is there."""
        if not root.is_dir():
            return False
        self._schedule(root, root)
        return True

    def grow(self, root: Path, folder: Path) -> list[Path]:
        """Watch a folder that has come to be below a watched one, and give the files in it."""
        # Watching too little is better than not telling of what is there.
        with contextlib.suppress(OSError):
            self._schedule(root, folder)
        return [path for path in _files(folder) if is_watched(path, root)]

    def _open_with(self, make: Callable[[], BaseObserver], roots: tuple[Path, ...]) -> None:
        self._observer = make()
        self._observer.start()
        for root in roots:
            if not self.add(root):
                self._notice(_Lost(root, root))
        self._check_limit()

    def _check_limit(self) -> None:
        """Raise if no further watch can be had: watchdog does not tell of subfolders that it cannot watch."""
        with tempfile.TemporaryDirectory(prefix="thatch-watch-") as name:
            self._schedule(Path(name), Path(name))
            with self._lock:
                self._unschedule(Path(name))

    def _schedule(self, root: Path, folder: Path) -> None:
        handler = _Handler(root, self._notice, self._shallow)
        with self._lock:
            for path, recursive in _plan(folder):
                self._unschedule(path)
                (self._shallow.discard if recursive else self._shallow.add)(path)
                # A folder may be gone by now.
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    self._watch(handler, path, recursive)

    def _watch(self, handler: "_Handler", path: Path, recursive: bool) -> None:
        if self._observer:
            self._watches[path] = self._observer.schedule(handler, str(path), recursive=recursive, event_filter=_EVENTS)

    def _unschedule(self, path: Path) -> None:
        """Forget a watch whose folder may be gone: watchdog would take it for a living one."""
        watch = self._watches.pop(path, None)
        if watch and self._observer:
            self._observer.unschedule(watch)


class _Handler(FileSystemEventHandler):
    """Takes the events of one watched folder, in watchdog's thread."""

    def __init__(self, root: Path, notice: Callable[[_Notice], None], shallow: AbstractSet[Path]) -> None:
        self._root = root
        self._notice = notice
        self._shallow = shallow

    def dispatch(self, event: FileSystemEvent) -> None:
        source, target = _path(event.src_path), _path(event.dest_path)
        for path in (source, target):
            if path and is_watched(path, self._root, is_folder=event.is_directory):
                self._notice(_Changed(self._root, path))
        if isinstance(event, DirDeletedEvent) and source == self._root:
            self._notice(_Lost(self._root, self._root))
        new = target if isinstance(event, DirMovedEvent) else source
        if isinstance(event, DirCreatedEvent | DirMovedEvent) and new and self._is_uncovered(new):
            self._notice(_Appeared(self._root, new))

    def _is_uncovered(self, folder: Path) -> bool:
        wanted = folder.name == ".git" or not _is_ignored(folder.name)
        return wanted and folder.parent in self._shallow


def _path(name: bytes | str) -> Path | None:
    return Path(os.fsdecode(name)) if name else None


def _is_ignored(folder: str) -> bool:
    return folder in IGNORED_FOLDERS or (folder.startswith(".") and folder != ".")


def _plan(root: Path) -> list[tuple[Path, bool]]:
    """The watches (folder, recursive) for a folder, without ignored ones as far as `MOST_WATCHES` allows."""
    if root.name == ".git":
        return [(root, False)]
    watches: list[tuple[Path, bool]] = []
    if _split(root, watches):
        return [(root, True)]
    if len(watches) <= MOST_WATCHES:
        return watches
    children = [child for child in _folders(root) if not _is_ignored(child.name)]
    return [(root, False), *((child, True) for child in children)]


def _split(folder: Path, watches: list[tuple[Path, bool]]) -> bool:
    """Whether nothing below the folder is ignored; if something is, the watches for the folder are added."""
    if len(folder.parts) > DEEPEST:
        return True
    children = _folders(folder)
    kept = [child for child in children if not _is_ignored(child.name)]
    clean = [child for child in kept if _split(child, watches)]
    if len(clean) == len(children):
        return True
    watches.append((folder, False))
    watches += ((child, True) for child in clean)
    watches += ((child, False) for child in children if child.name == ".git")
    return False


def _folders(folder: Path) -> list[Path]:
    """The real subfolders, none if the folder cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return [folder / entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _is_ignored(name)]
        yield from (Path(parent, name) for name in names)

"""Where a project's files are, and where thatch keeps what belongs to it.  Blocking, but for `locked`."""

import asyncio
import errno
import fcntl
import functools
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from thatch.core.errors import CradleError
from thatch.core.settings import Settings

SKIPPED = frozenset({"dist", "dist-newstyle", "node_modules", "__pycache__"})
"""Folders of build products; hidden folders are skipped as well."""

MAX_DEPTH = 6
"""How many folders below a root may lie above a build description."""

MAX_FOLDERS = 20_000
"""How many folders are looked at before a tree is taken for too big to be a project."""

LOCK_POLL_SECONDS = 0.1

READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
"""How the system says that something may be read and not written."""


def walk(root: Path, depth: int = MAX_DEPTH) -> Iterator[tuple[Path, list[str]]]:
    """The folders from `root` down to `depth` below it, with the names of their files, sorted; links are not followed.

    Ends after `MAX_FOLDERS` folders.
    """
    base = len(root.parts)
    for count, (folder, names, files) in enumerate(os.walk(root)):
        path = Path(folder)
        if count >= MAX_FOLDERS:
            return
        deep = len(path.parts) - base >= depth
        names[:] = [] if deep else sorted(name for name in names if name not in SKIPPED and name[0] != ".")
        yield path, sorted(files)


def find_descriptions(root: Path, project_file: Path) -> tuple[Path, ...]:
    """Every file below `root` that describes packages to cabal or stack, and those that the project file imports."""
    found = [
        folder / name
        for folder, names in walk(root)
        for name in names
        if name.endswith(".cabal") or name in {"package.yaml", "Setup.hs", "Setup.lhs"}
    ]
    kinds = ("", ".local", ".freeze", ".lock")
    own = [path for path in (project_file.with_name(project_file.name + kind) for kind in kinds) if path.is_file()]
    return tuple(dict.fromkeys([*own, *imported(own), *found]))


def imported(files: list[Path]) -> list[Path]:
    """The files that cabal project files import, directly or not; those on other machines are left out."""
    found: dict[Path, None] = {}
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        text = path.read_text("utf-8", "replace")
        for name in re.findall(r"^\s*import:\s*(\S+)", text, re.MULTILINE):
            target = path.parent / name
            if target not in found and target.is_file():
                found[target] = None
                waiting.append(target)
    return list(found)


def private_folder(settings: Settings, root: Path, purpose: str) -> Path:
    """The folder below the cache folder for one purpose and one root, made if need be; absolute and without links.

    Where the cache folder can only be read, it is one for this process alone, unless it is there.  Raises `CradleError`
    when it cannot be made.
    """
    digest = hashlib.sha256(f"{purpose}\0{root}".encode("utf-8", "surrogateescape")).hexdigest()[:12]
    folder = settings.cache_dir / "cradles" / f"{plain_name(root.name)}-{digest}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in READ_ONLY:
            return _for_this_process(folder.name)
        raise unwritable(folder, error) from error
    return folder.resolve()


def writable(folder: Path) -> Path:
    """A folder of `private_folder`, or where it can only be read, one for this process alone.  Blocking."""
    return folder if os.access(folder, os.W_OK) else _for_this_process(folder.name)


def _for_this_process(name: str) -> Path:
    folder = Path(_temporary().name).resolve() / name
    folder.mkdir(exist_ok=True)
    return folder


@functools.cache
def _temporary() -> "tempfile.TemporaryDirectory[str]":
    """A folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="thatch-")


def unwritable(folder: Path, error: OSError) -> CradleError:
    """The error for a cache folder that cannot be written to."""
    return CradleError(
        message=f"{folder} cannot be written to: {error.strerror or error}.",
        remedy="Choose another cache folder with the setting `cacheDir` or the variable THATCH_CACHE_DIR.",
    )


def plain_name(name: str) -> str:
    """A name reduced to what GHC allows in a unit id and every file system in a name; never empty."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40].strip("-") or "unnamed"


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """Hold a folder against other processes and tasks; cancelling while it waits leaves nothing held.

    One that can only be read need not be held.
    """
    try:
        handle = (folder / "lock").open("a")
    except OSError as error:
        if error.errno not in READ_ONLY:
            raise unwritable(folder, error) from error
        handle = None
    if handle is None:
        yield
        return
    with handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # A wait in a thread could not be cancelled.
                await asyncio.sleep(LOCK_POLL_SECONDS)
        yield

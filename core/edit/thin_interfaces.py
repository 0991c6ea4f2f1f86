"""Interfaces that were cut down, kept from server to server: GHC would read what is left out, and a check needs none.

    <folder>/thin-2/0123.../ab/cdef...    what remains, in projects whose units have the hash `0123...`, of the
                                          interface whose content has the hash `abcdef...`

What costs GHC most is left out at once, in a millisecond or two; the Core, which takes several, when there is time.
Only what was cut down wholly is kept.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from thatch.core.artifacts import content_hash
from thatch.core.binary.cursor import DecodeError
from thatch.core.hi.thin import without_core, without_families

FOLDER = "thin-2"

MOST_BYTES = 512 * 2**20
"""What may be kept; beyond that, what was linked to longest ago goes, until half is left."""

USED_SECONDS = 86_400
"""How exactly it is known when something was linked to."""


class ThinInterfaces:
    """What was cut down before, in projects with these units; safe for any number of threads and processes."""

    def __init__(self, folder: Path, units: Iterable[str]) -> None:
        self._all = folder / FOLDER
        self._units = frozenset(units)
        self._folder = self._all / content_hash("\0".join(sorted(self._units)).encode())[:16]

    def link(self, known: str, target: Path) -> bool:
        """Put the one with a hash at `target`, whose folder exists; whether there is one.  Raises OSError."""
        place = self._place(known)
        status = _status(place)
        # A file that was being written when the power went may be empty.
        if not status or not status.st_size:
            return False
        if status.st_mtime < time.time() - USED_SECONDS:
            with suppress(OSError):
                os.utime(place)
        try:
            link(place, target)
        except FileNotFoundError:
            return False
        return True

    def begin(self, content: bytes, target: Path) -> None:
        """Put an interface at `target` without what GHC need not look at in it.  Raises OSError.

        One that cannot be cut down remains as it is: so are those of GHCs whose layout is not known.
        """
        with suppress(DecodeError):
            content = without_families(content, self._units)
        _write(target, content)

    def finish(self, known: str, target: Path) -> None:
        """Cut the one at `target` down wholly, and keep it as that of an interface with a hash.  Raises OSError."""
        content = target.read_bytes()
        with suppress(DecodeError):
            content = without_core(content)
        _write(target, content)
        # Whoever cannot keep it makes it again.
        place = self._place(known)
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            link(target, place)

    def prune(self) -> None:
        """Remove what was not used for longest, if there is too much."""
        found = sorted(self._files())
        left = sum(size for _, size, _ in found)
        if left <= MOST_BYTES:
            return
        for _, size, path in found:
            if left <= MOST_BYTES // 2:
                return
            path.unlink(missing_ok=True)
            left -= size

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        for path in self._all.glob("*/*/*"):
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime_ns, status.st_size, path

    def _place(self, known: str) -> Path:
        return self._folder / known[:2] / known[2:]


def link(source: Path, target: Path) -> None:
    """Put a link to a file, or a copy of it, in a place, whatever is there.

    Raises OSError, `FileNotFoundError` where there is no such file.
    """
    with suppress(FileExistsError):
        if _linked(source, target):
            return
    new = _beside(target)
    if not _linked(source, new):
        new.write_bytes(source.read_bytes())
    new.replace(target)
    # Renaming one link of a file to another of its links does nothing, and leaves the first.
    new.unlink(missing_ok=True)


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError:
        # Another file system, or too many links.
        return False
    return True


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _write(target: Path, content: bytes) -> None:
    new = _beside(target)
    new.write_bytes(content)
    new.replace(target)


def _beside(target: Path) -> Path:
    new = target.with_name(f".{target.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    return new

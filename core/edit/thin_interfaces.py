"""Interfaces without their Core, kept from server to server: GHC would read the Core, and a check needs none.

    <folder>/thin-1/ab/cdef...    what remains of the interface whose content has the hash `abcdef...`

To cut one down takes some milliseconds, to link to it none.
"""

import os
from contextlib import suppress
from pathlib import Path

from thatch.core.artifacts import content_hash
from thatch.core.binary.cursor import DecodeError
from thatch.core.hi.thin import without_core

FOLDER = "thin-1"

MOST_BYTES = 512 * 2**20
"""What may be kept; beyond that, what was linked to longest ago goes, until half is left."""


class ThinInterfaces:
    """What was cut down before; safe for any number of threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def link(self, known: str, target: Path) -> bool:
        """Put the one with a hash at `target`, whose folder exists; whether there is one.  Raises OSError."""
        place = self._place(known)
        try:
            # A file that was being written when the power went may be empty.
            found = place.stat().st_size > 0 and _linked(place, target)
        except (FileNotFoundError, NotADirectoryError):
            return False
        with suppress(OSError):
            os.utime(place)
        return found

    def make(self, content: bytes, target: Path) -> str:
        """Cut an interface down and put it at `target`; its hash.  Raises OSError.

        One that cannot be cut down remains as it is: so are those of GHCs whose layout is not known.
        """
        known = content_hash(content)
        with suppress(DecodeError):
            content = without_core(content)
        _write(target, content)
        place = self._place(known)
        # Whoever cannot keep it makes it again.
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            _linked(target, place)
        return known

    def prune(self) -> None:
        """Remove what was not used for longest, if there is too much."""
        found = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        left = sum(size for _, size, _ in found)
        if left <= MOST_BYTES:
            return
        for _, size, path in sorted(found):
            if left <= MOST_BYTES // 2:
                return
            path.unlink(missing_ok=True)
            left -= size

    def _place(self, known: str) -> Path:
        return self._folder / known[:2] / known[2:]


def _linked(source: Path, target: Path) -> bool:
    """Put a link to a file, or a copy of it, in a place; True."""
    new = _beside(target)
    try:
        os.link(source, new)
    except FileNotFoundError:
        raise
    except OSError:
        # Another file system, or too many links.
        new.write_bytes(source.read_bytes())
    new.replace(target)
    # Renaming one link of a file to another of its links does nothing, and leaves the first.
    new.unlink(missing_ok=True)
    return True


def _write(target: Path, content: bytes) -> None:
    new = _beside(target)
    new.write_bytes(content)
    new.replace(target)


def _beside(target: Path) -> Path:
    new = target.with_name(f".{target.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    return new

"""The contents of artifacts as files named by their hash; which entry needs which is not known here.

    blobs/ab/cdef...        the content itself, where `abcdef...` is its BLAKE2b-256 in hex
    blobs/ab/cdef....zst    the content as one zstd frame (RFC 8878) that states its length
    temporary/...           files that are being written

Neither has a header of ours: the first can be cloned and linked as it is, and the second opens with the `zstd` tool.
What a header would tell, the name does: the hash of the content, and whether it is packed. A new layout gets a new
folder (`SCHEMA_VERSION`).

Content is packed where that saves blocks of the disk (interfaces and .hie files shrink to a third), except on a file
system that clones files: there a restored clone takes no space at all and half the time.

A blob is written under a temporary name and renamed. It is not flushed to the disk: after a power cut a file may be
short or empty, which the check at the next reading finds, and then it is a miss like any other damage.
"""

import errno
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import zstandard
from attrs import frozen

from thatch.cache.entry import Digest, digest_of, is_digest
from thatch.cache.steps import Hook, Step

MAX_BLOB_BYTES = 256 * 1024 * 1024
"""Longer content is not kept, and a file that claims to hold more is damaged."""

BLOCK = 4096
"""The bytes by which files take space on nearly all disks."""


@frozen
class BlobFile:
    """One file of the folder of blobs."""

    path: Path

    digest: Digest
    """The blob it holds."""

    n_bytes: int
    """The space it takes."""

    written: float
    """When, in seconds since 1970 by the clock of that moment."""


class Blobs:
    """The files below one folder; safe for any number of threads and processes."""

    def __init__(self, folder: Path, hook: Hook, *, writable: bool = True) -> None:
        self._folder = folder / "blobs"
        self._temporary = folder / "temporary"
        self._hook = hook
        self._local = threading.local()
        self._clones: bool | None = None
        self.n_damaged = 0
        self._writable = writable
        """The damaged files that were found, and removed where that is possible."""

    def write(self, digest: Digest, content: bytes) -> None:
        """Keep a content whose digest is known to be right. Raises OSError when it cannot be written."""
        packed = content if self._can_clone() else self._pack(content)
        place = self._place(digest, packed=packed is not content)
        for left in reversed(range(_WRITES)):
            try:
                self._write_once(place, packed)
            except FileNotFoundError:
                # Another process that clears the store takes its temporary files for strays.
                if not left:
                    raise
            else:
                break
        self._hook(Step.BLOB_PLACED)

    def _write_once(self, place: Path, data: bytes) -> None:
        temporary = self._new_temporary()
        try:
            self._fill(temporary, data)
            _move(temporary, place)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def size(self, digest: Digest) -> int | None:
        """The space that a blob takes, in bytes; None when it is not here."""
        places = self._places(digest) if is_digest(digest) else ()
        sizes = [_space(found) for found in map(_stat, places) if found is not None]
        return sum(sizes) if sizes else None

    def read(self, digest: Digest) -> bytes | None:
        """The content of a blob; None when it is missing or damaged."""
        return self._content(digest)

    def restore(self, digest: Digest, target: Path) -> bool:
        """Write a blob's content to `target`; see `Store.restore`."""
        content = self._content(digest)
        if content is None:
            return False
        # Small files have no blocks of their own to share.
        source = self._places(digest)[1] if len(content) > BLOCK else None
        self._put_in_place(target, content, source=source)
        return True

    def link(self, digest: Digest, target: Path) -> bool:
        """Put a read-only file with a blob's content at `target`; see `Store.link`."""
        content = self._content(digest)
        if content is None:
            return False
        temporary = _beside(target)
        try:
            os.link(self._bare(digest, content), temporary)
        except OSError:
            # Another file system, too many links, or no room for the blob unpacked.
            self._put_in_place(target, content, source=None, mode=0o444)
            return True
        Path(temporary).rename(target)
        # Renaming one link of a file to another of its links does nothing, and leaves the first.
        Path(temporary).unlink(missing_ok=True)
        return True

    def remove(self, digest: Digest) -> None:
        """Remove a blob, if it is here. Raises OSError when that cannot be done."""
        for place in self._places(digest):
            Path(place).unlink(missing_ok=True)

    def files(self) -> Iterator[list[BlobFile]]:
        """All files that hold a blob or should, in groups by the first two digits."""
        for group in sorted(_entries(self._folder)):
            yield [file for path in _entries(group) if (file := _blob_file(path)) is not None]

    def temporaries(self) -> Iterator[tuple[Path, float]]:
        """The files that are being written, or whose writer died, and when they were last written to."""
        for path in _entries(self._temporary):
            with suppress(OSError):
                yield path, path.stat().st_mtime

    def _content(self, digest: Digest) -> bytes | None:
        if not is_digest(digest):
            return None
        for place in self._places(digest):
            content = self._verified(place, digest)
            if content is not None:
                return content
        return None

    def _verified(self, place: str, digest: Digest) -> bytes | None:
        try:
            descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            with suppress(OSError, zstandard.ZstdError, MemoryError):
                data = _read_all(descriptor)
                content = self._unpacked(data) if place.endswith(_PACKED) else data
                if content is not None and digest_of(content) == digest:
                    return content
            self._discard(place, os.fstat(descriptor))
        finally:
            os.close(descriptor)
        return None

    def _unpacked(self, data: bytes) -> bytes | None:
        claimed = zstandard.get_frame_parameters(data).content_size
        if claimed > MAX_BLOB_BYTES:
            return None
        if not hasattr(self._local, "decompressor"):
            # One for each thread: it has a state, and making it costs as much as using it.
            self._local.decompressor = zstandard.ZstdDecompressor()
        content: bytes = self._local.decompressor.decompress(data, allow_extra_data=False)
        return content

    def _discard(self, place: str, found: os.stat_result) -> None:
        self.n_damaged += 1
        if not self._writable:
            return
        with suppress(OSError):
            # Another process may have put a whole one there by now.
            if Path(place).stat().st_ino == found.st_ino:
                Path(place).unlink()

    def _pack(self, content: bytes) -> bytes:
        if len(content) <= BLOCK:
            return content
        if not hasattr(self._local, "compressor"):
            self._local.compressor = zstandard.ZstdCompressor(level=_LEVEL)
        packed: bytes = self._local.compressor.compress(content)
        return packed if _blocks(len(packed)) < _blocks(len(content)) else content

    def _bare(self, digest: Digest, content: bytes) -> Path:
        """The file that holds the content as it is, made if there is none. Raises OSError when that fails."""
        place = self._place(digest, packed=False)
        if not place.exists():
            if not self._writable:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(place))
            self._write_once(place, content)
        return place

    def _fill(self, temporary: Path, data: bytes) -> None:
        middle = len(data) // 2
        with temporary.open("xb", buffering=0) as file:
            self._hook(Step.BLOB_OPENED)
            _write_all(file.fileno(), data[:middle])
            self._hook(Step.BLOB_HALF)
            _write_all(file.fileno(), data[middle:])
            # Whoever finds the file by a link must not be able to change the blob.
            os.fchmod(file.fileno(), 0o444)
        self._hook(Step.BLOB_WRITTEN)

    def _put_in_place(self, target: Path, content: bytes, *, source: str | None, mode: int | None = None) -> None:
        # The functions of `os` rather than `Path`: this runs for each of some thousand files while a user waits.
        temporary = _beside(target)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            try:
                if source is None or not _clone(source, descriptor, len(content)):
                    _write_all(descriptor, content)
                if mode is not None:
                    os.fchmod(descriptor, mode)
            finally:
                os.close(descriptor)
            self._hook(Step.TARGET_WRITTEN)
            os.rename(temporary, target)  # noqa: PTH104
        except BaseException:
            os.unlink(temporary)  # noqa: PTH108
            raise

    def _can_clone(self) -> bool:
        if self._clones is None:
            self._clones = self._try_cloning()
        return self._clones

    def _try_cloning(self) -> bool:
        source, target = self._new_temporary(), self._new_temporary()
        try:
            source.write_bytes(bytes(BLOCK))
            with target.open("xb", buffering=0) as file:
                return _clone(str(source), file.fileno(), BLOCK)
        finally:
            source.unlink(missing_ok=True)
            target.unlink(missing_ok=True)

    def _new_temporary(self) -> Path:
        if not self._temporary.is_dir():
            self._temporary.mkdir(parents=True, exist_ok=True)
        return self._temporary / secrets.token_hex(16)

    def _place(self, digest: Digest, *, packed: bool) -> Path:
        return Path(self._places(digest)[0 if packed else 1])

    def _places(self, digest: Digest) -> tuple[str, str]:
        # Texts, as paths: making a `Path` takes longer than opening the file.
        place = f"{self._folder}/{digest[:2]}/{digest[2:]}"
        return place + _PACKED, place


_PACKED = ".zst"

# Measured on the interfaces and .hie files of hledger: level 3 takes 0.4 ms for a file of 80 kB and leaves 31 % of it;
# level 9 takes 1.6 ms for 29 %.
_LEVEL = 3

_WRITES = 3
"""How often a blob is written whose temporary file is gone before it is in its place."""

_FICLONE = 0x40049409
"""The request number of `ioctl_ficlone(2)`: share the content of another file until one of them is changed."""


def _clone(source: str, target: int, length: int) -> bool:
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if os.fstat(descriptor).st_size != length:
            return False
        fcntl.ioctl(target, _FICLONE, descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _move(temporary: Path, place: Path) -> None:
    try:
        temporary.rename(place)
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.rename(place)


def _read_all(descriptor: int) -> bytes:
    rest = os.fstat(descriptor).st_size
    if rest > MAX_BLOB_BYTES:
        raise OSError(errno.EFBIG, "too large for a blob")
    parts = []
    while rest and (part := os.read(descriptor, rest)):
        parts.append(part)
        rest -= len(part)
    return b"".join(parts)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _beside(target: Path) -> str:
    return f"{target.parent}/.{secrets.token_hex(8)}.restoring"


def _blocks(n_bytes: int) -> int:
    return -(-n_bytes // BLOCK)


def _space(found: os.stat_result) -> int:
    return _blocks(found.st_size) * BLOCK


def _stat(place: str) -> os.stat_result | None:
    try:
        return os.stat(place)  # noqa: PTH116  # For thousands of files at a time.
    except OSError:
        return None


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _blob_file(path: Path) -> BlobFile | None:
    found = _stat(str(path))
    digest = path.parent.name + path.name.removesuffix(_PACKED)
    if found is None or not is_digest(digest):
        return None
    return BlobFile(path, digest, _space(found), found.st_mtime)

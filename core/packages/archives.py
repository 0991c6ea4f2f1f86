"""Unpacking the source archives of packages: only what is text of a program, only into one folder.  Blocking.

An archive comes from a network.  What it says about itself is not believed: names are taken apart, links and devices
are left out, and sizes are counted as they are read.
"""

import bz2
import gzip
import lzma
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from thatch.core.errors import ThatchError

SUFFIXES = frozenset(
    {".hs", ".lhs", ".hs-boot", ".lhs-boot", ".hsig", ".hsc", ".chs", ".x", ".y", ".ly", ".cpphs", ".h", ".cabal"}
)
"""Of the files of a package, those that are kept."""

MOST_BYTES = 256 << 20
"""What all files of an archive may be together; the biggest packages have a fifth of that."""

MOST_FILES = 20_000
LONGEST_NAME = 1024


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class BadArchiveError(ThatchError):
    """An archive that cannot be unpacked, or must not be."""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the sources of an archive (tar, with a common compression) into a folder that is not there yet.

    The folder appears whole or not at all, may be made by several processes at once, and cannot be written to.
    The one folder that all files of an archive are in is left out.  Raises `BadArchiveError`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        _unpack_into(archive, temporary)
        _protect(temporary)
        _rename(temporary, folder)
    finally:
        if temporary.exists():
            remove(temporary)


def remove(folder: Path) -> None:
    """Remove a folder that `unpack` has made."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _unpack_into(archive: Path, folder: Path) -> None:
    try:
        with _opened(archive) as compressed, _files(_Bounded(compressed, archive)) as stream:
            for name, file in _sources(stream, archive):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as written:
                    shutil.copyfileobj(file, written)
    except (OSError, EOFError, tarfile.TarError, lzma.LZMAError, ValueError) as error:
        raise BadArchiveError(
            message=f"{archive} cannot be unpacked: {error}.", remedy="Remove it; whoever needs it fetches it again."
        ) from error


def _opened(archive: Path) -> gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File | BufferedReader:
    """What is in an archive without its compression."""
    match archive.suffix:
        case ".gz" | ".tgz":
            return gzip.open(archive)
        case ".xz":
            return lzma.open(archive)
        case ".bz2":
            return bz2.open(archive)
        case ".tar":
            return archive.open("rb")
        case _:
            raise BadArchiveError(message=f"{archive} is no archive of a known kind.")


def _files(bounded: "_Bounded") -> tarfile.TarFile:
    # The type of the parameter asks for more than a stream that is only read needs.
    return tarfile.open(fileobj=bounded, mode="r|")  # type: ignore[call-overload,no-any-return]


def _sources(stream: tarfile.TarFile, archive: Path) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    """The files to keep: where each goes, and what is in it."""
    seen = set()
    for count, member in enumerate(stream):
        if count >= MOST_FILES:
            raise BadArchiveError(message=f"{archive} has more than {MOST_FILES} files.")
        name = _safe_name(member.name)
        if name is None or name in seen or name.suffix not in SUFFIXES or not member.isreg() or member.issparse():
            continue
        seen.add(name)
        # A sparse file is left out: it may say that it is of any size.
        if (file := stream.extractfile(member)) is not None:
            yield name, file


def _safe_name(name: str) -> PurePosixPath | None:
    """The place of a file below the archive's one folder; None for a name that is none of a package's files."""
    path = PurePosixPath(name)
    parts = [part for part in path.parts if part != "."]
    if (
        path.is_absolute()
        or ".." in parts
        or len(parts) < 2
        or len(name) > LONGEST_NAME
        or "\0" in name
        or "\\" in name
    ):
        return None
    return PurePosixPath(*parts[1:])


class _Bounded:
    """What comes out of a decompressor, up to a limit: a small file may hold any amount of zeros."""

    def __init__(self, file: _Readable, archive: Path) -> None:
        self._file = file
        self._archive = archive
        self._left = MOST_BYTES

    def read(self, size: int) -> bytes:
        """Some bytes; raises `BadArchiveError` at the limit."""
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise BadArchiveError(message=f"{self._archive} holds more than {MOST_BYTES >> 20} MB.")
        return data


def _protect(folder: Path) -> None:
    """Take the right to write: whoever opens a source of a package must not think that changes count."""
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)


def _rename(temporary: Path, folder: Path) -> None:
    # A folder without the right to write cannot be renamed by everybody.
    temporary.chmod(0o755)
    try:
        temporary.rename(folder)
    except OSError:
        # Somebody else was faster.
        if not folder.is_dir():
            raise
        return
    folder.chmod(0o555)

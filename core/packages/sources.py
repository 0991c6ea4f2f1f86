"""Where the sources of installed packages are on this machine; archives are unpacked into thatch's cache.  Blocking."""

import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import time

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.packages.archives import remove, unpack
from thatch.core.packages.cabal_file import CabalFile, parse_cabal_file
from thatch.core.packages.database import Package

MODULE_SUFFIXES = (".hs", ".lhs", ".hsc", ".chs", ".x", ".y", ".ly", ".cpphs", ".hsig")
"""The suffixes of a module's source, in the order in which they are tried; all but the first two are preprocessed."""

ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar")

MOST_BYTES = 10 << 20
"""A bigger file is no module."""

MOST_CHILDREN = 2000
"""How many folders in a folder of sources are looked at."""

UNUSED_SECONDS = 90 * 24 * 60 * 60.0
"""Unpacked sources that nobody wanted for so long are removed."""


@frozen
class SourceTree:
    """The sources of a package."""

    root: Path
    """The folder of its `.cabal` file."""

    source_dirs: tuple[str, ...]

    unpacked: bool
    """Whether it is a copy of ours that nobody should change."""

    def module(self, name: str) -> Path | None:
        """The file with the source of a module, as its author wrote it."""
        relative = name.replace(".", "/")
        for folder in self.source_dirs:
            for suffix in MODULE_SUFFIXES:
                path = self.root / folder / f"{relative}{suffix}"
                if path.is_file():
                    return path
        return None


class PackageSources:
    """The sources of packages: in folders that users name, then in the archives that build tools downloaded."""

    def __init__(self, folder: Path, source_dirs: Sequence[Path], downloads: Sequence[Path]) -> None:
        """`folder` is where archives are unpacked; `downloads` are cabal's (`<repository>/<name>/<version>/`)."""
        self._folder = folder
        self._source_dirs = source_dirs
        self._downloads = downloads
        self._found: dict[str, SourceTree] = {}
        self._bad: dict[Path, ThatchError] = {}
        self._is_tidy = False
        self._lock = threading.Lock()

    def tree(self, package: Package) -> SourceTree | None:
        """The sources of a package, of just its version; None if they are not here.

        Raises `ThatchError` for an archive that cannot be unpacked.
        """
        with self._lock:
            if not self._is_tidy:
                self._is_tidy = True
                self._remove_unused()
            found = self._found.get(package.source_id)
            if found is None or not found.root.is_dir():
                found = self._in_folders(package) or self._in_archives(package)
                if found:
                    self._found[package.source_id] = found
        return found

    def _in_folders(self, package: Package) -> SourceTree | None:
        for folder in self._source_dirs:
            for candidate in _candidates(folder, package):
                if (found := _read_tree(candidate, package)) is not None:
                    return found
        return None

    def _remove_unused(self) -> None:
        """Remove what was unpacked and not wanted for a long time."""
        limit = time() - UNUSED_SECONDS
        with suppress(OSError):
            for folder in self._folder.iterdir():
                if folder.stat().st_mtime < limit:
                    remove(folder)

    def _in_archives(self, package: Package) -> SourceTree | None:
        for archive in self._archives(package):
            if archive in self._bad:
                raise self._bad[archive]
            try:
                folder = self._unpacked(archive, package)
            except ThatchError as error:
                self._bad[archive] = error
                raise
            if (found := _read_tree(folder, package, unpacked=True)) is not None:
                return found
        return None

    def _archives(self, package: Package) -> Iterator[Path]:
        name, version = package.source_name, package.version
        stems = (f"{name}-{version}", f"haskell-{name}_{version}.orig", f"{name}_{version}.orig")
        for folder in self._source_dirs:
            for stem in stems:
                yield from filter(Path.is_file, (folder / f"{stem}{suffix}" for suffix in ARCHIVE_SUFFIXES))
        for folder in self._downloads:
            with suppress(OSError):
                yield from sorted(folder.glob(f"*/{name}/{version}/{name}-{version}.tar.gz"))

    def _unpacked(self, archive: Path, package: Package) -> Path:
        """The folder for what is in an archive, which is unpacked if need be."""
        status = archive.stat()
        identity = f"{archive}\0{status.st_size}\0{status.st_mtime_ns}"
        digest = hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        folder = self._folder / f"{package.source_id}-{digest}"
        if folder.is_dir():
            with suppress(OSError):
                os.utime(folder)
        else:
            unpack(archive, folder)
        return folder


def _candidates(folder: Path, package: Package) -> Iterator[Path]:
    """The folders that may be those of a package: such as people name them, GHC's `libraries`, then all others."""
    name = package.source_name
    for stem in (package.source_id, name, f"haskell-{package.source_id}", f"haskell-{name}"):
        yield folder / stem
    yield folder
    for libraries in (folder / "libraries", folder):
        # Some packages of GHC's are in a folder of their own repository.
        yield from (libraries / name, libraries / name / name)
    with suppress(OSError):
        for _, child in zip(range(MOST_CHILDREN), sorted(folder.iterdir()), strict=False):
            yield child


def _read_tree(folder: Path, package: Package, *, unpacked: bool = False) -> SourceTree | None:
    """The sources in a folder if they are those of the package."""
    described = _described(folder, package.source_name)
    if described is None or described.version != package.version:
        return None
    inside = [each for each in described.source_dirs if not (each.startswith("/") or ".." in each.split("/"))]
    return SourceTree(folder, tuple(inside) if unpacked else described.source_dirs, unpacked)


def _described(folder: Path, name: str) -> CabalFile | None:
    try:
        return parse_cabal_file((folder / f"{name}.cabal").read_text("utf-8", "replace"))
    except OSError:
        return None


def read_source(path: Path) -> str | None:
    """The text of a source file; None if it is too big or not there."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        return path.read_text("utf-8", "replace")
    except OSError:
        return None

"""Where the files of modules are: what sessions write, and what entries were made from."""

import os
from collections.abc import Iterable
from pathlib import Path

from thatch.cache.entry import Dependency, DependencyKind


def interface_path(interfaces: Path, unit: str, module: str, *, boot: bool) -> Path:
    """Where a session keeps the interface of a module."""
    return (interfaces / unit / module.replace(".", "/")).with_suffix(".hi-boot" if boot else ".hi")


def ide_path(interface: Path) -> Path:
    """The `.hie` file beside an interface."""
    return interface.with_suffix(interface.suffix.replace(".hi", ".hie"))


def files_among(dependencies: Iterable[Dependency], root: Path) -> dict[Path, str]:
    """The files among the dependencies of an entry, besides sources, each with the hash that it had."""
    return {
        # GHC writes down what it was told, such as `../data/words.txt`.
        Path(os.path.normpath(root / dependency.name)): dependency.value
        for dependency in dependencies
        if dependency.kind is DependencyKind.FILE
    }


def text_of(path: Path) -> bytes:
    """The content of a source file; empty if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""

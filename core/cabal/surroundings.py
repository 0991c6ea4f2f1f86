"""What lies around a `.cabal` file: the files of its modules, the packages that are installed.  Blocking."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from thatch.core.cabal.completion import PackageFact
from thatch.core.cabal.outline import Outline, Section
from thatch.core.packages.cabal_file import source_dirs
from thatch.core.packages.database import Package, read_packages
from thatch.core.project.cabal_plan import GENERATED_FROM
from thatch.core.project.folders import walk
from thatch.core.project.model import Unit
from thatch.core.syntax import is_module_name

MODULE_SUFFIXES = (".hs", ".lhs", ".hsig", *GENERATED_FROM)
"""Of the files that modules are in or made from, in the order in which cabal looks for them."""

MAX_DEPTH = 12
"""How many parts the names of modules have that are found by looking for files."""

MAX_SUBFOLDERS_DEPTH = 3
"""How deep the folders of a package are looked at that are offered."""

NO_MODULES = frozenset({"Setup"})
"""What looks like a module in a package's own folder, and belongs to cabal."""


def folders_of(outline: Outline, component: Section, package: Path) -> list[Path]:
    """The folders that a component's modules are in, those of the common stanzas that it imports included."""
    stanzas = {each.argument: each for each in outline.sections if each.name == "common"}
    found: list[str] = []
    waiting, known = [component], set[int]()
    while waiting:
        section = waiting.pop()
        if section.start in known:
            continue
        known.add(section.start)
        found += source_dirs(outline, section)
        names = (word.text for each in section.fields("import") for word in outline.words(each))
        waiting += [stanzas[name] for name in names if name in stanzas]
    return [Path(os.path.normpath(package / folder)) for folder in found or ["."]]


def find_module(folders: Iterable[Path], module: str) -> Path | None:
    """The file of a module, or the one that it is made from; None if there is none."""
    relative = module.replace(".", "/")
    candidates = (folder / f"{relative}{suffix}" for folder in folders for suffix in MODULE_SUFFIXES)
    return next((path for path in candidates if path.is_file()), None)


def module_files(folders: Iterable[Path]) -> dict[str, Path]:
    """The modules in some folders by name; links to folders are not followed."""
    found: dict[str, Path] = {}
    for root in folders:
        for folder, names in walk(root, MAX_DEPTH):
            parts = folder.relative_to(root).parts
            for name in names:
                path = PurePosixPath(name)
                module = ".".join((*parts, path.stem))
                if path.suffix in MODULE_SUFFIXES and is_module_name(module) and module not in NO_MODULES:
                    found.setdefault(module, folder / name)
    return found


def main_files(folders: Iterable[Path]) -> Iterator[str]:
    """The Haskell files that lie right in some folders."""
    for folder in folders:
        for _, names in walk(folder, 0):
            yield from (name for name in names if PurePosixPath(name).suffix in {".hs", ".lhs"})


def subfolders(package: Path) -> list[str]:
    """The folders of a package, down to some depth, relative to its own; without hidden ones and build products."""
    found = (folder.relative_to(package).as_posix() for folder, _ in walk(package, MAX_SUBFOLDERS_DEPTH))
    return [name for name in found if name != "."]


class InstalledPackages:
    """The packages of databases, read again only when one of these changes."""

    def __init__(self) -> None:
        self._read: dict[tuple[Path, ...], tuple[tuple[int, ...], Mapping[str, Package]]] = {}

    def of(self, databases: Sequence[Path]) -> Mapping[str, Package]:
        """By unit id."""
        key = tuple(databases)
        stamp = tuple(_changed(folder) for folder in databases)
        if key not in self._read or self._read[key][0] != stamp:
            self._read[key] = stamp, read_packages(databases)
        return self._read[key][1]


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def package_facts(installed: Mapping[str, Package], units: Iterable[Unit]) -> dict[str, PackageFact]:
    """What can be depended on: installed packages, of each the newest version, and those of the project."""
    newest: dict[str, Package] = {}
    for each in installed.values():
        # What has another source name is a library within a package, which only that one can name.
        known = newest.get(each.name)
        if each.name == each.source_name and (known is None or _numbers(known.version) < _numbers(each.version)):
            newest[each.name] = each
    facts = {name: PackageFact(each.version, each.synopsis) for name, each in newest.items()}
    own = {unit.component.split(":")[0] for unit in units if unit.component.endswith(":lib")}
    return {**facts, **dict.fromkeys(own, PackageFact())}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())

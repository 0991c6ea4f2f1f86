"""The project as packages: its units' interfaces as edit sessions see them, in folders of the server's own.

    <folder>/<unit>/Lib/Foo.hi        an interface: a link into the cache, or a copy of what the project's session wrote
    <folder>/<unit>/Lib/Foo.dyn_hi    the same: GHCs that are linked dynamically look for this name
    <folder>/packages-<n>/            a package database with a description of each unit

Interfaces are put there when a session needs them, with all that their modules import.  An installed package costs GHC
nothing until a name of it is used, so a project costs the same whatever its size.
"""

import hashlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import define, frozen

from thatch.core import process
from thatch.core.artifacts import Planned
from thatch.core.edit.edit_unit import description
from thatch.core.errors import ToolchainError
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.model import Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.project.shims import find_ghc_pkg

GHC_PKG_SECONDS = 60.0

DATABASES = "views"
"""The folder, in the cache's, of package databases that were made before."""

INDEX = "package.cache"
"""The file of a package database that GHC reads; all else in it is for `ghc-pkg`."""

SUFFIXES = (".hi", ".dyn_hi")


@frozen
class Kept:
    """A module's interface in the cache."""

    planned: Planned


@frozen
class Left:
    """A module's interface where the project's session left it, which will write there again."""

    file: Path


@define
class _Shown:
    """What the view shows of a module."""

    interface: Kept | Left

    source: str
    """The stamp of the text that it was made from (`thatch.core.ghc.stamps`)."""

    placed: bool = False


class View:
    """The interfaces of one project; methods are for one thread at a time, and those that block say so."""

    def __init__(self, folder: Path, link: Callable[[Planned, Path], bool], memory: Path) -> None:
        """`link` puts an interface of the cache at a path; `memory` is the folder of databases made before."""
        self._folder = folder
        self._link = link
        self._memory = memory
        self._shown: dict[ModuleId, _Shown] = {}
        self._numbers = itertools.count()
        self._described: tuple[str, Path] | None = None

    def __contains__(self, module: ModuleId) -> bool:
        return module in self._shown

    def source(self, module: ModuleId) -> str:
        """The stamp of the text that a module's interface was made from; empty for none."""
        shown = self._shown.get(module)
        return shown.source if shown else ""

    def take(self, modules: Mapping[ModuleId, tuple[Kept | Left, str]]) -> frozenset[ModuleId]:
        """Show other interfaces of these modules, made from texts with these stamps.  Blocking.

        Returns the modules whose interface is another one now, of those that a session may have read.
        Raises OSError when the folder cannot be written.
        """
        changed = set()
        for module, (interface, source) in modules.items():
            known = self._shown.get(module)
            if known and _is_same(known.interface, interface):
                known.source = source
                continue
            before = self._content(module) if known and known.placed else None
            placed = False
            if isinstance(interface, Left) or before is not None:
                # What a session left it may write again; what was read is to be compared.
                placed = self._place(module, interface)
            if before is not None and self._content(module) != before:
                changed.add(module)
            self._shown[module] = _Shown(interface, source, placed)
        return frozenset(changed)

    def forget(self, wanted: Iterable[ModuleId]) -> None:
        """Show these modules only."""
        kept = frozenset(wanted)
        self._shown = {module: shown for module, shown in self._shown.items() if module in kept}

    def place(self, modules: Iterable[ModuleId]) -> frozenset[ModuleId]:
        """Have the interfaces of modules where sessions find them; returns those that there are none of.  Blocking.

        Raises OSError when the folder cannot be written.
        """
        missing = set()
        for module in modules:
            shown = self._shown.get(module)
            if shown is not None and not shown.placed:
                shown.placed = self._place(module, shown.interface)
            if shown is None or not shown.placed:
                missing.add(module)
        return frozenset(missing)

    async def database(self, units: Sequence[Unit], modules: Iterable[ModuleId], toolchain: Toolchain) -> Path:
        """A package database that describes the units with these modules.  Raises OSError, `ThatchError`.

        Cancelling is safe.
        """
        names: dict[str, list[str]] = {unit.id: [] for unit in units}
        for module in modules:
            names[module.unit].append(module.name)
        texts = {unit.id: description(unit, names[unit.id]) for unit in units}
        key = hashlib.sha256("\0".join([toolchain.id, *texts.values()]).encode()).hexdigest()
        if self._described is None or self._described[0] != key:
            folder = self._folder / f"packages-{next(self._numbers)}"
            folder.mkdir(parents=True)
            known = self._memory / f"{key}.cache"
            if not _copied(known, folder / INDEX):
                await _index(folder, texts, toolchain)
                _remember(folder / INDEX, known)
            self._described = key, folder
        return self._described[1]

    def remove(self) -> None:
        """Remove the folder; what cannot be removed is left.  Blocking."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _files(self, module: ModuleId) -> list[Path]:
        base = self._folder / module.unit / module.name.replace(".", "/")
        return [base.with_name(f"{base.name}{suffix}") for suffix in SUFFIXES]

    def _content(self, module: ModuleId) -> bytes | None:
        try:
            return self._files(module)[0].read_bytes()
        except OSError:
            return None

    def _place(self, module: ModuleId, interface: Kept | Left) -> bool:
        first, *others = self._files(module)
        first.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(interface, Kept):
            if not self._link(interface.planned, first):
                return False
        elif not _copied(interface.file, first):
            return False
        for other in others:
            new = other.with_name(f".{other.name}.new")
            new.unlink(missing_ok=True)
            os.link(first, new)
            new.replace(other)
        return True


def _is_same(one: Kept | Left, other: Kept | Left) -> bool:
    """Whether two interfaces of the cache are the same; what a session left may be another one each time."""
    if isinstance(one, Left) or isinstance(other, Left):
        return False
    return one.planned.artifacts.get("hi") == other.planned.artifacts.get("hi")


def _copied(source: Path, target: Path) -> bool:
    """Put a copy of a file in its place, whole or not at all; whether there is one to copy."""
    new = target.with_name(f".{target.name}.new")
    try:
        content = source.read_bytes()
    except OSError:
        return False
    new.write_bytes(content)
    new.replace(target)
    return True


async def _index(folder: Path, texts: Mapping[str, str], toolchain: Toolchain) -> None:
    for unit, text in texts.items():
        (folder / f"{unit}.conf").write_text(text, encoding="utf-8")
    program = find_ghc_pkg(toolchain)
    command = (program, "--package-db", folder, "recache")
    done = await process.run(command, cwd=folder, timeout=GHC_PKG_SECONDS)
    if done.code or not (folder / INDEX).exists():
        raise ToolchainError(
            message=f"{program} cannot describe the project as packages.",
            remedy="Edits are checked by the session of the whole project instead, which is slower.",
            detail=done.said,
        )


def _remember(index: Path, known: Path) -> None:
    # Whoever cannot keep it makes it again.
    with suppress(OSError):
        known.parent.mkdir(parents=True, exist_ok=True)
        _copied(index, known)

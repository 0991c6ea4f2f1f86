"""The project as packages: its units' interfaces as edit sessions see them, in folders of the server's own.

    <folder>/<unit>/Lib/Foo.hi        an interface that was cut down: a link to a file of `thin_interfaces`
    <folder>/<unit>/Lib/Foo.dyn_hi    the same: GHCs that are linked dynamically look for this name
    <folder>/packages-<n>/            a package database with a description of each unit

Interfaces are put there when a session needs them, with all that their modules import.  An installed package costs GHC
little until a name of it is used, so a project costs the same whatever its size.
"""

import asyncio
import hashlib
import itertools
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from attrs import define, frozen

from thatch.core import process
from thatch.core.artifacts import Planned, content_hash
from thatch.core.edit.codeless import codeless
from thatch.core.edit.edit_unit import description
from thatch.core.edit.thin_interfaces import ThinInterfaces, link
from thatch.core.errors import ToolchainError
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.packages.database import database_folders
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

    digest: str
    """The hash of the interface."""

    placed: bool = False
    """Whether it is where sessions find it."""


@frozen
class _Begun:
    """An interface that still holds its Core."""

    module: ModuleId
    shown: _Shown

    digest: str
    """The hash of what it was."""

    thin: ThinInterfaces


class View:
    """The interfaces of one project; what blocks says so, and may be called by any thread."""

    def __init__(self, folder: Path, read: Callable[[Planned], bytes | None], memory: Path) -> None:
        """`read` gives an interface of the cache; `memory` is the folder of what was made before, for any project."""
        self._folder = folder
        self._read = read
        self._memory = memory
        self._thin = ThinInterfaces(memory, ())
        self._lock = threading.Lock()
        self._shown: dict[ModuleId, _Shown] = {}
        self._begun: deque[_Begun] = deque()
        self._folders: set[Path] = set()
        """Those that are there."""
        self._numbers = itertools.count()
        self._described: tuple[str, Path] | None = None

    def __contains__(self, module: ModuleId) -> bool:
        return module in self._shown

    def source(self, module: ModuleId) -> str:
        """The stamp of the text that a module's interface was made from; empty for none."""
        shown = self._shown.get(module)
        return shown.source if shown else ""

    def digest(self, module: ModuleId) -> str:
        """The hash of a module's interface; empty for none."""
        shown = self._shown.get(module)
        return shown.digest if shown else ""

    def take(self, modules: Mapping[ModuleId, tuple[Kept | Left, str]], units: Iterable[str]) -> frozenset[ModuleId]:
        """Show other interfaces of these modules, made from texts with these stamps.  Blocking.

        `units` are the ids of all units of the project.  Returns the modules whose interface is another one now, of
        those that a session may have read.  Raises OSError when the folder cannot be written.
        """
        with self._lock:
            self._thin = ThinInterfaces(self._memory, units)
            return frozenset(module for module, found in modules.items() if self._takes(module, *found))

    def _takes(self, module: ModuleId, interface: Kept | Left, source: str) -> bool:
        before = self._shown.get(module)
        if isinstance(interface, Left):
            # The session may write it again.
            copy = self._folder / "left" / module.unit / module.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not _copied(interface.file, copy):
                return False
            interface = Left(copy)
        digest = _digest(interface)
        if before and before.placed and before.digest == digest:
            self._shown[module] = _Shown(interface, source, digest, placed=True)
            return False
        shown = self._shown[module] = _Shown(interface, source, digest)
        if before is None or not before.placed:
            return False
        shown.placed = self._place(module, shown)
        return True

    def forget(self, wanted: Iterable[ModuleId]) -> None:
        """Show these modules only."""
        kept = frozenset(wanted)
        self._shown = {module: shown for module, shown in self._shown.items() if module in kept}

    def place(self, modules: Iterable[ModuleId]) -> frozenset[ModuleId]:
        """Have the interfaces of modules where sessions find them; returns those that there are none of.  Blocking.

        Raises OSError when the folder cannot be written.
        """
        with self._lock:
            return frozenset(module for module in modules if not self._has(module))

    def _has(self, module: ModuleId) -> bool:
        shown = self._shown.get(module)
        if shown is not None and not shown.placed:
            shown.placed = self._place(module, shown)
        return shown is not None and shown.placed

    async def database(
        self, units: Sequence[Unit], modules: Iterable[ModuleId], toolchain: Toolchain, *, with_code: bool
    ) -> Path:
        """A package database that describes the units with these modules.  Raises OSError, `ThatchError`.

        It has the packages that they depend on, too, without code, unless GHC is to see them `with_code`.
        Cancelling is safe.
        """
        names: dict[str, list[str]] = {unit.id: [] for unit in units}
        for module in modules:
            names[module.unit].append(module.name)
        texts = {unit.id: description(unit, names[unit.id]) for unit in units}
        if not with_code:
            flags = [flag for unit in units for flag in unit.flags]
            packages = {name for unit in units for name in unit.package_ids} - texts.keys()
            texts |= await asyncio.to_thread(codeless, packages, database_folders(toolchain.libdir, flags))
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
        with self._lock:
            self._begun.clear()
            self._thin.prune()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _files(self, module: ModuleId) -> list[Path]:
        base = self._folder / module.unit / module.name.replace(".", "/")
        return [base.with_name(f"{base.name}{suffix}") for suffix in SUFFIXES]

    def _place(self, module: ModuleId, shown: _Shown) -> bool:
        first, *others = self._files(module)
        if first.parent not in self._folders:
            first.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(first.parent)
        if not self._thin.link(shown.digest, first):
            content = self._content(shown.interface)
            if content is None:
                return False
            self._thin.begin(content, first)
            self._begun.append(_Begun(module, shown, content_hash(content), self._thin))
        for other in others:
            link(first, other)
        return True

    def lighten(self) -> bool:
        """Cut one of the interfaces down wholly that were only begun with; whether there was one.  Blocking.

        Sessions may read it meanwhile: they find either.
        """
        with self._lock:
            if not self._begun:
                return False
            begun = self._begun.popleft()
            if self._shown.get(begun.module) is begun.shown:
                self._finish(begun)
            return True

    def _finish(self, begun: _Begun) -> None:
        first, *others = self._files(begun.module)
        # What cannot be written serves as it is.
        with suppress(OSError):
            begun.thin.finish(begun.digest, first)
            for other in others:
                link(first, other)

    def _content(self, interface: Kept | Left) -> bytes | None:
        if isinstance(interface, Kept):
            return self._read(interface.planned)
        try:
            return interface.file.read_bytes()
        except OSError:
            return None


def _digest(interface: Kept | Left) -> str:
    """The hash of an interface; empty if there is none."""
    if isinstance(interface, Kept):
        return interface.planned.artifacts.get("hi", "")
    try:
        return content_hash(interface.file.read_bytes())
    except OSError:
        return ""


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

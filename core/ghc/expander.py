"""Expansions of the splices of one lane's modules; how a tree is printed is the business of `thatch.core.th`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import define, field, frozen

from thatch.core.errors import ThatchError
from thatch.core.ghc.toolchain import Toolchain
from thatch.core.hi.model import ModuleId, Name
from thatch.core.packages.database import database_folders, read_packages, visible_packages
from thatch.core.project.model import Project, Role
from thatch.core.splices.runs import SpliceRun
from thatch.core.th.derive import known_names, schema_of
from thatch.core.th.expansion import Expansion, ModuleExpander
from thatch.core.th.packages import InstalledExports, InterfaceExports
from thatch.core.th.schema import Schema

Interface = Callable[[str, str], bytes | None]
"""From the id of a unit and the name of a module of the project to its interface, if it has one.  May block."""

MOST_KEPT = 4096
"""How many expansions are remembered."""

MOST_MODULES = 64
"""How many modules are remembered with what their imports bring into scope."""


@frozen
class _Known:
    """What the GHC itself has said."""

    schema: Schema
    names: Mapping[str, Name]


@define
class _Generation:
    """What holds as long as no interface of the project changes."""

    modules: dict[tuple[str, str, str], ModuleExpander] = field(factory=dict)
    """By unit, module and text."""

    exports: dict[str, InterfaceExports] = field(factory=dict)
    """By unit."""

    expansions: dict[SpliceRun, Expansion] = field(factory=dict)


@define
class Expander:
    """Prints what splices gave back, as source for their modules; remembers what it printed."""

    toolchain: Toolchain

    answers: Path
    """The folder where the answers of GHCs are kept."""

    interface: Interface

    _known: _Known | None = None
    _installed: dict[tuple[Path, ...], InstalledExports] = field(factory=dict)
    """By the package databases."""
    _now: _Generation = field(factory=_Generation)
    _lock: asyncio.Lock = field(factory=asyncio.Lock)

    def changed(self) -> None:
        """Interfaces of the project were written: what its modules export may be something else now."""
        # What a thread is doing meanwhile ends up in the old one.
        self._now = _Generation()

    async def expand(self, project: Project, run: SpliceRun, text: str) -> Expansion:
        """The expansion of a splice in the module with that text, as it was compiled.

        Raises `ThatchError` for what cannot be shown.  Cancelling is safe.
        """
        now = self._now
        if run in now.expansions:
            return now.expansions[run]
        # One after the other: the scope of a module is put together once, for the first of its splices.
        async with self._lock:
            known = await self._know()
            expansion = await asyncio.to_thread(lambda: self._module(project, run, text, known, now).expand(run))
        if len(now.expansions) >= MOST_KEPT:
            now.expansions.clear()
        now.expansions[run] = expansion
        return expansion

    async def expand_all(self, project: Project, runs: Sequence[SpliceRun], text: str) -> list[Expansion | ThatchError]:
        """The expansions of splices of one module that are replaced together; an error for what cannot be shown.

        Raises `ThatchError` when GHC says nothing of its syntax trees.  Cancelling is safe.
        """
        if not runs:
            return []
        now = self._now
        async with self._lock:
            known = await self._know()
            return await asyncio.to_thread(lambda: self._module(project, runs[0], text, known, now).expand_all(runs))

    async def exports(self, project: Project, unit: str) -> InterfaceExports:
        """What the modules export that a unit can import; asking that blocks.  Cancelling is safe."""
        now = self._now
        if unit in now.exports:
            return now.exports[unit]
        names = await known_names(self.toolchain, self.answers)
        return await asyncio.to_thread(self._exports, project, unit, names, now)

    async def _know(self) -> _Known:
        if self._known is None:
            schema = await schema_of(self.toolchain, self.answers)
            self._known = _Known(schema, await known_names(self.toolchain, self.answers))
        return self._known

    def _module(self, project: Project, run: SpliceRun, text: str, known: _Known, now: _Generation) -> ModuleExpander:
        place = (run.unit, run.module, text)
        if place not in now.modules:
            if len(now.modules) >= MOST_MODULES:
                now.modules.clear()
            exports = self._exports(project, run.unit, known.names, now)
            flags = _flags(project, run.unit)
            now.modules[place] = ModuleExpander(run.module, text, known.schema, exports, flags)
        return now.modules[place]

    def _exports(self, project: Project, unit: str, names: Mapping[str, Name], now: _Generation) -> InterfaceExports:
        if unit not in now.exports:
            now.exports[unit] = self._read_exports(project, unit, names)
        return now.exports[unit]

    def _read_exports(self, project: Project, unit: str, names: Mapping[str, Name]) -> InterfaceExports:
        flags = _flags(project, unit)
        databases = database_folders(self.toolchain.libdir, flags)
        if databases not in self._installed:
            packages = read_packages(databases)
            self._installed[databases] = InstalledExports(packages, names)
        installed = self._installed[databases]
        visible = visible_packages(installed.packages, flags)
        return InterfaceExports(
            installed, visible, lambda module: self._home(project, unit, module), _importable(project, unit)
        )

    def _home(self, project: Project, unit: str, module: str) -> bytes | None:
        """The interface of a module of the project, of a unit's own module if there are several of that name."""
        units = [each.id for each in project.units if any(one.name == module for one in each.modules)]
        for each in sorted(units, key=lambda one: one != unit):
            if (found := self.interface(each, module)) is not None:
                return found
        return None


def _importable(project: Project, unit: str) -> set[ModuleId]:
    """The modules of the project that a unit can import: its own, and those that units which it depends on expose."""
    own = next((each for each in project.units if each.id == unit), None)
    return {
        ModuleId(each.id, module.name)
        for each in project.units
        if own and (each is own or each.id in own.package_ids)
        for module in each.modules
        if module.role is Role.EXPOSED or (each is own and module.role is not Role.MAIN)
    }


def _flags(project: Project, unit: str) -> tuple[str, ...]:
    return next((each.flags for each in project.units if each.id == unit), ())

"""Expansions of the splices of one lane's modules; how a tree is printed is the business of `thatch.core.th`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from attrs import define, field, frozen

from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.model import Project
from thatch.core.splices import SpliceRun
from thatch.core.th.derive import known_names, schema_of
from thatch.core.th.expansion import Expansion, ModuleExpander
from thatch.core.th.packages import InterfaceExports, Known, Package, read_packages, visible_packages
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
    names: Mapping[str, Known]


@define
class Expander:
    """Prints what splices gave back, as source for their modules; remembers what it printed."""

    toolchain: Toolchain

    answers: Path
    """The folder where the answers of GHCs are kept."""

    interface: Interface

    _known: _Known | None = None
    _modules: dict[tuple[str, str, str], ModuleExpander] = field(factory=dict)
    _expansions: dict[SpliceRun, Expansion] = field(factory=dict)
    _lock: asyncio.Lock = field(factory=asyncio.Lock)

    def changed(self) -> None:
        """Interfaces of the project were written: what its modules export may be something else now."""
        self._modules.clear()
        self._expansions.clear()

    async def expand(self, project: Project, run: SpliceRun, text: str) -> Expansion:
        """The expansion of a splice in the module with that text, as it was compiled.

        Raises `ThatchError` for what cannot be shown.  Cancelling is safe.
        """
        if run in self._expansions:
            return self._expansions[run]
        # One after the other: the scope of a module is put together once, for the first of its splices.
        async with self._lock:
            if self._known is None:
                schema = await schema_of(self.toolchain, self.answers)
                self._known = _Known(schema, await known_names(self.toolchain, self.answers))
            expansion = await asyncio.to_thread(self._expand, project, run, text, self._known)
        if len(self._expansions) >= MOST_KEPT:
            self._expansions.clear()
        self._expansions[run] = expansion
        return expansion

    def _expand(self, project: Project, run: SpliceRun, text: str, known: _Known) -> Expansion:
        place = (run.unit, run.module, text)
        expander = self._modules.get(place)
        if expander is None:
            if len(self._modules) >= MOST_MODULES:
                self._modules.clear()
            expander = self._modules[place] = self._module(project, run, text, known)
        return expander.expand(run)

    def _module(self, project: Project, run: SpliceRun, text: str, known: _Known) -> ModuleExpander:
        flags = next((unit.flags for unit in project.units if unit.id == run.unit), ())
        packages = _packages(self.toolchain.libdir, _databases(flags))
        exports = InterfaceExports(
            packages, visible_packages(packages, flags), known.names, lambda module: self._home(project, run, module)
        )
        return ModuleExpander(run.module, text, known.schema, exports, flags)

    def _home(self, project: Project, run: SpliceRun, module: str) -> bytes | None:
        """The interface of a module of the project, of the splice's own unit if there are several of that name."""
        units = [unit.id for unit in project.units if any(one.name == module for one in unit.modules)]
        for unit in sorted(units, key=lambda unit: unit != run.unit):
            if (found := self.interface(unit, module)) is not None:
                return found
        return None


@lru_cache(maxsize=8)
def _packages(libdir: Path, databases: tuple[Path, ...]) -> Mapping[str, Package]:
    """The packages of a GHC's own database and of others."""
    return read_packages([libdir / "package.conf.d", *databases])


def _databases(flags: Sequence[str]) -> tuple[Path, ...]:
    """The package databases that flags name, which they may do in one word or in two."""
    named = []
    for flag, following in pairwise((*flags, "")):
        if flag == "-package-db":
            named.append(following)
        elif flag.startswith("-package-db="):
            named.append(flag.removeprefix("-package-db="))
    return tuple(Path(name) for name in named if name not in {"global", "user"})

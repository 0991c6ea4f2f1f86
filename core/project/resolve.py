"""Which home module an import means, decided as GHC's finder does (9.6 `GHC/Unit/Finder.hs`); pure."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from thatch.core.diagnostics import Span
from thatch.core.project.model import Module, Role, Unit
from thatch.core.syntax import Header, Import, is_module_name

BOOT_SUFFIXES = {".hs": ".hs-boot", ".lhs": ".lhs-boot"}
"""The suffixes of source files in GHC's order, and that of the `.hs-boot` file that may lie beside one."""


MODULE_SUFFIXES = (*BOOT_SUFFIXES, *BOOT_SUFFIXES.values())
"""Of the files that are modules as they are."""


class ModuleId(NamedTuple):
    """What names a home module in a project; module names are unique within a unit only."""

    unit: str
    """The id of its unit."""

    name: str
    """The module's name as the unit declares it; `Main` for an executable's entry."""

    boot: bool = False
    """Whether the `.hs-boot` file is meant."""


class Resolver:
    """Answers imports from the modules that units declare and the files in their source folders."""

    declared: Mapping[ModuleId, Module]
    """The modules that the units declare, and their `.hs-boot` files, in their order."""

    def __init__(self, units: Iterable[Unit], files: Iterable[Path]) -> None:
        """`files` are the source files known to exist."""
        self._units = {unit.id: unit for unit in units}
        existing = set(files)
        self.declared = dict(chain.from_iterable(_declared(unit, existing) for unit in self._units.values()))
        known = {module.path for module in self.declared.values()}
        undeclared = sorted(existing - known)
        found = chain.from_iterable(_found(unit, undeclared, existing) for unit in self._units.values())
        self._modules = {**dict(found), **self.declared}
        self._home_dependencies = {unit.id: self._dependencies_of(unit) for unit in self._units.values()}
        self._package_names = {unit.id: package_name(unit) for unit in self._units.values()}
        self._answers: dict[tuple[str, str, str | None, bool], ModuleId | None] = {}
        self._has_prelude = any(module.name == "Prelude" for module in self._modules)

    def module(self, module: ModuleId) -> Module:
        """The declaration of a module, or what was made up for one that was only found."""
        return self._modules[module]

    def resolve(self, unit: str, entry: Import) -> ModuleId | None:
        """The home module that an import in a module of the unit means; None: no home module."""
        question = (unit, entry.module, entry.package, entry.source)
        if question not in self._answers:
            self._answers[question] = self._search(unit, entry)
        return self._answers[question]

    def imports(self, module: ModuleId, header: Header) -> tuple[Import, ...]:
        """The imports of a module, with the implicit one of a `Prelude` that is a home module."""
        if not self._has_prelude or module.name == "Prelude" or not self._wants_prelude(module.unit, header):
            return header.effective_imports
        return (Import("Prelude", Span(1, 1, 1, 1)), *header.effective_imports)

    def targets(self, module: ModuleId, header: Header) -> tuple[ModuleId, ...]:
        """The home modules that a module imports, each once, in the order of the imports."""
        found = (self.resolve(module.unit, entry) for entry in self.imports(module, header))
        return tuple(dict.fromkeys(target for target in found if target))

    def counterpart(self, module: ModuleId) -> ModuleId | None:
        """The `.hs-boot` file of a module, the module of a `.hs-boot` file, or None where there is none."""
        other = ModuleId(module.unit, module.name, not module.boot)
        return other if other in self._modules else None

    def _search(self, unit: str, entry: Import) -> ModuleId | None:
        for searched in self._searched(unit, entry.package):
            target = ModuleId(searched, entry.module)
            if self._visible(target, searched == unit):
                return self._boot(target) if entry.source else target
        return None

    def _searched(self, unit: str, package: str | None) -> Iterator[str]:
        """The units to search, in order.  A package's own name does not name the unit itself: `this` does."""
        if package is None or package == "this":
            yield unit
        if package != "this":
            for dependency in self._home_dependencies[unit]:
                if package is None or package == self._package_names[dependency]:
                    yield dependency

    def _visible(self, target: ModuleId, own: bool) -> bool:
        if own:
            return target in self._modules
        module = self.declared.get(target)
        return module is not None and module.role is Role.EXPOSED

    def _boot(self, target: ModuleId) -> ModuleId | None:
        boot = ModuleId(target.unit, target.name, boot=True)
        return boot if boot in self._modules else None

    def _dependencies_of(self, unit: Unit) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(unit.package_ids) if name in self._units and name != unit.id)

    def _wants_prelude(self, unit: str, header: Header) -> bool:
        """Whether GHC adds `import Prelude` (9.6 `GHC/Parser/Header.hs`, `mkPrelImports`)."""
        if any(entry.module == "Prelude" and entry.package in {None, "base"} for entry in header.effective_imports):
            return False
        flags = {*self._units[unit].flags, *header.options, *(f"-X{name}" for name in header.extensions)}
        return flags.isdisjoint({"-XNoImplicitPrelude", "-XRebindableSyntax"})


def candidates(unit: Unit, name: str) -> Iterator[Path]:
    """The files in which GHC looks for a module of a unit, in its order."""
    relative = name.replace(".", "/")
    return (folder / f"{relative}{suffix}" for folder in unit.source_dirs for suffix in BOOT_SUFFIXES)


def boot_path(path: Path) -> Path:
    """Where the `.hs-boot` file of a source file lies, if it has one."""
    return path.with_suffix(BOOT_SUFFIXES.get(path.suffix, ".hs-boot"))


def name_at(unit: Unit, path: Path) -> str | None:
    """How a unit would call a file as a module; None for one that lies elsewhere, or is none."""
    if path.suffix not in MODULE_SUFFIXES:
        return None
    for folder in unit.source_dirs:
        if path.is_relative_to(folder):
            name = ".".join(path.relative_to(folder).with_suffix("").parts)
            if is_module_name(name):
                return name
    return None


def package_name(unit: Unit) -> str:
    """The package that a unit belongs to, as a package import names it."""
    flags = iter(unit.flags)
    for flag in flags:
        if flag == "-this-package-name":
            return next(flags, "")
    return unit.component.partition(":")[0]


def _declared(unit: Unit, existing: set[Path]) -> Iterator[tuple[ModuleId, Module]]:
    seen = set[str]()
    for module in unit.modules:
        if module.name not in seen:
            seen.add(module.name)
            yield from _with_boot(unit, module, existing)


def _found(unit: Unit, undeclared: list[Path], existing: set[Path]) -> Iterator[tuple[ModuleId, Module]]:
    """The undeclared modules in a unit's source folders; the first place in GHC's order wins."""
    names = {name for path in undeclared for name in _names(unit, path)}
    for name in sorted(names):
        path = next(path for path in candidates(unit, name) if path in existing)
        yield from _with_boot(unit, Module(name, path), existing)


def _names(unit: Unit, path: Path) -> Iterator[str]:
    """The names by which a unit could import a file."""
    if path.suffix not in BOOT_SUFFIXES:
        return
    for folder in unit.source_dirs:
        if path.is_relative_to(folder):
            name = ".".join(path.relative_to(folder).with_suffix("").parts)
            if is_module_name(name):
                yield name


def _with_boot(unit: Unit, module: Module, existing: set[Path]) -> Iterator[tuple[ModuleId, Module]]:
    boot = boot_path(module.path)
    if boot in existing:
        yield ModuleId(unit.id, module.name, boot=True), Module(module.name, boot, module.role)
    yield ModuleId(unit.id, module.name), module

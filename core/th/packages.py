"""What the modules of installed packages and of the project export, read from interface files when it is asked for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import evolve, frozen

from thatch.core.errors import ThatchError
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.model import Name as InterfaceName
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.packages.database import Package, interface_path
from thatch.core.th.names import Space
from thatch.core.th.scope import Exported
from thatch.core.th.tree import Global

SPACES = {
    Namespace.VARIABLE: Space.VALUE,
    Namespace.FIELD: Space.VALUE,
    Namespace.CONSTRUCTOR: Space.CONSTRUCTOR,
    Namespace.TYPE: Space.TYPE,
}

UNNATURAL = ("Internal", "Unsafe", "Compat", "Foreign", "GHC", "Lazy", "Prim")
"""Parts of the names of modules that nobody imports if there is another one."""


@frozen
class ModuleExports:
    """What a module exports."""

    entries: tuple[Exported, ...]

    things: frozenset[tuple[str, str, Space]]
    """The same without parents: defining module, name and space."""


class InstalledExports:
    """The exports of the modules of packages, each read once.  It reads files, so it is for threads."""

    def __init__(self, packages: Mapping[str, Package], known: Mapping[str, InterfaceName]) -> None:
        """`known` explains the keys of `KnownName`."""
        self.packages = packages
        self._known = known
        self._read: dict[tuple[str, str], ModuleExports | None] = {}
        self._indexes: dict[str, Mapping[tuple[str, str, Space], tuple[str, ...]]] = {}

    def exports(self, unit: str, module: str) -> ModuleExports | None:
        """The exports of a module of a package; None if its interface is missing or cannot be read."""
        key = (unit, module)
        if key not in self._read:
            try:
                self._read[key] = self.decoded(self._interface(unit, module))
            except OSError:
                self._read[key] = None
        return self._read[key]

    def index(self, unit: str) -> Mapping[tuple[str, str, Space], tuple[str, ...]]:
        """Which modules of a package export a thing, the most natural first."""
        if unit not in self._indexes:
            found: dict[tuple[str, str, Space], list[str]] = {}
            for module, place in self.packages[unit].modules.items():
                exports = self.exports(*place)
                for thing in exports.things if exports else ():
                    found.setdefault(thing, []).append(module)
            self._indexes[unit] = {key: tuple(sorted(modules, key=_oddity)) for key, modules in found.items()}
        return self._indexes[unit]

    def decoded(self, data: bytes | None) -> ModuleExports | None:
        """The exports that an interface tells of; None if it cannot be read."""
        if data is None:
            return None
        try:
            entries = tuple(self._exported(read_interface(data)))
        except ThatchError:
            return None
        return ModuleExports(entries, frozenset((each.module, each.occ, each.space) for each in entries))

    def _interface(self, unit: str, module: str) -> bytes | None:
        package = self.packages.get(unit)
        path = interface_path(package.import_dirs, module) if package else None
        return path.read_bytes() if path else None

    def _exported(self, interface: Interface) -> Iterator[Exported]:
        for export in interface.exports:
            head = self._explained(export.name)
            if head is None:
                continue
            if export.parts is None:
                yield head
            for part in export.parts or ():
                if (each := self._explained(part)) is not None:
                    parent = "" if each == head else head.occ
                    yield evolve(each, parent=parent)
            for label in export.fields:
                name = head.name and InterfaceName(head.name.module, OccName(label, Namespace.VARIABLE))
                yield Exported(label, Space.VALUE, head.module, head.occ, name, is_field=True)

    def _explained(self, name: InterfaceName | KnownName) -> Exported | None:
        found = self._known.get(name.key) if isinstance(name, KnownName) else name
        space = SPACES.get(found.occ.namespace) if found else None
        if not found or not space:
            return None
        is_field = found.occ.namespace is Namespace.FIELD
        return Exported(found.occ.text, space, found.module.name, name=found, is_field=is_field)


class InterfaceExports:
    """The exports of modules, as one unit can import them.  It reads files, so it is for threads."""

    def __init__(
        self,
        installed: InstalledExports,
        visible: Collection[str],
        home: Callable[[str], bytes | None] = lambda _: None,
        homes: Collection[ModuleId] = (),
    ) -> None:
        """`home` gives the interface of a module of the project, whose exports are remembered from then on.

        `homes` are the modules of the project that can be imported.
        """
        self.installed = self._installed = installed
        self.visible = visible
        self.homes = frozenset(homes)
        self._packages = installed.packages
        self._visible = visible
        self._home = home
        self._own: dict[str, ModuleExports | None] = {}

    def exports(self, module: str, package: str | None = None) -> Sequence[Exported] | None:
        """The exports of a module; None if there is no such module or its interface cannot be read."""
        found = self._find(module, package)
        return found.entries if found else None

    def modules(self) -> Collection[str]:
        """The names of all modules that can be imported."""
        return {*self._places, *(home.name for home in self.homes)}

    def exporter(self, name: Global, occ: str, space: Space, preferred: Iterable[str]) -> tuple[str, bool]:
        """A module to import a thing from, and whether it can be imported; `preferred` modules come first."""
        for module in (*preferred, "Prelude"):
            if self._has(module, (name.module, occ, space)):
                return module, True
        if self._has(name.module, (name.module, occ, space)):
            return name.module, True
        for unit in self._units_for(name.package):
            if found := self._installed.index(unit).get((name.module, occ, space)):
                return found[0], True
        return name.module, False

    def _has(self, module: str, thing: tuple[str, str, Space]) -> bool:
        found = self._find(module)
        return found is not None and thing in found.things

    def _find(self, module: str, package: str | None = None) -> ModuleExports | None:
        """The exports of the module that an import names."""
        if package in {None, "", "this"}:
            if module not in self._own:
                self._own[module] = self._installed.decoded(self._home(module))
            if (own := self._own[module]) is not None:
                return own
        for unit, place in self._places.get(module, ()):
            if package in {None, "", "this", self._packages[unit].name}:
                return self._installed.exports(*place)
        return None

    @cached_property
    def _places(self) -> Mapping[str, list[tuple[str, tuple[str, str]]]]:
        """The visible packages that have a module of some name, and where it really is."""
        places: dict[str, list[tuple[str, tuple[str, str]]]] = {}
        for unit in self._visible:
            for module, place in self._packages[unit].modules.items():
                places.setdefault(module, []).append((unit, place))
        return places

    def _units_for(self, unit: str) -> Iterator[str]:
        """The visible packages that may export something of a unit: it, and those that stand right on it."""
        wanted = {each.id for each in self._packages.values() if unit in {each.id, each.name}}
        yield from sorted(wanted & set(self._visible))
        base = [each.id for each in self._packages.values() if each.name == "base" and each.id in self._visible]
        yield from base
        for each in sorted(self._visible):
            if each not in wanted and each not in base and wanted & set(self._packages[each].depends):
                yield each


def _oddity(module: str) -> tuple[int, int, int, str]:
    parts = module.split(".")
    return sum(part in UNNATURAL for part in parts), len(parts), len(module), module

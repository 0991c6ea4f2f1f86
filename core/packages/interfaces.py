"""The interfaces of installed packages: which package a unit is, and what an interface says of a name.  Blocking."""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.hi.declarations import Declarations, read_declarations
from thatch.core.hi.model import (
    DocumentationComment,
    Fixity,
    KnownName,
    Name,
    OccName,
    WarningText,
)
from thatch.core.hi.reader import Interface, read_interface
from thatch.core.packages.database import Package, interface_path, read_packages
from thatch.core.packages.name_index import NameIndex

Value = TypeVar("Value")

MOST_INTERFACES = 64
"""How many interfaces are remembered."""


class ModuleInterface:
    """What the interface of a module says of the names that it defines, arranged for questions."""

    def __init__(self, interface: Interface, known: Mapping[str, Name]) -> None:
        """Raises `DecodeError` for a damaged one."""
        self.module = interface.module
        documentation = interface.documentation
        self.has_documentation = documentation is not None
        self.comment = documentation.module if documentation else None
        self._interface = interface
        self._known = known
        self.warning = interface.warnings.module
        self._comments: NameIndex[tuple[DocumentationComment, ...]] = NameIndex()
        self._arguments: NameIndex[Mapping[int, DocumentationComment]] = NameIndex()
        self._fixities: NameIndex[Fixity] = NameIndex()
        self._warnings: NameIndex[WarningText] = NameIndex()
        for fixity in interface.fixities:
            self._fixities.add(fixity.occ, fixity)
        for occ, text in interface.warnings.names:
            self._warnings.add(occ, text)
        if documentation:
            self._collect(documentation.names, self._comments)
            self._collect(documentation.arguments, self._arguments)

    @cached_property
    def declarations(self) -> Declarations:
        """What the module declares, each read when it is asked for."""
        return read_declarations(self._interface, self._known)

    def comments(self, occ: OccName) -> tuple[DocumentationComment, ...]:
        """What comments say of a name."""
        return self._comments.find(occ) or ()

    def arguments(self, occ: OccName) -> Mapping[int, DocumentationComment]:
        """What comments say of its arguments."""
        return self._arguments.find(occ) or {}

    def fixity(self, occ: OccName) -> Fixity | None:
        """How a name binds, if there is a declaration of that."""
        return self._fixities.find(occ)

    def warning_about(self, occ: OccName) -> WarningText | None:
        """What users of a name are warned of."""
        return self._warnings.find(occ) or self.warning

    def _collect(self, said: Mapping[Name | KnownName, Value], index: NameIndex[Value]) -> None:
        for name, value in said.items():
            if full := explained(name, self._known):
                index.add(full.occ, value)


def explained(name: Name | KnownName, known: Mapping[str, Name]) -> Name | None:
    """A name in full; None for one that GHC knows and the table does not."""
    return known.get(name.key) if isinstance(name, KnownName) else name


@frozen
class _Generation:
    """The databases as they were at one time."""

    stamps: tuple[int, ...]
    packages: Mapping[str, Package]
    by_name: Mapping[str, Package]


class InstalledInterfaces:
    """The packages of some databases and their interfaces; databases that changed are read again when asked."""

    def __init__(self, databases: Sequence[Path], known: Mapping[str, Name]) -> None:
        """`known` is what `thatch.core.th.derive.known_names` gives."""
        self.known = known
        self._databases = tuple(databases)
        self._now = _Generation((), {}, {})
        self._interface = lru_cache(maxsize=MOST_INTERFACES)(self._read)

    @property
    def packages(self) -> Mapping[str, Package]:
        """The packages by their ids, as they were when a package was last asked for."""
        return self._now.packages

    def package(self, unit: str) -> Package | None:
        """The package that a unit is; GHC calls those that it is built on by their names alone."""
        found = self._now.packages.get(unit) or self._now.by_name.get(unit)
        if found is None and self._refresh():
            return self._now.packages.get(unit) or self._now.by_name.get(unit)
        return found

    def all_packages(self) -> Mapping[str, Package]:
        """The packages by their ids, as they are now."""
        self._refresh()
        return self._now.packages

    def interface(self, package: Package, module: str) -> ModuleInterface | None:
        """What the interface of a module says; None if there is none that can be read."""
        return self._interface(package.import_dirs, module)

    def _read(self, import_dirs: tuple[Path, ...], module: str) -> ModuleInterface | None:
        path = interface_path(import_dirs, module)
        try:
            return ModuleInterface(read_interface(path.read_bytes()), self.known) if path else None
        except (OSError, ThatchError):
            return None

    def _refresh(self) -> bool:
        """Read the databases again if they changed; whether they did."""
        stamps = tuple(_stamp(folder) for folder in self._databases)
        if stamps == self._now.stamps:
            return False
        packages = read_packages(self._databases)
        self._now = _Generation(stamps, packages, {each.name: each for each in packages.values()})
        return True


def _stamp(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0

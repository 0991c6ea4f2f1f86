"""The part of an interface in front of its declarations, which is read at once."""

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.model import (
    Dependencies,
    Entity,
    Export,
    FileUsage,
    Fixity,
    HomeInterfaceUsage,
    HomeModule,
    HomeModuleUsage,
    ModuleId,
    PackageModuleUsage,
    RequirementUsage,
    Usage,
)
from thatch.core.hi.names import NameTable, read_module, read_occ
from thatch.core.hi.versions import Layout

Value = TypeVar("Value")

DIRECTIONS = ("infixl", "infixr", "infix")

RawExport = tuple[int, tuple[int, ...] | None, tuple[str, ...]]
"""An `Export` with the numbers of names instead of names."""


@frozen
class Exports:
    """The exports by the numbers of their names, which are looked up only if someone asks."""

    raw: tuple[RawExport, ...]
    names: NameTable

    def read(self) -> tuple[Export, ...]:
        """The exports by name."""
        return tuple(
            Export(self.names[name], None if parts is None else tuple(self.names[part] for part in parts), fields)
            for name, parts, fields in self.raw
        )


class BodyReader:
    """Readers of the parts of the body, for one layout."""

    def __init__(self, cursor: GhcCursor, layout: Layout) -> None:
        self._cursor = cursor
        self._layout = layout
        self._usage_readers: tuple[Callable[[], Usage], ...] = (
            self._package_module,
            self._home_module,
            self._file,
            self._requirement,
            self._home_interface,
        )

    def module(self) -> ModuleId:
        """A module with its unit."""
        return read_module(self._cursor)

    def optional(self, read: Callable[[], Value]) -> Value | None:
        """A value that may be missing."""
        return read() if self._cursor.flag() else None

    def many(self, read: Callable[[], Value]) -> tuple[Value, ...]:
        """A list."""
        return tuple([read() for _ in range(self._cursor.count())])

    def lazy(self, read: Callable[[], Value]) -> Value:
        """A value that GHC would read on demand."""
        cursor = self._cursor
        start = cursor.skip_lazy()
        behind = cursor.position
        cursor.position = start
        value = read()
        if cursor.position != behind:
            raise cursor.error(f"an end at {behind}")
        return value

    def dependencies(self) -> Dependencies:
        """The `Dependencies` record, its fields in GHC's order."""
        text, module = self._cursor.text, self.module
        return Dependencies(
            modules=self.many(self._with_boot),
            packages=self.many(text),
            plugin_packages=self.many(text),
            trusted_packages=self.many(text),
            signatures=self.many(text),
            boot_modules=self.many(self._with_boot),
            orphans=self.many(module),
            family_instances=self.many(module),
        )

    def usages(self) -> tuple[Usage, ...]:
        """All usages."""
        cursor, readers = self._cursor, self._usage_readers
        n_readers = len(readers)
        return tuple([readers[cursor.tag(n_readers)]() for _ in range(cursor.count())])

    def exports(self, names: NameTable) -> Exports:
        """All exports."""
        return Exports(self.many(self._export), names)

    def fixities(self) -> tuple[Fixity, ...]:
        """All fixity declarations."""
        return self.many(self._fixity)

    def source_text(self) -> str | None:
        """How something was written; None for what was not."""
        return self.optional(self._cursor.text if self._layout.paths_are_strings else self._cursor.characters)

    def _with_boot(self) -> HomeModule:
        cursor = self._cursor
        return HomeModule(cursor.text(), cursor.text(), cursor.flag())

    def _export(self) -> RawExport:
        if self._cursor.tag(2) == 0:
            return self._single_export()
        parent = self._cursor.word()
        if self._layout.fields_are_names:
            return parent, self.many(self._cursor.word), ()
        parts = self.many(self._part)
        names = tuple(part for part in parts if isinstance(part, int))
        return parent, names, tuple(part for part in parts if isinstance(part, str))

    def _single_export(self) -> RawExport:
        if self._layout.fields_are_names:
            return self._cursor.word(), None, ()
        if self._cursor.tag(2) == 0:
            return self._cursor.word(), None, ()
        label, selector = self._field_label()
        return selector, None, (label,)

    def _part(self) -> int | str:
        return self._cursor.word() if self._cursor.tag(2) == 0 else self._field_label()[0]

    def _field_label(self) -> tuple[str, int]:
        label = self._cursor.text()
        self._cursor.take(2)
        return label, self._cursor.word()

    def _fixity(self) -> Fixity:
        occ = read_occ(self._cursor, self._layout)
        self.source_text()
        return Fixity(occ, self._cursor.number(), DIRECTIONS[self._cursor.tag(3)])

    def _package_module(self) -> Usage:
        cursor = self._cursor
        return PackageModuleUsage(read_module(cursor), cursor.fingerprint(), cursor.flag())

    def _home_module(self) -> Usage:
        cursor = self._cursor
        name, unit, abi_hash = cursor.text(), cursor.text(), cursor.fingerprint()
        export_hash = self.optional(cursor.fingerprint)
        return HomeModuleUsage(ModuleId(unit, name), abi_hash, export_hash, self.many(self._entity), cursor.flag())

    def _entity(self) -> Entity:
        return Entity(read_occ(self._cursor, self._layout), self._cursor.fingerprint())

    def _file(self) -> Usage:
        cursor = self._cursor
        path = cursor.text() if self._layout.paths_are_strings else cursor.characters()
        return FileUsage(path, cursor.fingerprint(), self.optional(cursor.characters))

    def _requirement(self) -> Usage:
        return RequirementUsage(read_module(self._cursor), self._cursor.fingerprint())

    def _home_interface(self) -> Usage:
        cursor = self._cursor
        name, unit = cursor.text(), cursor.text()
        return HomeInterfaceUsage(ModuleId(unit, name), cursor.fingerprint())

"""The part of an interface in front of its declarations, which is read at once."""

import re
from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from thatch.core.binary.ghc_binary import GhcCursor
from thatch.core.hi.model import (
    Below,
    Dependencies,
    Entity,
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
from thatch.core.hi.names import read_module, read_occ
from thatch.core.hi.versions import Layout
from thatch.core.hi.walk import walk

Value = TypeVar("Value")

IN_PLAIN_UNIT = re.compile(rb"\0([\x80-\xff]{0,9}[\0-\x7f])[\x80-\xff]{0,9}[\0-\x7f]")
"""A module of a unit that is no instance of another: a tag, and the places of two strings in their table."""

DIRECTIONS = ("infixl", "infixr", "infix")


@frozen
class ListPlace:
    """A list of modules and where it stands."""

    units: tuple[str, ...]
    """The unit of each module."""

    start: int
    """Where its length stands."""

    bounds: tuple[int, ...]
    """Where the first module starts, and where each ends."""


class BodyReader:
    """Readers of the parts of the body, for one layout."""

    def __init__(self, cursor: GhcCursor, layout: Layout) -> None:
        self._cursor = cursor
        self._layout = layout
        self.below_at = self.exports_at = 0
        """Where those parts start that are read on demand; known once the parts around them are read."""
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
        if cursor.position > behind:
            raise cursor.error(f"an end at {behind}")
        cursor.position = behind
        return value

    def dependencies(self) -> Dependencies:
        """The `Dependencies` record without its last two fields, which are `below`."""
        return self.lazy(self._dependencies)

    def below(self) -> Below:
        """The last two fields of the `Dependencies` record."""
        return Below(self.many(self.module), self.many(self.module))

    def family_instances_below(self) -> ListPlace:
        """The last field of `below`, and where it stands."""
        self.many(self.module)
        cursor = self._cursor
        start = cursor.position
        n_modules = cursor.count()
        # There are hundreds, of few units.
        known: dict[bytes, str] = {}
        units, bounds = [], [cursor.position]
        for _ in range(n_modules):
            found = IN_PLAIN_UNIT.match(cursor.data, cursor.position, cursor.end)
            unit = known.get(found[1]) if found else None
            if found and unit is not None:
                cursor.position = found.end()
            else:
                unit = self.module().unit
                if found:
                    known[found[1]] = unit
            units.append(unit)
            bounds.append(cursor.position)
        return ListPlace(tuple(units), start, tuple(bounds))

    def usages(self) -> tuple[Usage, ...]:
        """All usages."""
        cursor, readers = self._cursor, self._usage_readers
        n_readers = len(readers)
        return tuple([readers[cursor.tag(n_readers)]() for _ in range(cursor.count())])

    def export_hash(self) -> str:
        """The hash behind the exports, which are walked over."""
        cursor = self._cursor
        self.exports_at = cursor.position
        cursor.part("exports", lambda: walk(cursor, self._layout.shapes["Exports"]))
        return cursor.part("export hash", cursor.fingerprint)

    def fixities(self) -> tuple[Fixity, ...]:
        """All fixity declarations."""
        return self.many(self._fixity)

    def source_text(self) -> str | None:
        """How something was written; None for what was not."""
        return self.optional(self._cursor.text if self._layout.paths_are_strings else self._cursor.characters)

    def _dependencies(self) -> Dependencies:
        text = self._cursor.text
        dependencies = Dependencies(
            modules=self.many(self._with_boot),
            packages=self.many(text),
            plugin_packages=self.many(text),
            trusted_packages=self.many(text),
            signatures=self.many(text),
            boot_modules=self.many(self._with_boot),
        )
        self.below_at = self._cursor.position
        return dependencies

    def _with_boot(self) -> HomeModule:
        cursor = self._cursor
        return HomeModule(cursor.text(), cursor.text(), cursor.flag())

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

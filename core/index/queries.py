"""Questions to the tables of an index; each answer says which module it is about."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from thatch.core.ghc.results import ModuleKey
from thatch.core.index.model import (
    Body,
    Definition,
    IndexedModule,
    Instance,
    Kind,
    Mention,
    NameKey,
    Superclass,
)
from thatch.core.index.packing import unpack_mentions, unpack_spans


class Mentioned(NamedTuple):
    """Where a module mentions a name."""

    key: NameKey
    places: tuple[Mention, ...]


def modules(connection: sqlite3.Connection) -> dict[ModuleKey, IndexedModule]:
    """All modules that the index knows."""
    rows = connection.execute("SELECT unit, name, path, stamp, text FROM modules")
    found = [IndexedModule(unit, name, Path(path), stamp, text) for unit, name, path, stamp, text in rows]
    return {ModuleKey(one.unit, one.path): one for one in found}


def every_module(connection: sqlite3.Connection) -> Iterator[tuple[IndexedModule, None]]:
    """All modules that the index knows, as a question."""
    for module in modules(connection).values():
        yield module, None


def mentioning(connection: sqlite3.Connection, label: str) -> Iterator[tuple[IndexedModule, NameKey]]:
    """Modules that mention something that is called so, whatever it is."""
    find = _Finder(connection)
    rows = connection.execute(
        r"SELECT module, name FROM mentions JOIN names ON names.id = name WHERE text = ? OR text LIKE ? ESCAPE '\'",
        (label, f"$sel:{escaped(label)}:%"),
    )
    for module, name in rows.fetchall():
        yield find.module(module), find.key(name)


def labelled(connection: sqlite3.Connection, label: str) -> Iterator[tuple[IndexedModule, Definition]]:
    """The definitions of all that is called so, as users write it."""
    yield from _Finder(connection).definitions("label = ?", label)


def escaped(text: str) -> str:
    r"""A text as a part of a pattern of SQL's in which a backslash quotes."""
    return "".join(f"\\{letter}" if letter in "%_\\" else letter for letter in text)


def in_all_units(connection: sqlite3.Connection, keys: Iterable[NameKey]) -> list[NameKey]:
    """The keys, and those of the same names in modules of the same files, which other units compile as well."""
    found = dict.fromkeys(keys)
    for key in list(found):
        rows = connection.execute(
            "SELECT twins.unit FROM modules JOIN modules AS twins ON twins.path = modules.path "
            "WHERE modules.unit = ? AND modules.name = ? AND twins.name = modules.name",
            (key.unit, key.module),
        )
        found.update(dict.fromkeys(key._replace(unit=unit) for (unit,) in rows))
    return list(found)


def mentions(connection: sqlite3.Connection, keys: Iterable[NameKey]) -> Iterator[tuple[IndexedModule, Mentioned]]:
    """Where names are mentioned."""
    find = _Finder(connection)
    for key, number in find.numbers(keys):
        rows = connection.execute("SELECT module, places FROM mentions WHERE name = ?", (number,))
        for module, places in rows.fetchall():
            yield find.module(module), Mentioned(key, unpack_mentions(places))


def mentions_in(connection: sqlite3.Connection, unit: str, path: Path) -> Iterator[tuple[IndexedModule, Mentioned]]:
    """Everything that one module mentions."""
    find = _Finder(connection)
    for module in find.modules(unit, path):
        rows = connection.execute("SELECT name, places FROM mentions WHERE module = ?", (module,))
        for name, places in rows.fetchall():
            yield find.module(module), Mentioned(find.key(name), unpack_mentions(places))


def definitions(connection: sqlite3.Connection, keys: Iterable[NameKey]) -> Iterator[tuple[IndexedModule, Definition]]:
    """Where names are defined."""
    find = _Finder(connection)
    for _, number in find.numbers(keys):
        yield from find.definitions("name = ?", number)


def definitions_in(connection: sqlite3.Connection, unit: str, path: Path) -> Iterator[tuple[IndexedModule, Definition]]:
    """Everything that one module defines."""
    find = _Finder(connection)
    for module in find.modules(unit, path):
        yield from find.definitions("module = ?", module)


def symbols(connection: sqlite3.Connection, pattern: str, limit: int) -> Iterator[tuple[IndexedModule, Definition]]:
    """Definitions whose label is like a pattern of SQL's, in which a backslash quotes; the shortest of them."""
    yield from _Finder(connection).definitions(
        r"label LIKE ? ESCAPE '\' ORDER BY length(label) LIMIT ?", pattern, limit
    )


def instances_of(
    connection: sqlite3.Connection, classes: Iterable[NameKey]
) -> Iterator[tuple[IndexedModule, Instance]]:
    """The instances of classes."""
    find = _Finder(connection)
    for _, number in find.numbers(classes):
        yield from find.instances("class = ?", number)


def instances_for(connection: sqlite3.Connection, types: Iterable[NameKey]) -> Iterator[tuple[IndexedModule, Instance]]:
    """The instances whose heads name types."""
    find = _Finder(connection)
    for _, number in find.numbers(types):
        yield from find.instances(
            "(module, number) IN (SELECT module, number FROM instance_types WHERE type = ?)", number
        )


def bodies(connection: sqlite3.Connection, names: Iterable[NameKey]) -> Iterator[tuple[IndexedModule, Body]]:
    """What methods and families are in instances."""
    find = _Finder(connection)
    for _, number in find.numbers(names):
        yield from find.bodies("name = ?", number)


def bodies_in(connection: sqlite3.Connection, unit: str, path: Path) -> Iterator[tuple[IndexedModule, Body]]:
    """What methods and families are in one module's instances."""
    find = _Finder(connection)
    for module in find.modules(unit, path):
        yield from find.bodies("module = ?", module)


def superclasses(
    connection: sqlite3.Connection, classes: Iterable[NameKey]
) -> Iterator[tuple[IndexedModule, Superclass]]:
    """The superclasses of classes."""
    find = _Finder(connection)
    for _, number in find.numbers(classes):
        yield from find.superclasses("class = ?", number)


def subclasses(
    connection: sqlite3.Connection, classes: Iterable[NameKey]
) -> Iterator[tuple[IndexedModule, Superclass]]:
    """Of which classes some classes are superclasses."""
    find = _Finder(connection)
    for _, number in find.numbers(classes):
        yield from find.superclasses("superclass = ?", number)


class _Finder:
    """Turns rows into what they say; remembers what numbers stand for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._keys: dict[int, NameKey] = {}
        self._modules: dict[int, IndexedModule] = {}

    def numbers(self, keys: Iterable[NameKey]) -> Iterator[tuple[NameKey, int]]:
        """The numbers of the names that the index knows."""
        for key in keys:
            found = self._connection.execute(
                "SELECT names.id FROM names JOIN origins ON origins.id = origin "
                "WHERE text = ? AND namespace = ? AND unit = ? AND module = ? AND parent = ?",
                (key.text, key.namespace, key.unit, key.module, key.parent),
            ).fetchone()
            if found:
                yield key, found[0]

    def key(self, number: int) -> NameKey:
        """The name of a number."""
        known = self._keys.get(number)
        if known is None:
            row = self._connection.execute(
                "SELECT namespace, text, unit, module, parent FROM names JOIN origins ON origins.id = origin "
                "WHERE names.id = ?",
                (number,),
            ).fetchone()
            known = self._keys[number] = NameKey(*row)
        return known

    def module(self, number: int) -> IndexedModule:
        """The module of a number."""
        known = self._modules.get(number)
        if known is None:
            unit, name, path, stamp, text = self._connection.execute(
                "SELECT unit, name, path, stamp, text FROM modules WHERE id = ?", (number,)
            ).fetchone()
            known = self._modules[number] = IndexedModule(unit, name, Path(path), stamp, text)
        return known

    def modules(self, unit: str, path: Path) -> list[int]:
        """The number of a module, if it is known."""
        rows = self._connection.execute("SELECT id FROM modules WHERE unit = ? AND path = ?", (unit, str(path)))
        return [number for (number,) in rows]

    def definitions(self, where: str, *values: object) -> Iterator[tuple[IndexedModule, Definition]]:
        columns = "module, name, kind, label, container, spans"
        for module, name, kind, label, container, spans in self._rows(columns, "definitions", where, *values):
            span, whole = unpack_spans(spans)
            parent = None if container is None else self.key(container)
            yield self.module(module), Definition(self.key(name), Kind(kind), label, parent, span, whole)

    def instances(self, where: str, *values: object) -> Iterator[tuple[IndexedModule, Instance]]:
        columns = "module, number, class, derived, spans"
        for module, number, cls, derived, spans in self._rows(columns, "instances", where, *values):
            types = self._rows("type", "instance_types", "module = ? AND number = ? ORDER BY position", module, number)
            span, whole = unpack_spans(spans)
            keys = tuple([self.key(key) for (key,) in types])
            yield self.module(module), Instance(self.key(cls), keys, bool(derived), span, whole)

    def bodies(self, where: str, *values: object) -> Iterator[tuple[IndexedModule, Body]]:
        for module, name, spans in self._rows("module, name, spans", "bodies", where, *values):
            span, whole, *owner = unpack_spans(spans)
            yield self.module(module), Body(self.key(name), owner[0] if owner else None, span, whole)

    def superclasses(self, where: str, *values: object) -> Iterator[tuple[IndexedModule, Superclass]]:
        columns = "module, class, superclass, spans"
        for module, cls, superclass, spans in self._rows(columns, "superclasses", where, *values):
            yield self.module(module), Superclass(self.key(cls), self.key(superclass), *unpack_spans(spans))

    def _rows(self, columns: str, table: str, where: str, *values: object) -> list[tuple[Any, ...]]:
        # Only the values come from elsewhere.
        statement = f"SELECT {columns} FROM {table} WHERE {where}"  # noqa: S608
        return self._connection.execute(statement, values).fetchall()

"""Putting modules into the tables of an index and taking them out; what is written comes from `rows`."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.index.model import ModuleRows, NameKey
from thatch.core.index.packing import pack_spans

ROWS = ("definitions", "mentions", "instances", "instance_types", "bodies", "superclasses")
"""The tables that hold rows of modules."""


@frozen(eq=False)
class Read:
    """A module whose `.hie` file was read."""

    path: Path

    stamp: str
    """The hash of the file."""

    rows: ModuleRows


class Writer:
    """Writes through one connection; its user begins and ends transactions."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._origins: dict[tuple[str, str], int] = {}
        self._names: dict[NameKey, int] = {}

    def put(self, modules: Iterable[Read]) -> None:
        """Put modules in, in the place of what is known of them; also of the module that a file held before."""
        for module in modules:
            self._put(module)

    def remove(self, modules: Iterable[tuple[str, Path]]) -> None:
        """Take modules out, by unit and path; those that are not there are no error."""
        for unit, path in modules:
            found = self._connection.execute(
                "SELECT id FROM modules WHERE unit = ? AND path = ?", (unit, str(path))
            ).fetchone()
            if found:
                self._clear(found[0])
                self._connection.execute("DELETE FROM modules WHERE id = ?", found)

    def _put(self, module: Read) -> None:
        rows = module.rows
        (number,) = self._connection.execute(
            "INSERT INTO modules (unit, path, name, stamp, text) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (unit, path) DO UPDATE SET name = excluded.name, stamp = excluded.stamp, text = excluded.text "
            "RETURNING id",
            (rows.module.unit, str(module.path), rows.module.name, module.stamp, rows.text),
        ).fetchone()
        self._clear(number)
        name = self._name
        insert = self._insert
        insert(
            "definitions (module, name, kind, label, container, spans)",
            [
                (
                    number,
                    name(one.key),
                    one.kind,
                    one.label,
                    one.container and name(one.container),
                    pack_spans(one.span, one.whole),
                )
                for one in rows.definitions
            ],
        )
        insert(
            "mentions (module, name, places)",
            [(number, name(key), places) for key, places in rows.mentions.items()],
        )
        insert(
            "instances (module, number, class, derived, spans)",
            [
                (number, index, name(one.cls), one.derived, pack_spans(one.span, one.whole))
                for index, one in enumerate(rows.instances)
            ],
        )
        insert(
            "instance_types (module, number, position, type)",
            [
                (number, index, position, name(key))
                for index, one in enumerate(rows.instances)
                for position, key in enumerate(one.types)
            ],
        )
        insert(
            "bodies (module, number, name, spans)",
            [
                (number, index, name(one.name), pack_spans(one.span, one.whole, *([one.owner] if one.owner else [])))
                for index, one in enumerate(rows.bodies)
            ],
        )
        insert(
            "superclasses (module, class, superclass, spans)",
            [
                (number, *key, span)
                for key, span in {
                    (name(one.cls), name(one.superclass)): pack_spans(one.span) for one in rows.superclasses
                }.items()
            ],
        )

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # Constants.

    def _clear(self, module: int) -> None:
        for table in ROWS:
            self._connection.execute(f"DELETE FROM {table} WHERE module = ?", (module,))  # noqa: S608  # Constants.

    def _origin(self, unit: str, module: str) -> int:
        known = self._origins.get((unit, module))
        if known is None:
            known = self._origins[unit, module] = self._number("origins", ("unit", "module"), (unit, module))
        return known

    def _name(self, key: NameKey) -> int:
        known = self._names.get(key)
        if known is None:
            origin = self._origin(key.unit, key.module)
            known = self._names[key] = self._number(
                "names", ("text", "namespace", "origin", "parent"), (key.text, key.namespace, origin, key.parent)
            )
        return known

    def _number(self, table: str, columns: Sequence[str], values: Sequence[object]) -> int:
        """The number of a row, which is made if need be."""
        where = " AND ".join(f"{column} = ?" for column in columns)
        found = self._connection.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchone()  # noqa: S608
        if found is None:
            marks = ", ".join("?" * len(values))
            found = (
                self._connection.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                    values,
                ).lastrowid,
            )
        return int(found[0])

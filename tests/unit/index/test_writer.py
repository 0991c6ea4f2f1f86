"""Modules that are put in and taken out one after the other leave the same as those that are left would alone."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.hi.model import ModuleId
from thatch.core.index import queries
from thatch.core.index.model import (
    Body,
    Definition,
    Instance,
    Kind,
    ModuleRows,
    NameKey,
    Role,
    Superclass,
)
from thatch.core.index.packing import pack_mentions, unpack_mentions
from thatch.core.index.storage import schema
from thatch.core.index.writer import ROWS, Read, Writer

UNITS, PATHS = ("lib", "exe"), (Path("/p/A.hs"), Path("/p/B.hs"))

keys = st.builds(
    NameKey,
    st.integers(0, 6),
    st.sampled_from(["f", "%", "T"]),
    st.sampled_from(UNITS),
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["", "T"]),
)
spans = st.builds(lambda line, column: Span(line, column, line, column + 3), st.integers(1, 300), st.integers(1, 80))
mentions = st.lists(
    st.builds(lambda line, role: (line, 1, line, 4, role), st.integers(1, 300), st.sampled_from(Role)), min_size=1
)


def few(item: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(item, max_size=3).map(tuple)


@st.composite
def reads(draw: st.DrawFn) -> Read:
    rows = ModuleRows(
        module=ModuleId(draw(st.sampled_from(UNITS)), draw(st.sampled_from(["A", "B"]))),
        text=draw(st.sampled_from(["text 1", "text 2"])),
        definitions=draw(
            st.lists(
                st.builds(Definition, keys, st.sampled_from(Kind), st.text(), st.none() | keys, spans, spans),
                max_size=3,
                unique_by=lambda one: one.key,
            ).map(tuple)
        ),
        mentions=draw(st.dictionaries(keys, mentions.map(pack_mentions), max_size=3)),
        instances=draw(
            few(
                st.builds(
                    Instance, keys, st.lists(keys, max_size=2, unique=True).map(tuple), st.booleans(), spans, spans
                )
            )
        ),
        bodies=draw(few(st.builds(Body, keys, st.none() | spans, spans, spans))),
        superclasses=draw(
            st.lists(
                st.builds(Superclass, keys, keys, spans), max_size=2, unique_by=lambda one: (one.cls, one.superclass)
            ).map(tuple)
        ),
    )
    return Read(draw(st.sampled_from(PATHS)), draw(st.sampled_from(["stamp 1", "stamp 2"])), rows)


gone = st.tuples(st.sampled_from(UNITS), st.sampled_from(PATHS))


def empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema())
    return connection


def everything(connection: sqlite3.Connection) -> list[object]:
    """All that can be asked, in an order that does not depend on how it came to be."""
    known = [NameKey(*row) for row in connection.execute(
        "SELECT namespace, text, unit, module, parent FROM names JOIN origins ON origins.id = origin"
    )]  # fmt: skip
    found: list[object] = sorted(map(repr, queries.modules(connection).values()))
    for ask in (
        queries.mentions, queries.definitions, queries.instances_of, queries.instances_for, queries.bodies,
        queries.superclasses, queries.subclasses,
    ):  # fmt: skip
        found += sorted(map(repr, ask(connection, known)))
    for unit in UNITS:
        for path in PATHS:
            for in_one in (queries.mentions_in, queries.definitions_in, queries.bodies_in):
                found += sorted(map(repr, in_one(connection, unit, path)))
    return found


def put_all(connection: sqlite3.Connection, modules: Iterable[Read]) -> None:
    for module in modules:
        Writer(connection).put([module])


@given(st.lists(reads() | gone, max_size=8))
def test_what_is_left_is_what_would_be_there_from_scratch(steps: Sequence[Read | tuple[str, Path]]) -> None:
    connection = empty()
    left: dict[tuple[str, Path], Read] = {}
    for step in steps:
        if isinstance(step, Read):
            Writer(connection).put([step])
            left[step.rows.module.unit, step.path] = step
        else:
            Writer(connection).remove([step])
            left.pop(step, None)
    fresh = empty()
    put_all(fresh, left.values())
    assert everything(connection) == everything(fresh)
    if not left:
        assert all(connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,) for table in ROWS)
    connection.close()
    fresh.close()


@given(reads())
def test_what_was_put_in_comes_out(module: Read) -> None:
    connection = empty()
    Writer(connection).put([module])
    rows = module.rows
    place = rows.module.unit, module.path
    mentioned = {one.key: one.places for _, one in queries.mentions_in(connection, *place)}
    assert mentioned == {key: unpack_mentions(packed) for key, packed in rows.mentions.items()}
    assert {one for _, one in queries.definitions_in(connection, *place)} == set(rows.definitions)
    assert [one for _, one in queries.bodies_in(connection, *place)] == list(rows.bodies)
    classes = {one.cls for one in rows.instances}
    assert sorted(one for _, one in queries.instances_of(connection, classes)) == sorted(rows.instances)
    assert {one for _, one in queries.superclasses(connection, {one.cls for one in rows.superclasses})} == set(
        rows.superclasses
    )
    (found,) = queries.modules(connection).values()
    assert found == (rows.module.unit, rows.module.name, module.path, module.stamp, rows.text)
    connection.close()


def test_names_like_a_pattern_are_found_shortest_first() -> None:
    connection = empty()
    defined = [
        Definition(NameKey(0, label), Kind.VALUE, label, None, Span(1, 1, 1, 2), Span(1, 1, 1, 2))
        for label in ("lookup", "lookUp'", "look_up", "up", "l%p")
    ]
    rows = ModuleRows(ModuleId("lib", "A"), "", tuple(defined), {}, (), (), ())
    Writer(connection).put([Read(Path("/A.hs"), "", rows)])
    assert [one.label for _, one in queries.symbols(connection, "%l%p%", 3)] == ["l%p", "lookup", "lookUp'"]
    assert [one.label for _, one in queries.symbols(connection, r"l\%p", 9)] == ["l%p"]
    connection.close()

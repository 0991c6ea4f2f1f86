"""Which modules are checked, and what is loaded with them, decided from a module graph."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from attrs import evolve

from tests.unit.project.test_graph import ROOT, graph, node, source, unit
from thatch.cli.narrowing import Narrowing, Wanted, affected
from thatch.cli.shards import Shard
from thatch.core.project.graph import ModuleGraph
from thatch.core.project.model import Project
from thatch.core.project.resolve import ModuleId

LIB = evolve(unit("lib", "A", "B", "C"), description=ROOT / "lib.cabal")
EXE = evolve(unit("exe", "Main", needs=("lib",)), description=ROOT / "exe.cabal")
TEST = evolve(unit("test", "Spec", needs=("lib",)), description=ROOT / "exe.cabal")
PROJECT = Project(
    root=ROOT,
    cradle="cabal",
    units=(LIB, EXE, TEST),
    ghc=Path("/ghc"),
    watched=(ROOT / "cabal.project", ROOT / "lib.cabal", ROOT / "exe.cabal"),
)
GRAPH = graph(
    LIB, EXE, TEST, lib__A="", lib__B="import A", lib__C="import Gone", exe__Main="import B", test__Spec="import Data.X"
)
A, B, C = (node("lib", name) for name in "ABC")
MAIN, SPEC = node("exe", "Main"), node("test", "Spec")
EVERYTHING = {A, B, C, MAIN, SPEC}


def changed(*paths: Path, made_from: Mapping[ModuleId, Collection[Path]] | None = None) -> set[ModuleId]:
    return set(affected(PROJECT, GRAPH, made_from or {}, frozenset(paths)))


def narrowed(wanted: Wanted, found: ModuleGraph = GRAPH) -> tuple[dict[str, list[str]], set[Path], Narrowing]:
    narrowing = Narrowing(wanted, lambda path: path)
    project = narrowing.narrow(PROJECT, found, {}, lambda _: 100)
    loaded = {one.id: [module.name for module in one.modules] for one in project.units}
    return loaded, narrowing.chosen, narrowing


def test_a_changed_module_and_all_that_reach_it() -> None:
    assert changed(source("lib", "A")) == {A, B, MAIN}
    assert changed(source("lib", "B")) == {B, MAIN}
    assert changed(source("test", "Spec")) == {SPEC}


def test_what_is_of_no_project_changes_nothing() -> None:
    assert changed(ROOT / "README.md", Path("/elsewhere/a/src/X.hs")) == set()


def test_a_module_that_is_gone_matters_to_those_that_import_it() -> None:
    assert changed(source("lib", "Gone")) == {C}


def test_what_a_module_is_generated_from() -> None:
    assert changed(ROOT / "lib/src/A.hsc") == {A, B, MAIN}
    assert changed(ROOT / "grammar/B.y") == {B, MAIN}


def test_a_file_that_a_module_was_made_from() -> None:
    template = ROOT / "templates/page.html"
    assert changed(template, made_from={SPEC: [template], A: [ROOT / "other"]}) == {SPEC}


def test_of_a_module_that_was_never_compiled_nobody_knows_what_it_includes() -> None:
    found = graph(LIB, lib__A='{-# LANGUAGE CPP #-}\n#include "a.h"', lib__B="", lib__C="")
    project = evolve(PROJECT, units=(LIB,))
    header = frozenset({ROOT / "include/a.h"})
    assert affected(project, found, {}, header) == {A}
    assert affected(project, found, {A: [ROOT / "b.h"]}, header) == set()
    assert affected(project, found, {A: [ROOT / "include/a.h"]}, header) == {A}


def test_a_build_description_matters_to_its_units_and_their_dependents() -> None:
    assert changed(ROOT / "lib.cabal") == {A, B, C, MAIN}
    assert changed(ROOT / "exe.cabal") == {MAIN, SPEC}
    assert changed(ROOT / "cabal.project") == EVERYTHING


def test_what_is_needed_is_loaded_and_not_reported() -> None:
    loaded, chosen, narrowing = narrowed(Wanted(changed=frozenset({source("exe", "Main")})))
    assert loaded == {"lib": ["A", "B"], "exe": ["Main"]}
    assert chosen == {source("exe", "Main")}
    assert narrowing.known == {GRAPH.path(module) for module in EVERYTHING}


def test_a_unit_that_is_named_stays_although_nothing_of_it_is_imported() -> None:
    loaded, chosen, _ = narrowed(Wanted(components=("test-*",)))
    assert (loaded, chosen) == ({"lib": ["A"], "test": ["Spec"]}, {source("test", "Spec")})


def test_nothing_changed() -> None:
    assert narrowed(Wanted(changed=frozenset()))[:2] == ({}, set())


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(units=("lib",)), {A, B, C}),
        (Wanted(units=("l*", "test")), {A, B, C, SPEC}),
        (Wanted(components=("*:lib",)), EVERYTHING),
        (Wanted(components=("exe-package:*",), units=("*",)), {MAIN}),
        (Wanted(components=("exe-package:*",), changed=frozenset({source("lib", "A")})), {MAIN}),
    ],
)
def test_patterns(wanted: Wanted, expected: set[ModuleId]) -> None:
    _, chosen, narrowing = narrowed(wanted)
    assert (chosen, narrowing.matched) == ({GRAPH.path(module) for module in expected}, True)


def test_a_pattern_that_matches_nothing_is_told_from_nothing_to_do() -> None:
    _, chosen, narrowing = narrowed(Wanted(components=("none:*",)))
    assert (chosen, narrowing.matched) == (set(), False)
    assert narrowing.components == {"lib-package:lib", "exe-package:lib", "test-package:lib"}


@pytest.mark.parametrize("total", [1, 2, 3, 5, 8])
def test_shards_report_each_file_once(total: int) -> None:
    parts = [narrowed(Wanted(shard=Shard(number, total)))[1] for number in range(1, total + 1)]
    assert sorted(path for part in parts for path in part) == sorted(GRAPH.path(module) for module in EVERYTHING)


def test_a_shard_is_weighed_by_times() -> None:
    times = {("lib-package:lib", "A"): 900, ("lib-package:lib", "B"): 100, ("lib-package:lib", "C"): 100}
    wanted = Wanted(units=("lib",), times=times)
    parts = [narrowed(evolve(wanted, shard=Shard(number, 2)))[1] for number in (1, 2)]
    assert parts == [{source("lib", "A")}, {source("lib", "B"), source("lib", "C")}]

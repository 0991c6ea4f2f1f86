"""Imports resolved over units, and the orders and sets that follow from them."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.model import Module, Role, Unit
from thatch.core.project.resolve import ModuleId, candidates, package_name
from thatch.core.project.strong import strong_components
from thatch.core.syntax import Header, parse_header

ROOT = Path("/project")


def unit(name: str, *modules: str, needs: tuple[str, ...] = (), hidden: tuple[str, ...] = (), flags: str = "") -> Unit:
    return Unit(
        id=name,
        component=f"{name}-package:lib",
        directory=ROOT / name,
        flags=tuple(flags.split()),
        source_dirs=(ROOT / name / "gen", ROOT / name / "src"),
        package_ids=("base-4", *needs),
        modules=(
            *(Module(module, source(name, module), Role.EXPOSED) for module in modules),
            *(Module(module, source(name, module), Role.OTHER) for module in hidden),
        ),
    )


def source(unit_name: str, module: str, suffix: str = ".hs") -> Path:
    return ROOT / unit_name / "src" / (module.replace(".", "/") + suffix)


def graph(*units: Unit, **texts: str) -> ModuleGraph:
    """The graph of units whose files are given as `unit__Module="text"`, `_boot` marking boot files."""
    headers: dict[Path, Header] = {}
    for key, text in texts.items():
        name, _, module = key.partition("__")
        suffix = ".hs-boot" if module.endswith("_boot") else ".hs"
        headers[source(name, module.removesuffix("_boot").replace("_", "."), suffix)] = parse_header(text)
    return build_graph(units, headers)


def node(unit_name: str, module: str, *, boot: bool = False) -> ModuleId:
    return ModuleId(unit_name, module, boot)


def test_imports_of_the_own_unit_come_first() -> None:
    found = graph(unit("a", "M"), unit("b", "M", "N", needs=("a",)), b__N="import M\nimport M\nimport Data.List")
    assert found.imports(node("b", "N")) == (node("b", "M"),)
    assert [entry.module for entry in found.external(node("b", "N"))] == ["Data.List"]


def test_only_exposed_modules_of_needed_units_are_seen() -> None:
    lib, other = unit("a", "M", hidden=("H",)), unit("c", "X")
    found = graph(lib, other, unit("b", "N", needs=("a",)), b__N="import M\nimport H\nimport X")
    assert found.imports(node("b", "N")) == (node("a", "M"),)
    assert [entry.module for entry in found.external(node("b", "N"))] == ["H", "X"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('import "this" M', "b"),
        ('import "a-package" M', "a"),
        # GHC finds a unit's own modules under `this` only.
        ('import "b-package" M', None),
        ('import "base" M', None),
        ("import M", "b"),
    ],
)
def test_package_imports(written: str, meant: str | None) -> None:
    found = graph(unit("a", "M"), unit("b", "M", "N", needs=("a",)), b__N=written)
    assert found.imports(node("b", "N")) == ((node(meant, "M"),) if meant else ())


def test_a_package_name_in_the_flags_counts() -> None:
    assert package_name(unit("a", flags="-Wall -this-package-name real")) == "real"
    assert package_name(unit("a")) == "a-package"


def test_undeclared_files_are_found_in_the_order_of_the_folders() -> None:
    lib = unit("a", "M")
    headers = {
        source("a", "M"): parse_header("import Found\nimport Twice"),
        source("a", "Found"): parse_header("import Deep.Down"),
        source("a", "Deep.Down"): Header(),
        source("a", "Twice"): Header(),
        ROOT / "a/gen/Twice.hs": Header(),
        source("a", "Unwanted"): Header(),
    }
    found = build_graph([lib], headers)
    assert [module.name for module in found.nodes] == ["M", "Found", "Twice", "Deep.Down"]
    assert found.path(node("a", "Twice")) == ROOT / "a/gen/Twice.hs"
    assert found.at(source("a", "Unwanted")) == ()


def test_undeclared_files_of_other_units_are_not_seen() -> None:
    found = graph(unit("a", "M"), unit("b", "N", needs=("a",)), b__N="import Found", a__Found="")
    assert found.imports(node("b", "N")) == ()


def test_a_file_can_be_a_module_of_several_units() -> None:
    shared = Module("M", ROOT / "shared/M.hs")
    first, second = unit("a"), unit("b")
    units = [Unit(**{**_fields(entry), "modules": (shared,)}) for entry in (first, second)]
    found = build_graph(units, {})
    assert found.at(shared.path) == (node("a", "M"), node("b", "M"))
    assert found.at(ROOT / "none.hs") == ()


def _fields(entry: Unit) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ("id", "component", "directory", "flags", "source_dirs")}


def test_boot_files_close_a_cycle_that_stays_together() -> None:
    found = graph(
        unit("a", "A", "B", "C"),
        a__A="import {-# SOURCE #-} B",
        a__B="import A",
        a__B_boot="module B where",
        a__C="import B",
    )
    a, b, boot, c = node("a", "A"), node("a", "B"), node("a", "B", boot=True), node("a", "C")
    assert found.components == ((boot, a, b), (c,))
    assert found.cycles == ()
    assert found.between([a]) == {a, b, boot}
    assert found.at(source("a", "B", ".hs-boot")) == (boot,)


def test_a_source_import_without_a_boot_file_means_nothing() -> None:
    found = graph(unit("a", "A", "B"), a__A="import {-# SOURCE #-} B")
    assert [entry.module for entry in found.external(node("a", "A"))] == ["B"]


def test_cycles_without_boot_files_are_told() -> None:
    found = graph(unit("a", "A", "B", "C", "D"), a__A="import B", a__B="import A", a__C="import C", a__D="import A")
    assert [{module.name for module in cycle} for cycle in found.cycles] == [{"A", "B"}, {"C"}]
    assert found.order[-1] == node("a", "D")


def test_the_set_between_modules() -> None:
    texts = {"a__B": "import A", "a__C": "import B", "a__D": "import A", "a__E": "import C\nimport D"}
    found = graph(unit("a", *"ABCDE"), **texts)
    assert found.between([node("a", "A"), node("a", "C")]) == {node("a", name) for name in "ABC"}
    assert found.between([node("a", "C"), node("a", "D")]) == {node("a", name) for name in "CD"}


@pytest.mark.parametrize(
    ("head", "flags", "imported"),
    [
        ("", "", True),
        ("import Prelude ()", "", True),
        ("{-# LANGUAGE NoImplicitPrelude #-}", "", False),
        ("", "-XNoImplicitPrelude", False),
        ('import "base" Prelude', "", False),
    ],
)
def test_a_home_prelude_is_imported_silently(head: str, flags: str, imported: bool) -> None:
    found = graph(unit("a", "Prelude", "M", flags=flags), a__M=head, a__Prelude="")
    assert found.imports(node("a", "M")) == ((node("a", "Prelude"),) if imported else ())
    assert found.cycles == ()


def test_only_conditional_imports_of_home_modules_are_uncertain() -> None:
    found = graph(
        unit("a", "A", "B", "C", "D"),
        a__A="#if X\nimport Data.List\n#endif",
        a__B="#if X\nimport A\n#endif",
        a__C="import A",
        a__D='#include "x.h"',
    )
    assert [module.name for module in found.uncertain] == ["B", "D"]


def test_an_unchanged_header_changes_nothing() -> None:
    found = graph(unit("a", "A", "B"), a__A="import B")
    assert found.with_header(node("a", "A"), parse_header("import B")) is found


def test_what_preprocessing_said_holds_while_the_imports_are_the_same() -> None:
    text = "#if X\nimport B\n#endif\n"
    found = graph(unit("a", "A", "B"), a__A=text)
    settled = found.with_header(node("a", "A"), Header(imports=parse_header(text).imports, preprocessed=()))
    assert settled.imports(node("a", "A")) == ()
    edited = settled.with_header(node("a", "A"), parse_header("-- moved\n" + text))
    assert edited.imports(node("a", "A")) == ()
    assert edited.uncertain == ()
    changed = edited.with_header(node("a", "A"), parse_header(text + "import C\n"))
    assert changed.imports(node("a", "A")) == (node("a", "B"),)
    assert changed.uncertain == (node("a", "A"),)


def test_long_chains_do_not_exhaust_the_stack() -> None:
    names = [f"M{number}" for number in range(3000)]
    texts = {f"a__{later}": f"import {earlier}" for earlier, later in pairwise(names)}
    found = graph(unit("a", *names), **texts)
    assert [module.name for module in found.order] == names
    assert len(found.dependents([node("a", "M0")])) == 3000


def test_candidates_are_in_the_order_of_ghc() -> None:
    assert [str(path.relative_to(ROOT)) for path in candidates(unit("a"), "X.Y")] == [
        "a/gen/X/Y.hs",
        "a/gen/X/Y.lhs",
        "a/src/X/Y.hs",
        "a/src/X/Y.lhs",
    ]


NAMES = [f"M{number}" for number in range(7)]
# Whom each module imports, by number, and which of the imports are of boot files.
edges = st.lists(st.lists(st.tuples(st.integers(0, 6), st.booleans()), max_size=4), min_size=7, max_size=7)


def texts_of(imports: list[list[tuple[int, bool]]]) -> dict[str, str]:
    texts = {f"a__{name}_boot": "" for name in NAMES[::2]}
    for name, targets in zip(NAMES, imports, strict=True):
        lines = [f"import {'{-# SOURCE #-} ' if boot else ''}{NAMES[target]}" for target, boot in targets]
        texts[f"a__{name}"] = "\n".join(lines)
    return texts


@given(edges)
def test_orders_respect_all_edges_but_those_of_cycles(imports: list[list[tuple[int, bool]]]) -> None:
    found = graph(unit("a", *NAMES), **texts_of(imports))
    assert sorted(found.order) == sorted(found.nodes)
    position = {module: place for place, module in enumerate(found.order)}
    cyclic = [set(cycle) for cycle in found.cycles]
    for module in found.nodes:
        for target in found.imports(module):
            assert position[target] < position[module] or any({module, target} <= cycle for cycle in cyclic)
    for component in found.components:
        reached = [found.dependencies([module]) & set(component) for module in component]
        assert all(found.dependencies([module]) >= set(component) for module in component), reached


@given(edges, edges, st.lists(st.integers(0, 6)))
def test_changed_headers_give_the_graph_that_is_built_anew(
    before: list[list[tuple[int, bool]]], after: list[list[tuple[int, bool]]], changed: list[int]
) -> None:
    final = {**texts_of(before), **{f"a__{NAMES[n]}": texts_of(after)[f"a__{NAMES[n]}"] for n in changed}}
    stepwise = graph(unit("a", *NAMES), **texts_of(before))
    for number in changed:
        stepwise = stepwise.with_header(node("a", NAMES[number]), parse_header(final[f"a__{NAMES[number]}"]))
    anew = graph(unit("a", *NAMES), **final)
    assert stepwise.nodes == anew.nodes
    assert set(stepwise.cycles) == set(anew.cycles)
    assert [set(part) for part in stepwise.components] == [set(part) for part in anew.components]
    for module in anew.nodes:
        assert stepwise.imports(module) == anew.imports(module)
        assert stepwise.dependents([module]) == anew.dependents([module])
        assert stepwise.between([module, node("a", "M0")]) == anew.between([module, node("a", "M0")])


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4)))
def test_components_are_the_sets_of_nodes_that_reach_each_other(links: dict[int, list[int]]) -> None:
    found = strong_components(links, lambda number: links.get(number, []))

    def reach(start: int) -> set[int]:
        seen, waiting = {start}, [start]
        while waiting:
            fresh = set(links.get(waiting.pop(), [])) - seen
            seen |= fresh
            waiting += fresh
        return seen

    everything = {number for start in links for number in reach(start)}
    together = {frozenset(b for b in reach(a) if a in reach(b)) for a in everything}
    assert {frozenset(component) for component in found} == together
    assert sum(map(len, found)) == len(everything)
    position = {number: place for place, component in enumerate(found) for number in component}
    assert all(position[target] <= position[number] for number in links for target in links[number])

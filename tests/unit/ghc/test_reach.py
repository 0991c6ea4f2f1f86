"""Which modules a load leaves out; the graphs and the answers are those of runs of GHC 9.6.6 and 9.10.3."""

from pathlib import Path

import pytest

from thatch.core.ghc.reach import above, unread
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.model import Module, Unit
from thatch.core.syntax import parse_header

ROOT = Path("/p")


def graph(texts: dict[str, str]) -> ModuleGraph:
    """The graph of a unit with these files by name, each with its imports."""
    headers = {ROOT / file: parse_header(text) for file, text in texts.items()}
    modules = tuple(Module(file.removesuffix(".hs"), ROOT / file) for file in texts if file.endswith(".hs"))
    unit = Unit(id="u", component="u", directory=ROOT, flags=(), source_dirs=(ROOT,), modules=modules)
    return build_graph([unit], headers)


def names(keys: frozenset[ModuleKey]) -> set[str]:
    return {key.path.name for key in keys}


CYCLE = {
    "P.hs": "module P where\nimport {-# SOURCE #-} Q\n",
    "Q.hs": "module Q where\nimport P\n",
    "Q.hs-boot": "module Q where\n",
    "OverP.hs": "module OverP where\nimport P\n",
    "Aside.hs": "module Aside where\n",
}


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        ("Aside.hs", set()),
        ("Q.hs", {"OverP.hs"}),
        ("P.hs", {"Q.hs", "OverP.hs"}),
        ("Q.hs-boot", {"P.hs", "Q.hs", "OverP.hs"}),
    ],
)
def test_above(failed: str, expected: set[str]) -> None:
    assert names(above(graph(CYCLE), [ModuleKey("u", ROOT / failed)])) == expected


def test_a_failed_module_of_another_unit_has_nothing_above_it() -> None:
    assert above(graph(CYCLE), [ModuleKey("v", ROOT / "P.hs")]) == frozenset()


def test_unreadable_imports() -> None:
    assert names(unread(graph(CYCLE))) == set(CYCLE)


def test_what_a_cycle_imports_comes_before_it() -> None:
    cyclic = {
        "A.hs": "module A where\n",
        "B.hs": "module B where\nimport A\nimport C\n",
        "C.hs": "module C where\nimport B\n",
        "D.hs": "module D where\nimport C\n",
    }
    assert names(unread(graph(cyclic))) == {"B.hs", "C.hs", "D.hs"}

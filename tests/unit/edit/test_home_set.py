"""What a session for edits must hold: laws over random graphs of imports."""

from itertools import combinations
from pathlib import Path

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.edit.home_set import HomeSet, home_set, serves
from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.model import Module, Role, Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.syntax import parse_header

ROOT = Path("/project")
N_MODULES = 9


@frozen
class Question:
    """A graph, and what is going on in it."""

    graph: ModuleGraph
    dirty: frozenset[ModuleId]
    opened: frozenset[ModuleId]
    excluded: frozenset[ModuleId]

    @property
    def answer(self) -> HomeSet:
        return home_set(self.graph, self.dirty, self.opened, self.excluded)


def _graph(edges: set[tuple[int, int]], boots: set[int]) -> ModuleGraph:
    """Modules that import ones of lower numbers, and boot files of ones of higher numbers."""
    unit = Unit(
        id="unit-1",
        component="unit:lib",
        directory=ROOT,
        flags=(),
        source_dirs=(ROOT,),
        modules=tuple(Module(f"M{n}", ROOT / f"M{n}.hs", Role.EXPOSED) for n in range(N_MODULES)),
    )
    texts = {ROOT / f"M{n}.hs": f"module M{n} where\n" for n in range(N_MODULES)}
    for one, other in sorted(edges):
        if other < one:
            texts[ROOT / f"M{one}.hs"] += f"import M{other}\n"
        elif other in boots:
            texts[ROOT / f"M{one}.hs"] += f"import {{-# SOURCE #-}} M{other}\n"
    texts |= {ROOT / f"M{n}.hs-boot": f"module M{n} where\n" for n in boots}
    return build_graph([unit], {path: parse_header(text) for path, text in texts.items()})


@st.composite
def questions(draw: st.DrawFn) -> Question:
    numbers = st.integers(0, N_MODULES - 1)
    graph = _graph(draw(st.sets(st.tuples(numbers, numbers), max_size=20)), draw(st.sets(numbers, max_size=2)))
    some = st.frozensets(st.sampled_from(list(graph.nodes)), max_size=3)
    dirty = draw(some)
    return Question(graph, dirty, dirty | draw(some), draw(some))


def reaches(graph: ModuleGraph, one: ModuleId, other: ModuleId) -> bool:
    return other in graph.dependencies([one])


@given(questions())
def test_everything_on_a_path_between_two_is_home(question: Question) -> None:
    home = question.answer.home
    for one, other in combinations(home, 2):
        for module in question.graph.nodes:
            for first, last in ((one, other), (other, one)):
                if reaches(question.graph, first, module) and reaches(question.graph, module, last):
                    assert module in home


@given(questions())
def test_edits_are_held_or_left(question: Question) -> None:
    found = question.answer
    assert question.dirty <= found.affected | found.left
    assert found.affected <= found.home
    assert not found.home & found.left
    dirty = question.graph.dependents(question.dirty)
    assert (found.affected | found.left) <= dirty
    assert question.opened & dirty <= found.affected | found.left
    assert {module for module in found.home if module in dirty} == set(found.affected)


@given(questions())
def test_nothing_is_held_that_imports_what_is_excluded_among_the_held(question: Question) -> None:
    found = question.answer
    assert not found.home & question.excluded
    for module in found.left:
        assert question.graph.dependencies([module]) & question.excluded
    if not question.excluded:
        assert not found.left


@given(questions())
def test_cycles_are_held_whole(question: Question) -> None:
    home = question.answer.home
    for component in question.graph.components:
        held = home.intersection(component)
        # One that is left takes what imports it along, and in a cycle that is everything.
        assert held in (frozenset(), frozenset(component))


@given(questions(), st.data())
def test_a_session_serves_what_it_holds(question: Question, data: st.DataObject) -> None:
    found = question.answer
    assert serves(question.graph, found.home, found)
    more = question.graph.between(found.home | {data.draw(st.sampled_from(list(question.graph.nodes)))})
    assert serves(question.graph, more, found)
    if found.home:
        assert not serves(question.graph, found.home - {min(found.home)}, found)


def test_a_session_with_a_gap_does_not_serve() -> None:
    """The module in the middle came between the two later, by an import that was typed."""
    graph = _graph({(2, 1), (1, 0)}, set())
    ends = frozenset({ModuleId("unit-1", "M0"), ModuleId("unit-1", "M2")})
    wanted = HomeSet(ends, ends, frozenset(), frozenset())
    assert not serves(graph, ends, wanted)
    assert serves(_graph({(1, 0)}, set()), ends, wanted)


def test_a_module_without_a_header_needs_code() -> None:
    unit = Unit(
        id="unit-1",
        component="unit:exe",
        directory=ROOT,
        flags=(),
        source_dirs=(ROOT,),
        modules=(Module("Main", ROOT / "Main.hs", Role.MAIN), Module("A", ROOT / "A.hs", Role.OTHER)),
    )
    texts = {ROOT / "Main.hs": "import A\nmain = a\n", ROOT / "A.hs": "module A where\n"}
    graph = build_graph([unit], {path: parse_header(text) for path, text in texts.items()})
    main, other = ModuleId("unit-1", "Main"), ModuleId("unit-1", "A")
    assert home_set(graph, frozenset({other}), frozenset({main, other})).needs_code
    assert not home_set(graph, frozenset({other}), frozenset({other})).needs_code

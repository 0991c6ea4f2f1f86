"""The store of diagnostics: the newest generation wins, and only what changed is told."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostic_store import DiagnosticStore, FileDiagnostics
from thatch.core.diagnostics import Diagnostic, Severity, Span

A, B = Path("/p/A.hs"), Path("/p/B.hs")
PATHS = [A, B]


def say(path: Path, message: str, line: int = 1, **more: object) -> Diagnostic:
    span = Span(line, 1, line, 2) if line else None
    return Diagnostic(path=path, span=span, severity=Severity.ERROR, message=message, **more)  # type: ignore[arg-type]


def files(*said: Diagnostic, version: int | None = None) -> dict[Path, FileDiagnostics]:
    found: dict[Path, list[Diagnostic]] = {}
    for diagnostic in said:
        found.setdefault(diagnostic.path, []).append(diagnostic)
    return {path: FileDiagnostics(tuple(each), version) for path, each in found.items()}


MESSAGES = st.lists(st.builds(say, st.sampled_from(PATHS), st.sampled_from("xyz"), st.integers(0, 2)), max_size=4)
REPORTS = st.lists(
    st.tuples(st.sampled_from(["project", "cradle"]), st.integers(0, 5), st.one_of(st.none(), MESSAGES)), max_size=10
)


@given(REPORTS, st.data())
def test_in_whatever_order_reports_come(
    reports: list[tuple[str, int, list[Diagnostic] | None]], data: st.DataObject
) -> None:
    """A report of None removes its lane.  The listener who applies every change knows the current state."""
    store = DiagnosticStore()
    newest: dict[str, tuple[int, list[Diagnostic]]] = {}
    heard: dict[Path, tuple[Diagnostic, ...]] = {}
    for lane, generation, said in reports:
        if said is None:
            store.remove(lane)
            newest.pop(lane, None)
        else:
            store.replace(lane, generation, files(*said))
            if generation >= newest.get(lane, (-1, []))[0]:
                newest[lane] = (generation, said)
        if data.draw(st.booleans()):
            for path, found in store.take_changes().items():
                assert found.diagnostics != heard.get(path, ()), "Unchanged sets are not told again."
                heard[path] = found.diagnostics
            assert {path: found for path, found in heard.items() if found} == store.current()
    expected = {
        path: {diagnostic for _, said in newest.values() for diagnostic in said if diagnostic.path == path}
        for path in PATHS
    }
    current = store.current()
    assert {path: set(found) for path, found in current.items()} == {p: s for p, s in expected.items() if s}
    assert all(len(set(found)) == len(found) for found in current.values())


def test_an_older_generation_is_passed_over() -> None:
    store = DiagnosticStore()
    store.replace("project", 2, files(say(A, "new")))
    store.replace("project", 1, files(say(A, "old"), say(B, "old")))
    assert store.current() == {A: (say(A, "new"),)}
    assert store.generation == 1


def test_a_removed_lane_leaves_empty_sets_to_tell() -> None:
    store = DiagnosticStore()
    store.replace("project", 1, files(say(A, "x"), say(B, "y")))
    store.replace("cradle", 1, files(say(B, "z")))
    store.take_changes()
    store.remove("project")
    assert store.take_changes() == {A: FileDiagnostics(), B: FileDiagnostics((say(B, "z"),))}
    store.remove("project")
    store.remove("never heard of")
    assert store.take_changes() == {}


def test_a_lane_that_was_removed_starts_again() -> None:
    store = DiagnosticStore()
    store.replace("project", 7, files(say(A, "x")))
    store.remove("project")
    store.replace("project", 0, files(say(A, "x")))
    assert store.current() == {A: (say(A, "x"),)}


def test_what_came_and_went_between_two_looks_is_not_told() -> None:
    store = DiagnosticStore()
    store.replace("project", 1, files(say(A, "x")))
    store.replace("project", 2, {})
    assert store.take_changes() == {}


def test_the_version_is_told_with_the_set() -> None:
    store = DiagnosticStore()
    store.replace("project", 1, files(say(A, "x"), version=3))
    assert store.take_changes()[A].version == 3
    store.replace("project", 2, files(say(A, "x"), version=4))
    assert store.take_changes() == {}, "A new version alone is no news."
    store.replace("project", 3, files(say(A, "y"), version=5))
    assert store.take_changes()[A].version == 5
    store.replace("project", 4, {A: FileDiagnostics((), 6)})
    assert store.take_changes()[A] == FileDiagnostics((), 6)


def test_two_lanes_say_the_same_once() -> None:
    store = DiagnosticStore()
    store.replace("one", 1, files(say(A, "x", unit="library")))
    store.replace("two", 1, files(say(A, "x", unit="executable")))
    assert store.current() == {A: (say(A, "x"),)}


def test_the_order_is_by_place_then_text() -> None:
    store = DiagnosticStore()
    said = [say(A, "b", 2), say(A, "file", 0), say(A, "a", 2), say(A, "z", 1)]
    store.replace("project", 1, files(*said))
    assert [diagnostic.message for diagnostic in store.current()[A]] == ["file", "z", "a", "b"]


def test_what_is_said_over_others_stands_in_the_place_of_theirs() -> None:
    store = DiagnosticStore()
    store.replace("project", 0, files(say(A, "x"), say(B, "y"), version=1))
    store.replace("edits", 0, files(say(A, "z"), version=2), over=True)
    assert store.current() == {A: (say(A, "z"),), B: (say(B, "y"),)}
    # Whatever others say meanwhile, and whoever it is.
    store.replace("project", 1, files(say(A, "w")))
    store.replace("cradle", 0, files(say(A, "c")))
    assert store.current()[A] == (say(A, "z"),)
    # That a file is clean is something to say as well.
    store.replace("edits", 1, {A: FileDiagnostics((), 3)}, over=True)
    assert A not in store.current()
    store.replace("edits", 2, {}, over=True)
    assert store.current()[A] == (say(A, "c"), say(A, "w"))
    store.replace("edits", 3, files(say(B, "q")), over=True)
    store.remove("edits")
    assert B not in store.current()

"""The splices of a lane over several loads."""

from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Span
from thatch.core.ghc.lane_splices import LaneSplices
from thatch.core.ghc.results import ModuleKey
from thatch.core.splices.runs import FileSplices, Finalizer, SpliceKind, SpliceRun

A = ModuleKey("u", Path("/p/A.hs"))
FIRST, SECOND = Span(1, 1, 1, 5), Span(2, 1, 2, 5)


def run(span: Span = FIRST, result: bytes = b"", key: ModuleKey = A) -> SpliceRun:
    return SpliceRun(
        unit=key.unit, module="A", path=key.path, span=span, kind=SpliceKind.EXPRESSION, result=result, milliseconds=1
    )


def lane(texts: dict[Path, str] | None = None) -> LaneSplices:
    return LaneSplices((texts or {A.path: "text"}).__getitem__)


def test_what_runs_is_known_at_once_and_afterwards() -> None:
    splices = lane()
    splices.begin()
    splices.add(run(SECOND))
    splices.add(run(FIRST))
    assert splices.files() == {A.path: FileSplices("text", (run(FIRST), run(SECOND)))}
    splices.end([A])
    assert splices.of(A) == (run(FIRST), run(SECOND))


def test_the_text_of_a_module_is_that_of_its_splices() -> None:
    splices = lane()
    assert splices.text(A) is None
    splices.begin()
    splices.add(run(FIRST))
    assert splices.text(A) == "text"
    splices.end([A])
    assert splices.text(A) == "text"
    splices.keep(lambda _: False)
    assert splices.text(A) is None


def test_the_last_run_of_a_splice_counts() -> None:
    splices = lane()
    splices.begin()
    splices.add(run(FIRST, b"old"))
    splices.add(run(FIRST, b"new"))
    splices.end([A])
    assert splices.of(A) == (run(FIRST, b"new"),)


def test_a_module_that_fails_keeps_what_did_not_run() -> None:
    splices = lane()
    splices.begin()
    splices.add(run(FIRST))
    splices.add(run(SECOND))
    splices.end([A])
    splices.begin()
    splices.add(run(FIRST, b"new"))
    splices.end([])
    assert splices.of(A) == (run(FIRST, b"new"), run(SECOND))


def test_a_module_compiled_without_splices_has_none() -> None:
    splices = lane()
    splices.adopt(A, [run()])
    assert splices.of(A) == (run(),)
    splices.begin()
    splices.end([A])
    assert splices.files() == {}


def test_the_text_is_the_one_that_was_compiled() -> None:
    texts = {A.path: "before"}
    splices = lane(texts)
    splices.begin()
    splices.add(run())
    texts[A.path] = "after"
    splices.end([A])
    assert splices.files()[A.path].text == "before"


def test_unwanted_modules_are_forgotten_and_adopting_nothing_forgets() -> None:
    splices = lane()
    splices.adopt(A, [run()])
    splices.keep(lambda key: key != A)
    assert splices.files() == {}
    splices.adopt(A, [run()])
    splices.adopt(A, [])
    assert splices.files() == {}


def test_what_did_not_run_again_moves_with_its_text() -> None:
    texts = {A.path: "$(a)\n$(b)\n$(c)\n"}
    third = Span(3, 1, 3, 5)
    splices = lane(texts)
    splices.begin()
    for span in (FIRST, SECOND, third):
        splices.add(run(span))
    splices.end([A])
    texts[A.path] = "-- new\n$(a)\n$(B)\n$(c)\n"
    splices.begin()
    splices.add(run(SECOND, b"new"))
    moved = FileSplices(texts[A.path], (run(SECOND, b"new"), run(Span(4, 1, 4, 5))))
    assert splices.files() == {A.path: moved}
    splices.end([])
    assert splices.files() == {A.path: moved}


def test_what_a_splice_left_is_kept_with_it() -> None:
    splices = lane()
    splices.begin()
    splices.add(run(FIRST))
    file = Path("/p/words.txt")
    first, second = Finalizer(references=(1,)), Finalizer(references=(2,))
    splices.finalize(A, (FIRST, SpliceKind.EXPRESSION), first, [file])
    splices.finalize(A, (FIRST, SpliceKind.EXPRESSION), second, [file])
    # Of a splice that did not run.
    splices.finalize(A, (SECOND, SpliceKind.EXPRESSION), first, [])
    splices.end([A])
    assert splices.of(A) == (evolve(run(FIRST), finalizers=(first, second), dependent_files=(file,)),)
    # When it runs again, it leaves something else.
    splices.begin()
    splices.add(run(FIRST))
    splices.end([A])
    assert splices.of(A) == (run(FIRST),)

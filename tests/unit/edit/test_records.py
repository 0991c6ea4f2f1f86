"""Records of splices: when they hold, what they keep, how a session gets them."""

from pathlib import Path

import pytest
from attrs import evolve

from thatch.core.diagnostics import Span
from thatch.core.edit.edit_unit import EditIds
from thatch.core.edit.records import MOST_RECORDS, Code, SpliceRecords, encoded
from thatch.core.ghc.results import ModuleKey
from thatch.core.project.graph import ModuleGraph, build_graph
from thatch.core.project.model import Module, Unit
from thatch.core.project.resolve import ModuleId
from thatch.core.splices.runs import FileSplices, Finalizer, Question, SpliceKind, SpliceRun
from thatch.core.syntax import parse_header

ROOT = Path("/p")
MADE = "module Made where\nimport Make\nmade = $make\n"
TEXTS = {"Base": "module Base where\n", "Make": "module Make where\nimport Base\n", "Made": MADE}
UNIT = Unit(
    id="unit-1",
    component="unit:lib",
    directory=ROOT,
    flags=(),
    source_dirs=(ROOT,),
    modules=tuple(Module(name, ROOT / f"{name}.hs") for name in TEXTS),
)
BASE, MAKE, MODULE = (ModuleId("unit-1", name) for name in TEXTS)
PATH = ROOT / "Made.hs"


def graph(**texts: str) -> ModuleGraph:
    return build_graph([UNIT], {ROOT / f"{name}.hs": parse_header(text) for name, text in {**TEXTS, **texts}.items()})


def run(line: int = 3, *questions: Question, result: bytes | None = b"made") -> SpliceRun:
    return SpliceRun(
        unit="unit-1",
        module="Made",
        path=PATH,
        span=Span(line, 9, line, 13),
        kind=SpliceKind.EXPRESSION,
        result=result,
        milliseconds=1.0,
        questions=questions,
    )


class Known:
    """Records of `Made`, with interfaces whose hashes can be changed."""

    def __init__(self) -> None:
        self.digests = {"Base": "b", "Make": "m", "Made": "d"}
        self.records = SpliceRecords()

    def know(self, *runs: SpliceRun, text: str = MADE, dirty: dict[ModuleId, str] | None = None) -> None:
        code = Code(graph(), lambda module: self.digests[module.name])
        self.records.know(code, graph(), dirty or {}, {MODULE: FileSplices(text, runs)})

    def sources(self, text: str = MADE, dirty: dict[ModuleId, str] | None = None) -> list[str] | None:
        record = self.records.of(MODULE, PATH, text, graph(Made=text), dirty or {})
        return None if record is None else [source for _, source, _ in record.runs]


def test_a_record_holds_while_the_code_is_the_same() -> None:
    known = Known()
    assert known.sources() is None
    known.know(run())
    assert known.sources() == ["$make"]
    assert known.sources(MADE + "more = 1\n") == ["$make"]
    assert known.sources(MADE.replace("import Make", "-- Makes.\n\nimport Make")) == ["$make"]
    # Other names may be in scope.
    assert known.sources(MADE.replace("import Make", "import Make (make)")) is None
    assert known.sources("{-# LANGUAGE OverloadedStrings #-}\n" + MADE) is None
    # Code below is being edited, or was.
    assert known.sources(dirty={BASE: "text"}) is None
    assert known.sources(dirty={MODULE: "text"}) == ["$make"]
    known.digests["Base"] = "other"
    known.know()
    assert known.sources() == []


def test_edits_below_are_taken_back_and_made_again() -> None:
    known = Known()
    known.know(run())
    assert known.sources() == ["$make"]
    dirty = {MAKE: "text"}
    assert known.sources(dirty=dirty) is None
    known.know(run(), dirty=dirty)
    known.know(run())
    assert known.sources(dirty=dirty) == known.sources() == ["$make"]
    for n in range(MOST_RECORDS):
        known.know(run(), dirty={MAKE: str(n)})
        assert known.sources(dirty={MAKE: str(n)}) == ["$make"]
    assert known.sources(dirty=dirty) is None


def test_a_record_holds_while_all_splices_stand_in_their_order() -> None:
    """What one keeps for the next (`putQ`) nobody is told of."""
    known = Known()
    more = MADE + "more = $base\n"
    known.know(run(), run(4), text=more)
    assert known.sources(more) == ["$make", "$base"]
    assert known.sources(more + "again = $make\n") == ["$make", "$base"]
    assert known.sources() is None
    assert known.sources(MADE.replace("$make", "$base\nmore = $make")) is None
    known.know(run())
    assert known.sources() == ["$make"]
    # The one that knows most of what is there.
    assert known.sources(more) == ["$make", "$base"]


@pytest.mark.parametrize(
    "one",
    [
        run(result=None),
        run(3, Question("AddTempFile", b"\x0b", b"", 0.0)),
        run(3, Question("Reify", b"", b"", 0.0)),
        evolve(run(), finalizers=(Finalizer(references=(1,), failure="failed"),)),
        evolve(run(), finalizers=(Finalizer(references=(1,), questions=(Question("Reify", b"", b"", 0.0),)),)),
    ],
)
def test_what_cannot_be_replayed_is_not_recorded(one: SpliceRun) -> None:
    known = Known()
    known.know(one)
    assert known.sources() == []


def test_names_of_home_modules_get_the_ids_of_the_session() -> None:
    def name(unit: str, module: str) -> bytes:
        return b"".join(len(part).to_bytes(8, "big") + part.encode() for part in (unit, module))

    ids = EditIds.of([UNIT])
    edited = ids.by_unit["unit-1"]
    asked, answer = name("unit-1", "Made") + name("unit-1", "Make"), name("unit-2", "Made")
    known = Known()
    question = Question("Reify", asked, answer, 0.0)
    finalizer = Finalizer(references=(7, 8), questions=(question,))
    known.know(evolve(run(3, question, result=name("unit-1", "Made")), finalizers=(finalizer,)))
    held = known.records.of(MODULE, PATH, MADE, graph(), {})
    assert held is not None
    found = encoded({ModuleKey("unit-1", PATH): held}, frozenset({MODULE}), graph(), ids)
    replaced = name(edited, "Made")
    questions = [(replaced + name("unit-1", "Make"), answer)]
    assert found == {
        (edited, "Made"): {("expression", "$make", ""): [(replaced, questions, {(7, 8): questions}, [3, 9, 3, 13])]}
    }

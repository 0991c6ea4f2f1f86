"""Which loads need no interpreter; pure."""

from pathlib import Path

import pytest
from attrs import evolve

from tests.unit.cache.jobs import TOOLCHAIN, UNIT, make_job
from thatch.core.artifacts import Plan, Planned, Standing
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.ghc.lane_interpreter import LaneInterpreter
from thatch.core.ghc.lane_replays import LaneReplays, find_replays
from thatch.core.ghc.results import ModuleKey
from thatch.core.iserv.events import Place
from thatch.core.project.graph import build_graph
from thatch.core.splices.runs import FileSplices, SpliceKind, SpliceRun
from thatch.core.syntax import parse_header

USE = "{-# LANGUAGE TemplateHaskell #-}\nmodule Use where\nimport Make\nused = $make\n"
TEXTS = {"Make.hs": "module Make where\n", "Use.hs": USE, "Other.hs": USE.replace("Use", "Other")}
SPAN = Span(4, 9, 4, 13)


class Bench:
    """A project of which some modules must be compiled."""

    def __init__(self, root: Path, series: tuple[int, ...] = (9, 6, 6)) -> None:
        self.root = root
        self.job = make_job(root, TEXTS, toolchain=evolve(TOOLCHAIN, version=series))
        headers = {root / name: parse_header(text) for name, text in TEXTS.items()}
        self.graph = build_graph(self.job.project.units, headers)

    def key(self, name: str) -> ModuleKey:
        return ModuleKey(UNIT, self.root / name)

    def run(self, name: str) -> SpliceRun:
        return SpliceRun(
            unit=UNIT,
            module=Path(name).stem,
            path=self.root / name,
            span=SPAN,
            kind=SpliceKind.EXPRESSION,
            result=b"made",
            milliseconds=1.0,
        )

    def found(self, *missing: str, known: tuple[str, ...] = ("Use.hs",)) -> LaneReplays | None:
        """What is found where these modules must be compiled, with these splices known."""
        modules = tuple(
            Planned(
                self.key(name),
                Path(name).stem,
                False,
                Standing.MISS if name in missing else Standing.HIT,
                earlier=FileSplices(text, (self.run(name),)) if name in known else None,
            )
            for name, text in TEXTS.items()
        )
        return find_replays(self.job, Plan(modules, graph=self.graph))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_all_splices_of_what_must_be_compiled_are_known(bench: Bench) -> None:
    found = bench.found("Use.hs", "Make.hs")
    assert found is not None
    assert found.encoded() == {(UNIT, "Use"): {("expression", "$make", ""): [(b"made", [], {}, [4, 9, 4, 13])]}}
    assert found.runs([bench.key("Use.hs")]) == [bench.run("Use.hs")]
    assert found.runs([bench.key("Make.hs")]) == []


@pytest.mark.parametrize("missing", [(), ("Make.hs",), ("Other.hs",), ("Use.hs", "Other.hs")])
def test_nothing_to_be_replayed_or_not_everything(bench: Bench, missing: tuple[str, ...]) -> None:
    assert bench.found(*missing) is None


def test_modules_that_could_have_splices_and_have_none(bench: Bench) -> None:
    (bench.root / "Use.hs").write_text(USE.replace("$make", "1"))
    assert bench.found("Use.hs") is None


def test_a_protocol_that_is_not_known(tmp_path: Path) -> None:
    assert Bench(tmp_path, (99, 1)).found("Use.hs") is None


def test_what_was_replayed_in_vain(bench: Bench) -> None:
    found = bench.found("Use.hs", "Other.hs", known=("Use.hs", "Other.hs"))
    assert found is not None
    interpreter = LaneInterpreter(lambda _: "", lambda _: None)
    interpreter.replayed |= {
        Place(UNIT, "M", bench.root / name, SPAN, SpliceKind.EXPRESSION) for name in ("Use.hs", "Other.hs")
    }

    def said(name: str, severity: Severity) -> Diagnostic:
        return Diagnostic(path=bench.root / name, span=SPAN, severity=severity, message="said")

    assert found.in_vain(interpreter, {}) == frozenset()
    diagnostics = {
        bench.root / "Use.hs": (said("Use.hs", Severity.ERROR),),
        bench.root / "Other.hs": (said("Other.hs", Severity.WARNING),),
        bench.root / "Make.hs": (said("Make.hs", Severity.ERROR),),
    }
    assert found.in_vain(interpreter, diagnostics) == {bench.key("Use.hs")}

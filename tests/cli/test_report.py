"""What `check` says and how it exits, decided from data."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from thatch.cli.exit_code import ExitCode
from thatch.cli.report import Report, Selection, in_order, make_report, summary
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.events import Health, Status

CALM = Status()
A, B, CABAL = Path("/p/src/A.hs"), Path("/p/test/B.hs"), Path("/p/p.cabal")


def said(path: Path = A, line: int = 1, severity: Severity = Severity.ERROR, **more) -> Diagnostic:
    more = {"message": "wrong", **more}
    return Diagnostic(path=path, span=Span(line, 1, line, 2), severity=severity, **more)


def report_of(*diagnostics: Diagnostic, files=(), folders=(Path("/p"),), modules=(A, B), status=CALM) -> Report:
    selection = Selection(frozenset(files), frozenset(folders))
    return make_report([(entry.path, entry) for entry in diagnostics], set(modules), selection, status)


def test_a_named_file_alone_is_reported() -> None:
    report = report_of(said(A), said(B), files=[A], folders=[])
    assert [entry.path for entry in report.diagnostics] == [A]
    assert report.n_modules == 1


def test_a_named_folder_is_reported_with_all_below_it() -> None:
    report = report_of(said(A), said(B), folders=[Path("/p/test")])
    assert [entry.path for entry in report.diagnostics] == [B]


def test_a_folder_whose_name_only_begins_alike_is_not_covered() -> None:
    assert report_of(said(A), folders=[Path("/p/sr")]).diagnostics == ()


def test_what_a_build_tool_says_is_always_reported() -> None:
    report = report_of(said(CABAL, source="cabal"), said(B), files=[A], folders=[])
    assert [entry.path for entry in report.diagnostics] == [CABAL]


def test_a_file_of_two_components_is_reported_once() -> None:
    report = report_of(said(unit="library"), said(unit="tests"))
    assert len(report.diagnostics) == 1


def test_differing_messages_about_one_place_are_all_reported() -> None:
    assert len(report_of(said(), said(message="also wrong"), said(code="GHC-1")).diagnostics) == 3


PARTS = st.builds(
    said,
    path=st.sampled_from([A, B, CABAL]),
    line=st.integers(1, 3),
    severity=st.sampled_from(Severity),
    message=st.sampled_from(["one", "two"]),
    code=st.sampled_from(["", "GHC-1", "GHC-2"]),
    unit=st.sampled_from(["", "library"]),
)


@given(st.lists(PARTS).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_order_and_number_do_not_depend_on_the_order_of_arrival(pair: tuple[list, list]) -> None:
    first, second = ([evolve(entry, unit="") for entry in in_order(found)] for found in pair)
    keys = [(str(entry.path), entry.span, entry.code, entry.text) for entry in first]
    assert keys == sorted(keys)
    assert keys == [(str(entry.path), entry.span, entry.code, entry.text) for entry in second]
    assert set(first) == {evolve(entry, unit="") for entry in pair[0]}


@pytest.mark.parametrize(
    ("worst", "fail_on", "expected"),
    [
        (Severity.ERROR, "error", ExitCode.FINDINGS),
        (Severity.ERROR, "warning", ExitCode.FINDINGS),
        (Severity.ERROR, "never", ExitCode.CLEAN),
        (Severity.WARNING, "error", ExitCode.CLEAN),
        (Severity.WARNING, "warning", ExitCode.FINDINGS),
        (Severity.INFORMATION, "warning", ExitCode.CLEAN),
    ],
)
def test_exit_code_follows_the_worst_severity(worst: Severity, fail_on: str, expected: ExitCode) -> None:
    assert report_of(said(severity=worst)).exit_code(fail_on) is expected


def test_nothing_wrong_is_clean() -> None:
    assert report_of().exit_code("warning") is ExitCode.CLEAN


def test_a_named_file_of_no_project_is_wrong_usage() -> None:
    report = report_of(files=[Path("/p/other/C.hs")], folders=[])
    assert report.unknown == (Path("/p/other/C.hs"),)
    assert report.exit_code("never") is ExitCode.USAGE


def test_trouble_outweighs_findings() -> None:
    report = report_of(said(), status=Status(health=Health.ERROR, message="No GHC was found."))
    assert report.exit_code("never") is ExitCode.ENVIRONMENT
    assert summary(report, 1) == "1 error in 2 modules (1.0 s); not everything could be checked"


def test_a_warning_about_the_workspace_is_no_failure() -> None:
    report = report_of(modules=(), status=Status(health=Health.WARNING, message="Nothing there."))
    assert (report.remark, report.trouble, report.exit_code("warning")) == ("Nothing there.", "", ExitCode.CLEAN)
    assert summary(report, 1) == ""


@pytest.mark.parametrize(
    ("diagnostics", "modules", "expected"),
    [
        ((), (A, B), "No problems in 2 modules (1.3 s)"),
        ((), (A,), "No problems in 1 module (1.3 s)"),
        ((said(),), (A, B), "1 error in 2 modules (1.3 s)"),
        ((said(), said(line=2), said(severity=Severity.WARNING)), (A,), "2 errors, 1 warning in 1 module (1.3 s)"),
        ((said(severity=Severity.INFORMATION),), (A,), "No problems in 1 module (1.3 s)"),
    ],
)
def test_summary(diagnostics: tuple[Diagnostic, ...], modules: tuple[Path, ...], expected: str) -> None:
    assert summary(report_of(*diagnostics, modules=modules), 1.26) == expected

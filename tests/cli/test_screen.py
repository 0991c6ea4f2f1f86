"""What of a report fits on a screen."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_formats import diagnostic
from thatch.cli.report import Report
from thatch.cli.screen import FEWEST, ROOM_BELOW, fitting, urgent_first
from thatch.core.diagnostics import Severity

PIECES = ["a\nb", "\nc\nd", "\ne"]


def test_everything_fits() -> None:
    assert fitting(PIECES, 80, 24) == PIECES
    assert fitting([], 80, 24) == []


def test_what_does_not_fit_is_counted() -> None:
    assert fitting(PIECES, 80, ROOM_BELOW + 5) == ["a\nb", "\nc\nd", "... and 1 more"]
    assert fitting(PIECES, 80, ROOM_BELOW + 4) == ["a\nb", "... and 2 more"]


def test_the_first_is_shown_however_low_the_window_is() -> None:
    assert fitting(["1\n2\n3\n4\n5", "6"], 80, 1) == ["1\n2\n3", "... and 1 more"]


def test_long_lines_take_several_rows() -> None:
    assert fitting(["x" * 81, "y"], 80, ROOM_BELOW + 3) == ["x" * 81, "y"]
    assert fitting(["x" * 161, "y"], 80, ROOM_BELOW + 3) == ["x" * 161, "... and 1 more"]


@given(st.lists(st.text("ab\n", max_size=30), max_size=9), st.integers(1, 10), st.integers(0, 40))
def test_never_more_than_there_is_room_for(pieces: list[str], columns: int, rows: int) -> None:
    shown = fitting(pieces, columns, rows)
    lines = [line for piece in shown[: len(pieces)] for line in piece.split("\n") if not line.startswith("... and ")]
    assert sum(max(-(-len(line) // columns), 1) for line in lines) <= max(rows - ROOM_BELOW, FEWEST)


def test_errors_come_first() -> None:
    warning, error = diagnostic(1, 1, 1, 2, severity=Severity.WARNING), diagnostic(9, 1, 9, 2)
    report = urgent_first(Report(diagnostics=(warning, error), files=frozenset({Path("/a")})))
    assert report.diagnostics == (error, warning)

"""What of a report a terminal's window has room for (pure)."""

from collections.abc import Sequence

from attrs import evolve

from thatch.cli.report import Report

ROOM_BELOW = 5
"""How many lines stay free, for what is said below the diagnostics."""

FEWEST = 3
"""How many lines are shown however low the window is."""


def urgent_first(report: Report) -> Report:
    """The report with errors before warnings."""
    ordered = sorted(report.diagnostics, key=lambda diagnostic: diagnostic.severity.value)
    return evolve(report, diagnostics=tuple(ordered))


def fitting(pieces: Sequence[str], columns: int, rows: int) -> list[str]:
    """The first pieces, as many as there is room for, so that the first line stays in sight; and how many are left out.

    A piece that is too long by itself is cut.
    """
    room = max(rows - ROOM_BELOW, FEWEST)
    shown: list[str] = []
    for piece in pieces:
        lines = _lines_within(piece, columns, room)
        if len(lines) < piece.count("\n") + 1 and shown:
            break
        shown.append("\n".join(lines))
        room -= sum(_height(line, columns) for line in lines)
        if room <= 0:
            break
    left_out = len(pieces) - len(shown)
    return [*shown, f"... and {left_out:,} more"] if left_out else shown


def _lines_within(piece: str, columns: int, room: int) -> list[str]:
    found = []
    for line in piece.split("\n"):
        room -= _height(line, columns)
        if room < 0:
            break
        found.append(line)
    return found


def _height(line: str, columns: int) -> int:
    """How many rows a line takes, roughly: escape sequences count too, so never too few but for wide characters."""
    return max(-(-len(line) // max(columns, 1)), 1)

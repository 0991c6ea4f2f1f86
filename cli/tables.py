"""Texts in columns (pure)."""

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], right: str) -> list[str]:
    """Lines with the cells of each row below those of the first; `right` has a letter `r` for each column that is
    aligned to the right, and `l` for the others.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_aligned(*cell) for cell in zip(row, widths, right, strict=True)).rstrip() for row in rows]


def _aligned(cell: str, width: int, side: str) -> str:
    return cell.rjust(width) if side == "r" else cell.ljust(width)

"""Haddock's grid tables: lines of `+`, `-`, `=` and `|` around cells."""

from collections.abc import Sequence
from itertools import pairwise

from thatch.core.haddock.document import Row, Table
from thatch.core.haddock.inline import parse_inline


def table_length(lines: Sequence[str], start: int) -> int:
    """How many lines belong to the table that begins at a line; 0 if none begins there."""
    first = lines[start].strip()
    if len(first) < 2 or first[0] != "+" or first[-1] != "+" or set(first) - set("+-"):
        return 0
    end = start + 1
    while end < len(lines) and len(row := lines[end].strip()) == len(first) and row[0] in "+|" and row[-1] in "+|":
        end += 1
    return end - start if end - start >= 3 else 0


def parse_table(lines: Sequence[str]) -> Table:
    """The table in some lines, as `table_length` found it."""
    lines = [line.strip() for line in lines]
    edges = [column for column, character in enumerate(lines[0]) if character == "+"]
    rows: list[Row] = []
    n_head = 0
    cells: list[str] = []
    for line in lines[1:]:
        if set(line) <= set("+-=|"):
            if any(cells):
                rows.append(tuple(parse_inline(cell) for cell in cells))
            cells = []
            if "=" in line:
                n_head = len(rows)
        else:
            parts = _cells(line, edges)
            cells = [f"{cell}\n{part}".strip() for cell, part in zip(cells, parts, strict=True)] if cells else parts
    return Table(tuple(rows[:n_head]), tuple(rows[n_head:]))


def _cells(line: str, edges: Sequence[int]) -> list[str]:
    """The text of each column; one that begins without an edge before it belongs to the column on its left."""
    cells = [""] * (len(edges) - 1)
    owner = 0
    for column, (left, right) in enumerate(pairwise(edges)):
        if line[left] in "|+":
            owner = column
            cells[owner] = line[left + 1 : right]
        else:
            cells[owner] += line[left:right]
    return [cell.strip() for cell in cells]

"""Splices that ran, as a table and as JSON (pure)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from thatch.cli.formats.look import Look, printable
from thatch.core.splices.runs import SpliceKind, SpliceRun

LONGEST_LINE = 60
"""How many characters stand for an expansion."""

LOOKED_AT = 1000
"""How many characters of an expansion are looked at for that."""


@frozen
class Splice:
    """A splice that ran, and its result as source."""

    run: SpliceRun

    expansion: str | None = None
    """The source; None when the splice failed, or when its result cannot be printed."""

    trouble: str = ""
    """Why its result cannot be printed."""

    @property
    def n_lines(self) -> int:
        """The lines of the expansion; 0 without one."""
        return len(self.expansion.splitlines()) if self.expansion else 0

    @property
    def n_bytes(self) -> int:
        """The size of the expansion as source in UTF-8; 0 without one."""
        return len(self.expansion.encode("utf-8", "surrogatepass")) if self.expansion else 0

    @property
    def failed(self) -> bool:
        """Whether it gave no result."""
        return self.run.result is None


@frozen
class Totals:
    """What several splices cost together."""

    n_splices: int
    n_failed: int
    milliseconds: float
    n_lines: int
    n_bytes: int
    n_questions: int


ORDERS: Mapping[str, Callable[[Splice], float]] = {
    "time": lambda splice: splice.run.all_milliseconds,
    "size": lambda splice: splice.n_bytes,
    "questions": lambda splice: len(splice.run.all_questions),
}
"""The values of --sort, and what each of them compares."""


def in_order(splices: Iterable[Splice], order: str) -> list[Splice]:
    """The splices by a key of `ORDERS`, the most first; equal ones by place.  Of a file in two units, both."""
    by_place = sorted(splices, key=lambda one: (str(one.run.path), one.run.span, one.run.unit))
    return sorted(by_place, key=ORDERS[order], reverse=True)


def totals(splices: Sequence[Splice]) -> Totals:
    """What they cost together."""
    return Totals(
        n_splices=len(splices),
        n_failed=sum(splice.failed for splice in splices),
        milliseconds=sum(splice.run.all_milliseconds for splice in splices),
        n_lines=sum(splice.n_lines for splice in splices),
        n_bytes=sum(splice.n_bytes for splice in splices),
        n_questions=sum(len(splice.run.all_questions) for splice in splices),
    )


def by_module(splices: Iterable[Splice]) -> dict[tuple[str, str], list[Splice]]:
    """The splices of each module by its unit and name; the order of modules is that of their first splices."""
    found: dict[tuple[str, str], list[Splice]] = defaultdict(list)
    for splice in splices:
        found[splice.run.unit, splice.run.module].append(splice)
    return dict(found)


def by_question(run: SpliceRun) -> dict[str, tuple[int, float]]:
    """How often each kind of question was put, and the milliseconds that the answers took; the longest first."""
    found: dict[str, tuple[int, float]] = {}
    for question in run.all_questions:
        number, milliseconds = found.get(question.name, (0, 0.0))
        found[question.name] = (number + 1, milliseconds + question.milliseconds)
    return dict(sorted(found.items(), key=lambda entry: -entry[1][1]))


def duration(milliseconds: float) -> str:
    """A time for people: `0.3 ms`, `12 ms`, `1.25 s`."""
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.2f} s"


def first_line(splice: Splice) -> str:
    """The first line of declarations, the beginning of anything else, or what went wrong; short and on one line."""
    said = " ".join(_said(splice)[:LOOKED_AT].split())
    return said if len(said) <= LONGEST_LINE else said[: LONGEST_LINE - 1] + "\N{HORIZONTAL ELLIPSIS}"


def splices_fields(splices: Sequence[Splice]) -> dict[str, Any]:
    """The splices, their modules and their totals as data for JSON; columns are 1-based and count as GHC does."""
    return {
        "splices": [_fields(splice) for splice in splices],
        "modules": [
            {"unit": unit, "module": module, **_totals_fields(found)}
            for (unit, module), found in by_module(splices).items()
        ],
        "total": _totals_fields(splices),
    }


def splices_text(splices: Sequence[Splice], look: Look) -> str:
    """A table of the splices, one of their modules, and a line with their totals."""
    if not splices:
        return "No splices."
    modules = sorted(by_module(splices).items(), key=lambda entry: -totals(entry[1]).milliseconds)
    tables = [_splice_table(splices, look)]
    if len(modules) > 1:
        tables.append(_module_table(modules, look))
    return "\n\n".join([*tables, _total_line(splices, len(modules), look)])


def total_line(splices: Sequence[Splice], n_modules: int) -> str:
    """`5 splices in 2 modules: 45 ms, 120 lines, 15 questions`."""
    total = totals(splices)
    parts = [
        duration(total.milliseconds),
        _count(total.n_lines, "line"),
        _count(total.n_questions, "question"),
        *([f"{total.n_failed:,} failed"] if total.n_failed else []),
    ]
    return f"{_count(total.n_splices, 'splice')} in {_count(n_modules, 'module')}: {', '.join(parts)}"


def _fields(splice: Splice) -> dict[str, Any]:
    run = splice.run
    return {
        "unit": run.unit,
        "module": run.module,
        "path": str(run.path),
        "line": run.span.start_line,
        "column": run.span.start_column,
        "end_line": run.span.end_line,
        "end_column": run.span.end_column,
        "kind": run.kind.value,
        "milliseconds": round(run.all_milliseconds, 3),
        "n_lines": splice.n_lines,
        "n_bytes": splice.n_bytes,
        "n_questions": len(run.all_questions),
        "questions": [
            {"name": name, "n": number, "milliseconds": round(milliseconds, 3)}
            for name, (number, milliseconds) in by_question(run).items()
        ],
        "dependent_files": [str(path) for path in run.dependent_files],
        "memory": run.memory,
        "failure": run.failure if splice.failed else None,
        "stopped": run.stopped,
        "expansion": splice.expansion,
        "trouble": splice.trouble,
    }


def _totals_fields(splices: Sequence[Splice]) -> dict[str, Any]:
    total = totals(splices)
    return {
        "n_splices": total.n_splices,
        "n_failed": total.n_failed,
        "milliseconds": round(total.milliseconds, 3),
        "n_lines": total.n_lines,
        "n_bytes": total.n_bytes,
        "n_questions": total.n_questions,
    }


def _splice_table(splices: Sequence[Splice], look: Look) -> str:
    rows = [["time", "lines", "questions", "files", "memory", "kind", "place", "expansion"]]
    for splice in splices:
        run = splice.run
        rows.append(
            [
                duration(run.all_milliseconds),
                f"{splice.n_lines:,}",
                f"{len(run.all_questions):,}",
                f"{len(run.dependent_files):,}",
                f"{run.memory / 10**6:,.0f} MB" if run.memory else "",
                "annotation" if run.kind is SpliceKind.ANNOTATION else run.kind.value,
                f"{look.path(run.path)}:{run.span.start_line}:{run.span.start_column}",
                printable(first_line(splice)),
            ]
        )
    failed = [False, *(splice.failed for splice in splices)]
    return _table(rows, look, n_right=5, failed=failed)


def _module_table(modules: Sequence[tuple[tuple[str, str], Sequence[Splice]]], look: Look) -> str:
    rows = [["time", "lines", "questions", "splices", "module"]]
    for (unit, module), found in modules:
        total = totals(found)
        rows.append(
            [
                duration(total.milliseconds),
                f"{total.n_lines:,}",
                f"{total.n_questions:,}",
                f"{total.n_splices:,}",
                printable(f"{unit}:{module}"),
            ]
        )
    return _table(rows, look, n_right=4, failed=[False] * len(rows))


def _table(rows: Sequence[Sequence[str]], look: Look, *, n_right: int, failed: Sequence[bool]) -> str:
    """The rows as text, the first one as their heads, with that many columns aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column < n_right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = "  ".join(cells).rstrip()
        lines.append(look.paint(line, "red" if failed[number] else None, bold=number == 0))
    return "\n".join(lines)


def _said(splice: Splice) -> str:
    if splice.expansion is not None and splice.run.kind is not SpliceKind.DECLARATIONS:
        return splice.expansion
    if splice.expansion is not None:
        return splice.expansion.lstrip().partition("\n")[0] or "(nothing)"
    if splice.failed:
        return f"{'stopped' if splice.run.stopped else 'failed'}: {splice.run.failure}"
    return f"cannot be shown: {splice.trouble}" if splice.trouble else ""


def _total_line(splices: Sequence[Splice], n_modules: int, look: Look) -> str:
    return look.paint(total_line(splices, n_modules), bold=True)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"

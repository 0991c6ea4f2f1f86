"""Splices that ran, as a page that needs nothing else: where the time goes, a table, every expansion (pure)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from attrs import frozen

from thatch.cli.formats.look import Look
from thatch.cli.splices_text import Splice, by_module, by_question, duration, first_line, total_line, totals
from thatch.core.splices.runs import SpliceRun

SMALLEST = 0.002
"""The share of all the time below which parts of the chart are drawn as one."""

LONGEST_SHOWN = 200_000
"""How many characters of an expansion the page holds."""

LONGEST_COLOURED = 20_000
"""How many of them are coloured."""


def page(splices: Sequence[Splice], look: Look, template: str) -> str:
    """The page; `template` has the names of its parts in double braces, and everything else as it shall be."""
    total = total_line(splices, len(by_module(splices)))
    parts = {
        "total": _text(total),
        "chart": _chart(splices, look),
        "rows": "\n".join(_row(number, splice, look) for number, splice in enumerate(splices)),
        "modules": "\n".join(_module_rows(splices)),
    }
    # What is put in is not looked at again: it may hold braces, too.
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def highlighted(source: str) -> str:
    """Haskell as HTML, with keywords, types, literals and comments marked."""
    coloured, plain = source[:LONGEST_COLOURED], source[LONGEST_COLOURED:]
    parts, reached = [], 0
    for match in _TOKEN.finditer(coloured):
        kind = match.lastgroup
        if kind:
            parts += [_text(coloured[reached : match.start()]), f'<b class="{kind}">{_text(match[0])}</b>']
            reached = match.end()
    return "".join([*parts, _text(coloured[reached:]), _text(plain)])


_KEYWORDS = (
    "case class data default deriving do else family forall foreign if import in infix infixl infixr instance let mdo "
    "module newtype of pattern proc qualified rec role then type where via stock anyclass"
)
_TOKEN = re.compile(
    r"""(?P<c>--+(?![!#$%&*+./<=>?@\\^|~:])[^\n]*|\{-.*?-\})"""
    r"""|(?P<s>"(?:[^"\\]|\\.)*(?:"|\Z)|'(?:[^'\\\n]|\\[^'\n]+|\\')')"""
    rf"""|(?P<k>\b(?:{"|".join(_KEYWORDS.split())})\b(?!'))"""
    r"""|(?P<t>\b[A-Z][\w']*)"""
    r"""|(?P<n>\b\d[\w.]*)"""
    r"""|[\w']+""",
    re.DOTALL,
)


# The chart: everything, units, modules, splices, questions; each as wide as its time, below what it is a part of.


@frozen
class _Part:
    name: str
    milliseconds: float
    title: str
    kind: str
    parts: tuple["_Part", ...] = ()
    target: str = ""
    """The id of what to show for it; empty if there is nothing."""


def _chart(splices: Sequence[Splice], look: Look) -> str:
    if not splices:
        return "<p>There are no splices.</p>"
    numbers = {id(splice): number for number, splice in enumerate(splices)}
    units: dict[str, list[_Part]] = {}
    for (unit, module), found in by_module(splices).items():
        parts = [_splice_part(numbers[id(splice)], splice, look) for splice in found]
        units.setdefault(unit, []).append(_sum(module, "module", parts, total_line(found, 1)))
    everything = _sum(
        "all splices", "all", [_sum(unit, "unit", parts, f"unit {unit}") for unit, parts in units.items()], ""
    )
    return _drawn(everything, max(everything.milliseconds, 1e-9) * SMALLEST)


def _splice_part(number: int, splice: Splice, look: Look) -> _Part:
    run = splice.run
    place = f"{run.span.start_line}:{run.span.start_column}"
    questions = tuple(
        _Part(f"{name} \N{MULTIPLICATION SIGN}{n}", spent, "answering questions of this splice", "question")
        for name, (n, spent) in by_question(run).items()
    )
    title = f"{look.path(run.path)}:{place}, {run.kind.value}: {first_line(splice)}"
    name = f"{place} {first_line(splice)}"
    return _Part(name, run.all_milliseconds, title, "failed" if splice.failed else "splice", questions, f"s{number}")


def _sum(name: str, kind: str, parts: Iterable[_Part], title: str) -> _Part:
    ordered = tuple(sorted(parts, key=lambda part: -part.milliseconds))
    return _Part(name, sum(part.milliseconds for part in ordered), title, kind, ordered)


def _drawn(part: _Part, smallest: float) -> str:
    shown = [one for one in part.parts if one.milliseconds >= smallest]
    small = [one for one in part.parts if one.milliseconds < smallest]
    if small and part.kind in {"all", "unit", "module"}:
        shown.append(_Part(f"{len(small):,} smaller", sum(one.milliseconds for one in small), "", "rest"))
    # Times are measured apart from each other, and may add up to more than the whole.
    whole = max(part.milliseconds, sum(one.milliseconds for one in shown), 1e-9)
    inside = "".join(
        f'<div style="width:{100 * one.milliseconds / whole:.4f}%">{_drawn(one, smallest)}</div>' for one in shown
    )
    target = f' data-target="{part.target}"' if part.target else ""
    time = duration(part.milliseconds)
    title = _text("\n".join(line for line in (f"{part.name}: {time}", part.title) if line))
    label = f"<span>{_text(part.name)}</span> <small>{time}</small>"
    bar = f'<button type="button" class="bar {part.kind}" title="{title}"{target}>{label}</button>'
    return f'{bar}<div class="parts">{inside}</div>' if inside else bar


# The tables.


def _row(number: int, splice: Splice, look: Look) -> str:
    run = splice.run
    place = f"{look.path(run.path)}:{run.span.start_line}:{run.span.start_column}"
    cells = [
        _number(run.all_milliseconds, duration(run.milliseconds)),
        _number(splice.n_bytes, f"{splice.n_lines:,} lines" if splice.n_lines != 1 else "1 line"),
        _number(len(run.all_questions), f"{len(run.questions):,}"),
        _number(len(run.dependent_files), f"{len(run.dependent_files):,}"),
        _number(run.memory, f"{run.memory / 10**6:,.0f} MB" if run.memory else ""),
        f"<td>{_text(run.kind.value)}</td>",
        f"<td>{_text(place)}</td>",
        f"<td><details><summary><code>{_text(first_line(splice))}</code></summary>{_details(splice)}</details></td>",
    ]
    failed = ' class="failed"' if splice.failed else ""
    return f'<tr id="s{number}"{failed}>{"".join(cells)}</tr>'


def _details(splice: Splice) -> str:
    run = splice.run
    if splice.expansion is None:
        return f"<pre>{_text(run.failure if splice.failed else splice.trouble)}</pre>{_asked(run)}"
    source = splice.expansion[:LONGEST_SHOWN]
    left = len(splice.expansion) - len(source)
    cut = f"<p>{left:,} more characters are not shown.</p>" if left else ""
    return f"<pre>{highlighted(source)}</pre>{cut}{_asked(run)}"


def _asked(run: SpliceRun) -> str:
    """What a splice asked for and depends on."""
    items = [
        f"<li>{_text(name)} \N{MULTIPLICATION SIGN}{n}: {duration(spent)}</li>"
        for name, (n, spent) in by_question(run).items()
    ]
    items += [f"<li>depends on {_text(str(path))}</li>" for path in run.dependent_files]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _module_rows(splices: Sequence[Splice]) -> Iterator[str]:
    groups = sorted(by_module(splices).items(), key=lambda entry: -totals(entry[1]).milliseconds)
    for (unit, module), found in groups:
        total = totals(found)
        cells = [
            _number(total.milliseconds, duration(total.milliseconds)),
            _number(total.n_bytes, f"{total.n_lines:,} lines" if total.n_lines != 1 else "1 line"),
            _number(total.n_questions, f"{total.n_questions:,}"),
            _number(total.n_splices, f"{total.n_splices:,}"),
            f"<td>{_text(module)}</td><td>{_text(unit)}</td>",
        ]
        yield f"<tr>{''.join(cells)}</tr>"


def _number(value: float, shown: str) -> str:
    """A cell that is sorted by its value."""
    return f'<td class="number" data-value="{value:.3f}">{shown}</td>'


def _text(text: str) -> str:
    """A text in HTML, also in a quoted attribute.

    What a browser would not take (control characters) or would obey (reordering ones) is replaced.
    """
    return escape(_STEERING.sub("\N{REPLACEMENT CHARACTER}", text))


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")

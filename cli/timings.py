"""How long GHC takes for each module, as a table and as a trace for a browser (pure)."""

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from thatch.cli.formats.json_text import dumped
from thatch.cli.formats.look import printable
from thatch.cli.tables import table


@frozen(kw_only=True)
class Timing:
    """What is known of one module."""

    component: str
    """The unit as a user would name it."""

    module: str
    """Its `label`."""

    milliseconds: int
    """How long GHC took; 0 when that is not known."""

    compiled: bool
    """Whether it did so now; else the time is that of the entry in the cache."""

    began: float | None
    """When it began, in seconds since the check did; None when that is not known."""


def label(module: str, *, boot: bool) -> str:
    """What a module is called here."""
    return f"{module}[boot]" if boot else module


def timings_table(timings: Sequence[Timing]) -> list[str]:
    """A table of all modules, the slowest first, and their sum; empty when there are none."""
    if not timings:
        return []
    ordered = sorted(timings, key=lambda timing: (-timing.milliseconds, timing.component, timing.module))
    rows = [
        (_duration(timing.milliseconds), "now" if timing.compiled else "before", printable(timing.component),
         printable(timing.module))
        for timing in ordered
    ]  # fmt: skip
    unknown = sum(not timing.milliseconds for timing in timings)
    lines = table([("time", "when", "component", "module"), *rows], "rlll")
    total = sum(timing.milliseconds for timing in timings)
    fresh = sum(timing.milliseconds for timing in timings if timing.compiled)
    lines.append(f"{total / 1000:.1f} s of compiling, {fresh / 1000:.1f} s of it now")
    if unknown:
        lines.append(f"Of {unknown:,} the time is not known: they were compiled side by side, or not at all.")
    return lines


def chrome_trace(timings: Sequence[Timing]) -> str:
    """The modules in the Trace Event Format of Chromium, in JSON.

    In one row what was compiled now, when it was; in another what was compiled before, end to end, as it would be
    compiled one after the other.
    """
    events = [_named(1, "compiled now"), _named(2, "compiled before"), *_now(timings), *_before(timings)]
    return dumped({"traceEvents": events, "displayTimeUnit": "ms"})


def _now(timings: Sequence[Timing]) -> Iterator[dict[str, Any]]:
    for timing in timings:
        if timing.compiled and timing.began is not None:
            yield _event(timing, 1, round(timing.began * 1_000_000))


def _before(timings: Sequence[Timing]) -> Iterator[dict[str, Any]]:
    at = 0
    for timing in timings:
        if not timing.compiled and timing.milliseconds:
            yield _event(timing, 2, at)
            at += timing.milliseconds * 1000


def _event(timing: Timing, row: int, at: int) -> dict[str, Any]:
    """A complete event, or an instant where it is not known how long it took; times are microseconds."""
    lasting = {"ph": "X", "dur": timing.milliseconds * 1000} if timing.milliseconds else {"ph": "i", "s": "t"}
    common = {"name": timing.module, "cat": timing.component, "ts": at, "pid": 1, "tid": row}
    return {**common, **lasting, "args": {"component": timing.component}}


def _named(row: int, name: str) -> dict[str, Any]:
    return {"name": "thread_name", "ph": "M", "pid": 1, "tid": row, "args": {"name": name}}


def _duration(milliseconds: int) -> str:
    return f"{milliseconds:,} ms" if milliseconds else "-"

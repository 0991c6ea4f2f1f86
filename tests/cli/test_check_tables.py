"""What `check` counts: codes and flags, and milliseconds."""

import json

from tests.cli.test_formats import diagnostic
from thatch.cli.statistics import statistics
from thatch.cli.timings import Timing, chrome_trace, timings_table
from thatch.core.diagnostics import Severity


def test_statistics() -> None:
    unused = diagnostic(1, 1, 1, 2, severity=Severity.WARNING, code="GHC-66111", flag="-Wunused-imports")
    found = [
        unused,
        diagnostic(2, 1, 2, 2, code="GHC-83865"),
        unused,
        diagnostic(source="cabal"),
        diagnostic(),
        diagnostic(3, 1, 3, 2, severity=Severity.WARNING, flag="-Wtabs"),
    ]
    assert statistics(found) == [
        "count  severity  code       flag",
        "    2  warning   GHC-66111  -Wunused-imports",
        "    1  error     -          -",
        "    1  error     GHC-83865  -",
        "    1  error     cabal      -",
        "    1  warning   -          -Wtabs",
    ]
    assert statistics([]) == []


def timing(module: str, milliseconds: int, began: float | None = None, *, compiled: bool = True) -> Timing:
    return Timing(component="p:lib", module=module, milliseconds=milliseconds, compiled=compiled, began=began)


TIMINGS = [
    timing("A", 1500, 0.25),
    timing("A[boot]", 0, 1.75),
    timing("B", 300, compiled=False),
    timing("C", 0, compiled=False),
    timing("D", 200, compiled=False),
]


def test_times_as_a_table() -> None:
    assert timings_table(TIMINGS) == [
        "    time  when    component  module",
        "1,500 ms  now     p:lib      A",
        "  300 ms  before  p:lib      B",
        "  200 ms  before  p:lib      D",
        "       -  now     p:lib      A[boot]",
        "       -  before  p:lib      C",
        "2.0 s of compiling, 1.5 s of it now",
        "Of 2 the time is not known: they were compiled side by side, or not at all.",
    ]
    assert timings_table([]) == []


def test_times_as_a_trace() -> None:
    events = json.loads(chrome_trace(TIMINGS))["traceEvents"]
    shown = [(event["name"], event["ph"], event["tid"], event.get("ts"), event.get("dur")) for event in events]
    assert shown == [
        ("thread_name", "M", 1, None, None),
        ("thread_name", "M", 2, None, None),
        ("A", "X", 1, 250_000, 1_500_000),
        ("A[boot]", "i", 1, 1_750_000, None),
        ("B", "X", 2, 0, 300_000),
        ("D", "X", 2, 300_000, 200_000),
    ]

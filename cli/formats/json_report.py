"""A report as one JSON object, and as lines of JSON; `docs/schemas/check.json` describes both."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from thatch.cli.formats.json_text import VERSION, diagnostic_object, dumped
from thatch.cli.formats.look import SEVERITY_NAMES
from thatch.cli.formats.page import Page
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic


def json_report(report: Report, page: Page) -> Iterator[str]:
    """One object: `version`, `diagnostics`, `summary`."""
    found = [diagnostic_object(diagnostic, page) for diagnostic in report.diagnostics]
    yield dumped({"version": VERSION, "diagnostics": found, "summary": summary_object(report, page)}, indented=True)


def json_lines(report: Report, page: Page) -> Iterator[str]:
    """An object for each diagnostic, then the summary; `kind` tells them apart."""
    for diagnostic in report.diagnostics:
        yield diagnostic_line("diagnostic", diagnostic, page)
    yield summary_line(report, page)


def diagnostic_line(kind: str, diagnostic: Diagnostic, page: Page) -> str:
    """One line: `diagnostic` for what was found, `withdrawn` for what was printed and holds no longer."""
    return dumped({"kind": kind, **diagnostic_object(diagnostic, page)})


def summary_line(report: Report, page: Page) -> str:
    """The last line."""
    return dumped({"kind": "summary", "version": VERSION, **summary_object(report, page)})


def summary_object(report: Report, page: Page) -> dict[str, Any]:
    """What there is to say of all diagnostics together."""
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    return {
        "counts": {name: counts[severity] for severity, name in SEVERITY_NAMES.items()},
        "known": report.n_known,
        "modules": report.n_modules,
        "seconds": round(page.seconds, 3),
        "trouble": report.trouble or None,
        "unknown": [page.name(path) for path in report.unknown],
    }

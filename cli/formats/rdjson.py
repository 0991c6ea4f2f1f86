"""reviewdog's diagnostic format as one object: `DiagnosticResult` of reviewdog's `proto/rdf/reviewdog.proto`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thatch.cli.formats.json_text import dumped
from thatch.cli.formats.page import TOOL, Page, page_about, rule_of
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.text import Encoding, Position

SEVERITIES = {
    Severity.ERROR: "ERROR",
    Severity.WARNING: "WARNING",
    Severity.INFORMATION: "INFO",
    Severity.HINT: "INFO",
}


def rdjson(report: Report, page: Page) -> Iterator[str]:
    """One object with all diagnostics."""
    found = [_diagnostic(diagnostic, page) for diagnostic in report.diagnostics]
    yield dumped({"source": {"name": TOOL}, "diagnostics": found}, indented=True)


def _diagnostic(diagnostic: Diagnostic, page: Page) -> dict[str, Any]:
    about = page_about(diagnostic)
    related = [
        {"message": entry.message, "location": _location(entry.location.path, entry.location.span, page)}
        for entry in diagnostic.related
    ]
    return {
        "message": page.text(diagnostic),
        "location": _location(diagnostic.path, diagnostic.span, page),
        "severity": SEVERITIES[diagnostic.severity],
        "code": {"value": rule_of(diagnostic), **({"url": about} if about else {})},
        **({"related_locations": related} if related else {}),
    }


def _location(path: Path, span: Span | None, page: Page) -> dict[str, Any]:
    location: dict[str, Any] = {"path": page.name(path)}
    if span is None:
        return location
    found = page.range(path, span, Encoding.UTF8)
    if found is None:
        return {**location, "range": {"start": {"line": span.start_line}, "end": {"line": span.end_line}}}
    return {**location, "range": {"start": _position(found.start), "end": _position(found.end)}}


def _position(position: Position) -> dict[str, int]:
    """1-based; columns count bytes of UTF-8."""
    return {"line": position.line + 1, "column": position.column + 1}

"""Annotations of GitHub Actions: one workflow command for each diagnostic.

    ::error file=src/A.hs,line=2,endLine=2,col=9,endColumn=14,title=GHC-83865::message

The commands and what must be escaped in them: docs.github.com, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterator

from thatch.cli.formats.page import Page, rule_of
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.text import Encoding

COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def github(report: Report, page: Page) -> Iterator[str]:
    """A command for each diagnostic, and an error for what kept something from being checked."""
    for diagnostic in report.diagnostics:
        yield _command(diagnostic, page)
    if report.trouble:
        yield f"::error title=thatch::{_data(report.trouble)}"


def _command(diagnostic: Diagnostic, page: Page) -> str:
    properties = {"file": page.name(diagnostic.path), **_place(diagnostic, page), "title": _title(diagnostic)}
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{COMMANDS[diagnostic.severity]} {listed}::{_data(page.text(diagnostic))}"


def _title(diagnostic: Diagnostic) -> str:
    flag = f" {diagnostic.flag}" if diagnostic.code and diagnostic.flag else ""
    return rule_of(diagnostic) + flag


def _place(diagnostic: Diagnostic, page: Page) -> dict[str, int]:
    """The lines; columns only within one line, for GitHub does not take them otherwise.  Both are 1-based."""
    span = diagnostic.span
    if span is None:
        return {"line": 1}
    place = {"line": span.start_line, "endLine": max(span.end_line, span.start_line)}
    found = page.range(diagnostic.path, span, Encoding.UTF16)
    if found is not None and span.start_line == span.end_line:
        # The end is the last character that belongs to it.
        first = found.start.column + 1
        place |= {"col": first, "endColumn": max(found.end.column, first)}
    return place


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

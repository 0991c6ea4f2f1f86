"""GitLab's code quality report: a subset of Code Climate's issues, as docs.gitlab.com has it under "Code Quality"."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from thatch.cli.formats.json_text import dumped
from thatch.cli.formats.page import Page, page_about, rule_of
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic, Severity

SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.WARNING: "minor",
    Severity.INFORMATION: "info",
    Severity.HINT: "info",
}


def gitlab(report: Report, page: Page) -> Iterator[str]:
    """One array with an issue for each diagnostic."""
    seen: Counter[str] = Counter()
    issues = []
    for diagnostic in report.diagnostics:
        fingerprint = page.fingerprint(diagnostic)
        issues.append(_issue(diagnostic, page, _told_apart(fingerprint, seen[fingerprint])))
        seen[fingerprint] += 1
    yield dumped(issues, indented=True)


def _issue(diagnostic: Diagnostic, page: Page, fingerprint: str) -> dict[str, Any]:
    span = diagnostic.span
    first = span.start_line if span else 1
    last = max(span.end_line, first) if span else 1
    about = page_about(diagnostic)
    return {
        "type": "issue",
        "check_name": rule_of(diagnostic),
        "description": page.head(diagnostic) or rule_of(diagnostic),
        "content": {"body": page.text(diagnostic) + (f"\n\n{about}" if about else "")},
        "categories": ["Bug Risk"],
        "severity": SEVERITIES[diagnostic.severity],
        "fingerprint": fingerprint,
        "location": {"path": page.name(diagnostic.path), "lines": {"begin": first, "end": last}},
    }


def _told_apart(fingerprint: str, number: int) -> str:
    """GitLab takes issues with one fingerprint for one: the second of its kind gets another, the same every time."""
    return sha256(f"{fingerprint} {number}".encode()).hexdigest()[: len(fingerprint)] if number else fingerprint

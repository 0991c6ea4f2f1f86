"""SARIF 2.1.0, the OASIS standard for results of static analysis, as code hosts import it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thatch.cli.formats.json_text import dumped
from thatch.cli.formats.page import TOOL, Page, page_about, rule_of
from thatch.cli.report import Report
from thatch.core.diagnostics import Diagnostic, Related, Severity, Span
from thatch.core.text import Encoding
from thatch.core.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "SRCROOT"
"""The name of the folder that paths are relative to; the standard's own example, which code hosts know."""

LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
    Severity.HINT: "note",
}


def sarif(report: Report, page: Page) -> Iterator[str]:
    """One log with one run."""
    rules: dict[str, Diagnostic] = {}
    for diagnostic in report.diagnostics:
        rules.setdefault(rule_of(diagnostic), diagnostic)
    driver = {
        "name": TOOL,
        "semanticVersion": __version__,
        "rules": [_rule(name, first) for name, first in rules.items()],
    }
    indices = {name: number for number, name in enumerate(rules)}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"uri": _folder_uri(page)}},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(report, page, indices)),
    }
    yield dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indented=True)


def _results(report: Report, page: Page, indices: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for diagnostic in report.diagnostics:
        fingerprint = page.fingerprint(diagnostic)
        seen[fingerprint] += 1
        rule = rule_of(diagnostic)
        related = [_related(entry, number, page) for number, entry in enumerate(diagnostic.related)]
        yield {
            "ruleId": rule,
            "ruleIndex": indices[rule],
            "level": LEVELS[diagnostic.severity],
            "message": {"text": page.text(diagnostic) or rule},
            "locations": [{"physicalLocation": _physical(diagnostic.path, diagnostic.span, page)}],
            **({"relatedLocations": related} if related else {}),
            # The number tells apart what is the same in all else, as the standard wants it of the last part.
            "partialFingerprints": {"thatch/v1": f"{fingerprint}:{seen[fingerprint]}"},
        }


def _rule(name: str, first: Diagnostic) -> dict[str, Any]:
    about = page_about(first)
    flag = f" ({first.flag})" if first.flag and first.flag != name else ""
    return {
        "id": name,
        **({"name": first.flag.removeprefix("-W")} if first.flag else {}),
        "shortDescription": {"text": f"{name}{flag}"},
        "defaultConfiguration": {"level": LEVELS[first.severity]},
        **({"helpUri": about} if about else {}),
    }


def _invocation(report: Report) -> dict[str, Any]:
    told = [{"level": "error", "message": {"text": report.trouble}}] if report.trouble else []
    if report.remark:
        told.append({"level": "warning", "message": {"text": report.remark}})
    notifications = {"toolExecutionNotifications": told} if told else {}
    return {"executionSuccessful": not report.trouble, **notifications}


def _related(related: Related, number: int, page: Page) -> dict[str, Any]:
    message = {"message": {"text": related.message}} if related.message else {}
    place = _physical(related.location.path, related.location.span, page)
    return {"id": number, "physicalLocation": place, **message}


def _physical(path: Path, span: Span | None, page: Page) -> dict[str, Any]:
    uri = page.uri(path)
    base = {} if uri.startswith("file:") else {"uriBaseId": ROOT}
    location: dict[str, Any] = {"artifactLocation": {"uri": uri, **base}}
    if span is not None:
        location["region"] = _region(path, span, page)
    return location


def _region(path: Path, span: Span, page: Page) -> dict[str, int]:
    """1-based, the end exclusive; without columns where the text is not known."""
    found = page.range(path, span, Encoding.UTF32)
    if found is None:
        first = max(span.start_line, 1)
        return {"startLine": first, "endLine": max(span.end_line, first)}
    return {
        "startLine": found.start.line + 1,
        "startColumn": found.start.column + 1,
        "endLine": found.end.line + 1,
        "endColumn": found.end.column + 1,
    }


def _folder_uri(page: Page) -> str:
    uri = page.look.base.as_uri()
    return uri if uri.endswith("/") else f"{uri}/"

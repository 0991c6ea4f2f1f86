"""JSON as every consumer can read it, and diagnostics as its objects; no layout of a whole report."""

import json
import re
from typing import Any

from thatch.cli.formats.look import SEVERITY_NAMES
from thatch.cli.formats.page import Page
from thatch.core.diagnostics import Diagnostic, Span

VERSION = 1
"""The version of the objects below: grows when a field goes or changes its meaning, not when one is added."""


def dumped(value: object, *, indented: bool = False) -> str:
    """The value as JSON in ASCII, so that no locale can spoil it; what is no character becomes U+FFFD."""
    separators = None if indented else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=2 if indented else None, separators=separators)
    return _NOT_ASCII.sub(lambda match: json.dumps(match[0])[1:-1], _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text))


def diagnostic_object(diagnostic: Diagnostic, page: Page) -> dict[str, Any]:
    """A diagnostic as `docs/schemas/check.json` describes it: lines and columns 1-based, columns as GHC counts."""
    return {
        "path": page.name(diagnostic.path),
        "span": _span(diagnostic.span) if diagnostic.span else None,
        "severity": SEVERITY_NAMES[diagnostic.severity],
        "code": diagnostic.code or None,
        "flag": diagnostic.flag or None,
        "source": diagnostic.source,
        "unit": diagnostic.unit or None,
        "message": page.look.shorten(diagnostic.message),
        "context": [page.look.shorten(entry) for entry in diagnostic.context],
        "hints": [page.look.shorten(hint) for hint in diagnostic.hints],
        "related": [
            {"path": page.name(entry.location.path), "span": _span(entry.location.span), "message": entry.message}
            for entry in diagnostic.related
        ],
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "start": {"line": span.start_line, "column": span.start_column},
        "end": {"line": span.end_line, "column": span.end_column},
    }


_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

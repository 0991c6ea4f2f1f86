"""Diagnostics as bytes: the `diagnostics` artifact of an entry, free of the checkout it was made in.

A JSON list of objects, one for each message: `path` (below the project's root with `root/` in its place), `span`
(four numbers or null), `severity` (its name), `message`, `code`, `flag`, `context`, `hints`, `related`, `unit`.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span

ROOT = "root/"


def encode_diagnostics(diagnostics: Iterable[Diagnostic], root: Path) -> bytes:
    """The messages as bytes."""
    return json.dumps([_fields(diagnostic, root) for diagnostic in diagnostics], separators=(",", ":")).encode()


def decode_diagnostics(data: bytes, root: Path) -> tuple[Diagnostic, ...]:
    """The messages with the paths of the checkout at `root`; raises ValueError for anything else than such bytes."""
    try:
        return tuple(_diagnostic(fields, root) for fields in json.loads(data))
    except (TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ValueError("these bytes are no diagnostics") from error


def to_text(path: Path, root: Path) -> str:
    """A path as it is kept, which is the same in every checkout if it lies below the project's root."""
    return f"{ROOT}{path.relative_to(root)}" if path.is_relative_to(root) else str(path)


def to_path(text: str, root: Path) -> Path:
    """The path in the checkout at `root` of one as it is kept."""
    return root / text.removeprefix(ROOT) if text.startswith(ROOT) else Path(text)


def _fields(diagnostic: Diagnostic, root: Path) -> dict[str, Any]:
    return {
        "path": to_text(diagnostic.path, root),
        "span": _numbers(diagnostic.span),
        "severity": diagnostic.severity.name,
        "message": diagnostic.message,
        "code": diagnostic.code,
        "flag": diagnostic.flag,
        "context": diagnostic.context,
        "hints": diagnostic.hints,
        "related": [
            [to_text(entry.location.path, root), _numbers(entry.location.span), entry.message]
            for entry in diagnostic.related
        ],
        "unit": diagnostic.unit,
    }


def _diagnostic(fields: dict[str, Any], root: Path) -> Diagnostic:
    span = fields["span"]
    return Diagnostic(
        path=to_path(fields["path"], root),
        span=Span(*span) if span else None,
        severity=Severity[fields["severity"]],
        message=fields["message"],
        code=fields["code"],
        flag=fields["flag"],
        context=tuple(fields["context"]),
        hints=tuple(fields["hints"]),
        related=tuple(
            Related(Location(to_path(path, root), Span(*numbers)), message)
            for path, numbers, message in fields["related"]
        ),
        unit=fields["unit"],
    )


def _numbers(span: Span | None) -> tuple[int, int, int, int] | None:
    return (span.start_line, span.start_column, span.end_line, span.end_column) if span else None

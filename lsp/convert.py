"""Every conversion between thatch's data and LSP's: places, diagnostics, status; nothing is decided or sent here."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from lsprotocol import types

from thatch.core.diagnostics import Diagnostic, Related, Span
from thatch.core.events import Status
from thatch.core.text import Encoding, LineIndex, Position, Range

if TYPE_CHECKING:
    from thatch.lsp.client import Client

Lines = Callable[[Path], LineIndex]
"""The current text of a file, empty if it cannot be read."""

ERROR_INDEX = "https://errors.haskell.org/messages/"
"""Where the Haskell Foundation explains GHC's codes; the page of a code is named after it."""

UNNECESSARY = frozenset(
    {
        "-Wduplicate-constraints",
        "-Wduplicate-exports",
        "-Winaccessible-code",
        "-Woverlapping-patterns",
        "-Wredundant-bang-patterns",
        "-Wredundant-constraints",
        "-Wredundant-record-wildcards",
        "-Wredundant-strictness-flags",
        "-Wunused-binds",
        "-Wunused-foralls",
        "-Wunused-imports",
        "-Wunused-local-binds",
        "-Wunused-matches",
        "-Wunused-pattern-binds",
        "-Wunused-record-wildcards",
        "-Wunused-top-binds",
        "-Wunused-type-patterns",
    }
)
"""Warnings whose place could be deleted.  `-Wunused-do-bind` is not one: its statement has an effect."""

DEPRECATED = frozenset(
    {"-Wdeprecated-flags", "-Wdeprecated-type-abstractions", "-Wdeprecations", "-Wwarnings-deprecations"}
)
"""Warnings whose place uses something that is going away."""


def path(uri: str) -> Path | None:
    """The file that a URI names, or None when it is not a local file (`untitled:`, `git:`, ...)."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    name = os.fsdecode(unquote_to_bytes(parts.path))
    return Path(name) if name.startswith("/") and "\0" not in name else None


def uri(path: Path) -> str:
    """The URI of an absolute path, percent-encoded."""
    return path.as_uri()


def from_lsp_range(region: types.Range) -> Range:
    """LSP's range as ours; columns stay in the agreed encoding."""
    start, end = region.start, region.end
    return Range(Position(start.line, start.character), Position(end.line, end.character))


def to_lsp_range(region: Range) -> types.Range:
    """Our range as LSP's; columns stay in the agreed encoding."""
    start, end = region.start, region.end
    return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))


def place(span: Span | None, lines: LineIndex, encoding: Encoding) -> types.Range:
    """Where to underline a message: its span, never invisibly empty; the first line when it is about the file."""
    if span is None:
        end = lines.position(len(lines.line_text(0)), encoding)
        return to_lsp_range(Range(Position(0, 0), end))
    return to_lsp_range(lines.visible_range(span, encoding))


def diagnostic(one: Diagnostic, lines: Lines, client: "Client") -> types.Diagnostic:
    """A diagnostic in the terms that the client understands."""
    return types.Diagnostic(
        range=place(one.span, lines(one.path), client.encoding),
        message=one.text,
        severity=types.DiagnosticSeverity(one.severity.value),
        code=one.code or one.flag or None,
        code_description=_code_description(one.code) if client.code_links else None,
        source=one.source,
        tags=tags(one.flag, client.tags) or None,
        related_information=_related(one.related, lines, client) if client.related else None,
        data={"unit": one.unit, "flag": one.flag, "hints": list(one.hints)} if client.keeps_data else None,
    )


def tags(flag: str, shown: frozenset[int]) -> list[types.DiagnosticTag]:
    """The tags of a warning, by its flag, among those that the client shows."""
    found = []
    if flag in UNNECESSARY:
        found.append(types.DiagnosticTag.Unnecessary)
    if flag in DEPRECATED:
        found.append(types.DiagnosticTag.Deprecated)
    return [tag for tag in found if tag.value in shown]


def status(now: Status) -> dict[str, Any]:
    """The parameters of `thatch/status`, as `docs/protocol.md` describes them."""
    return {
        "health": now.health.value,
        "quiescent": now.quiescent,
        "message": now.message,
        "work": now.work,
        "ghcVersions": list(now.ghc_versions),
    }


def _code_description(code: str) -> types.CodeDescription | None:
    return types.CodeDescription(href=ERROR_INDEX + code) if code.startswith("GHC-") else None


def _related(
    related: tuple[Related, ...], lines: Lines, client: "Client"
) -> list[types.DiagnosticRelatedInformation] | None:
    return [
        types.DiagnosticRelatedInformation(
            location=types.Location(
                uri=uri(one.location.path),
                range=place(one.location.span, lines(one.location.path), client.encoding),
            ),
            message=one.message,
        )
        for one in related
    ] or None

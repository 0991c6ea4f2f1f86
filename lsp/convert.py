"""Every conversion between thatch's data and LSP's: places, diagnostics, status; nothing is decided or sent here."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from lsprotocol import types

from thatch.core.diagnostics import Diagnostic, Related, Span
from thatch.core.events import Status
from thatch.core.index.model import Kind
from thatch.core.structure.folding import Fold
from thatch.core.structure.symbols import Symbol, SymbolKind
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

SYMBOL_KINDS = {
    SymbolKind.MODULE: types.SymbolKind.Module,
    SymbolKind.DATA: types.SymbolKind.Struct,
    SymbolKind.CLASS: types.SymbolKind.Interface,
    SymbolKind.INSTANCE: types.SymbolKind.Object,
    SymbolKind.TYPE: types.SymbolKind.TypeParameter,
    SymbolKind.CONSTRUCTOR: types.SymbolKind.Constructor,
    SymbolKind.PATTERN: types.SymbolKind.Constructor,
    SymbolKind.FIELD: types.SymbolKind.Field,
    SymbolKind.METHOD: types.SymbolKind.Method,
    SymbolKind.FUNCTION: types.SymbolKind.Function,
    SymbolKind.VALUE: types.SymbolKind.Variable,
    SymbolKind.SPLICE: types.SymbolKind.Event,
}
"""What comes nearest among LSP's kinds."""

KINDS = {
    Kind.MODULE: SymbolKind.MODULE,
    Kind.FUNCTION: SymbolKind.FUNCTION,
    Kind.VALUE: SymbolKind.VALUE,
    Kind.TYPE: SymbolKind.DATA,
    Kind.SYNONYM: SymbolKind.TYPE,
    Kind.FAMILY: SymbolKind.TYPE,
    Kind.CLASS: SymbolKind.CLASS,
    Kind.METHOD: SymbolKind.METHOD,
    Kind.CONSTRUCTOR: SymbolKind.CONSTRUCTOR,
    Kind.FIELD: SymbolKind.FIELD,
    Kind.PATTERN: SymbolKind.PATTERN,
}
"""What the index calls what is called so in a file's outline."""

OLDER_SYMBOL_KINDS = {
    types.SymbolKind.Struct: types.SymbolKind.Class,
    types.SymbolKind.Object: types.SymbolKind.Class,
    types.SymbolKind.TypeParameter: types.SymbolKind.Class,
    types.SymbolKind.Event: types.SymbolKind.Function,
}
"""What is said to editors that know only the first kinds of LSP."""


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


def from_lsp_position(position: types.Position) -> Position:
    """LSP's position as ours; its column stays in the agreed encoding."""
    return Position(position.line, position.character)


def from_lsp_range(region: types.Range) -> Range:
    """LSP's range as ours; columns stay in the agreed encoding."""
    return Range(from_lsp_position(region.start), from_lsp_position(region.end))


def to_lsp_range(region: Range) -> types.Range:
    """Our range as LSP's; columns stay in the agreed encoding."""
    start, end = region.start, region.end
    return types.Range(types.Position(start.line, start.column), types.Position(end.line, end.column))


def region(start: int, end: int, lines: LineIndex, encoding: Encoding) -> types.Range:
    """What lies between two offsets."""
    return to_lsp_range(Range(lines.position(start, encoding), lines.position(end, encoding)))


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


def symbol(one: Symbol, lines: LineIndex, client: "Client") -> types.DocumentSymbol:
    """A symbol with all that is in it."""
    return types.DocumentSymbol(
        name=one.name,
        detail=one.detail or None,
        kind=symbol_kind(one.kind, client),
        tags=_symbol_tags(one, client),
        range=region(one.start, one.end, lines, client.encoding),
        selection_range=region(one.name_start, one.name_end, lines, client.encoding),
        children=[symbol(child, lines, client) for child in one.children] or None,
    )


def flat_symbols(
    symbols: Iterable[Symbol], uri: str, lines: LineIndex, client: "Client", container: str | None = None
) -> Iterator[types.SymbolInformation]:
    """Symbols, each followed by those in it, which name it."""
    for one in symbols:
        yield types.SymbolInformation(
            name=one.name,
            kind=symbol_kind(one.kind, client),
            tags=_symbol_tags(one, client),
            location=types.Location(uri, region(one.start, one.end, lines, client.encoding)),
            container_name=container,
        )
        yield from flat_symbols(one.children, uri, lines, client, one.name)


def fold(one: Fold) -> types.FoldingRange:
    """A fold; it goes by lines alone, for all editors."""
    return types.FoldingRange(one.start, one.end, kind=one.kind and types.FoldingRangeKind(one.kind.value))


def selection(chain: Sequence[tuple[int, int]], lines: LineIndex, encoding: Encoding) -> types.SelectionRange:
    """Regions around a place, given from the smallest on."""
    outer: types.SelectionRange | None = None
    for start, end in reversed(chain):
        outer = types.SelectionRange(region(start, end, lines, encoding), outer)
    assert outer, "The last region is always the file."
    return outer


def symbol_kind(one: SymbolKind | Kind, client: "Client") -> types.SymbolKind:
    """A kind of definitions among those that the editor knows."""
    kind = SYMBOL_KINDS[one if isinstance(one, SymbolKind) else KINDS[one]]
    return kind if kind in client.shows.symbol_kinds else OLDER_SYMBOL_KINDS.get(kind, kind)


def _symbol_tags(one: Symbol, client: "Client") -> list[types.SymbolTag] | None:
    shown = one.deprecated and types.SymbolTag.Deprecated in client.shows.symbol_tags
    return [types.SymbolTag.Deprecated] if shown else None


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

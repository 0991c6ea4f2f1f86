"""What can be done about hlint's hints, as edits: what it would do itself, with the user's own text in its place."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from thatch.core.fixes.model import Fix
from thatch.core.source.lexer import Kind, tokens
from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.core.tools.hints import Hint
from thatch.core.tools.refactorings import Record, to_span


def hint_fixes(path: Path, lines: LineIndex, hint: Hint) -> Iterator[Fix]:
    """What can be done about a hint, which must be about the text as it is."""
    diagnostics = (hint.diagnostic(path),)
    try:
        edits = [edit for each in hint.refactorings for edit in _edits(lines, each)]
    except _UnfitError:
        edits = []
    if edits:
        in_order = tuple(sorted(edits, key=lambda edit: edit.start))
        yield Fix(title=f"hlint: {hint.name}", edits=in_order, diagnostics=diagnostics)
    ignore = f'{{- HLINT ignore "{hint.name}" -}}\n'
    yield Fix(title=f"Ignore “{hint.name}” in this module", edits=(Edit(0, 0, ignore),), diagnostics=diagnostics)


class _UnfitError(Exception):
    """A change that cannot be made in the text without knowing more of its layout."""


def _edits(lines: LineIndex, change: Record) -> Iterator[Edit]:
    try:
        start, end = lines.offsets(change.span("pos"))
        match change.name:
            case "Replace":
                yield _replaced(lines, start, end, change)
            case "Delete" if change.text("rtype") in {"Import", "Decl"}:
                yield _removed(lines.text, start, end)
            case "ModifyComment" if change.text("newComment") == "":
                yield _removed(lines.text, start, end)
            case "ModifyComment":
                yield Edit(start, end, change.text("newComment"))
            case "RemoveAsKeyword":
                found = _AS.search(lines.text, start, end)
                if found is None:
                    raise _UnfitError
                yield Edit(*found.span(), "")
            case _:
                raise _UnfitError
    except ValueError as error:
        raise _UnfitError from error


_AS = re.compile(r"\s+as\s+[\w.']+")
_OPENER = re.compile(r"\b(?:do|of|where|let)\b[ \t]+\S|\\case[ \t]+\S")


def _removed(text: str, start: int, end: int) -> Edit:
    """A region goes, with its lines if nothing else is on them."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end + 1
    if text[line_start:start].strip() or text[end:line_end].strip():
        raise _UnfitError
    return Edit(line_start, line_end, "")


def _replaced(lines: LineIndex, start: int, end: int, change: Record) -> Edit:
    """A region becomes a template with parts of itself in the place of variables."""
    text, template = lines.text, change.text("orig")
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    rest = text[end : line_end if line_end >= 0 else len(text)]
    if _OPENER.search(rest) or "\t" in text[line_start : end + len(rest)]:
        # The column of a block behind it would change.
        raise _UnfitError
    if "\n" in template and start != line_start:
        raise _UnfitError
    parts = _parts(lines, change)
    pieces, at = [text[line_start:start]], 0
    for token in tokens(template):
        part = parts.get(token.text) if token.kind is Kind.WORD else None
        if part:
            pieces.append(template[at : token.start])
            pieces.append(_shifted(text, part, len("".join(pieces).rpartition("\n")[2])))
            at = token.end
    return Edit(start, end, "".join([*pieces[1:], template[at:]]))


def _parts(lines: LineIndex, change: Record) -> Mapping[str, tuple[int, int]]:
    """The regions that the variables of a template stand for."""
    found = change.fields.get("subts")
    if not isinstance(found, list):
        raise _UnfitError
    parts: dict[str, tuple[int, int]] = {}
    for each in found:
        if not isinstance(each, list) or len(each) != 2 or not isinstance(each[0], str):
            raise _UnfitError
        parts[each[0]] = lines.offsets(to_span(each[1]))
    return parts


def _shifted(text: str, part: tuple[int, int], column: int) -> str:
    """A part that will begin in another column: its further lines move with it, so that blocks stay blocks."""
    first, *others = text[slice(*part)].split("\n")
    by = column - (part[0] - (text.rfind("\n", 0, part[0]) + 1))
    moved = []
    for line in others:
        indentation = len(line) - len(line.lstrip(" "))
        if line.strip() and indentation + by < 0:
            raise _UnfitError
        moved.append(" " * max(indentation + by, 0) + line.lstrip(" ") if line.strip() else line)
    return "\n".join([first, *moved])

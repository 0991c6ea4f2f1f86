"""Finding the splice that generated a name; what a name means where several things bear it is GHC's to know."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from lsprotocol import types

from thatch.core.splices.names import bound_names, name_at
from thatch.core.splices.runs import SpliceKind, SpliceRun
from thatch.core.splices.views import Expansion
from thatch.core.syntax import parse_header
from thatch.core.text import Encoding, LineIndex, Position, Range
from thatch.core.workspace import Snapshot
from thatch.lsp import convert
from thatch.lsp.splices import Placed, Splices


@frozen
class Generated:
    """A name that a splice generated."""

    origin: types.Range
    """Where the name stands that was asked about."""

    splice: Placed
    expansion: Expansion

    line: int
    """The 0-based line of the expansion that binds the name."""


async def find_generated(
    splices: Splices, snapshot: Snapshot, path: Path, position: types.Position, encoding: Encoding
) -> Generated | None:
    """The splice of the file, or of a module that it imports, that binds the name at a position.

    May be cancelled at any time.
    """
    text = await asyncio.to_thread(snapshot.text, path) or ""
    document = snapshot.documents.get(path)
    lines = document.lines if document else LineIndex(text)
    name = _name(lines, position, encoding)
    if name is None or await splices.at(snapshot, path, position, encoding):
        return None
    start, end = name
    imported = await asyncio.to_thread(_imported, text, literate=path.suffix in {".lhs", ".lhs-boot"})
    for candidate in _candidates(snapshot, path, imported, text[start:end]):
        for one in await splices.in_file(snapshot, candidate):
            if not _may_bind(one.run, text[start:end]):
                continue
            expansion = (await splices.shown(one.run, one.compiled)).expansion
            line = bound_names(expansion.text).get(text[start:end]) if expansion else None
            if expansion is not None and line is not None:
                region = Range(lines.position(start, encoding), lines.position(end, encoding))
                return Generated(convert.to_lsp_range(region), one, expansion, line)
    return None


def _name(lines: LineIndex, position: types.Position, encoding: Encoding) -> tuple[int, int] | None:
    """The offsets of the name at a position."""
    begin = lines.offset(Position(position.line, 0), encoding)
    column = lines.offset(Position(position.line, position.character), encoding) - begin
    found = name_at(lines.line_text(position.line), column)
    return (begin + found[0], begin + found[1]) if found else None


def _imported(text: str, *, literate: bool) -> frozenset[str]:
    return frozenset(one.module for one in parse_header(text, literate=literate).imports)


def _candidates(snapshot: Snapshot, path: Path, imported: frozenset[str], name: str) -> Iterator[Path]:
    """The file itself, then those of imported modules, if something in them could bind the name."""
    for candidate in sorted(snapshot.splices, key=lambda one: (one != path, one)):
        runs = snapshot.splices[candidate].runs
        visible = candidate == path or any(run.module in imported for run in runs)
        if visible and any(_may_bind(run, name) for run in runs):
            yield candidate


def _may_bind(run: SpliceRun, name: str) -> bool:
    """Whether a name occurs in what a splice declared: names stand in the encoded tree as they are written."""
    if run.kind is not SpliceKind.DECLARATIONS or run.result is None:
        return False
    return name.encode("utf-8", "surrogatepass") in run.result

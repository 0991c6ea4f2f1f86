"""`textDocument/inlayHint`: what splices made, types that nobody wrote, and the fields that wildcards stand for."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from thatch.core.navigation.import_names import import_names
from thatch.core.navigation.inlay import Inlay, binding_types, wildcard_fields
from thatch.core.navigation.seen import Seen
from thatch.core.splices.views import hint, wants_expansion
from thatch.core.text import Position
from thatch.core.th.scope import Exports
from thatch.lsp import convert
from thatch.lsp.places import offsets, to_range
from thatch.lsp.session import View
from thatch.lsp.splices import Placed


async def handle(view: View, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints in a range.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    return [*await _splices(view, path, params.range), *await _code(view, path, params.range)] if path else []


async def _splices(view: View, path: Path, asked: types.Range) -> list[types.InlayHint]:
    """Hints behind the splices that end in a range."""
    placed = await view.splices.in_file(view.snapshot, path) if view.settings.inlay_splices else ()
    return list(await asyncio.gather(*(_splice(view, one) for one in placed if _ends_in(view, one, asked))))


def _ends_in(view: View, one: Placed, asked: types.Range) -> bool:
    region = convert.from_lsp_range(asked)
    return region.start <= one.lines.position(one.end, view.client.encoding) <= region.end


async def _splice(view: View, one: Placed) -> types.InlayHint:
    shown = await view.splices.shown(one.run, one.compiled) if wants_expansion(one.run) else None
    end: Position = one.lines.position(one.end, view.client.encoding)
    return types.InlayHint(
        position=types.Position(end.line, end.column),
        label=hint(one.run, shown.expansion if shown else None),
        padding_left=True,
        data={"splice": view.splices.name(one.run, one.compiled)} if view.client.shows.hint_tooltips else None,
    )


async def _code(view: View, path: Path, asked: types.Range) -> list[types.InlayHint]:
    """Hints behind names that are bound in a range."""
    seen = await view.modules.seen(path, view.snapshot.documents)
    if seen is None:
        return []
    exports = await seen.exports() if view.settings.inlay_imports else None
    return await asyncio.to_thread(lambda: list(_inlays(view, seen, asked, exports)))


def _inlays(view: View, seen: Seen, asked: types.Range, exports: Exports | None) -> Iterator[types.InlayHint]:
    region = offsets(view, seen.lines, asked)
    if exports is not None:
        found = (one for one in import_names(seen, exports) if region[0] <= one.offset <= region[1])
        yield from (_inlay(view, seen, one, None) for one in found)
    if view.settings.inlay_bindings:
        yield from (_inlay(view, seen, one, types.InlayHintKind.Type) for one in binding_types(seen, region))
    if view.settings.inlay_wildcards:
        yield from (_inlay(view, seen, one, None) for one in wildcard_fields(seen, region))


def _inlay(view: View, seen: Seen, one: Inlay, kind: types.InlayHintKind | None) -> types.InlayHint:
    edits = [types.TextEdit(to_range(view, seen.lines, (at, at)), text) for at, text in one.insertions]
    return types.InlayHint(
        position=to_range(view, seen.lines, (one.offset, one.offset)).start,
        label=one.label,
        kind=kind,
        text_edits=edits or None,
        tooltip=one.whole,
        padding_left=True,
    )

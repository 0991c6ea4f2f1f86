"""`textDocument/inlayHint`: how much each splice made and how long it took, or the expansion itself if it is short."""

import asyncio

from lsprotocol import types

from thatch.core.splices.views import hint, wants_expansion
from thatch.core.text import Position
from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.splices import Placed


async def handle(view: View, params: types.InlayHintParams) -> list[types.InlayHint]:
    """Hints behind the splices that end in the given range.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    placed = await view.splices.in_file(view.snapshot, path) if path else ()
    return list(await asyncio.gather(*(_hint(view, one) for one in placed if _ends_in(view, one, params.range))))


def _ends_in(view: View, one: Placed, asked: types.Range) -> bool:
    region = convert.from_lsp_range(asked)
    return region.start <= one.lines.position(one.end, view.client.encoding) <= region.end


async def _hint(view: View, one: Placed) -> types.InlayHint:
    shown = await view.splices.shown(one.run, one.compiled) if wants_expansion(one.run) else None
    end: Position = one.lines.position(one.end, view.client.encoding)
    return types.InlayHint(
        position=types.Position(end.line, end.column),
        label=hint(one.run, shown.expansion if shown else None),
        padding_left=True,
        data={"splice": view.splices.name(one.run, one.compiled)} if view.client.shows.hint_tooltips else None,
    )

"""`textDocument/hover`: what a splice became, in an editor's tooltip; nothing elsewhere, yet."""

from pathlib import Path

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.splices import markup


async def handle(view: View, params: types.HoverParams) -> types.Hover | None:
    """What is known of the code at a place: the first answer of several sources.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return None
    return await _splice(view, path, params.position)


async def _splice(view: View, path: Path, position: types.Position) -> types.Hover | None:
    one = await view.splices.at(view.snapshot, path, position, view.client.encoding)
    if one is None:
        return None
    shown = await view.splices.shown(one.run, one.compiled)
    contents = markup(one.run, shown, in_markdown=view.client.shows.markdown)
    return types.Hover(contents, one.range(view.client.encoding))

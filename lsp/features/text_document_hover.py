"""`textDocument/hover`: what a splice became, and what is known of a name, an expression, a word of a `.cabal` file."""

from pathlib import Path

from lsprotocol import types

from thatch.core.navigation.hover import hover
from thatch.core.navigation.hover_text import markdown, plain
from thatch.lsp import cabal, convert
from thatch.lsp.places import link, seen_at, to_range
from thatch.lsp.session import View
from thatch.lsp.splices import age, markup
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.HoverParams) -> types.Hover | None:
    """What is known of the code at a place.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return None
    if path.suffix == CABAL:
        return await cabal.hover(view, path, params.position)
    splice, code = await _splice(view, path, params.position), await _code(view, params)
    return _joined(splice, code) if splice and code else splice or code


def _joined(splice: types.Hover, code: types.Hover) -> types.Hover:
    """What a splice became, and below that what stands there."""
    above, below = splice.contents, code.contents
    assert isinstance(above, types.MarkupContent)
    assert isinstance(below, types.MarkupContent)
    # VS Code draws code that follows a line over it.
    line = "---\n\n" if above.kind is types.MarkupKind.Markdown else ""
    joined = f"{above.value}\n\n{line}In the splice:\n\n{below.value}"
    return types.Hover(types.MarkupContent(above.kind, joined), code.range)


async def _splice(view: View, path: Path, position: types.Position) -> types.Hover | None:
    one = await view.splices.at(view.snapshot, path, position, view.client.encoding)
    if one is None:
        return None
    shown = await view.splices.shown(one.run, one.compiled)
    remark = age(is_edited=one.lines.text != one.compiled, replays=view.settings.splices_replay)
    contents = markup(one.run, shown, in_markdown=view.client.shows.markdown, remark=remark)
    return types.Hover(contents, one.range(view.client.encoding))


async def _code(view: View, params: types.HoverParams) -> types.Hover | None:
    asked = await seen_at(view, params.text_document.uri, params.position)
    found = await hover(view.modules, view.snapshot.documents, *asked) if asked else None
    if asked is None or found is None:
        return None
    if view.client.shows.markdown:
        contents = types.MarkupContent(types.MarkupKind.Markdown, markdown(found, lambda place: link(view, place)))
    else:
        contents = types.MarkupContent(types.MarkupKind.PlainText, plain(found))
    return types.Hover(contents, to_range(view, asked[0].lines, found.region))

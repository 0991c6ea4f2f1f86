"""`textDocument/definition`: where a name is defined; what a splice generated, at the splice and in its expansion."""

from pathlib import Path

from lsprotocol import types

from thatch.core.navigation.definition import definitions
from thatch.core.splices.views import page
from thatch.lsp import convert
from thatch.lsp.places import Links, links, seen_at
from thatch.lsp.session import View
from thatch.lsp.splice_names import Generated, find_generated
from thatch.lsp.splices import line_range


async def handle(view: View, params: types.DefinitionParams) -> Links | None:
    """Where the name at a place comes from: the first answer of several sources.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return None
    return await _generated(view, path, params.position) or await _defined(view, params)


async def _defined(view: View, params: types.DefinitionParams) -> Links | None:
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    found = await definitions(view.modules, view.snapshot.documents, seen, offset)
    return links(view, found, seen.lines) if found else None


async def _generated(view: View, path: Path, position: types.Position) -> Links | None:
    found = await find_generated(view.splices, view.snapshot, path, position, view.client.encoding)
    if found is None:
        return None
    links = _links(view, found)
    if view.client.shows.links:
        return links
    return [types.Location(link.target_uri, link.target_selection_range) for link in links[:1]]


def _links(view: View, found: Generated) -> list[types.LocationLink]:
    """The splice first; then, if the editor can open it, the line of the expansion."""
    splice = found.splice.range(view.client.encoding)
    links = [types.LocationLink(view.uri(found.splice.run.path), splice, splice, found.origin)]
    if view.client.shows.expansions:
        line = line_range(page(found.splice.run, found.expansion), found.line, view.client.encoding)
        links.append(
            types.LocationLink(view.splices.name(found.splice.run, found.splice.compiled), line, line, found.origin)
        )
    return links

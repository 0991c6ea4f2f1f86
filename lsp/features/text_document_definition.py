"""`textDocument/definition`: where a name is defined; what a splice generated, at the splice and in its expansion."""

from lsprotocol import types

from thatch.core.navigation.definition import definitions
from thatch.core.navigation.places import Place
from thatch.core.splices.views import page
from thatch.lsp import cabal, convert
from thatch.lsp.places import Links, links, seen_at
from thatch.lsp.session import View
from thatch.lsp.splice_names import Generated, find_generated
from thatch.lsp.splices import Placed, line_range
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.DefinitionParams) -> Links | None:
    """Where the name at a place comes from.  May be cancelled at any time.

    GHC knows what a name means, and places all that a splice generated at the splice; which line of the expansion that
    is, and what all of it means while GHC has not yet said anything, is found by the name alone.
    """
    path = convert.path(params.text_document.uri)
    if path is None:
        return None
    if path.suffix == CABAL:
        return await cabal.definition(view, path, params.position)
    asked = await seen_at(view, params.text_document.uri, params.position)
    found = await definitions(view.modules, view.snapshot.documents, *asked) if asked else None
    generated = await find_generated(view.splices, view.snapshot, path, params.position, view.client.encoding)
    if generated is not None and (found is None or any(_is_in(place, generated.splice) for place in found.places)):
        return _generated(view, generated)
    return links(view, found, asked[0].lines) if asked and found else None


def _is_in(place: Place, splice: Placed) -> bool:
    return place.path == splice.run.path and splice.start <= place.name[0] <= splice.end


def _generated(view: View, found: Generated) -> Links:
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

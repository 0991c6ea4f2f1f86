"""Places that navigation finds, as the editor wants to have them."""

from lsprotocol import types

from thatch.core.navigation.places import Found, Place
from thatch.core.navigation.seen import Seen
from thatch.core.text import LineIndex, Position, Range
from thatch.lsp import convert
from thatch.lsp.session import View

Links = list[types.LocationLink] | list[types.Location]


async def seen_at(view: View, uri: str, position: types.Position) -> tuple[Seen, int] | None:
    """What is known of the code of a document, and the offset of a position in it; None if nothing is known.

    May be cancelled at any time.
    """
    path = convert.path(uri)
    seen = await view.modules.seen(path, view.snapshot.documents) if path else None
    if seen is None:
        return None
    return seen, seen.lines.offset(Position(position.line, position.character), view.client.encoding)


def links(view: View, found: Found, origin: LineIndex) -> Links:
    """Places to go to, for an editor that can be told where the question was and for one that cannot."""
    if not view.client.shows.links:
        return [location(view, place) for place in found.places]
    asked = to_range(view, origin, found.origin)
    return [
        types.LocationLink(
            view.uri(place.path),
            to_range(view, place.lines, place.whole),
            to_range(view, place.lines, place.name),
            asked,
        )
        for place in found.places
    ]


def location(view: View, place: Place) -> types.Location:
    """The name of a place alone."""
    return types.Location(view.uri(place.path), to_range(view, place.lines, place.name))


def link(view: View, place: Place) -> str:
    """A URI to show to users; editors take a fragment for a line, counted from 1."""
    return f"{view.uri(place.path)}#L{place.lines.line_of(place.name[0]) + 1}"


def offsets(view: View, lines: LineIndex, region: types.Range) -> tuple[int, int]:
    """A region of the editor's as offsets into a text."""
    asked = convert.from_lsp_range(region)
    return lines.offset(asked.start, view.client.encoding), lines.offset(asked.end, view.client.encoding)


def to_range(view: View, lines: LineIndex, region: tuple[int, int]) -> types.Range:
    """Offsets into a text as the editor counts."""
    start, end = (lines.position(offset, view.client.encoding) for offset in region)
    return convert.to_lsp_range(Range(start, end))

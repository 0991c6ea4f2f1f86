"""`textDocument/documentHighlight`: where the name at a place occurs in its file, read or written."""

from lsprotocol import types

from thatch.core.navigation.highlight import Use, highlights
from thatch.lsp.places import seen_at, to_range
from thatch.lsp.session import View

KINDS = {
    Use.READ: types.DocumentHighlightKind.Read,
    Use.WRITE: types.DocumentHighlightKind.Write,
    Use.TEXT: types.DocumentHighlightKind.Text,
}


async def handle(view: View, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """The occurrences in the order of the text.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    if asked is None:
        return None
    seen, offset = asked
    return [
        types.DocumentHighlight(to_range(view, seen.lines, region), KINDS[use])
        for region, use in highlights(seen, offset)
    ]

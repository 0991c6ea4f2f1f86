"""`textDocument/prepareRename`: what would be renamed at a place, or why it cannot be."""

from lsprotocol import types

from thatch.core.rename.target import find_target
from thatch.lsp.places import seen_at, to_range
from thatch.lsp.session import View


async def handle(view: View, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """The name and its place; the reason as an error where it cannot be renamed.  May be cancelled at any time."""
    asked = await seen_at(view, params.text_document.uri, params.position)
    target = await find_target(view.code, *asked) if asked else None
    if asked is None or target is None:
        return None
    return types.PrepareRenamePlaceholder(to_range(view, asked[0].lines, target.region), target.label)

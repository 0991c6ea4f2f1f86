"""`textDocument/codeAction`: fixes of what GHC says, other changes of the code, and what can be done with a splice."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.fix_actions import fix_actions
from thatch.lsp.session import View
from thatch.lsp.splice_actions import splice_actions


async def handle(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, among the kinds that were asked for.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None or not view.client.shows.actions:
        return []
    return [*await fix_actions(view, path, params), *await splice_actions(view, path, params)]

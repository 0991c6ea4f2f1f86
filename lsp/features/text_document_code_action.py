"""`textDocument/codeAction`: fixes of what GHC and hlint say, changes, splices, what can be run or evaluated."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.cabal_actions import for_description, in_description
from thatch.lsp.evaluation import evaluation_actions
from thatch.lsp.fix_actions import fix_actions
from thatch.lsp.hint_actions import hint_actions
from thatch.lsp.run_lenses import run_actions
from thatch.lsp.session import View
from thatch.lsp.splice_actions import splice_actions
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, among the kinds that were asked for.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None or not view.client.shows.actions:
        return []
    if path.suffix == CABAL:
        return await in_description(view, path, params)
    families = (fix_actions, for_description, hint_actions, splice_actions, run_actions, evaluation_actions)
    return [action for family in families for action in await family(view, path, params)]

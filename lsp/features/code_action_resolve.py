"""`codeAction/resolve`: the edit of a code action, made when the user takes it."""

from attrs import evolve
from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.lsp.actions import workspace_edit
from thatch.lsp.session import View
from thatch.lsp.splice_edit import replacing
from thatch.lsp.splices import key_in


async def handle(view: View, params: types.CodeAction) -> types.CodeAction:
    """The same action with its edit; an error when its splice is gone.  May be cancelled at any time."""
    key = key_in(params.data)
    if key is None:
        return params
    one = await view.splices.named(view.snapshot, key)
    if one is None:
        raise ThatchError(message="The splice was changed since.")
    how = await replacing(view, one)
    if how.inlining is None:
        raise ThatchError(message=how.obstacle)
    return evolve(params, edit=workspace_edit(view, one.run.path, one.lines, how.inlining.edits))

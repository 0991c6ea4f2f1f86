"""`textDocument/rename`: a name gets another one everywhere, or nowhere and the reason is said."""

from lsprotocol import types

from thatch.core.rename.rename import rename
from thatch.lsp.edits import workspace_edit
from thatch.lsp.places import seen_at
from thatch.lsp.session import Session


async def handle(session: Session, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """The edits of all files, once GHC has judged what was typed.  May be cancelled at any time."""
    await session.settle()
    view = session.view()
    asked = await seen_at(view, params.text_document.uri, params.position)
    found = await rename(view.code, *asked, params.new_name) if asked else None
    if found is None:
        return None
    return workspace_edit(view, [(each.path, each.lines, each.edits) for each in found])

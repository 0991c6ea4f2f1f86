"""`workspace/willRenameFiles`: modules are called as their files will be, wherever they are named."""

from lsprotocol import types

from thatch.core.rename.move import move
from thatch.lsp import convert
from thatch.lsp.edits import workspace_edit
from thatch.lsp.session import View


async def handle(view: View, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """The edits that go with the moves, in files that have their old names still.  May be cancelled at any time."""
    paths = ((convert.path(one.old_uri), convert.path(one.new_uri)) for one in params.files)
    moves = {old: new for old, new in paths if old and new}
    units = [unit for project in view.snapshot.projects for unit in project.units]
    found = await move(view.code, units, moves)
    return workspace_edit(view, [(each.path, each.lines, each.edits) for each in found]) if found else None

"""The command `thatch.takeFix`: does what a lens says, given by the document's URI and the lens's title."""

from typing import Any

from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.lsp import convert
from thatch.lsp.fix_lenses import edit_of
from thatch.lsp.session import Session


async def handle(session: Session, arguments: tuple[Any, ...]) -> None:
    """Have the editor change the document as it is now.  May be cancelled at any time."""
    if len(arguments) != 2 or not all(isinstance(one, str) for one in arguments):
        raise ThatchError(message="thatch.takeFix takes the URI of a document and the title of a lens.")
    path = convert.path(arguments[0])
    edit = await edit_of(session.view(), path, arguments[1]) if path else None
    if edit is None:
        raise ThatchError(message="The code was changed since.")
    session.apply_edit(types.ApplyWorkspaceEditParams(edit=edit, label=arguments[1]))

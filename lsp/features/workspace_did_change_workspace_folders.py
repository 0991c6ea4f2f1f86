"""`workspace/didChangeWorkspaceFolders`: the user added or removed folders."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


def handle(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Check the added folders, and the removed ones no longer."""
    for folder in params.event.removed:
        if (path := convert.path(folder.uri)) is not None:
            session.remove_folder(path)
    for folder in params.event.added:
        if (path := convert.path(folder.uri)) is not None:
            session.add_folder(path)

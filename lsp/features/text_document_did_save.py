"""`textDocument/didSave`: the file now holds the editor's text."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


def handle(session: Session, params: types.DidSaveTextDocumentParams) -> None:
    """Tell the workspace."""
    path = convert.path(params.text_document.uri)
    if path is not None:
        session.save_document(path)

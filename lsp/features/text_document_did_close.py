"""`textDocument/didClose`: from now on the file's text counts again."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


def handle(session: Session, params: types.DidCloseTextDocumentParams) -> None:
    """Forget the text and tell the workspace."""
    path = convert.path(params.text_document.uri)
    if path is not None:
        session.close_document(path)

"""`textDocument/didOpen`: from now on the editor's text counts, not the file's."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


def handle(session: Session, params: types.DidOpenTextDocumentParams) -> None:
    """Keep the text and tell the workspace; a document that is no local file is none of ours."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return
    session.documents.open(path, params.text_document)
    session.open_document(path)

"""`textDocument/didChange`: the editor's text changed, in whole or in parts."""

import logging

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session

log = logging.getLogger(__name__)


def handle(session: Session, params: types.DidChangeTextDocumentParams) -> None:
    """Change the text and tell the workspace."""
    path = convert.path(params.text_document.uri)
    if path is None:
        return
    if session.documents.change(path, params.text_document.version, params.content_changes) is None:
        log.warning("%s was changed without having been opened.", path)
        return
    session.change_document(path)

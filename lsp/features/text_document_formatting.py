"""`textDocument/formatting`: a document as the user's own formatter writes it."""

from lsprotocol import types

from thatch.lsp.formatting import formatting
from thatch.lsp.session import Session


async def handle(session: Session, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The lines that change; an error where the code cannot be formatted.  May be cancelled at any time."""
    return await formatting(session, params.text_document.uri, None)

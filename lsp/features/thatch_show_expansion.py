"""The command `thatch.showExpansion`: opens the document that shows a splice's expansion, given by its URI."""

from typing import Any

from thatch.core.errors import ThatchError
from thatch.lsp.session import Session
from thatch.lsp.splices import read_key


async def handle(session: Session, arguments: tuple[Any, ...]) -> None:
    """Ask the editor to open the document."""
    key = read_key(arguments[0]) if arguments and isinstance(arguments[0], str) else None
    if key is None:
        raise ThatchError(message="thatch.showExpansion takes the URI of an expansion.")
    if not session.client.shows.documents:
        raise ThatchError(message="The editor does not open documents when asked to.")
    session.show_document(key.uri)

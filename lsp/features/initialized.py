"""`initialized`: the editor is ready; the work begins."""

from lsprotocol import types

from thatch.lsp.session import Session


def handle(session: Session, _params: types.InitializedParams) -> None:
    """Start the session's work in the background."""
    session.start()

"""`workspace/didChangeConfiguration`: the user changed settings."""

from lsprotocol import types

from thatch.lsp.session import Session


def handle(session: Session, params: types.DidChangeConfigurationParams) -> None:
    """Use the new settings; those sent along count only when the editor cannot be asked."""
    session.configure(params.settings)

"""`workspace/didChangeWatchedFiles`: the editor's watcher, which thatch does not need but listens to."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import Session


def handle(session: Session, params: types.DidChangeWatchedFilesParams) -> None:
    """Tell the workspace which files changed."""
    paths = (convert.path(change.uri) for change in params.changes)
    session.files_changed(frozenset(path for path in paths if path is not None))

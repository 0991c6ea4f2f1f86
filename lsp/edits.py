"""Changes of files as the editor wants to have them."""

from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types

from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.lsp.places import to_range
from thatch.lsp.session import View

Changes = Sequence[tuple[Path, LineIndex, Sequence[Edit]]]
"""Files, their texts as they are now, and what is to change there."""


def workspace_edit(view: View, changes: Changes) -> types.WorkspaceEdit:
    """One edit of all files, which names the versions of open documents if the editor can make use of that."""
    edits = {view.uri(path): text_edits(view, lines, changed) for path, lines, changed in changes}
    if not view.client.shows.document_changes:
        return types.WorkspaceEdit(changes=edits)
    versions = {view.uri(path): document.version for path, document in view.snapshot.documents.items()}
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, versions.get(uri)), changed)
            for uri, changed in edits.items()
        ]
    )


def text_edits(view: View, lines: LineIndex, edits: Sequence[Edit]) -> list[types.TextEdit]:
    """The edits of one file."""
    return [types.TextEdit(to_range(view, lines, (edit.start, edit.end)), edit.text) for edit in edits]

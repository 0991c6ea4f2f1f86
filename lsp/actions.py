"""What all code actions have in common: the kinds that are asked for, and edits as the editor takes them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types

from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.lsp import convert
from thatch.lsp.session import View

Kinds = Sequence[types.CodeActionKind | str] | None
"""The kinds that an editor asks for; None for all."""


def wanted(kind: str, only: Kinds) -> bool:
    """Whether a kind is asked for: by itself, or by one that it is a part of."""
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ("",)]
    return any(one == "" or kind == one or kind.startswith(f"{one}.") for one in asked)


def workspace_edit(view: View, path: Path, lines: LineIndex, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Edits of one file, for the version of its buffer that they were made for; `lines` is the file's text."""
    changes = [
        types.TextEdit(convert.region(edit.start, edit.end, lines, view.client.encoding), edit.text) for edit in edits
    ]
    document = view.snapshot.documents.get(path)
    uri = view.uri(path)
    if not view.client.shows.document_changes:
        return types.WorkspaceEdit(changes={uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, document.version if document else None)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])

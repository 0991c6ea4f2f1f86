"""The edit that puts an expansion in the place of its splice, for the editor."""

from lsprotocol import types

from thatch.core.splice_edits import Inlined, replace_splice
from thatch.core.splices import SpliceKind
from thatch.core.text import Encoding, Range
from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.splices import Placed, Shown


def obstacle(one: Placed, shown: Shown) -> str:
    """Why a splice cannot be replaced by its expansion; empty if it can."""
    if one.run.result is None:
        return "The splice gave no result when it ran last."
    if one.run.kind is SpliceKind.ANNOTATION:
        return "The value of an annotation has no source."
    if one.run.path.suffix in {".lhs", ".lhs-boot"}:
        return "The expansion cannot be written into literate Haskell."
    return shown.trouble


def workspace_edit(view: View, one: Placed, shown: Shown) -> types.WorkspaceEdit:
    """One edit of one file: the splice, and the imports and extensions that the expansion needs."""
    made = shown.expansion
    assert made is not None
    inlined = Inlined(text=made.text, imports=tuple(made.imports), extensions=tuple(made.extensions))
    edits = replace_splice(one.lines.text, one.start, one.end, one.run.kind, inlined)
    changes = [types.TextEdit(_range(one, edit.start, edit.end, view.client.encoding), edit.text) for edit in edits]
    document = view.snapshot.documents.get(one.run.path)
    uri = view.uri(one.run.path)
    if not view.client.shows.document_changes:
        return types.WorkspaceEdit(changes={uri: changes})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, document.version if document else None)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, changes)])


def _range(one: Placed, start: int, end: int, encoding: Encoding) -> types.Range:
    return convert.to_lsp_range(Range(one.lines.position(start, encoding), one.lines.position(end, encoding)))

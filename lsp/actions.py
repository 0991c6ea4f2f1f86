"""What all code actions have in common: the kinds that are asked for, and edits as the editor takes them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types

from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.lsp.edits import workspace_edit as edits_of_files
from thatch.lsp.session import View

TAKE_FIX = "thatch.takeFix"
"""The command that a lens carries; its arguments are the document's URI and the title of the action."""

EVALUATE = "thatch.evaluate"
"""The command that evaluates examples; see its feature for the arguments."""

Kinds = Sequence[types.CodeActionKind | str] | None
"""The kinds that an editor asks for; None for all."""


def wanted(kind: str, only: Kinds) -> bool:
    """Whether a kind is asked for: by itself, or by one that it is a part of."""
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ("",)]
    return any(one == "" or kind == one or kind.startswith(f"{one}.") for one in asked)


def workspace_edit(view: View, path: Path, lines: LineIndex, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Edits of one file, for the version of its buffer that they were made for; `lines` is the file's text."""
    return edits_of_files(view, [(path, lines, tuple(edits))])

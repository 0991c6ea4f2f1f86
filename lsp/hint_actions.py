"""What can be done about hlint's hints at a place of an open document, as code actions."""

import asyncio
from pathlib import Path

from lsprotocol import types

from thatch.core.documents import Document
from thatch.core.tools.hint_fixes import hint_fixes
from thatch.core.tools.hints import Hint
from thatch.lsp import convert
from thatch.lsp.actions import wanted, workspace_edit
from thatch.lsp.session import View


async def hint_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, as far as hlint has seen the text as it is now.  May be cancelled at any time."""
    document = view.snapshot.documents.get(path)
    if document is None or not wanted(types.CodeActionKind.QuickFix.value, params.context.only):
        return []
    region = convert.from_lsp_range(params.range)
    hints = [
        hint
        for hint in view.linter.fresh(path, document.text)
        if (place := document.lines.visible_range(hint.span, view.client.encoding)).start <= region.end
        and region.start <= place.end
    ]
    return await asyncio.to_thread(_actions, view, document, hints) if hints else []


def _actions(view: View, document: Document, hints: list[Hint]) -> list[types.CodeAction]:
    return [
        types.CodeAction(
            fix.title,
            kind=fix.kind.value,
            diagnostics=[convert.diagnostic(each, lambda _: document.lines, view.client) for each in fix.diagnostics],
            edit=workspace_edit(view, document.path, document.lines, fix.edits),
        )
        for hint in hints
        for fix in hint_fixes(document.path, document.lines, hint)
    ]

"""What can be done about the messages at a place of an open document, as code actions."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen
from lsprotocol import types

from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document, read_text
from thatch.core.fixes.model import Fix
from thatch.core.fixes.offers import fixes
from thatch.core.fixes.source import Source
from thatch.core.th.scope import NoExports
from thatch.core.workspace import Snapshot
from thatch.lsp import convert
from thatch.lsp.actions import wanted, workspace_edit
from thatch.lsp.session import View


async def fix_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, as far as what GHC said is about the text as it is now.

    May be cancelled at any time.
    """
    document = view.snapshot.documents.get(path)
    if document is None:
        return []
    home = next((home for home in view.modules.homes() if home.key.path == path), None)
    exports = await home.files.exports(home.module.unit) if home else NoExports()
    return await asyncio.to_thread(_actions, view, Source(path, document.lines, exports), document, params)


def current(snapshot: Snapshot, document: Document) -> tuple[Diagnostic, ...]:
    """What GHC says of a buffer's text; nothing as long as it speaks of another text.  Blocking."""
    version = snapshot.versions.get(document.path)
    if version != document.version and (version is not None or read_text(document.path) != document.text):
        return ()
    return snapshot.diagnostics.get(document.path, ())


@frozen
class _Asked:
    """A message that the editor asks about."""

    one: Diagnostic
    shown: types.Diagnostic
    """As the editor has it."""


def _actions(view: View, source: Source, document: Document, params: types.CodeActionParams) -> list[types.CodeAction]:
    asked = list(_asked(view, document, params))
    found = fixes(source, [each.one for each in asked])
    only = params.context.only
    return [_action(view, document, fix, asked) for fix in found if wanted(fix.kind.value, only)]


def _asked(view: View, document: Document, params: types.CodeActionParams) -> Iterator[_Asked]:
    """The messages that the range touches, and those that the editor names: it may mean all of the line."""
    wanted_range = convert.from_lsp_range(params.range)
    for one in current(view.snapshot, document):
        place = convert.place(one.span, document.lines, view.client.encoding)
        named = [each for each in params.context.diagnostics if each.range == place and each.message == one.text]
        region = convert.from_lsp_range(place)
        if named or (region.start <= wanted_range.end and wanted_range.start <= region.end):
            yield _Asked(one, named[0] if named else convert.diagnostic(one, lambda _: document.lines, view.client))


def _action(view: View, document: Document, fix: Fix, asked: Sequence[_Asked]) -> types.CodeAction:
    return types.CodeAction(
        fix.title,
        kind=fix.kind.value,
        diagnostics=[each.shown for each in asked if each.one in fix.diagnostics] or None,
        is_preferred=fix.preferred or None,
        edit=workspace_edit(view, document.path, document.lines, fix.edits),
    )

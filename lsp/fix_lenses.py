"""Lenses that write down what GHC inferred; each is a code action too, which the lens takes by its title."""

import asyncio
from pathlib import Path

from lsprotocol import types

from thatch.core.fixes.model import Fix
from thatch.core.fixes.rewrites import top_level_signatures
from thatch.core.fixes.source import Source
from thatch.lsp.actions import TAKE_FIX, workspace_edit
from thatch.lsp.fix_actions import exports_of, source_of
from thatch.lsp.places import to_range
from thatch.lsp.session import View


async def fix_lenses(view: View, path: Path) -> list[types.CodeLens]:
    """A lens above each binding of the top level without a signature.  May be cancelled at any time."""
    if not view.client.shows.applies_edits:
        return []
    found = await _fixes(view, path)
    return [_lens(view, path, found[0], fix) for fix in found[1]] if found else []


async def edit_of(view: View, path: Path, title: str) -> types.WorkspaceEdit | None:
    """The edit of the lens with some title; None if there is none any more.  May be cancelled at any time."""
    source, some = await _fixes(view, path) or (None, [])
    fix = next((fix for fix in some if fix.title == title), None)
    return workspace_edit(view, path, source.lines, fix.edits) if source and fix else None


async def _fixes(view: View, path: Path) -> tuple[Source, list[Fix]] | None:
    """The document as it is now, and what lenses can do in it."""
    document = view.snapshot.documents.get(path)
    seen = await view.modules.seen(path, view.snapshot.documents) if document else None
    if document is None or seen is None:
        return None
    source = source_of(path, document.lines, await exports_of(view, path))
    # The types of local bindings are hints, and actions.
    return source, await asyncio.to_thread(lambda: list(top_level_signatures(source, seen)))


def _lens(view: View, path: Path, source: Source, fix: Fix) -> types.CodeLens:
    at = fix.edits[0].start
    command = types.Command(fix.title, TAKE_FIX, arguments=[view.uri(path), fix.title])
    return types.CodeLens(to_range(view, source.lines, (at, at)), command)

"""What can be done about the messages at a place of an open document, and at a place without one, as code actions."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attrs import define
from lsprotocol import types

from thatch.core.diagnostics import Diagnostic
from thatch.core.documents import Document, read_text
from thatch.core.fixes.imports import FLAG, organize
from thatch.core.fixes.model import Fix, FixKind
from thatch.core.fixes.offers import fixes
from thatch.core.fixes.rewrites import rewrites
from thatch.core.fixes.scope import missing_name
from thatch.core.fixes.source import Source
from thatch.core.navigation.seen import Seen
from thatch.core.text import LineIndex
from thatch.core.th.scope import Exports, NoExports
from thatch.core.workspace import Snapshot
from thatch.lsp import convert
from thatch.lsp.actions import wanted, workspace_edit
from thatch.lsp.places import offsets
from thatch.lsp.session import View

NOTHING = NoExports()


async def fix_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, as far as what GHC said is about the text as it is now.

    May be cancelled at any time.
    """
    document = view.snapshot.documents.get(path)
    if document is None:
        return []
    seen = await view.modules.seen(path, view.snapshot.documents)
    source = source_of(path, document.lines, await exports_of(view, path))
    question = _Question(view, document, source, seen, params)
    for name in await asyncio.to_thread(question.missing):
        source.importable[name] = await view.completer().named(view.code, path, name)
    return await asyncio.to_thread(question.answer)


def source_of(path: Path, lines: LineIndex, exports: Exports) -> Source:
    """A text as fixes see it, remembered as long as it stays the same: editors ask at every move of the cursor."""
    known = _LATEST.get(path)
    if known is None or known.lines is not lines or known.exports is not exports:
        _LATEST.clear()
        known = _LATEST[path] = Source(path, lines, exports)
    return known


_LATEST: dict[Path, Source] = {}
"""The text that was asked about last."""


async def exports_of(view: View, path: Path) -> Exports:
    """What the modules export that a file can import; nothing is known of a file of no project.

    May be cancelled at any time.
    """
    home = next((home for home in view.modules.homes() if home.key.path == path), None)
    return await home.files.exports(home.module.unit) if home else NOTHING


def current(snapshot: Snapshot, document: Document) -> tuple[Diagnostic, ...]:
    """What GHC says of a buffer's text; nothing as long as it speaks of another text.  Blocking."""
    version = snapshot.versions.get(document.path)
    if version != document.version and (version is not None or read_text(document.path) != document.text):
        return ()
    return snapshot.diagnostics.get(document.path, ())


@define(slots=False)
class _Question:
    """What the editor asks, with all that the answer is made of.  Its methods block."""

    view: View
    document: Document
    source: Source
    seen: Seen | None
    params: types.CodeActionParams

    def answer(self) -> list[types.CodeAction]:
        """The actions, those first that GHC's messages ask for; each once, whoever thought of it."""
        found = {(fix.title, fix.edits): fix for fix in reversed(list(self._fixes()))}
        return [self._action(fix) for fix in reversed(found.values())]

    def missing(self) -> set[str]:
        """The names that the messages say are not in scope, without qualifiers."""
        if not wanted(FixKind.QUICK_FIX.value, self.params.context.only):
            return set()
        return {found.name for one in self._asked if (found := missing_name(self.source, one))}

    def _fixes(self) -> Iterator[Fix]:
        only = self.params.context.only
        if wanted(FixKind.QUICK_FIX.value, only):
            yield from fixes(self.source, self._asked)
        is_about_imports = any(one.flag == FLAG for one in self._asked)
        if wanted(FixKind.ORGANIZE_IMPORTS.value, only) and (only or is_about_imports):
            yield from organize(self.source, self._current)
        if self.seen is not None and wanted(FixKind.REWRITE.value, only):
            yield from rewrites(self.source, self.seen, offsets(self.view, self.source.lines, self.params.range))

    @cached_property
    def _current(self) -> tuple[Diagnostic, ...]:
        return current(self.view.snapshot, self.document)

    @cached_property
    def _asked(self) -> Mapping[Diagnostic, types.Diagnostic]:
        return touched(self.view, self.document.lines, self._current, self.params)

    def _action(self, fix: Fix) -> types.CodeAction:
        return types.CodeAction(
            fix.title,
            kind=fix.kind.value,
            diagnostics=[self._asked.get(one) or _shown(self.view, self.document.lines, one) for one in fix.diagnostics]
            or None,
            is_preferred=fix.preferred or None,
            edit=workspace_edit(self.view, self.document.path, self.document.lines, fix.edits),
        )


def touched(
    view: View, lines: LineIndex, said: Iterable[Diagnostic], params: types.CodeActionParams
) -> dict[Diagnostic, types.Diagnostic]:
    """The messages of a text that a range touches, and those that the editor names, as it has them.

    It may mean all of the line that the range is in.
    """
    asked = convert.from_lsp_range(params.range)
    found = {}
    for one in said:
        place = convert.place(one.span, lines, view.client.encoding)
        named = [each for each in params.context.diagnostics if _is_same(each, place, one)]
        region = convert.from_lsp_range(place)
        if named or (region.start <= asked.end and asked.start <= region.end):
            found[one] = named[0] if named else _shown(view, lines, one)
    return found


def _shown(view: View, lines: LineIndex, one: Diagnostic) -> types.Diagnostic:
    return convert.diagnostic(one, lambda _: lines, view.client)


def _is_same(shown: types.Diagnostic, place: types.Range, one: Diagnostic) -> bool:
    return shown.range == place and shown.message == one.text

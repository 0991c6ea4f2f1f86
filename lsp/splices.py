"""The splices of an editor's files: where they stand by now, their expansions, and the URIs of documents made of them.

What is shown of them is decided in `core/splice_views.py`; the features ask here.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from attrs import frozen
from lsprotocol import types

from thatch.core.diagnostics import Span
from thatch.core.errors import ThatchError, unexpected
from thatch.core.position_map import PositionMap
from thatch.core.splices.inline import extent
from thatch.core.splices.runs import FileSplices, SpliceRun
from thatch.core.splices.views import Expansion, Page, markdown, page, plain
from thatch.core.text import Encoding, LineIndex, Position, Range
from thatch.core.workspace import Snapshot
from thatch.lsp import convert

log = logging.getLogger(__name__)

SCHEME = "thatch-splice"
"""The scheme of the URIs of expansions."""

SHOW_EXPANSION = "thatch.showExpansion"
"""The command that opens the document of a splice, whose URI is its argument."""

RUN_AGAIN = "thatch.runSpliceAgain"
"""The command that runs a stopped splice again; its argument is the URI of the splice's document."""

KEPT_EXPANSIONS = 500
"""How many expansions are remembered."""

KEPT_FILES = 100
"""For how many files the places of their splices are remembered."""

KEPT_KEYS = 2000
"""How many splices that the editor knows by name are followed when they run again."""

Expand = Callable[[Path, SpliceRun], Awaitable[Expansion]]
"""Makes an expansion; raises `ThatchError` when the result cannot be shown."""


@frozen
class SpliceKey:
    """Names a splice towards the editor: where it began when it was first spoken of."""

    path: Path
    line: int
    """1-based, as GHC counts."""

    column: int
    """1-based, as GHC counts."""

    @property
    def uri(self) -> str:
        """The URI of the document that shows the expansion; it ends in `.hs`, by which editors know the language."""
        return f"{SCHEME}://{quote_from_bytes(bytes(self.path))}/splice-{self.line}-{self.column}.hs"


@frozen
class Shown:
    """An expansion, or why there is none to be shown."""

    expansion: Expansion | None
    trouble: str = ""


@frozen
class Placed:
    """A splice and its place in a file's text as it is now."""

    run: SpliceRun
    compiled: str
    """The text that it ran in."""

    lines: LineIndex
    """The text as it is now."""

    start: int
    """The offset of its first character in the text as it is now, its `$` or `[` included."""

    end: int

    def range(self, encoding: Encoding) -> types.Range:
        """All of it as an editor counts."""
        start, end = self.lines.position(self.start, encoding), self.lines.position(self.end, encoding)
        return convert.to_lsp_range(Range(start, end))


class Splices:
    """Remembers what was worked out, so that asking again costs nothing.  Lives as long as the session."""

    def __init__(self, expand: Expand) -> None:
        self._expand = expand
        # One after the other: threads would not make it faster, and others on the loop get their turns in between.
        self._expanding = asyncio.Lock()
        self._shown: OrderedDict[tuple[SpliceRun, str], asyncio.Task[Shown]] = OrderedDict()
        self._placed: OrderedDict[Path, tuple[FileSplices, LineIndex, tuple[Placed, ...]]] = OrderedDict()
        self._named: OrderedDict[SpliceKey, tuple[str, SpliceRun]] = OrderedDict()
        self._documents: OrderedDict[SpliceKey, None] = OrderedDict()

    async def in_file(self, snapshot: Snapshot, path: Path) -> tuple[Placed, ...]:
        """The splices of a file that still stand in it unchanged, sorted by place.  May be cancelled at any time."""
        file = snapshot.splices.get(path)
        if file is None:
            return ()
        document = snapshot.documents.get(path)
        known = self._placed.get(path)
        if known and known[0] is file and document and known[1].text == document.text:
            return known[2]
        text = document.text if document else await asyncio.to_thread(snapshot.text, path)
        lines, placed = await asyncio.to_thread(_place, file, text or "", document.lines if document else None)
        _keep(self._placed, path, (file, lines, placed), KEPT_FILES)
        return placed

    async def at(self, snapshot: Snapshot, path: Path, position: types.Position, encoding: Encoding) -> Placed | None:
        """The innermost splice that a position touches.  May be cancelled at any time."""
        placed = await self.in_file(snapshot, path)
        if not placed:
            return None
        offset = placed[0].lines.offset(Position(position.line, position.character), encoding)
        touched = [one for one in placed if one.start <= offset <= one.end]
        return min(touched, key=lambda one: one.end - one.start, default=None)

    async def named(self, snapshot: Snapshot, key: SpliceKey) -> Placed | None:
        """The splice that a key names, if it still stands in its file unchanged.  May be cancelled at any time."""
        found = await self.find(snapshot, key)
        placed = await self.in_file(snapshot, key.path)
        return next((one for one in placed if found and one.run == found[1]), None)

    async def shown(self, run: SpliceRun, compiled: str) -> Shown:
        """The expansion of a splice that ran in a text; made once.  May be cancelled at any time."""
        if run.result is None:
            return Shown(None)
        task = self._shown.get((run, compiled))
        if task is None:
            task = asyncio.create_task(self._show(run), name=f"expand {run.module}")
            task.add_done_callback(lambda done: self._forget_failure(run, compiled, done))
        _keep(self._shown, (run, compiled), task, KEPT_EXPANSIONS)
        # Who waits may go away; the others still want it.
        return await asyncio.shield(task)

    def known(self, run: SpliceRun, compiled: str) -> Shown | None:
        """The expansion, if it was made already."""
        task = self._shown.get((run, compiled))
        return task.result() if task is not None and task.done() and not task.cancelled() else None

    def name(self, run: SpliceRun, compiled: str) -> str:
        """The URI that names a splice towards the editor; it will still mean that splice when it has moved."""
        key = SpliceKey(run.path, run.span.start_line, run.span.start_column)
        _keep(self._named, key, (compiled, run), KEPT_KEYS)
        return key.uri

    def close(self) -> None:
        """Work out nothing more."""
        for task in self._shown.values():
            task.cancel()

    async def find(self, snapshot: Snapshot, key: SpliceKey) -> tuple[FileSplices, SpliceRun] | None:
        """The splice that a key names, also after it moved and ran again.  May be cancelled at any time."""
        file = snapshot.splices.get(key.path)
        if file is None:
            return None
        runs = {one.span: one for one in _distinct(file.runs)}
        text, named = self._named.get(key, (file.text, None))
        if named is not None and text != file.text:
            moved = await asyncio.to_thread(lambda: PositionMap(text, file.text).span(named.span))
        else:
            moved = named.span if named else None
        run = (runs.get(moved) if moved else None) or next((runs[span] for span in runs if _begins(span, key)), None)
        if run is None:
            return None
        _keep(self._named, key, (file.text, run), KEPT_KEYS)
        return file, run

    async def page(self, snapshot: Snapshot, key: SpliceKey) -> Page:
        """The document that shows a splice; it says so when the splice is gone.  May be cancelled at any time."""
        # Also one that is not there, or not yet: an editor opens such documents again before anything has run.
        _keep(self._documents, key, None, KEPT_KEYS)
        found = await self.find(snapshot, key)
        if found is None:
            return Page(f"-- There is no splice at line {key.line} of {key.path.name} any more.\n", 0)
        file, run = found
        shown = await self.shown(run, file.text)
        return page(run, shown.expansion, shown.trouble)

    def changed(self, paths: frozenset[Path]) -> list[SpliceKey]:
        """Some files' splices ran again; returns the keys of those of which documents were asked for."""
        for run, text in [known for known in self._shown if known[0].path in paths]:
            # What else the module imports decides how names are written.
            del self._shown[run, text]
        return [key for key in self._documents if key.path in paths]

    def _forget_failure(self, run: SpliceRun, compiled: str, done: asyncio.Task[Shown]) -> None:
        """What could not be shown may be shown next time: interfaces may have been missing."""
        failed = done.cancelled() or done.result().expansion is None
        if failed and self._shown.get((run, compiled)) is done:
            del self._shown[run, compiled]

    async def _show(self, run: SpliceRun) -> Shown:
        try:
            async with self._expanding:
                return Shown(await self._expand(run.path, run))
        except ThatchError as error:
            return Shown(None, str(error))
        except Exception as error:  # One splice that cannot be shown must not hide the others.
            log.exception("Could not expand the splice at %s:%s", run.path, run.span)
            return Shown(None, str(unexpected(error)))


def key_in(data: object) -> SpliceKey | None:
    """The splice that `data` of an answer names, as the editor gives it back; None when it is none of ours."""
    uri = data.get("splice") if isinstance(data, dict) else getattr(data, "splice", None)
    return read_key(uri) if isinstance(uri, str) else None


def markup(run: SpliceRun, shown: Shown, *, in_markdown: bool, remark: str) -> types.MarkupContent:
    """An expansion as a tooltip, with a remark behind it."""
    kind, told = (types.MarkupKind.Markdown, markdown) if in_markdown else (types.MarkupKind.PlainText, plain)
    said = told(run, shown.expansion, shown.trouble)
    return types.MarkupContent(kind, f"{said}\n\n{remark}" if remark else said)


def age(*, is_edited: bool, replays: bool) -> str:
    """What an expansion is of when the text is another one than that in which the splice ran; else nothing."""
    if not is_edited:
        return ""
    replayed = "; replayed while you type" if replays else ""
    return f"As of its last evaluation, before the latest edits{replayed}."


def line_range(whole: Page, number: int, encoding: Encoding) -> types.Range:
    """One line of an expansion (0-based) in the document that shows it, without its indentation."""
    lines = LineIndex(whole.text)
    text = lines.line_text(whole.first_line + number)
    start = lines.ghc_offset(whole.first_line + number + 1, 1)
    region = start + len(text) - len(text.lstrip()), start + len(text.rstrip())
    return convert.to_lsp_range(Range(*(lines.position(offset, encoding) for offset in region)))


def read_key(uri: str) -> SpliceKey | None:
    """The splice that a URI names; None when it is not one of ours."""
    parts = urlsplit(uri)
    if parts.scheme != SCHEME:
        return None
    found = _URI_PATH.fullmatch(unquote_to_bytes(parts.path).decode("utf-8", "surrogateescape"))
    return SpliceKey(Path(found[1]), int(found[2]), int(found[3])) if found else None


_URI_PATH = re.compile(r"(/.+)/splice-(\d{1,9})-(\d{1,9})\.hs", re.DOTALL)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _keep(known: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Remember one more, and forget what was used least recently."""
    known[key] = value
    known.move_to_end(key)
    while len(known) > most:
        known.popitem(last=False)


def _place(file: FileSplices, text: str, lines: LineIndex | None) -> tuple[LineIndex, tuple[Placed, ...]]:
    then, now = LineIndex(file.text), lines or LineIndex(text)
    moved = PositionMap(file.text, text)
    found = [
        Placed(run, file.text, now, *region)
        for run in _distinct(file.runs)
        if (region := moved.region(*extent(then, run.span))) is not None
    ]
    return now, tuple(sorted(found, key=lambda one: (one.start, -one.end)))


def _distinct(runs: Iterable[SpliceRun]) -> list[SpliceRun]:
    """One run for each place: a file of several units runs in each, and may fail in one."""
    best: dict[Span, SpliceRun] = {}
    for run in runs:
        other = best.get(run.span)
        if other is None or (other.result is None and run.result is not None):
            best[run.span] = run
    return list(best.values())


def _begins(span: Span, key: SpliceKey) -> bool:
    return (span.start_line, span.start_column) == (key.line, key.column)

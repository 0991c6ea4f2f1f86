"""Splices as if they had run: an editor whose workspace knows some, and what they became."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from tests.support.editor import JSON, Editor
from tests.support.fake_workspace import FakeWorkspace
from tests.support.markers import Label, annotate, parse_file
from thatch.core.diagnostics import Span
from thatch.core.errors import ThatchError
from thatch.core.events import Listener, SplicesChanged
from thatch.core.settings import Settings
from thatch.core.splices.runs import FileSplices, SpliceKind, SpliceRun
from thatch.core.workspace import Snapshot

KINDS = {kind.value: kind for kind in SpliceKind}


@frozen
class Made:
    """An expansion."""

    text: str
    imports: Sequence[str] = ()
    extensions: Sequence[str] = ()
    unreachable: Sequence[str] = ()
    with_name_splices: "Made | None" = None


def run(path: Path, span: Span, words: str = "expression", **more: Any) -> SpliceRun:
    """A splice that ran; `words` are its kind and what else a label can tell: `3 declarations`, `failed expression`."""
    *rest, kind = words.split()
    n_made = next((int(word) for word in rest if word.isdigit()), 0)
    known: dict[str, Any] = {
        "unit": "demo",
        "module": path.stem,
        "path": path,
        "span": span,
        "kind": KINDS[kind],
        "result": n_made.to_bytes(8) + b" ".join(word.encode() for word in rest if not word.isdigit()),
        "milliseconds": 12.0,
    }
    if "failed" in rest or "stopped" in rest:
        known |= {"result": None, "failure": "it broke", "stopped": "stopped" in rest}
    return SpliceRun(**{**known, **more})


def file_splices(path: Path, marked: str) -> FileSplices:
    """The splices of a text whose labels stand below what GHC names of them."""
    file = parse_file(marked)
    return FileSplices(file.text, tuple(run(path, _span(label), label.text) for label in file.labels))


class SplicingWorkspace(FakeWorkspace):
    """Knows splices and expands them by the text that they stand for."""

    splices: Mapping[Path, FileSplices] = {}
    expansions: Mapping[str, Made | Exception] = {}
    """By the text of the splice as GHC names it."""

    def ran(self, path: Path, marked: str, expansions: Mapping[str, Made | Exception]) -> None:
        """GHC has compiled a file with splices."""
        self.splices = {**self.splices, path: file_splices(path, marked)}
        self.expansions = {**self.expansions, **expansions}
        self.tell(SplicesChanged(frozenset({path})))

    gate: asyncio.Event | None = None
    """Expansions wait for it, if there is one."""

    async def expand(self, path: Path, one: SpliceRun) -> Made:
        """What a splice became."""
        self._called("expand", path, one.span.start_line)
        if self.gate:
            await self.gate.wait()
        start, end = _offsets(self.splices[path].text, one.span)
        made = self.expansions.get(
            self.splices[path].text[start:end], ThatchError(message="Its names cannot be imported.")
        )
        if isinstance(made, Exception):
            raise made
        return made

    def run_splice_again(self, path: Path, one: SpliceRun) -> None:
        self._called("run_splice_again", path, one.span.start_line)

    def snapshot(self) -> Snapshot:
        old = super().snapshot()
        return Snapshot(old.diagnostics, old.documents, old.status, (), old.generation, dict(self.splices))


class SpliceEditor(Editor):
    """An editor whose workspace knows splices."""

    @property
    def splicing(self) -> SplicingWorkspace:
        assert isinstance(self.workspace, SplicingWorkspace)
        return self.workspace

    async def hints(self, path: Path, text: str, lines: tuple[int, int] = (0, 1000)) -> str:
        """A text with its inlay hints as labels: `^ = 42` under the character before the hint."""
        region = {"start": {"line": lines[0], "character": 0}, "end": {"line": lines[1], "character": 0}}
        params = {"textDocument": {"uri": path.as_uri()}, "range": region}
        found = await self.result("textDocument/inlayHint", params)
        places = [(hint["position"]["line"], hint["position"]["character"], hint["label"]) for hint in found]
        return annotate(text, [Label(line, column - 1, column, False, label) for line, column, label in places])

    def _open_workspace(self, folders: Sequence[Path], settings: Settings, listener: Listener) -> FakeWorkspace:
        self.workspaces.append(SplicingWorkspace(folders, settings, listener))
        return self.workspaces[-1]


def applied(text: str, edit: JSON) -> str:
    """A text (without characters beyond the basic plane) after an editor's edit of one file."""
    (changes,) = [change["edits"] for change in edit.get("documentChanges") or []] or list(edit["changes"].values())
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines) + 1)]
    for change in sorted(changes, key=lambda one: (one["range"]["start"]["line"], one["range"]["start"]["character"]))[
        ::-1
    ]:
        start, end = (
            starts[change["range"][edge]["line"]] + change["range"][edge]["character"] for edge in ("start", "end")
        )
        text = text[:start] + change["newText"] + text[end:]
    return text


def _span(label: Label) -> Span:
    return Span(label.line + 1, label.start + 1, label.line + 1, label.end + 1)


def _offsets(text: str, span: Span) -> tuple[int, int]:
    from thatch.core.text import LineIndex

    return LineIndex(text).offsets(span)

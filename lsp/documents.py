"""The texts that the editor has open, kept up to date by its changes; what GHC thinks of them lives in core.

pygls keeps texts too, but splits lines where GHC does not (form feed, U+2028); ours follow `thatch.core.text`.
"""

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen
from lsprotocol import types

from thatch.core.text import Encoding, apply_change
from thatch.lsp import convert


@frozen
class OpenDocument:
    """A document as the editor shows it."""

    uri: str
    """The editor's own spelling of the URI; answers about the document repeat it."""

    text: str
    version: int


class Documents:
    """The open documents by path; documents that are no local files are not kept."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._open: dict[Path, OpenDocument] = {}

    def __contains__(self, path: Path) -> bool:
        return path in self._open

    def __getitem__(self, path: Path) -> OpenDocument:
        return self._open[path]

    def items(self) -> list[tuple[Path, OpenDocument]]:
        """All open documents."""
        return list(self._open.items())

    def open(self, path: Path, item: types.TextDocumentItem) -> OpenDocument:
        """Keep a document that was opened; one that was open already is replaced."""
        document = OpenDocument(item.uri, whole(item.text), item.version)
        self._open[path] = document
        return document

    def change(
        self, path: Path, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> OpenDocument | None:
        """Apply changes in order; None when the document is not open."""
        old = self._open.get(path)
        if old is None:
            return None
        text = old.text
        for change in changes:
            text = self._changed(text, change)
        document = OpenDocument(old.uri, text, version)
        self._open[path] = document
        return document

    def close(self, path: Path) -> None:
        """Forget a document."""
        self._open.pop(path, None)

    def uri(self, path: Path) -> str:
        """The URI to name a file by: the editor's own spelling while it is open."""
        document = self._open.get(path)
        return document.uri if document else convert.uri(path)

    def version(self, path: Path) -> int | None:
        """The version of an open document."""
        document = self._open.get(path)
        return document.version if document else None

    def _changed(self, text: str, change: types.TextDocumentContentChangeEvent) -> str:
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            return whole(change.text)
        return apply_change(text, convert.from_lsp_range(change.range), whole(change.text), self._encoding)


def whole(text: str) -> str:
    """A text without halves of surrogate pairs, which JSON can carry and UTF-8 cannot; columns stay the same."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text

"""The editor's texts under incremental changes, in every encoding."""

from pathlib import Path

import pytest
from lsprotocol import types

from thatch.core.text import Encoding
from thatch.lsp.documents import Documents, OpenDocument, whole

PATH = Path("/p/A.hs")
URI = "file:///p/A.hs"


def part(line: int, start: int, end: int, text: str) -> types.TextDocumentContentChangePartial:
    region = types.Range(types.Position(line, start), types.Position(line, end))
    return types.TextDocumentContentChangePartial(range=region, text=text)


def opened(text: str, encoding: Encoding = Encoding.UTF16) -> Documents:
    documents = Documents(encoding)
    documents.open(PATH, types.TextDocumentItem(uri=URI, language_id="haskell", version=1, text=text))
    return documents


CHANGES: dict[str, tuple[str, Encoding, list[types.TextDocumentContentChangeEvent], str]] = {
    "whole": ("a", Encoding.UTF16, [types.TextDocumentContentChangeWholeDocument(text="b")], "b"),
    "insertion": ("ab\ncd", Encoding.UTF16, [part(1, 1, 1, "X")], "ab\ncXd"),
    "several, in order": ("ab", Encoding.UTF16, [part(0, 0, 1, "xy"), part(0, 1, 2, "")], "xb"),
    "utf-16 after an astral character": ("🦆b", Encoding.UTF16, [part(0, 2, 3, "c")], "🦆c"),
    "utf-8 after an astral character": ("🦆b", Encoding.UTF8, [part(0, 4, 5, "c")], "🦆c"),
    "utf-32 after an astral character": ("🦆b", Encoding.UTF32, [part(0, 1, 2, "c")], "🦆c"),
    "form feeds and U+2028 end no line": ("a\x0cb\u2028c\nd", Encoding.UTF16, [part(1, 0, 1, "e")], "a\x0cb\u2028c\ne"),
    "carriage returns stay": ("a\r\nb", Encoding.UTF16, [part(0, 1, 1, "x")], "ax\r\nb"),
    "beyond the end": ("a\n", Encoding.UTF16, [part(9, 9, 9, "x")], "a\nx"),
    "half a surrogate pair": ("a", Encoding.UTF16, [part(0, 1, 1, "\ud835")], "a\ufffd"),
}


@pytest.mark.parametrize(("text", "encoding", "changes", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes(
    text: str, encoding: Encoding, changes: list[types.TextDocumentContentChangeEvent], expected: str
) -> None:
    assert opened(text, encoding).change(PATH, 2, changes) == OpenDocument(URI, expected, 2)


def test_a_document_that_is_not_open_cannot_be_changed() -> None:
    assert Documents(Encoding.UTF16).change(PATH, 2, []) is None


def test_open_documents_are_named_as_the_editor_names_them() -> None:
    documents = Documents(Encoding.UTF16)
    path = Path("/p/A+b.hs")
    assert documents.uri(path) == "file:///p/A%2Bb.hs"
    item = types.TextDocumentItem(uri="file:///p/A+b.hs", language_id="haskell", version=7, text="")
    documents.open(path, item)
    assert (documents.uri(path), documents.version(path), path in documents) == ("file:///p/A+b.hs", 7, True)
    documents.close(path)
    assert (documents.uri(path), documents.version(path), path in documents) == ("file:///p/A%2Bb.hs", None, False)


def test_only_halves_of_pairs_are_replaced() -> None:
    assert whole("a🦆\ud800é") == "a🦆\ufffdé"

"""Completions in the terms of LSP: what is said to editors that can do much and to those that can do little."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from lsprotocol import types

from thatch.core.completion.model import Candidate, Completions, Kind, Origin
from thatch.core.hi.model import ModuleId, Name, Namespace, OccName
from thatch.core.text import LineIndex
from thatch.lsp.client import Client, Shows
from thatch.lsp.completion import MOST_IMPORTS, candidate_in, completion_list, import_edits
from thatch.lsp.session import View

PATH = Path("/project/A.hs")
TEXT = "module A where\n\nimport B (c)\n\nz = dé\n"
NAME = Name(ModuleId("base", "B.Inner"), OccName("dé", Namespace.VARIABLE))
MISSING = Candidate(label="dé", kind=Kind.FUNCTION, origin=Origin.LEFT_OUT, name=NAME, module="B")
LOCAL = Candidate(label="dort", kind=Kind.VARIABLE, origin=Origin.LOCAL, detail="Int")
WORD = Candidate(label="do", kind=Kind.KEYWORD, origin=Origin.LANGUAGE, snippet="do $0")
FULL = Shows(snippets=True, label_details=True, completion_resolves=frozenset({"additionalTextEdits"}))


def view(shows: Shows) -> View:
    return cast("View", SimpleNamespace(client=Client(shows=shows), uri=lambda path: path.as_uri()))


def offered(shows: Shows, *candidates: Candidate) -> types.CompletionList:
    found = Completions(TEXT.index("dé"), candidates, complete=True)
    return completion_list(view(shows), PATH, LineIndex(TEXT), TEXT.index("dé") + 2, found)


def test_an_editor_that_can_do_much_gets_the_rest_later() -> None:
    found = offered(FULL, LOCAL, MISSING, WORD)
    assert not found.is_incomplete
    local, missing, word = found.items
    assert local.text_edit == types.TextEdit(types.Range(types.Position(4, 4), types.Position(4, 6)), "dort")
    assert (local.detail, local.kind, local.data) == ("dort :: Int", types.CompletionItemKind.Variable, None)
    assert missing.additional_text_edits is None
    assert missing.label_details == types.CompletionItemLabelDetails(description="B")
    assert candidate_in(missing.data) == (PATH.as_uri(), MISSING, "")
    assert word.insert_text_format is types.InsertTextFormat.Snippet
    assert isinstance(word.text_edit, types.TextEdit)
    assert word.text_edit.new_text == "do $0"
    assert [one.sort_text for one in found.items] == sorted(one.sort_text or "" for one in found.items)


def test_an_editor_that_can_do_little_gets_plain_words_and_whole_edits() -> None:
    _, missing, word = offered(Shows(), LOCAL, MISSING, WORD).items
    assert missing.additional_text_edits == [
        types.TextEdit(types.Range(types.Position(2, 11), types.Position(2, 11)), ", dé")
    ]
    assert (missing.detail, missing.label_details) == ("import B", None)
    assert isinstance(word.text_edit, types.TextEdit)
    assert (word.text_edit.new_text, word.insert_text_format) == ("do", None)

    many = offered(Shows(), *[MISSING] * (MOST_IMPORTS + 1), LOCAL)
    assert many.is_incomplete
    assert [one.label for one in many.items] == ["dé"] * MOST_IMPORTS + ["dort"]


def test_the_import_of_a_qualified_name() -> None:
    edits = import_edits(view(FULL), PATH, LineIndex(TEXT), MISSING, "Bee")
    assert edits is not None
    assert [one.new_text for one in edits] == ["\nimport qualified B as Bee"]
    assert import_edits(view(FULL), PATH, LineIndex(TEXT), LOCAL, "") is None


def test_data_that_is_not_ours_is_nothing() -> None:
    for data in (None, 1, {}, {"uri": "file:///a", "name": ["too", "short"]}, {"name": None, "kind": "no kind"}):
        assert candidate_in(data) is None

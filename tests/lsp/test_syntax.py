"""What an editor is told of a text's syntax: in its own terms, before anything has begun, without trust."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import Editor
from tests.support.structure import PAINTS
from thatch.core.structure.semantic_tokens import TokenKind
from thatch.core.text import Encoding, LineIndex, Position

PATH = Path("/p/src/Lib.hs")
TEXT = """\
module Lib where
import A
import B
-- | 🦆
data Duck = Duck { name :: String }
{-# DEPRECATED quack "No more." #-}
class Bird a where
  quack :: a -> Int
instance Bird Duck where
  quack x = 1
"""

ALL_KINDS = [kind.value for kind in TokenKind]
TOKENS: dict[str, Any] = {
    "requests": {"full": {"delta": True}, "range": True},
    "tokenTypes": [*ALL_KINDS, "regexp"],
    "tokenModifiers": ["async", "declaration", "documentation"],
    "formats": ["relative"],
}
TREES = {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}


async def opened(editor: Editor, capabilities: dict[str, Any], text: str = TEXT, **params: Any) -> dict[str, Any]:
    """Begin, and open a document before the work begins; returns the server's capabilities."""
    found = await editor.initialize({"textDocument": capabilities}, **params)
    editor.open(PATH, text)
    return found


def document(path: Path = PATH, **rest: Any) -> dict[str, Any]:
    return {"textDocument": {"uri": path.as_uri()}, **rest}


def outlined(symbols: list[dict[str, Any]], depth: int = 0) -> list[str]:
    """Symbols on lines: kind, name, detail, lines of the range, place of the name."""
    found = []
    for one in symbols:
        whole, name = one["range"], one["selectionRange"]
        words = [str(one["kind"]), one["name"], one.get("detail", ""), *("!" for _ in one.get("tags", ()))]
        place = f"{whole['start']['line']}-{whole['end']['line']} {name['start']['line']}:{name['start']['character']}"
        found.append("  " * depth + " ".join(filter(None, [*words, place])))
        found += outlined(one.get("children", []), depth + 1)
    return found


async def test_symbols_in_a_tree(editor: Editor) -> None:
    kinds = {"symbolKind": {"valueSet": list(range(1, 27))}, "tagSupport": {"valueSet": [1]}}
    await opened(editor, {"documentSymbol": {**TREES["documentSymbol"], **kinds}})
    assert outlined(await editor.result("textDocument/documentSymbol", document())) == [
        "2 Lib 0-10 0:7",
        "  23 Duck 3-4 4:5",
        "    9 Duck 4-4 4:12",
        "      8 name String 4-4 4:19",
        "  11 Bird 6-7 6:6",
        "    6 quack a -> Int ! 7-7 7:2",
        "  19 instance Bird Duck 8-9 8:9",
        "    6 quack ! 9-9 9:2",
    ]


async def test_older_editors_get_older_kinds_and_no_tags(editor: Editor) -> None:
    await opened(editor, TREES)
    found = outlined(await editor.result("textDocument/documentSymbol", document()))
    assert [line.split()[0] for line in found] == ["2", "5", "9", "8", "11", "6", "5", "6"]
    assert "!" not in "".join(found)


async def test_symbols_in_a_list(editor: Editor) -> None:
    await opened(editor, {})
    found = await editor.result("textDocument/documentSymbol", document())
    assert [(one["name"], one.get("containerName")) for one in found] == [
        ("Lib", None),
        ("Duck", "Lib"),
        ("Duck", "Duck"),
        ("name", "Duck"),
        ("Bird", "Lib"),
        ("quack", "Bird"),
        ("instance Bird Duck", "Lib"),
        ("quack", "instance Bird Duck"),
    ]
    assert found[1]["location"] == {
        "uri": PATH.as_uri(),
        "range": {"start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 35}},
    }


async def test_no_more_symbols_than_can_be_sent_at_once(editor: Editor) -> None:
    await opened(editor, TREES, "".join(f"f{number} = 1\n" for number in range(6_000)))
    assert len(await editor.result("textDocument/documentSymbol", document())) == 5_000


async def test_folds_as_many_as_the_editor_takes(editor: Editor) -> None:
    await opened(editor, {"foldingRange": {"lineFoldingOnly": True, "rangeLimit": 2}})
    folds = [{"startLine": 1, "endLine": 2, "kind": "imports"}, {"startLine": 6, "endLine": 7}]
    assert await editor.result("textDocument/foldingRange", document()) == folds


async def test_folds_of_an_editor_that_names_no_limit(editor: Editor) -> None:
    await opened(editor, {})
    found = await editor.result("textDocument/foldingRange", document())
    assert [(one["startLine"], one["endLine"], one.get("kind")) for one in found] == [
        (1, 2, "imports"),
        (6, 7, None),
        (8, 9, None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_selections_around_several_places(editor: Editor, encoding: str) -> None:
    text = "f = '🦆' : g\n"
    await editor.initialize({"general": {"positionEncodings": [encoding]}})
    editor.open(PATH, text)
    lines, unit = LineIndex(text), Encoding(encoding)
    places = [lines.position(text.index(word), unit) for word in ("g", "f")]
    positions = [{"line": place.line, "character": place.column} for place in places]
    chains = await editor.result("textDocument/selectionRange", document(positions=positions))
    assert [_texts(chain, lines, unit) for chain in chains] == [
        ["g", "'🦆' : g", "= '🦆' : g", "f = '🦆' : g", text],
        ["f", "f = '🦆' : g", text],
    ]


def _texts(chain: dict[str, Any] | None, lines: LineIndex, encoding: Encoding) -> list[str]:
    found = []
    while chain is not None:
        start, end = (
            lines.offset(Position(place["line"], place["character"]), encoding)
            for place in (chain["range"]["start"], chain["range"]["end"])
        )
        found.append(lines.text[start:end])
        chain = chain.get("parent")
    return found


class Painter:
    """An editor's side of semantic tokens."""

    def __init__(self, provider: dict[str, Any], encoding: Encoding = Encoding.UTF16) -> None:
        self.kinds = provider["legend"]["tokenTypes"]
        self.modifiers = provider["legend"]["tokenModifiers"]
        self.encoding = encoding

    def words(self, data: list[int], text: str) -> list[str]:
        """Each token's text with the letter of its kind, and its modifiers; that none is empty or passes its line."""
        found, line, column = [], 0, 0
        index = LineIndex(text)
        for at in range(0, len(data), 5):
            lines, columns, length, kind, bits = data[at : at + 5]
            line, column = line + lines, columns + (0 if lines else column)
            start = index.offset(Position(line, column), self.encoding)
            end = index.offset(Position(line, column + length), self.encoding)
            assert start < end
            modifiers = [name for number, name in enumerate(self.modifiers) if bits & 1 << number]
            letter = PAINTS[TokenKind(self.kinds[kind])]
            found.append(" ".join([f"{letter}|{text[start:end]}", *modifiers]))
        return found


async def test_tokens(editor: Editor) -> None:
    text = "-- 🦆 {-\nf '🦆' = x{- a\n\n  b -}\n"
    provider = (await opened(editor, {"semanticTokens": TOKENS}, text))["semanticTokensProvider"]
    assert provider == {
        "legend": {"tokenTypes": ALL_KINDS, "tokenModifiers": ["declaration", "documentation"]},
        "range": True,
        "full": {"delta": True},
    }
    found = await editor.result("textDocument/semanticTokens/full", document())
    assert Painter(provider).words(found["data"], text) == [
        "/|-- 🦆 {-",
        "f|f declaration",
        "s|'🦆'",
        "o|=",
        "v|x",
        "/|{- a",
        "/|b -}",
    ]


async def test_an_editor_is_told_what_it_knows(editor: Editor) -> None:
    known = {**TOKENS, "tokenTypes": ["keyword", "type", "function"], "tokenModifiers": []}
    provider = (await opened(editor, {"semanticTokens": known}))["semanticTokensProvider"]
    assert provider["legend"] == {"tokenTypes": ["type", "function", "keyword"], "tokenModifiers": []}
    found = await editor.result("textDocument/semanticTokens/full", document())
    words = Painter(provider).words(found["data"], TEXT)
    # A class is a type, and a method is a function; what is neither is left out.
    assert words[4:13] == [
        "k|data",
        "t|Duck",
        "t|String",
        "k|{-# DEPRECATED",
        "k|#-}",
        "k|class",
        "t|Bird",
        "t|a",
        "k|where",
    ]
    assert words[13:15] == ["f|quack", "t|a"]


async def test_an_editor_without_tokens_is_offered_none(editor: Editor) -> None:
    assert "semanticTokensProvider" not in await opened(editor, {})


async def test_tokens_of_a_part(editor: Editor) -> None:
    provider = (await opened(editor, {"semanticTokens": TOKENS}))["semanticTokensProvider"]
    part = {"start": {"line": 4, "character": 6}, "end": {"line": 4, "character": 16}}
    found = await editor.result("textDocument/semanticTokens/range", document(range=part))
    assert Painter(provider).words(found["data"], TEXT) == ["t|Duck declaration", "o|=", "e|Duck declaration"]


async def test_what_changed_of_the_tokens(editor: Editor) -> None:
    provider = (await opened(editor, {"semanticTokens": TOKENS}))["semanticTokensProvider"]
    first = await editor.result("textDocument/semanticTokens/full", document())
    again = await editor.result("textDocument/semanticTokens/full/delta", document(previousResultId=first["resultId"]))
    assert again["edits"] == []
    data, last, text = first["data"], again["resultId"], TEXT
    for old, new, most in [
        ("Duck {", "Duck{-\n-} {", 15),
        ("import B\n", "", 10),
        ("x = 1", "x = 1\ny = 2", 20),
        ("y = 2", "y  =  2", 15),
        (None, "", 0),
        (None, TEXT, 500),
    ]:
        text = new if old is None else text.replace(old, new, 1)
        editor.change(PATH, text)
        delta = await editor.result("textDocument/semanticTokens/full/delta", document(previousResultId=last))
        data, last = applied(data, delta["edits"]), delta["resultId"]
        whole = await editor.result("textDocument/semanticTokens/full", document())
        assert Painter(provider).words(data, text) == Painter(provider).words(whole["data"], text)
        assert sum(len(edit.get("data", [])) for edit in delta["edits"]) <= most
        last = whole["resultId"]
    # An answer that the server does not remember.
    forgotten = await editor.result("textDocument/semanticTokens/full/delta", document(previousResultId="?"))
    assert forgotten["data"] == data


def applied(data: list[int], edits: list[dict[str, Any]]) -> list[int]:
    for edit in edits:
        start = edit["start"]
        data = data[:start] + edit.get("data", []) + data[start + edit["deleteCount"] :]
    return data


METHODS: dict[str, dict[str, Any]] = {
    "textDocument/documentSymbol": {},
    "textDocument/foldingRange": {},
    "textDocument/selectionRange": {"positions": [{"line": 0, "character": 0}]},
    "textDocument/semanticTokens/full": {},
    "textDocument/semanticTokens/full/delta": {"previousResultId": "1"},
    "textDocument/semanticTokens/range": {
        "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    },
}


@pytest.mark.parametrize(("method", "params"), METHODS.items(), ids=METHODS)
async def test_nothing_has_to_run_for_them(editor: Editor, method: str, params: dict[str, Any]) -> None:
    await opened(editor, {**TREES, "semanticTokens": TOKENS}, initializationOptions={"trusted": False})
    assert await editor.result(method, document(**params))
    assert editor.workspaces == []
    editor.notify("initialized", {})
    assert await editor.result(method, document(**params))
    assert ("start",) not in editor.workspace.calls


@pytest.mark.parametrize(("method", "params"), METHODS.items(), ids=METHODS)
async def test_files_that_are_not_open(editor: Editor, tmp_path: Path, method: str, params: dict[str, Any]) -> None:
    await editor.initialize({"textDocument": {"semanticTokens": TOKENS}})
    path = tmp_path / "Lib.lhs"
    path.write_text("> module Lib where\n>\n> f =\n>   1\n")
    assert await editor.result(method, document(path, **params))
    for other in (tmp_path / "Missing.hs", tmp_path / "lib.cabal"):
        assert await editor.result(method, document(other, **params)) is None
    untitled = {**params, "textDocument": {"uri": "untitled:Untitled-1"}}
    assert await editor.result(method, untitled) is None


async def test_answers_are_about_the_latest_text_and_closed_files_are_read_again(
    editor: Editor, tmp_path: Path
) -> None:
    path = tmp_path / "Lib.hs"
    path.write_text("saved = 1\n")
    await editor.initialize({"textDocument": TREES})
    names = []
    editor.open(path, "opened = 1\n")
    names += await editor.result("textDocument/documentSymbol", document(path))
    first = editor.ask("textDocument/documentSymbol", document(path))
    editor.change(path, "changed = 1\n")
    second = editor.ask("textDocument/documentSymbol", document(path))
    editor.notify("textDocument/didClose", document(path))
    third = editor.ask("textDocument/documentSymbol", document(path))
    for request in (first, second, third):
        names += (await editor.response(request))["result"]
    assert [one["name"] for one in names][:1] == ["opened"]
    assert [one["name"] for one in names][-1:] == ["saved"]


async def test_a_text_that_takes_too_long_has_no_answer_and_others_have(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thatch.lsp.syntax.PARSE_SECONDS", 0.0)
    await opened(editor, TREES, "".join(f"f{number} x = x\n" for number in range(1_000)))
    assert await editor.result("textDocument/documentSymbol", document()) is None
    monkeypatch.undo()
    editor.change(PATH, "f = 1\n")
    assert [one["name"] for one in await editor.result("textDocument/documentSymbol", document())] == ["f"]


async def test_a_cancelled_request_ends_the_work(editor: Editor) -> None:
    await opened(editor, TREES, "x =\n" + "  (\n" * 100_000)
    request = editor.ask("textDocument/documentSymbol", document())
    editor.notify("$/cancelRequest", {"id": request})
    assert (await editor.response(request))["error"]["code"] == -32800
    editor.change(PATH, "f = 1\n")
    assert [one["name"] for one in await editor.result("textDocument/documentSymbol", document())] == ["f"]

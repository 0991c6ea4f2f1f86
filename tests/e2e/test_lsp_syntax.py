"""Features of syntax over a real server: at once after its start, in a project that is not trusted, without any GHC."""

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.conftest import Ghc
from tests.support.lsp_client import EDITORS
from tests.support.lsp_sessions import StartServer

NO_GHC = Ghc("9.6", Path("/nowhere/ghc"))

TEXT = """\
module Lib (duck) where

import Data.List
import Data.Map

-- | 🦆
duck :: Int -> Int
duck x = go x
  where
    go y = y
broken = (duck 1
data Bird = Bird { name :: String }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file whose text is on the disk too."""
    path = tmp_path / "project" / "Lib.hs"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize("editor", EDITORS)
async def test_everything_that_needs_the_text_alone(editor: str, lsp: StartServer, file: Path) -> None:
    client = await lsp(editor, NO_GHC, file.parent, options={"trusted": False})
    client.open(file)
    document = types.TextDocumentIdentifier(file.as_uri())

    symbols: Any = await client.rpc.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    assert [symbol.name for symbol in symbols] == ["Lib"]
    assert [symbol.name for symbol in symbols[0].children] == ["duck", "broken", "Bird"]
    assert symbols[0].children[0].detail == "Int -> Int"
    assert [symbol.name for symbol in symbols[0].children[0].children] == ["go"]

    folds = await client.rpc.text_document_folding_range_async(types.FoldingRangeParams(document))
    assert [(one.start_line, one.end_line) for one in folds or ()] == [(2, 3), (6, 9), (7, 9), (8, 9)]

    position = types.Position(7, 4)
    params = types.SelectionRangeParams(document, [position, position])
    one, other = await client.rpc.text_document_selection_range_async(params) or ()
    assert one == other
    assert one.range == types.Range(types.Position(7, 0), position)

    whole = await client.rpc.text_document_semantic_tokens_full_async(types.SemanticTokensParams(document))
    assert whole
    assert len(whole.data) > 100
    client.replace(file, "duck 1", "duck 1)")
    delta = await client.rpc.text_document_semantic_tokens_full_delta_async(
        types.SemanticTokensDeltaParams(document, whole.result_id or "")
    )
    assert isinstance(delta, types.SemanticTokensDelta)
    assert len(delta.edits) == 1
    everything = types.Range(types.Position(0, 0), types.Position(99, 0))
    part = await client.rpc.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(document, everything)
    )
    (edit,) = delta.edits
    changed = [*whole.data[: edit.start], *(edit.data or ()), *whole.data[edit.start + edit.delete_count :]]
    assert part
    assert list(part.data) == changed
    assert client.process.children(recursive=True) == []

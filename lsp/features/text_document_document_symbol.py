"""`textDocument/documentSymbol`: what the file declares, in a tree or, for older editors, in a list."""

from collections.abc import Sequence

from lsprotocol import types

from thatch.core.cabal import structure as cabal
from thatch.core.structure.outline import outline, pruned
from thatch.core.structure.symbols import Symbol
from thatch.core.text import LineIndex
from thatch.lsp import convert
from thatch.lsp.client import Client
from thatch.lsp.session import View
from thatch.lsp.syntax import CABAL

MOST_SYMBOLS = 5_000
"""How many are told at most: to send more would hold up everything else."""

Answer = list[types.DocumentSymbol] | list[types.SymbolInformation]


async def handle(view: View, params: types.DocumentSymbolParams) -> Answer | None:
    """The symbols of the text as the editor shows it.  May be cancelled at any time."""
    uri = params.text_document.uri
    path = convert.path(uri)
    if path is None:
        return None

    def told(text: str, found: tuple[Symbol, ...]) -> Answer:
        return _told(view.client, uri, LineIndex(text), pruned(found, MOST_SYMBOLS))

    if path.suffix == CABAL:
        return await view.syntax.read_cabal(path, lambda file: told(file.text, cabal.symbols(file)))
    return await view.syntax.read(path, lambda tree: told(tree.text, outline(tree)))


def _told(client: Client, uri: str, lines: LineIndex, symbols: Sequence[Symbol]) -> Answer:
    if client.shows.symbol_trees:
        return [convert.symbol(one, lines, client) for one in symbols]
    return list(convert.flat_symbols(symbols, uri, lines, client))

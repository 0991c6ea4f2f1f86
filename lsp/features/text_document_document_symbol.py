"""`textDocument/documentSymbol`: what the file declares, in a tree or, for older editors, in a list."""

from functools import partial

from lsprotocol import types

from thatch.core.structure.outline import outline, pruned
from thatch.core.structure.syntax_tree import SyntaxTree
from thatch.core.text import LineIndex
from thatch.lsp import convert
from thatch.lsp.client import Client
from thatch.lsp.session import View

MOST_SYMBOLS = 5_000
"""How many are told at most: to send more would hold up everything else."""

Answer = list[types.DocumentSymbol] | list[types.SymbolInformation]


async def handle(view: View, params: types.DocumentSymbolParams) -> Answer | None:
    """The symbols of the text as the editor shows it.  May be cancelled at any time."""
    uri = params.text_document.uri
    path = convert.path(uri)
    return await view.syntax.read(path, partial(_symbols, view.client, uri)) if path else None


def _symbols(client: Client, uri: str, tree: SyntaxTree) -> Answer:
    lines, symbols = LineIndex(tree.text), pruned(outline(tree), MOST_SYMBOLS)
    if client.shows.symbol_trees:
        return [convert.symbol(one, lines, client) for one in symbols]
    return list(convert.flat_symbols(symbols, uri, lines, client))

"""`textDocument/selectionRange`: what to select around places, from a word to the whole file."""

from collections.abc import Sequence
from functools import partial

from lsprotocol import types

from thatch.core.structure.selection import selections
from thatch.core.structure.syntax_tree import SyntaxTree
from thatch.core.text import Encoding, LineIndex
from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(view: View, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """For each place the regions around it.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    look = partial(_selections, params.positions, view.client.encoding)
    return await view.syntax.read(path, look) if path else None


def _selections(
    positions: Sequence[types.Position], encoding: Encoding, tree: SyntaxTree
) -> list[types.SelectionRange]:
    lines = LineIndex(tree.text)
    offsets = [lines.offset(convert.from_lsp_position(position), encoding) for position in positions]
    return [convert.selection(chain, lines, encoding) for chain in selections(tree, offsets)]

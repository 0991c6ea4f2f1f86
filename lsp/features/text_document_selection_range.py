"""`textDocument/selectionRange`: what to select around places, from a word to the whole file."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from lsprotocol import types

from thatch.core.cabal import structure as cabal
from thatch.core.cabal.outline import Outline
from thatch.core.structure.selection import selections
from thatch.core.text import Encoding, LineIndex
from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """For each place the regions around it.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    look = partial(_selections, params.positions, view.client.encoding)
    if path is None:
        return None
    if path.suffix == CABAL:
        return await view.syntax.read_cabal(path, lambda file: look(file.text, partial(_in_cabal, file)))
    return await view.syntax.read(path, lambda tree: look(tree.text, partial(selections, tree)))


def _in_cabal(file: Outline, offsets: Iterable[int]) -> list[list[tuple[int, int]]]:
    return [cabal.selections(file, offset) for offset in offsets]


def _selections(
    positions: Sequence[types.Position],
    encoding: Encoding,
    text: str,
    select: Callable[[Iterable[int]], list[list[tuple[int, int]]]],
) -> list[types.SelectionRange]:
    lines = LineIndex(text)
    offsets = [lines.offset(convert.from_lsp_position(position), encoding) for position in positions]
    return [convert.selection(chain, lines, encoding) for chain in select(offsets)]

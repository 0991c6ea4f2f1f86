"""`textDocument/foldingRange`: what can be folded away."""

from functools import partial

from lsprotocol import types

from thatch.core.structure.folding import folds
from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(view: View, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """Folds of whole lines, as many as the editor takes.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    found = await view.syntax.read(path, partial(folds, most=view.client.shows.most_folds)) if path else None
    return None if found is None else [convert.fold(one) for one in found]

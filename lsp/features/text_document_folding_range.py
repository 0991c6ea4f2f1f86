"""`textDocument/foldingRange`: what can be folded away."""

from functools import partial

from lsprotocol import types

from thatch.core.cabal import structure as cabal
from thatch.core.structure.folding import folds
from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """Folds of whole lines, as many as the editor takes.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    most = view.client.shows.most_folds
    if path is None:
        return None
    if path.suffix == CABAL:
        found = await view.syntax.read_cabal(path, partial(cabal.folds, most=most))
    else:
        found = await view.syntax.read(path, partial(folds, most=most))
    return None if found is None else [convert.fold(one) for one in found]

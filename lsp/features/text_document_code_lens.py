"""`textDocument/codeLens`: what splices made, signatures that nobody wrote, what can be run or evaluated."""

from pathlib import Path

from lsprotocol import types

from thatch.core.splices.runs import SpliceKind
from thatch.core.splices.views import n_declarations
from thatch.lsp import convert
from thatch.lsp.evaluation import evaluation_lenses
from thatch.lsp.fix_lenses import fix_lenses
from thatch.lsp.run_lenses import run_lenses
from thatch.lsp.session import View
from thatch.lsp.splices import SHOW_EXPANSION, Placed
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a file, as far as the editor can do what they offer.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None or path.suffix == CABAL:
        return []
    families = (_splices, fix_lenses, run_lenses, evaluation_lenses)
    return [lens for family in families for lens in await family(view, path)]


async def _splices(view: View, path: Path) -> list[types.CodeLens]:
    if not view.client.shows.expansions:
        return []
    return [
        _lens(view, one, n_declarations(one.run.result))
        for one in await view.splices.in_file(view.snapshot, path)
        if one.run.kind is SpliceKind.DECLARATIONS and one.run.result is not None
    ]


def _lens(view: View, one: Placed, n_made: int) -> types.CodeLens:
    title = f"Show expansion ({n_made} declaration{'' if n_made == 1 else 's'})"
    command = types.Command(title, SHOW_EXPANSION, arguments=[view.splices.name(one.run, one.compiled)])
    # A lens must not reach over several lines.
    start = one.range(view.client.encoding).start
    return types.CodeLens(types.Range(start, start), command)

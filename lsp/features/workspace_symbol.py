"""`workspace/symbol`: what modules define, found by parts of names."""

from lsprotocol import types

from thatch.core.navigation.workspace_symbols import symbols
from thatch.lsp import convert
from thatch.lsp.places import location
from thatch.lsp.session import View

LIMIT = 128
"""How many are shown; who wants another one types on."""


async def handle(view: View, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """The best first.  May be cancelled at any time."""
    return [
        types.WorkspaceSymbol(
            location=location(view, one.place),
            name=one.name,
            kind=convert.symbol_kind(one.kind, view.client),
            container_name=one.module,
        )
        for one in await symbols(view.code, params.query, LIMIT)
    ]

"""`textDocument/semanticTokens/full`: what each word of a file is."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(view: View, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    """All tokens of the text as the editor shows it.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    return await view.tokens.whole(path) if path else None

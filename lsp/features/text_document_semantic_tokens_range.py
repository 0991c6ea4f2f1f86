"""`textDocument/semanticTokens/range`: what each word is in the part of a file that the editor shows."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(view: View, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """The tokens in a range, those that reach into it included.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    return await view.tokens.part(path, convert.from_lsp_range(params.range)) if path else None

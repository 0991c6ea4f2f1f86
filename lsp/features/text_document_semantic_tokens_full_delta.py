"""`textDocument/semanticTokens/full/delta`: how the tokens of a file differ from those that the editor has."""

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import View


async def handle(
    view: View, params: types.SemanticTokensDeltaParams
) -> types.SemanticTokens | types.SemanticTokensDelta | None:
    """The difference; all tokens if it is not known what the editor has.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    return await view.tokens.change(path, params.previous_result_id) if path else None

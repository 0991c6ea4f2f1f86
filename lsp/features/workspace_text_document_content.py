"""`workspace/textDocumentContent`: the text of a document that shows a splice's expansion."""

from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.lsp.session import View
from thatch.lsp.splices import read_key


async def handle(view: View, params: types.TextDocumentContentParams) -> types.TextDocumentContentResult:
    """The whole expansion as the splice last ran.  May be cancelled at any time."""
    key = read_key(params.uri)
    if key is None:
        raise ThatchError(message=f"This is no document of thatch's: {params.uri}")
    whole = await view.splices.page(view.snapshot, key)
    return types.TextDocumentContentResult(whole.text)

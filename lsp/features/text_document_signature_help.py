"""`textDocument/signatureHelp`: the signature of the function whose argument is being written."""

from lsprotocol import types

from thatch.core.completion.signature_help import signature_help
from thatch.core.text import Position
from thatch.lsp import convert
from thatch.lsp.completion import documentation, signature
from thatch.lsp.session import View


async def handle(view: View, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The innermost function that is known.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    document = view.snapshot.documents.get(path) if path else None
    if path is None or document is None:
        return None
    position = Position(params.position.line, params.position.character)
    offset = document.lines.offset(position, view.client.encoding)
    found = await signature_help(view.code, view.completer(), path, offset)
    if found is None:
        return None
    text = documentation(view, found.about, in_markdown=view.client.shows.signature_markdown)
    return types.SignatureHelp([signature(view, found, text)], active_signature=0, active_parameter=found.argument)

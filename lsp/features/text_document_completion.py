"""`textDocument/completion`: what can stand at a place that is being typed."""

from lsprotocol import types

from thatch.core.text import Position
from thatch.lsp import cabal, convert
from thatch.lsp.completion import completion_list
from thatch.lsp.session import View
from thatch.lsp.syntax import CABAL


async def handle(view: View, params: types.CompletionParams) -> types.CompletionList | None:
    """What can stand there, the best first.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is not None and path.suffix == CABAL:
        return await cabal.completion(view, path, params.position)
    document = view.snapshot.documents.get(path) if path else None
    if path is None or document is None:
        return None
    position = Position(params.position.line, params.position.character)
    offset = document.lines.offset(position, view.client.encoding)
    context = params.context
    unasked = context is not None and context.trigger_kind is types.CompletionTriggerKind.TriggerCharacter
    found = await view.completer().complete(view.code, path, offset, unasked=unasked)
    return completion_list(view, path, document.lines, offset, found)

"""`completionItem/resolve`: the type and the documentation of what was offered, and the import that it needs."""

from attrs import evolve
from lsprotocol import types

from thatch.core.completion.details import details
from thatch.lsp import convert
from thatch.lsp.completion import candidate_in, documentation, import_edits
from thatch.lsp.session import View


async def handle(view: View, params: types.CompletionItem) -> types.CompletionItem:
    """The same item with all that is known.  May be cancelled at any time."""
    known = candidate_in(params.data)
    path = convert.path(known[0]) if known else None
    if known is None or path is None:
        return params
    _, candidate, qualifier = known
    document = view.snapshot.documents.get(path)
    if document and params.additional_text_edits is None:
        edits = import_edits(view, path, document.lines, candidate, qualifier)
        params = evolve(params, additional_text_edits=edits)
    found = await details(view.code, path, candidate)
    if found is None:
        return params
    said = documentation(view, evolve(found, code=""), in_markdown=view.client.shows.completion_markdown)
    return evolve(params, detail=" ".join(found.code.split()), documentation=said)

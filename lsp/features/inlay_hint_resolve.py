"""`inlayHint/resolve`: the expansion of a splice as the tooltip of its hint."""

from attrs import evolve
from lsprotocol import types

from thatch.lsp.session import View
from thatch.lsp.splices import age, key_in, markup


async def handle(view: View, params: types.InlayHint) -> types.InlayHint:
    """The same hint with its tooltip, if its splice is still there.  May be cancelled at any time."""
    key = key_in(params.data)
    found = await view.splices.find(view.snapshot, key) if key else None
    if found is None:
        return params
    file, run = found
    shown = await view.splices.shown(run, file.text)
    document = view.snapshot.documents.get(run.path)
    is_edited = document is not None and document.text != file.text
    remark = age(is_edited=is_edited, replays=view.settings.splices_replay)
    return evolve(params, tooltip=markup(run, shown, in_markdown=view.client.shows.markdown, remark=remark))

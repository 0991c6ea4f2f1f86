"""What can be done with a splice: show its expansion, put it in the splice's place, or run a stopped splice again."""

from collections.abc import AsyncIterator
from pathlib import Path

from lsprotocol import types

from thatch.lsp.actions import Kinds, wanted, workspace_edit
from thatch.lsp.session import View
from thatch.lsp.splice_edit import replacing
from thatch.lsp.splices import RUN_AGAIN, SHOW_EXPANSION, Placed

REPLACE = "Replace splice with its expansion"


async def splice_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done with the splice at a place, if there is one.  May be cancelled at any time."""
    one = await view.splices.at(view.snapshot, path, params.range.start, view.client.encoding)
    if one is None:
        return []
    return [action async for action in _actions(view, one, params.context.only)]


async def _actions(view: View, one: Placed, only: Kinds) -> AsyncIterator[types.CodeAction]:
    if wanted("quickfix", only) and one.run.stopped:
        yield _command(view, "Run splice again", RUN_AGAIN, one, types.CodeActionKind.QuickFix)
    if wanted("refactor.inline", only) and (action := await _replace(view, one)) is not None:
        yield action
    if only is None and view.client.shows.expansions and one.run.result is not None:
        yield _command(view, "Show expansion", SHOW_EXPANSION, one, None)


def _command(view: View, title: str, command: str, one: Placed, kind: types.CodeActionKind | None) -> types.CodeAction:
    uri = view.splices.name(one.run, one.compiled)
    return types.CodeAction(title, kind=kind, command=types.Command(title, command, arguments=[uri]))


async def _replace(view: View, one: Placed) -> types.CodeAction | None:
    how = await replacing(view, one)
    kind = types.CodeActionKind.RefactorInline
    if how.inlining is None:
        disabled = types.CodeActionDisabled(how.obstacle)
        return types.CodeAction(REPLACE, kind=kind, disabled=disabled) if view.client.shows.disabled_actions else None
    names = f"{how.n_names} name{'' if how.n_names == 1 else 's'}"
    title = f"{REPLACE} (splices of {names} stay)" if how.n_names else REPLACE
    if view.client.shows.resolves_edits:
        return types.CodeAction(title, kind=kind, data={"splice": view.splices.name(one.run, one.compiled)})
    return types.CodeAction(title, kind=kind, edit=workspace_edit(view, one.run.path, one.lines, how.inlining.edits))

"""`textDocument/codeAction`: show a splice's expansion, put it in the splice's place, or run a stopped splice again."""

from collections.abc import AsyncIterator, Sequence

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.session import View
from thatch.lsp.splice_edit import replacing, workspace_edit
from thatch.lsp.splices import RUN_AGAIN, SHOW_EXPANSION, Placed

REPLACE = "Replace splice with its expansion"


async def handle(view: View, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place, among the kinds that were asked for.  May be cancelled at any time."""
    path = convert.path(params.text_document.uri)
    if path is None or not view.client.shows.actions:
        return []
    one = await view.splices.at(view.snapshot, path, params.range.start, view.client.encoding)
    if one is None:
        return []
    return [action async for action in _actions(view, one, params.context.only)]


async def _actions(
    view: View, one: Placed, only: Sequence[types.CodeActionKind | str] | None
) -> AsyncIterator[types.CodeAction]:
    if _wanted("quickfix", only) and one.run.stopped:
        yield _command(view, "Run splice again", RUN_AGAIN, one, types.CodeActionKind.QuickFix)
    if _wanted("refactor.inline", only) and (action := await _replace(view, one)) is not None:
        yield action
    if only is None and view.client.shows.expansions and one.run.result is not None:
        yield _command(view, "Show expansion", SHOW_EXPANSION, one, None)


def _wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether a kind is asked for: by itself, or by one that it is a part of."""
    asked = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ("",)]
    return any(one == "" or kind == one or kind.startswith(f"{one}.") for one in asked)


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
    return types.CodeAction(title, kind=kind, edit=workspace_edit(view, one, how.inlining))

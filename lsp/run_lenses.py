"""Lenses and actions that run programs and tests in a terminal of the editor, where it says that it has some."""

from pathlib import Path

from lsprotocol import types

from thatch.lsp import convert
from thatch.lsp.running import RUN, Runnable, as_argument, runnables
from thatch.lsp.session import View


async def run_lenses(view: View, path: Path) -> list[types.CodeLens]:
    """A lens at each program and test.  May be cancelled at any time."""
    if not view.client.shows.terminals:
        return []
    lines, found = await runnables(view, path)
    places = [convert.place(one.span, lines, view.client.encoding) for one in found]
    # A lens must not reach over several lines.
    return [
        types.CodeLens(types.Range(place.start, place.start), _command(one.title, one))
        for one, place in zip(found, places, strict=True)
    ]


async def run_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be run at a place, the innermost test first.  May be cancelled at any time."""
    if not view.client.shows.terminals or params.context.only is not None:
        return []
    lines, found = await runnables(view, path)
    line = params.range.start.line
    places = [convert.place(one.span, lines, view.client.encoding) for one in found]
    here = [one for one, at in zip(found, places, strict=True) if at.start.line <= line <= at.end.line]
    return [types.CodeAction(one.command.title, command=_command(one.command.title, one)) for one in reversed(here)]


def _command(title: str, one: Runnable) -> types.Command:
    return types.Command(title, RUN, arguments=[as_argument(one.command)])

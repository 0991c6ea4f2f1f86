"""Examples in comments as the editor sees them: lenses and actions that evaluate them, and the edits that follow."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types

from thatch.core.documents import Document
from thatch.core.evaluation.evaluator import Evaluated
from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.model import Block, Example
from thatch.core.evaluation.results import edit_of, moved
from thatch.lsp.actions import EVALUATE, workspace_edit
from thatch.lsp.session import View

ALL = "Evaluate all examples"


async def evaluation_lenses(view: View, path: Path) -> list[types.CodeLens]:
    """A lens above examples that stand together, and one for all of a module.  May be cancelled at any time."""
    blocks = await _blocks(view, path)
    return [_lens(line, command) for line, command in _offers(view, path, blocks)]


async def evaluation_actions(view: View, path: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be evaluated at a place.  May be cancelled at any time."""
    if params.context.only is not None:
        return []
    line = params.range.start.line
    blocks = await _blocks(view, path)
    paragraph = next((found for block in blocks if (found := block.paragraph(line))), ())
    if not paragraph:
        return []
    commands = [_command(view, path, _title(paragraph), paragraph)]
    at = next((one for one in paragraph if one.line <= line <= one.last_line), None)
    if at is not None and len(paragraph) > 1:
        commands.append(_command(view, path, f"Evaluate `{_short(at.code)}`", [at]))
    if sum(len(block.paragraphs) for block in blocks) > 1:
        commands.append(types.Command(ALL, EVALUATE, arguments=[view.uri(path)]))
    return [types.CodeAction(command.title, command=command) for command in commands]


def edit_with(view: View, path: Path, evaluated: Sequence[Evaluated]) -> types.WorkspaceEdit | None:
    """What writes down what came of examples in the document as it is now; None if there is nothing to write.

    Examples that are not there any more are passed over.  Blocking.
    """
    document = view.snapshot.documents.get(path)
    if document is None:
        return None
    text = document.text
    found = moved(find_in(document), [one.example for one in evaluated])
    edits = [edit_of(text, here, one.outcome) for here, one in zip(found, evaluated, strict=True) if here is not None]
    changed = [edit for edit in edits if edit is not None]
    return workspace_edit(view, path, document.lines, changed) if changed else None


def find_in(document: Document) -> tuple[Block, ...]:
    """The examples of a document.  Blocking."""
    return find_blocks(document.text, literate=document.path.suffix == ".lhs")


async def _blocks(view: View, path: Path) -> tuple[Block, ...]:
    """The examples of a module that can be evaluated."""
    document = view.snapshot.documents.get(path)
    if document is None or not view.client.shows.applies_edits:
        return ()
    units = (unit for project in view.snapshot.projects for unit in project.units)
    if not any(module.path == path for unit in units for module in unit.modules):
        return ()
    return await asyncio.to_thread(find_in, document)


def _offers(view: View, path: Path, blocks: Sequence[Block]) -> Iterator[tuple[int, types.Command]]:
    paragraphs = [paragraph for block in blocks for paragraph in block.paragraphs]
    for paragraph in paragraphs:
        yield paragraph[0].line, _command(view, path, _title(paragraph), paragraph)
    if len(paragraphs) > 1:
        yield paragraphs[0][0].line, types.Command(ALL, EVALUATE, arguments=[view.uri(path)])


def _title(paragraph: Sequence[Example]) -> str:
    return "Evaluate again" if any(example.recorded for example in paragraph) else "Evaluate"


def _short(code: str) -> str:
    line = code.replace("\n", " ")
    return line if len(line) <= 40 else f"{line[:39]}…"


def _command(view: View, path: Path, title: str, examples: Sequence[Example]) -> types.Command:
    return types.Command(title, EVALUATE, arguments=[view.uri(path), examples[0].line, examples[-1].line])


def _lens(line: int, command: types.Command) -> types.CodeLens:
    at = types.Position(line, 0)
    return types.CodeLens(types.Range(at, at), command)

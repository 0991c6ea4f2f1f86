"""The command `thatch.evaluate`: evaluates examples in comments and writes down what came of them.

Its arguments are the document's URI and the first and the last line (0-based) with a prompt; without these, all.
"""

import asyncio
from typing import Any

from lsprotocol import types

from thatch.core.errors import ThatchError
from thatch.lsp import convert
from thatch.lsp.evaluation import edit_with, find_in
from thatch.lsp.session import Session


async def handle(session: Session, arguments: tuple[Any, ...]) -> None:
    """Have the editor change the document.  Cancelling ends what is evaluated."""
    uri, *lines = arguments or (None,)
    path = convert.path(uri) if isinstance(uri, str) else None
    if path is None or len(lines) not in {0, 2} or not all(isinstance(line, int) for line in lines):
        raise ThatchError(
            message="thatch.evaluate takes the URI of a document, and the first and last line of examples."
        )
    document = session.snapshot().documents.get(path)
    if document is None:
        raise ThatchError(message=f"{path.name} is not open.")
    blocks = await asyncio.to_thread(find_in, document)
    prompts = [example.line for block in blocks for example in block.examples]
    wanted = [line for line in prompts if not lines or lines[0] <= line <= lines[1]]
    if not wanted:
        raise ThatchError(message="There are no examples (any more).")
    evaluated = await session.evaluate(path, document.text, wanted)
    edit = await asyncio.to_thread(edit_with, session.view(), path, evaluated)
    if edit is not None:
        session.apply_edit(types.ApplyWorkspaceEditParams(edit=edit, label="Evaluate"))

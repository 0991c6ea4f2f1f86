"""The command `thatch.runSpliceAgain`: runs a splice that was stopped, given by the URI of its document."""

from typing import Any

from thatch.core.errors import ThatchError
from thatch.lsp.session import Session
from thatch.lsp.splices import read_key


async def handle(session: Session, arguments: tuple[Any, ...]) -> None:
    """Let the splice run as if its module had changed."""
    key = read_key(arguments[0]) if arguments and isinstance(arguments[0], str) else None
    if key is None:
        raise ThatchError(message="thatch.runSpliceAgain takes the URI of a splice's document.")
    found = await session.splices.find(session.snapshot(), key)
    if found is None:
        raise ThatchError(message="This splice is no longer there.")
    await session.run_splice_again(found[1])

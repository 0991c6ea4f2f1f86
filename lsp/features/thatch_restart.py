"""The command `thatch.restart`: new GHC sessions, for when something seems wrong."""

from typing import Any

from thatch.lsp.session import Session


async def handle(session: Session, _arguments: tuple[Any, ...]) -> None:
    """Restart; the answer comes when the old sessions are ended."""
    await session.restart()

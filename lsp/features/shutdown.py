"""`shutdown`: everything is ended before the answer, so that `exit` leaves nothing behind."""

from thatch.lsp.session import Session


async def handle(session: Session, _params: None) -> None:
    """End all child processes."""
    await session.close()

"""Waiting for what the editor answers."""

import asyncio
import concurrent.futures
from typing import Any


async def answered(question: "concurrent.futures.Future[Any]") -> Any:
    """What the editor answers to a question; raises what it answers instead.

    Cancelling leaves the question open: the answer may still come, and pygls (2.0) cannot take one to a question that
    was cancelled.
    """
    answer = asyncio.wrap_future(question)
    answer.add_done_callback(_note)
    return await asyncio.shield(answer)


def _note(answer: "asyncio.Future[Any]") -> None:
    """What nobody waits for any more is no error that was overlooked."""
    if not answer.cancelled():
        answer.exception()

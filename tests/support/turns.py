"""Letting the event loop go on by exact steps, to cancel a task at each place where it can be cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest


async def turn() -> None:
    """Let the loop go round once."""
    gone_round = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(gone_round.set_result, None)
    await gone_round


async def cancel_after(turns: int, work: Callable[[], Awaitable[Any]]) -> bool:
    """Cancel `work` after so many turns of the loop; returns whether it was still at it."""
    running = asyncio.ensure_future(work())
    for _ in range(turns):
        await turn()
    if running.done():
        await running
        return False
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return True

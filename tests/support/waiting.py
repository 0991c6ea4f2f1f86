"""Waiting for conditions, never for time; the only place that knows how long is too long."""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

MULTIPLIER = float(os.environ.get("THATCH_TEST_TIMEOUT_MULTIPLIER", "1"))
"""Every time limit in the tests is multiplied by this: raise it on a slow or busy machine."""


def seconds(limit: float) -> float:
    """A time limit, as this machine needs it."""
    return limit * MULTIPLIER


async def until(
    condition: Callable[[], T | None],
    what: str | Callable[[], str] = "the condition",
    *,
    timeout: float = 60,  # The one place for time limits.
    changed: asyncio.Event | None = None,
) -> T:
    """Wait until `condition()` is true, and return what it returned.

    It is looked at whenever `changed` is set, else about fifty times a second.
    Fails with `what` was waited for when the limit is reached.
    """
    never = asyncio.Event()
    limit = asyncio.get_running_loop().time() + seconds(timeout)
    while True:
        if changed is not None:
            changed.clear()
        result = condition()
        if result:
            return result
        rest = limit - asyncio.get_running_loop().time()
        if rest <= 0:
            waited_for = what if isinstance(what, str) else what()
            raise AssertionError(f"Waited {seconds(timeout):g} s for {waited_for}")
        try:
            async with asyncio.timeout(min(rest, 1.0 if changed else 0.02)):
                await (changed or never).wait()
        except TimeoutError:
            continue

"""Notices that the editor's process is gone, even when something else keeps its pipes open."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable

POLL_SECONDS = 2.0
"""How often to look, where the system cannot tell."""

log = logging.getLogger(__name__)


def gone(pid: int) -> Awaitable[None]:
    """Something to await until a process has ended.  May be cancelled at any time.

    A process that is not there when this is called is one that cannot be seen from here (the editor runs on
    another machine or outside the container); then it waits for ever.
    """
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        log.warning("The editor's process %d cannot be seen from here and is not watched.", pid)
        return asyncio.get_running_loop().create_future()
    except (AttributeError, OSError):
        # Not Linux, or a kernel or sandbox without pidfd_open.
        return _poll(pid)
    return _ended(descriptor)


async def _ended(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _poll(pid: int) -> None:
    while True:
        with contextlib.suppress(PermissionError):  # It is there, and another user's.
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
        await asyncio.sleep(POLL_SECONDS)

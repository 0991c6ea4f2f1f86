"""How commands that wait for a workspace are ended."""

import asyncio
import os
import signal

import pytest

from thatch.cli.exit_code import ExitCode
from thatch.cli.settled import run_until_sigterm
from thatch.core.errors import ThatchError


def test_what_is_done_in_time_is_the_result() -> None:
    async def work() -> str:
        return "done"

    assert run_until_sigterm(work()) == "done"


def test_sigterm_cancels_and_cleans_up() -> None:
    cleaned = []

    async def work() -> str:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)
        return "never"

    assert run_until_sigterm(work()) is ExitCode.TERMINATED
    assert cleaned == [True]


def test_errors_come_through() -> None:
    async def work() -> str:
        raise ThatchError(message="no")

    with pytest.raises(ThatchError, match="no"):
        run_until_sigterm(work())

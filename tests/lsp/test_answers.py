"""The editor may answer when nobody waits any more."""

import asyncio
import concurrent.futures
from typing import Any

import pytest

from tests.support.turns import turn
from thatch.lsp.answers import answered


async def test_an_answer_and_a_refusal() -> None:
    one, other = (concurrent.futures.Future[Any]() for _ in range(2))
    waiting = asyncio.create_task(answered(one)), asyncio.create_task(answered(other))
    await turn()
    one.set_result(1)
    other.set_exception(ValueError("no"))
    assert await waiting[0] == 1
    with pytest.raises(ValueError, match="no"):
        await waiting[1]


@pytest.mark.parametrize("refused", [False, True])
async def test_an_answer_after_the_waiting_was_cancelled(refused: bool) -> None:
    question = concurrent.futures.Future[Any]()
    waiting = asyncio.create_task(answered(question))
    await turn()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not question.cancelled()
    if refused:
        question.set_exception(ValueError("no"))
    else:
        question.set_result(1)
    await turn()

"""Coroutines run for callers in other threads, who get on when their time is up, whatever the coroutine does."""

import asyncio
import threading

import pytest

from thatch.cache.loop_thread import LoopThread

LONG = 60.0


def test_a_result_comes_back_and_so_does_an_error() -> None:
    loop = LoopThread("test")

    async def answer(value: int) -> int:
        if value < 0:
            raise ValueError("negative")
        return value + 1

    assert loop.run(answer(1), LONG) == 2
    with pytest.raises(ValueError, match="negative"):
        loop.run(answer(-1), LONG)
    loop.close()


def test_a_coroutine_that_takes_too_long_is_cancelled() -> None:
    loop = LoopThread("test")
    cancelled = threading.Event()

    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        loop.run(hang(), 0.01)
    assert cancelled.wait(LONG)
    loop.close()


def test_a_coroutine_that_blocks_the_thread_holds_up_nobody() -> None:
    loop = LoopThread("test")
    release, blocked = threading.Event(), threading.Event()

    async def block() -> None:
        blocked.set()
        release.wait(LONG)

    with pytest.raises(TimeoutError):
        loop.run(block(), 0.01)
    assert blocked.wait(LONG)
    release.set()
    loop.close()


def test_closing_ends_what_runs_and_what_comes_later() -> None:
    loop = LoopThread("test")
    started = threading.Event()

    async def hang() -> None:
        started.set()
        await asyncio.Event().wait()

    future = loop.start(hang())
    assert started.wait(LONG)
    loop.close()
    with pytest.raises(TimeoutError):
        loop.wait(future, LONG)
    with pytest.raises(TimeoutError):
        loop.run(hang(), LONG)
    assert not [thread for thread in threading.enumerate() if thread.name == "test"]


def test_a_loop_that_never_ran_can_be_closed() -> None:
    LoopThread("test").close()

"""An event loop in a thread of its own, for blocking callers that must get on when their time is up."""

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for callers in any thread.

    The thread is a daemon: whatever hangs in it, a process can end.  It is closed when the process ends: Python would
    end the thread wherever it is then, and the process is aborted if that is in a library's own code.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Begin to run a coroutine.  After `close` its future is cancelled at once."""
        with self._lock:
            if self._closed:
                coroutine.close()
                cancelled: Future[T] = Future()
                cancelled.cancel()
                return cancelled
            return asyncio.run_coroutine_threadsafe(coroutine, self._running())

    def run(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Run a coroutine and wait for it.

        Raises TimeoutError when it is not done in time; it is cancelled then, and not waited for.
        """
        return self.wait(self.start(coroutine), seconds)

    def wait(self, future: "Future[T]", seconds: float) -> T:
        """What a coroutine that was started returns; raises as `run` does."""
        try:
            return future.result(timeout=max(seconds, 0))
        except CancelledError:
            raise TimeoutError("the work was cancelled") from None
        finally:
            future.cancel()

    def close(self) -> None:
        """Cancel whatever runs.  A coroutine that blocks the loop is left behind."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop and thread and thread is not threading.current_thread():
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop)
            thread.join(timeout=1)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_serve, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
            atexit.register(self.close)
        return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    asyncio.get_running_loop().stop()

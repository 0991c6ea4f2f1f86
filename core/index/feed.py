"""Having the process of `worker` read `.hie` files into an index; which files, others decide."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterable, Callable
from pathlib import Path

from thatch.core import process
from thatch.core.index.worker import Known, Order, known_line

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "thatch.core.index.worker")


async def feed(
    folder: Path,
    ghc: str,
    known: Known,
    orders: AsyncIterable[tuple[Order, bytes]],
    done: Callable[[Order, bool], None],
) -> None:
    """Have orders carried out for the index in a folder, of projects of a GHC that knows some names by heart,
    and say of each whether it was; of some never, when the process dies.

    May be cancelled at any time; the process is ended then.  Raises `ThatchError` when it cannot be started.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    worker = await process.start([*COMMAND, folder, ghc], cwd=folder, stdin=asyncio.subprocess.PIPE)
    assert worker.stdin and worker.stdout and worker.stderr
    sent: list[Order] = []
    sending = asyncio.create_task(_send(worker.stdin, known, orders, sent))
    logging_errors = asyncio.create_task(_log(worker.stderr))
    try:
        n_done = 0
        async for line in worker.stdout:
            done(sent[n_done], line == b"true\n")
            n_done += 1
        await asyncio.gather(sending, logging_errors)
        if n_done < len(sent):
            log.warning("The process that reads .hie files ended with %d of %d read.", n_done, len(sent))
    finally:
        sending.cancel()
        logging_errors.cancel()
        await process.end(worker)


async def _send(
    stdin: asyncio.StreamWriter, known: Known, orders: AsyncIterable[tuple[Order, bytes]], sent: list[Order]
) -> None:
    # The process may die at any time, which shows at its output.
    with contextlib.suppress(ConnectionError):
        stdin.write(known_line(known))
        async for order, content in orders:
            sent.append(order)
            stdin.write(order.head())
            stdin.write(content)
            await stdin.drain()
        stdin.close()


async def _log(stderr: asyncio.StreamReader) -> None:
    async for line in stderr:
        log.warning("%s", line.decode("utf-8", "replace").rstrip())

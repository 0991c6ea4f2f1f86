"""A workspace that has found out everything, for commands that ask it more than its diagnostics."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from thatch.cache.open import open_cache
from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import printable
from thatch.cli.output import remark
from thatch.cli.progress import shown_progress
from thatch.core.events import Event
from thatch.core.project.discover import find_root
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace

log = logging.getLogger(__name__)

T = TypeVar("T")


def configure_logging(context: dict[str, bool]) -> None:
    """Have mistakes told on stderr, and everything with `thatch --debug`."""
    logging.basicConfig(level=logging.ERROR, format="%(name)s: %(message)s")
    if context["debug"]:
        logging.getLogger("thatch").setLevel(logging.DEBUG)


def run_until_sigterm(work: Coroutine[None, None, T]) -> T | ExitCode:
    """Run to the end, or until SIGTERM cancels it, which gives an exit code instead."""
    try:
        return asyncio.run(_ended_by_sigterm(work))
    except asyncio.CancelledError:
        return ExitCode.TERMINATED


def listener(*listeners: Callable[[Event], None]) -> Callable[[Event], None]:
    """One that logs events and tells them all of these."""

    def listen(event: Event) -> None:
        log.debug("%s", event)
        for hear in listeners:
            hear(event)

    return listen


@asynccontextmanager
async def settled_workspace(paths: Iterable[Path], settings: Settings) -> AsyncIterator[Workspace]:
    """A workspace on the projects of absolute paths, when nothing is left to do.  Cancelling ends its children."""
    roots = tuple(dict.fromkeys([await asyncio.to_thread(find_root, path) for path in sorted(paths)]))
    modules = await asyncio.to_thread(open_cache, settings, upload=False, tell=_tell)
    try:
        with shown_progress() as show:
            workspace = Workspace(roots, settings, listener(show), modules)
            try:
                await workspace.start(watched=False)
                await workspace.idle()
                yield workspace
            finally:
                await workspace.close()
    finally:
        if modules:
            await asyncio.to_thread(modules.close)


def _tell(sentence: str) -> None:
    remark(f"thatch: {printable(sentence)}")


async def _ended_by_sigterm(work: Coroutine[None, None, T]) -> T:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task

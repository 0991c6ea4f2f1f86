"""`thatch cache verify --compile`: a check that compiles what the cache has, and compares."""

import asyncio
from pathlib import Path

from thatch.cache.modules import ModuleCache
from thatch.cache.prove import Prover
from thatch.cli.progress import shown_progress
from thatch.core.errors import ThatchError
from thatch.core.events import Health
from thatch.core.project.discover import find_root
from thatch.core.settings import Settings
from thatch.core.workspace import Workspace


def prove(path: Path, settings: Settings, modules: ModuleCache, most: int | None) -> Prover:
    """Compile at most so many modules of each project there (None: all), in a private folder, and compare.

    Raises ThatchError when a project cannot be loaded.
    """
    prover = Prover(modules, most)
    asyncio.run(_check(path.resolve(), settings, prover))
    return prover


async def _check(path: Path, settings: Settings, prover: Prover) -> None:
    root = await asyncio.to_thread(find_root, path)
    with shown_progress() as show:
        workspace = Workspace((root,), settings, show, prover)
        try:
            await workspace.start(watched=False)
            await workspace.idle()
            status = workspace.snapshot().status
        finally:
            # Only then everything is compared.
            await workspace.close()
    if status.health is Health.ERROR:
        raise ThatchError(message=status.message)

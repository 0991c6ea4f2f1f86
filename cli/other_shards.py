"""Waiting until other shards have compiled what this one needs of theirs: nothing is compiled twice then."""

import asyncio
import logging
from collections.abc import Callable, Collection
from pathlib import Path

from thatch.cache.modules import ModuleCache, examine
from thatch.cli.output import remark
from thatch.core.artifacts import Job, Standing
from thatch.core.project.resolve import ModuleId

POLL_SECONDS = 1.0

log = logging.getLogger(__name__)


async def wait_for_others(job: Job, cache: ModuleCache, is_ours: Callable[[Path], bool], patience: float) -> None:
    """Wait until the cache has every module of a job that is not ours, or none has come for `patience` seconds.

    May be cancelled at any time.
    """
    loop = asyncio.get_running_loop()
    missing = await asyncio.to_thread(_missing, job, cache, is_ours)
    if missing:
        remark(f"thatch: {len(missing):,} modules are left to other shards.")
    since = loop.time()
    while missing:
        if loop.time() - since >= patience:
            remark(f"thatch: none of {len(missing):,} modules of other shards came; they are compiled here.")
            return
        await asyncio.sleep(min(POLL_SECONDS, patience))
        cache.store.look_again()
        left = await asyncio.to_thread(_missing, job, cache, is_ours)
        if left != missing:
            since = loop.time()
            log.debug("%d modules of other shards are missing", len(left))
        missing = left


def _missing(job: Job, cache: ModuleCache, is_ours: Callable[[Path], bool]) -> Collection[ModuleId]:
    """The modules that would be compiled although they are not ours.  Blocking."""
    examined = examine(job, cache.store, cache.heads_folder)
    graph = examined.survey.graph
    return {
        module
        for module, verdict in examined.verdicts.items()
        if verdict.standing is Standing.MISS and not is_ours(graph.path(module))
    }

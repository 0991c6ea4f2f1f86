"""How the cache is, for `doctor`; nothing of it is read through, which `thatch cache verify` does."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import closing

from thatch.cache.errors import CacheUnusable
from thatch.cache.modules import ModuleCache
from thatch.cache.open import open_cache, open_local
from thatch.core.health import Finding, Verdict
from thatch.core.settings import Settings

LITTLE = 1_000_000_000
"""A disk with fewer free bytes may fill up while a project is compiled."""


async def with_cache(
    settings: Settings, examine: Callable[[ModuleCache | None], Awaitable[list[Finding]]]
) -> list[Finding]:
    """What is found with a cache at hand, which has answers of build tools, and then how that cache is.

    Cancelling closes the cache, when it is open.
    """
    told: list[str] = []
    cache = await asyncio.to_thread(open_cache, settings, tell=told.append)
    try:
        found = await examine(cache)
    finally:
        if cache:
            await asyncio.to_thread(cache.close)
    troubles = [
        Finding(
            topic="cache", verdict=Verdict.NOTE, text=sentence, remedy="See docs/caching.md and docs/cache-sharing.md."
        )
        for sentence in dict.fromkeys(told)
    ]
    return [*found, *await asyncio.to_thread(examine_cache, settings), *troubles]


def examine_cache(settings: Settings) -> list[Finding]:
    """How the store on this machine is, and what is said of one that machines share.  Blocking."""
    told: list[str] = []
    try:
        with closing(open_local(settings, told.append)) as store:
            stats = store.stats()
    except (CacheUnusable, OSError) as error:
        return [
            Finding(
                topic="cache",
                verdict=Verdict.FAILURE,
                text=f"{settings.cache_dir} cannot be used: {error}. Every check compiles everything",
                remedy="Make the folder writable, or choose another one with THATCH_CACHE_DIR.",
            )
        ]
    n_bytes = stats.usage.n_blob_bytes + stats.usage.n_trace_bytes
    free = shutil.disk_usage(stats.folder).free
    details = {
        "folder": str(stats.folder),
        "writable": stats.writable,
        "modules": stats.usage.n_modules,
        "bytes": n_bytes,
        "limit": stats.limit,
        "free": free,
        "damaged_database": stats.replaced_database or None,
    }
    text = f"{stats.usage.n_modules:,} modules in {stats.folder} ({n_bytes / 1e6:,.1f} of {stats.limit / 1e6:,.0f} MB)"
    trouble = _trouble(writable=stats.writable, damaged=stats.replaced_database, free=free)
    verdict, remedy = (Verdict.NOTE, trouble[1]) if trouble else (Verdict.OK, "")
    found = "; ".join([text, *([trouble[0]] if trouble else []), *told])
    return [
        Finding(topic="cache", verdict=verdict, text=found, remedy=remedy, details=details),
        *_remote(settings),
    ]


def _trouble(*, writable: bool, damaged: str, free: int) -> tuple[str, str] | None:
    """What is wrong, and what to do about it."""
    if not writable:
        return "it can only be read", "Make the folder writable, or nothing that is compiled here is kept."
    if damaged:
        return f"its database was damaged and set aside as {damaged}", "Nothing needs to be done; see the disk's log."
    if free < LITTLE:
        return f"only {free / 1e6:,.0f} MB are free", "Make room, or set `cacheLimit` lower and run `thatch cache gc`."
    return None


def _remote(settings: Settings) -> list[Finding]:
    if not settings.cache_remote:
        return []
    return [Finding(topic="shared store", text=_without_password(settings.cache_remote))]


def _without_password(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"

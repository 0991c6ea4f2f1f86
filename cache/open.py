"""Opening the cache that the settings describe: the one place that puts its tiers together."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from thatch.cache.disk import DEFAULT_LIMIT, DiskStore, StoreOptions
from thatch.cache.errors import CacheUnusable
from thatch.cache.modules import ModuleCache
from thatch.cache.sizes import parse_size
from thatch.cache.store import Store
from thatch.core.errors import ThatchError
from thatch.core.settings import Settings

if TYPE_CHECKING:
    from thatch.cache.remote import Remote

log = logging.getLogger(__name__)

HOLD_SECONDS = 2.0
"""What is used for longer is not evicted meanwhile."""

Tell = Callable[[str], None]
"""Tells the user a sentence; from any thread."""


def _log_warning(sentence: str) -> None:
    log.warning("%s", sentence)


def open_cache(
    settings: Settings, *, upload: bool = False, read_only: bool = False, tell: Tell = _log_warning
) -> ModuleCache | None:
    """The cache that the settings describe; None, which `tell` hears, where there can be none.  Blocking.

    With `upload`, what is compiled goes to the remote store too.  A remote store that cannot be used is told and done
    without.  What is `read_only` on this machine gets neither modules nor counts.
    """
    try:
        local = _open_if_there(settings, tell) if read_only else open_local(settings, tell)
        store = _layered(local, settings, upload=upload, tell=tell) or local
    except CacheUnusable as error:
        tell(f"Working without a cache: {error}")
        return None
    if store is None or local is None or read_only:
        return ModuleCache(store) if store else None
    return ModuleCache(store, settings.cache_dir / "heads", local.tallies)


def open_store(settings: Settings, *, upload: bool = False, tell: Tell = _log_warning) -> Store:
    """The tiers that `open_cache` uses; raises CacheUnusable where there can be none.  Blocking."""
    local = open_local(settings, tell)
    return _layered(local, settings, upload=upload, tell=tell) or local


def open_local(settings: Settings, tell: Tell = _log_warning, *, read_only: bool = False) -> DiskStore:
    """The store on this machine; raises CacheUnusable where there can be none.  Blocking."""
    options = StoreOptions(tell=tell, limit=_limit(settings, tell), hold_after=HOLD_SECONDS, read_only=read_only)
    return DiskStore(settings.cache_dir / "store", options)


def open_remote(settings: Settings, *, upload: bool, tell: Tell = _log_warning) -> "Remote":
    """The remote store of the settings, with nothing asked of it yet; raises RemoteError for what is no address."""
    # Its library takes a while to import, and most users have no such store.
    from thatch.cache.remote import Remote

    return Remote.open(
        settings.cache_remote,
        writable=upload,
        cache_dir=settings.cache_dir,
        tell=lambda error: tell(str(error)),
    )


def _open_if_there(settings: Settings, tell: Tell) -> DiskStore | None:
    """The store on this machine, only to be read; None, which `tell` hears, where there is none yet."""
    try:
        return open_local(settings, tell, read_only=True)
    except CacheUnusable as error:
        tell(error.message)
        return None


def _limit(settings: Settings, tell: Tell) -> int:
    try:
        return parse_size(settings.cache_limit)
    except ValueError as error:
        tell(f"The size of the cache is left at {DEFAULT_LIMIT // 10**9} GB: {error}.")
        return DEFAULT_LIMIT


def _layered(local: DiskStore | None, settings: Settings, *, upload: bool, tell: Tell) -> Store | None:
    """The local store with the remote one behind it; None where there is no remote one."""
    if not settings.cache_remote:
        return None
    from thatch.cache.layered import Layered

    try:
        remote = open_remote(settings, upload=upload, tell=tell)
    except ThatchError as error:
        tell(f"Working without the remote cache: {error}")
        return None
    if local is not None and local.writable:
        return Layered(local, remote)
    from thatch.cache.scratch import Scratch

    return Layered(Scratch(local, StoreOptions(tell=tell)), remote)

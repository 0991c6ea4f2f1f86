"""Opening the cache that the settings describe: the one place that puts its tiers together."""

import logging

from thatch.cache.disk import DiskStore
from thatch.cache.errors import CacheUnusable
from thatch.cache.modules import ModuleCache
from thatch.core.settings import Settings

log = logging.getLogger(__name__)


def open_cache(settings: Settings) -> ModuleCache | None:
    """The cache below the settings' cache folder; None, said in the log, where there can be none.  Blocking."""
    try:
        return ModuleCache(DiskStore(settings.cache_dir / "store"))
    except CacheUnusable as error:
        log.warning("Working without a cache: %s", error)
        return None

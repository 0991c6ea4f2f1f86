"""The errors of the cache; a miss and a damaged blob are answers, never errors."""

from attrs import define

from thatch.core.errors import ThatchError


@define(kw_only=True)
class CacheUnusable(ThatchError):  # noqa: N818  # Named for the state of the store, which outlasts the one call.
    """Nothing of the store works: neither reading nor writing, so that thatch must go on without it."""


def closed() -> CacheUnusable:
    """What uses of a store raise after it was closed."""
    return CacheUnusable(message="The cache was closed.")


@define(kw_only=True)
class IncompleteEntryError(ThatchError):
    """An entry was offered without a blob it names, or with one whose content is not what its digest says."""


@define(kw_only=True)
class DamagedEntryError(ThatchError):
    """Bytes that should be an entry are not one; stores turn this into a miss."""

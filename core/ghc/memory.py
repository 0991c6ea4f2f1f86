"""Whether sessions hold too much memory together."""

from collections.abc import Iterable

from thatch.core.iserv.child import memory_of_tree

MEGABYTE = 2**20


def excess(processes: Iterable[int], limit: int) -> str:
    """Why processes, with all that they started, hold more than `limit` megabytes; empty if they do not.  Blocking.

    A limit of 0 is none.
    """
    held = sum(map(memory_of_tree, processes)) // MEGABYTE
    if not limit or held <= limit:
        return ""
    return f"GHC held {held} MB, more than the {limit} MB of the setting sessions.memoryMb"

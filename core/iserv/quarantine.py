"""The splices that a tap must not run: a file that the server writes and the tap reads again when it has changed.

Part of the tap: standard library only.  The file is a JSON list of objects with `unit`, `module`, `message` and
`span`: start line and column, end line and column in GHC's columns, or null for all of the module.
"""

import os

from .recorder import Place


class Quarantine:
    """What the file says."""

    __slots__ = ("_entries", "_path", "_stamp")

    def __init__(self, path: str) -> None:
        self._path = path
        self._stamp: tuple[int, ...] = ()
        self._entries: list[dict[str, object]] = []

    def holds_some(self) -> bool:
        """Whether there is any splice that must not be run."""
        self._refresh()
        return bool(self._entries)

    def message(self, raw: bytes) -> str:
        """What to tell instead of running the splice of a `RunTH` request; empty when it may run."""
        self._refresh()
        if not self._entries:
            return ""
        place = Place(raw)
        for entry in self._entries:
            same = entry["unit"] == place.unit and entry["module"] == place.module
            if same and entry["span"] in (None, place.span):
                return str(entry["message"])
        return ""

    def _refresh(self) -> None:
        """Read the file again if it is another one; without a file nothing is in quarantine."""
        try:
            status = os.stat(self._path)  # noqa: PTH116  # pathlib loads slowly.
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return
            self._entries = _read(self._path)
            self._stamp = stamp
        except (OSError, ValueError):
            self._stamp, self._entries = (), []


def _read(path: str) -> list[dict[str, object]]:
    # The tap has other things to do when it starts.
    import json

    with open(path, "rb") as file:  # noqa: PTH123
        entries: list[dict[str, object]] = json.load(file)
    return entries

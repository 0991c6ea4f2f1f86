"""Whether files exist, at the cost of one listing for each folder that is looked into."""

import os
from pathlib import Path


class Listings:
    """The names in folders as they were when each was first looked into.  Blocking."""

    def __init__(self) -> None:
        """No folder was looked into yet."""
        self._names: dict[str, frozenset[str]] = {}

    def has_file(self, path: str | Path) -> bool:
        """Whether there is a file, or a link to one, at an absolute path."""
        # Texts rather than paths: this is asked for each of some thousand files before anything else can begin.
        folder, _, name = str(path).rpartition("/")
        names = self._names.get(folder)
        if names is None:
            names = self._names[folder] = frozenset(_files(folder or "/"))
        return name in names


def _files(folder: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if _is_file(entry)]
    except OSError:
        return []


def _is_file(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False

"""A folder on this machine that keeps heads and bundles of a remote store, so that a process asks only for new ones.

It holds copies of what never changes; whoever reads them verifies them like anything from the network.
"""

import os
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path


class HeadsFolder:
    """Objects by name.  Several processes may share the folder; what cannot be read or written is just not kept."""

    def __init__(self, folder: Path | None) -> None:
        """No folder: nothing is kept."""
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """What was kept under a name."""
        if self._folder is None:
            return None
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Keep an object."""
        if self._folder is None:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(self._folder / name)

    def keep_only(self, names: Collection[str]) -> None:
        """Remove what has another name: it is no longer in the store."""
        if self._folder is None:
            return
        with suppress(OSError):
            for path in self._folder.iterdir():
                if path.name not in names and not path.name.startswith(_TEMPORARY):
                    path.unlink(missing_ok=True)


_TEMPORARY = "new-"

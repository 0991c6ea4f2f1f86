"""The private folder of one running workspace below the cache folder, and the removal of those whose owner died.

<cache>/run/<process id>-<random>/    or, where the cache folder can only be read,
<temporary files>/thatch-<random>/    which the system clears away if its owner dies
"""

import itertools
import os
import shutil
import tempfile
from pathlib import Path

from thatch.core.errors import ThatchError
from thatch.core.project.folders import READ_ONLY


class RunFolder:
    """Made when first asked for, removed at the end."""

    def __init__(self, cache_dir: Path) -> None:
        """Describe the folder below `cache_dir`; nothing is made yet."""
        self._parent = cache_dir / "run"
        self._path: Path | None = None
        self._numbers = itertools.count()

    def path(self) -> Path:
        """The folder; made, and left-overs of dead processes removed, at the first call.

        Raises `ThatchError` when the cache folder cannot be written.
        """
        if self._path is None:
            try:
                self._path = self._made()
            except OSError as error:
                raise ThatchError(
                    message=f"The cache folder {self._parent} cannot be written: {error.strerror}.",
                    remedy="Make it writable, or choose another folder with the setting `cacheDir` "
                    "or the environment variable THATCH_CACHE_DIR.",
                ) from error
            self._remove_abandoned()
        return self._path

    def _made(self) -> Path:
        try:
            self._parent.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self._parent))
        except OSError as error:
            if error.errno not in READ_ONLY:
                raise
        return Path(tempfile.mkdtemp(prefix="thatch-"))

    def next_part(self) -> Path:
        """A path in the folder that was not given before and need not be there yet; raises `ThatchError` as `path`."""
        return self.path() / str(next(self._numbers))

    def remove(self) -> None:
        """Remove the folder, if it was made; what cannot be removed is left for the next server."""
        if self._path is not None:
            shutil.rmtree(self._path, ignore_errors=True)

    def _remove_abandoned(self) -> None:
        for folder in self._parent.iterdir() if self._parent.is_dir() else ():
            owner = folder.name.partition("-")[0]
            if owner.isdecimal() and not _is_alive(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True

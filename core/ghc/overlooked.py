"""What sources say that GHC takes no notice of while a session stays open; only files are looked at, not buffers.

It is noted how the files are before it is planned what GHC must do; read they are only when a session is to start.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from thatch.core.ghc.stamps import file_stamp

PRAGMA = re.compile(rb"\{-#\s*(?:deprecated|warning|complete)\b.*?#-\}", re.IGNORECASE | re.DOTALL)
"""What changes messages of a module's users, while GHC (9.6 and 9.10) takes the users for up to date."""

BOOT_SUFFIXES = frozenset({".hs-boot", ".lhs-boot"})
"""The suffixes of files that GHC compares with their modules only when these are compiled."""


@frozen
class _Seen:
    stamp: str
    said: str | None
    """None when it was not read."""


class Overlooked:
    """Remembers what is overlooked of each file, and reads again only those that were written since."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._seen: dict[Path, _Seen] = {}

    def changed(self, paths: Iterable[Path]) -> bool:
        """Whether any of these files says something else than when it was last looked at.  Blocking.

        A file that was not looked at before has not changed; one that was written before it was read has.
        """
        changed = [path for path in paths if self._has_changed(path)]
        return bool(changed)

    def note(self, paths: Iterable[Path]) -> None:
        """Note how those of the files are that are new, to be read later.  Blocking, briefly."""
        self._seen |= {path: _Seen(file_stamp(path), None) for path in paths if path not in self._seen}

    def read(self) -> None:
        """Read the files that were noted, as far as they still are as they were then.  Blocking."""
        for path, seen in self._seen.items():
            if seen.said is None and file_stamp(path) == seen.stamp:
                said = overlooked(path)
                # Otherwise it was written meanwhile, and this is not what it said.
                if file_stamp(path) == seen.stamp:
                    self._seen[path] = _Seen(seen.stamp, said)

    def _has_changed(self, path: Path) -> bool:
        before, stamp = self._seen.get(path), file_stamp(path)
        if before is not None and before.stamp == stamp:
            return False
        self._seen[path] = now = _Seen(stamp, overlooked(path))
        return before is not None and before.said != now.said


def overlooked(path: Path) -> str:
    """A hash of what GHC overlooks in a file; empty if there is no such thing, or no file.  Blocking."""
    try:
        text = path.read_bytes()
    except OSError:
        return ""
    said = text if path.suffix in BOOT_SUFFIXES else b"\n".join(PRAGMA.findall(text))
    return hashlib.blake2b(said, digest_size=16).hexdigest() if said else ""

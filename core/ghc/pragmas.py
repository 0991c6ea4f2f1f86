"""The `OPTIONS_GHC` pragmas of source files, as far as a session must know them.

They come after every flag of the command line.  Two of their effects need care: they may make warnings fatal or not,
and they may silence warnings altogether (`-w`), deferred errors among them, so that a broken module would look sound.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.ghc.werror import DEFERRED, silences_errors
from thatch.core.syntax import parse_header

PRAGMA = re.compile(r"\{-#\s*OPTIONS_GHC\s.*?#-\}", re.DOTALL | re.IGNORECASE)

VOICE = "{-# OPTIONS_GHC " + " ".join(f"-W{name}" for name in DEFERRED) + " #-}"
"""The pragma that lets deferred errors be heard again."""

HEAD_BYTES = 2**16
"""How much of a file is read for its pragmas, which stand at the top."""


@frozen
class _Seen:
    """What a file's pragmas said when it was last read."""

    stamp: tuple[int, int]
    options: tuple[str, ...]


class Pragmas:
    """Remembers the pragmas of files, and reads again only those that changed on disk."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._seen: dict[Path, _Seen] = {}

    def options(self, paths: Iterable[Path], buffers: Mapping[Path, str]) -> dict[Path, tuple[str, ...]]:
        """The options of those of the files (or buffers) that have any; unreadable files have none."""
        found = {path: options_of(buffers[path], path) if path in buffers else self._of_file(path) for path in paths}
        return {path: options for path, options in found.items() if options}

    def _of_file(self, path: Path) -> tuple[str, ...]:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            seen = self._seen.get(path)
            if seen is None or seen.stamp != stamp:
                with path.open("rb") as file:
                    head = file.read(HEAD_BYTES).decode("utf-8", "replace")
                seen = self._seen[path] = _Seen(stamp, options_of(head, path))
        except OSError:
            return ()
        return seen.options


def options_of(text: str, path: Path) -> tuple[str, ...]:
    """The options in the `OPTIONS_GHC` pragmas of a text, in their order."""
    # Few modules have any; the search is much cheaper than the reading of a header.
    if PRAGMA.search(text) is None:
        return ()
    return parse_header(text, literate=path.suffix == ".lhs").options


def voiced(text: str, options: Iterable[str]) -> str | None:
    """The text in which deferred errors are heard whatever its pragmas say; None if nothing is to be changed.

    The pragma is put right behind each `OPTIONS_GHC`, so no line moves; where one stands in a comment that is harmless.
    """
    if not silences_errors(options):
        return None
    return PRAGMA.sub(lambda found: found[0] + VOICE, text)

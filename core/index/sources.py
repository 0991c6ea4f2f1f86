"""Where the modules of an index come from, and which of them it does not know as they are now."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from thatch.core.artifacts import content_hash
from thatch.core.ghc.results import ModuleKey
from thatch.core.index.model import IndexedModule
from thatch.core.navigation.modules import HieFiles, Home


@frozen
class ProjectFiles:
    """The `.hie` files of a project."""

    root: Path

    ghc: str
    """The version of the GHC that writes them, such as `9.6.6`."""

    files: HieFiles

    declared: frozenset[ModuleKey]
    """The modules that the build description names, whether they were compiled or not."""

    settled: bool
    """Whether nothing is being compiled, so that a module that is unknown is gone."""


Indexed = Mapping[ModuleKey, IndexedModule]
"""What an index knows."""


class Digests:
    """Remembers which content the stamps of files stand for, so that a file is read once.  One thread at a time."""

    def __init__(self) -> None:
        self._known: dict[tuple[ModuleKey, str], str] = {}
        self.stamps: dict[ModuleKey, str | None] = {}
        """The stamps of all files when they were last looked at."""

    def outdated(self, homes: Collection[Home], indexed: Indexed) -> dict[ModuleKey, tuple[Home, str]]:
        """The modules that an index does not know as they are now, each with its digest.  Blocking."""
        found = {home.key: (home, now) for home, now in self._digests(homes, indexed)}
        return {
            key: (home, now) for key, (home, now) in found.items() if key not in indexed or indexed[key].stamp != now
        }

    def _digests(self, homes: Collection[Home], indexed: Indexed) -> Iterator[tuple[Home, str]]:
        before, self._known = self._known, {}
        self.stamps = {home.key: home.files.stamp(home.key) for home in homes}
        for home in homes:
            stamp = self.stamps[home.key]
            entry = indexed.get(home.key)
            # The stamp of what lies in the cache is the digest itself.
            if stamp is None or (entry and entry.stamp == stamp):
                continue
            now = before.get((home.key, stamp))
            if now is None:
                content = home.files.read(home.key)
                now = None if content is None else content_hash(content)
            if now is not None:
                self._known[home.key, stamp] = now
                yield home, now

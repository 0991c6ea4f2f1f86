"""What is known of the code of home modules: their `.hie` files, decoded when somebody asks."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Protocol, TypeVar

from attrs import frozen

from thatch.core.binary.cursor import DecodeError
from thatch.core.documents import Document, read_text
from thatch.core.ghc.results import ModuleKey
from thatch.core.hi.declarations import read_declarations
from thatch.core.hi.declared import Declared
from thatch.core.hi.model import ModuleId, Name
from thatch.core.hi.reader import read_interface
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.model import ExternalName
from thatch.core.hie.reader import read_hie
from thatch.core.navigation.seen import Seen
from thatch.core.packages.lookup import PackageNames
from thatch.core.text import LineIndex
from thatch.core.th.packages import InterfaceExports

log = logging.getLogger(__name__)

KEPT_MODULES = 200
"""Of how many modules the facts are remembered; each takes about a megabyte."""


class HieFiles(Protocol):
    """Where `.hie` files come from: a project lane."""

    def home_modules(self) -> Iterator[tuple[ModuleKey, ModuleId]]:
        """The modules that GHC has compiled or begun to, now or before, without those of `.hs-boot` files."""

    def stamp(self, key: ModuleKey) -> str | None:
        """Tells one content of a module's file from another; None if there is none."""

    def read(self, key: ModuleKey) -> bytes | None:
        """A module's file; None if there is none.  Blocking."""

    def interface(self, key: ModuleKey) -> bytes | None:
        """A module's interface; None if there is none.  Blocking."""

    async def known_names(self) -> Mapping[str, Name]:
        """The names that the GHC knows by heart, by the keys that stand for them.  Cancelling is safe."""

    def options(self) -> Sequence[str]:
        """The options that the GHC knows, extensions (`-X`) among them."""

    async def exports(self, unit: str) -> InterfaceExports:
        """What modules export that a unit can import; asking that blocks.  Cancelling is safe."""

    async def packages(self, unit: str) -> PackageNames:
        """What is known of installed packages that a unit sees.  Cancelling is safe."""


@frozen
class Home:
    """A home module, and where its `.hie` file comes from."""

    files: HieFiles
    key: ModuleKey
    module: ModuleId


@frozen
class _Decoded:
    stamp: str
    facts: ModuleFacts


class Modules:
    """Decodes `.hie` files when they are asked for, and again when they have changed.  For the loop's thread only."""

    def __init__(self, lanes: Callable[[], Sequence[HieFiles]]) -> None:
        """`lanes` tells where `.hie` files come from at the moment."""
        self._lanes = lanes
        self._decoded: OrderedDict[ModuleKey, _Decoded] = OrderedDict()
        self._decoding: dict[tuple[ModuleKey, str], asyncio.Task[ModuleFacts | None]] = {}
        self._seen: OrderedDict[Path, Seen] = OrderedDict()

    def homes(self) -> list[Home]:
        """All home modules that were compiled."""
        return [Home(files, key, module) for files in self._lanes() for key, module in files.home_modules()]

    def path(self, module: ModuleId) -> Path | None:
        """The file of a home module; None for a module of an installed package, or one that was never compiled."""
        return next((home.key.path for home in self.homes() if home.module == module), None)

    def nearest(self, path: Path) -> Home | None:
        """The home module in a file; for a file that GHC never compiled, one of those that lie nearest to it."""
        homes = self.homes()
        exact = next((home for home in homes if home.key.path == path), None)
        return exact or max(homes, key=lambda home: _n_common(home.key.path, path), default=None)

    async def seen(self, path: Path, documents: Mapping[Path, Document]) -> Seen | None:
        """What is known of the code in a file, for its text as it is now; None if GHC never compiled it.

        A file of several units is as one of them compiled it.  May be cancelled at any time.
        """
        found = await self._facts_of(path)
        if found is None:
            return None
        files, facts = found
        document = documents.get(path)
        text = document.text if document else await asyncio.to_thread(read_text, path)
        known = self._seen.get(path)
        if known and known.facts is facts and known.lines.text == text:
            return known
        seen = Seen(path, facts, document.lines if document else LineIndex(text or ""), files)
        if facts.text != text:
            await asyncio.to_thread(seen.compare)
        _keep(self._seen, path, seen)
        return seen

    async def declared(self, name: ExternalName) -> Declared | None:
        """What the home module of a name declares it as, by its interface; None if that cannot be told.

        May be cancelled at any time.
        """
        home = next((home for home in self.homes() if home.module == name.module), None)
        if home is None:
            return None
        known = await home.files.known_names()
        return await asyncio.to_thread(_declared, home, name, known)

    async def _facts_of(self, path: Path) -> tuple[HieFiles, ModuleFacts] | None:
        for files in self._lanes():
            keys = [key for key, _ in files.home_modules() if key.path == path]
            for key in keys:
                if facts := await self._facts(files, key):
                    return files, facts
        return None

    async def facts(self, home: Home) -> ModuleFacts | None:
        """What is known of a home module; None if nothing is.  May be cancelled at any time."""
        return await self._facts(home.files, home.key)

    async def _facts(self, files: HieFiles, key: ModuleKey) -> ModuleFacts | None:
        stamp = files.stamp(key)
        known = self._decoded.get(key)
        if stamp is None or (known and known.stamp == stamp):
            return known.facts if known else None
        task = self._decoding.get((key, stamp))
        if task is None:
            task = self._decoding[key, stamp] = asyncio.create_task(self._decode(files, key, stamp))
            task.add_done_callback(lambda _: self._decoding.pop((key, stamp)))
        # Who waits may go away; others still want it.  A file that GHC is writing is read again the next time.
        return await asyncio.shield(task) or (known.facts if known else None)

    async def _decode(self, files: HieFiles, key: ModuleKey, stamp: str) -> ModuleFacts | None:
        facts = await asyncio.to_thread(_read, files, key, await files.known_names())
        if facts is not None:
            _keep(self._decoded, key, _Decoded(stamp, facts))
        return facts


def _n_common(one: Path, other: Path) -> int:
    """In how many folders both lie."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one.parts, other.parts, strict=False)))


def _declared(home: Home, name: ExternalName, known: Mapping[str, Name]) -> Declared | None:
    data = home.files.interface(home.key)
    try:
        return read_declarations(read_interface(data), known).find_name(name) if data is not None else None
    except DecodeError as error:
        log.info("The interface of %s cannot be read: %s", home.key.path, error)
        return None


def _read(files: HieFiles, key: ModuleKey, known: Mapping[str, Name]) -> ModuleFacts | None:
    data = files.read(key)
    try:
        return ModuleFacts(read_hie(data, known)) if data is not None else None
    except DecodeError as error:
        log.info("The .hie file of %s cannot be read: %s", key.path, error)
        return None


K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _keep(known: OrderedDict[K, V], key: K, value: V) -> None:
    """Remember one more, and forget what was used least recently."""
    known[key] = value
    known.move_to_end(key)
    while len(known) > KEPT_MODULES:
        known.popitem(last=False)

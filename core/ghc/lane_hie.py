"""The `.hie` files of a lane's modules: the session's, else those that the cache has of the latest plan."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from attrs import field, frozen

from thatch.core.ghc.lane_cache import LaneCache
from thatch.core.ghc.lane_libraries import LaneLibraries
from thatch.core.ghc.results import BOOT, ModuleKey, Results
from thatch.core.ghc.stamps import file_stamp

if TYPE_CHECKING:
    # Not loaded where nobody navigates: see `project_lane`.
    from thatch.core.edit.edit_session import Facts
    from thatch.core.hi.model import ModuleId, Name
    from thatch.core.packages.lookup import PackageNames
    from thatch.core.th.packages import InterfaceExports


@frozen
class LaneHie:
    """Implements `thatch.core.navigation.modules.HieFiles`."""

    _results: Results

    _interfaces: Path
    """The folder that holds a folder for each unit, where the session leaves `.hi` and `.hie` files."""

    _cache: LaneCache | None

    _libraries: LaneLibraries

    _exports: "Callable[[str], Awaitable[InterfaceExports]]"
    """What modules export that a unit can import."""

    _edited: "Callable[[], Mapping[ModuleKey, Facts]]"
    """What is known of modules as they are being edited."""

    _modules: "dict[tuple[str, PurePosixPath], ModuleId]" = field(factory=dict)
    """Remembered, since they are asked for with every question."""

    def home_modules(self) -> "Iterator[tuple[ModuleKey, ModuleId]]":
        """The modules that GHC has compiled or begun to, now or before, without those of `.hs-boot` files."""
        for key, interface in self._results.interfaces.items():
            module = self._modules.get((key.unit, interface)) or self._new_module(key.unit, interface)
            if not interface.name.endswith(BOOT):
                yield key, module

    def _new_module(self, unit: str, interface: PurePosixPath) -> "ModuleId":
        from thatch.core.hi.model import ModuleId

        module = self._modules[unit, interface] = ModuleId(unit, ".".join(interface.with_suffix("").parts))
        return module

    def stamp(self, key: ModuleKey) -> str | None:
        """Tells one content of a module's file from another; None if there is none."""
        if edited := self._edited().get(key):
            return edited.stamp
        return file_stamp(self._file(key)) or (self._cache.hie_stamp(key) if self._cache else None)

    def read(self, key: ModuleKey) -> bytes | None:
        """A module's file; None if there is none.  Blocking."""
        if edited := self._edited().get(key):
            return edited.hie
        try:
            return self._file(key).read_bytes()
        except OSError:
            return self._cache.hie(key) if self._cache else None

    def interface(self, key: ModuleKey) -> bytes | None:
        """A module's interface; None if there is none.  Blocking."""
        if edited := self._edited().get(key):
            return edited.interface
        try:
            return self._file(key).with_suffix(".hi").read_bytes()
        except OSError:
            return self._cache.interface_of(key) if self._cache else None

    async def known_names(self) -> "Mapping[str, Name]":
        """The names that the GHC knows by heart, by the keys that stand for them.  Cancelling is safe."""
        return await self._libraries.known_names()

    def options(self) -> tuple[str, ...]:
        """The options that the GHC knows, extensions (`-X`) among them."""
        return self._libraries.options

    async def packages(self, unit: str) -> "PackageNames":
        """What is known of installed packages that a unit sees.  Cancelling is safe."""
        return await self._libraries.of(unit)

    async def exports(self, unit: str) -> "InterfaceExports":
        """What modules export that a unit can import; asking that blocks.  Cancelling is safe."""
        return await self._exports(unit)

    def _file(self, key: ModuleKey) -> Path:
        interface = self._results.interfaces.get(key, PurePosixPath("none"))
        return (self._interfaces / key.unit / interface).with_suffix(".hie")

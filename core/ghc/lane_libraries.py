"""What a lane's units can know of installed packages; nothing is read before somebody asks."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from thatch.core.ghc.toolchain import Toolchain
from thatch.core.project.model import Project
from thatch.core.settings import Settings

if TYPE_CHECKING:
    # Not loaded where nobody navigates: see `project_lane`.
    from thatch.core.hi.model import Name
    from thatch.core.packages.lookup import PackageNames


@define
class LaneLibraries:
    """The packages that the units of one lane see.  Cancelling any method is safe."""

    _toolchain: Toolchain

    _answers: Path
    """The folder where the answers of GHCs are kept."""

    _now: "Callable[[], tuple[Project, Settings]]"
    """The lane's project and settings as they are."""

    _names: "dict[tuple[tuple[str, ...], tuple[str, ...]], PackageNames]" = field(factory=dict)
    """By a unit's flags and the folders of sources."""

    async def known_names(self) -> "Mapping[str, Name]":
        """The names that the GHC knows by heart, by the keys that stand for them."""
        from thatch.core.th.derive import known_names

        return await known_names(self._toolchain, self._answers)

    @property
    def options(self) -> tuple[str, ...]:
        """The options that the GHC knows, extensions (`-X`) among them."""
        return self._toolchain.options

    async def of(self, unit: str) -> "PackageNames":
        """The packages that a unit sees."""
        from thatch.core.packages.lookup import package_names
        from thatch.core.th.derive import wired_in

        project, settings = self._now()
        flags = next((each.flags for each in project.units if each.id == unit), ())
        known = self._names.get((flags, settings.source_dirs))
        if known is None:
            by_heart = await self.known_names()
            wired = partial(wired_in, self._toolchain, self._answers)
            known = package_names(self._toolchain.libdir, flags, by_heart, settings, wired)
            self._names[flags, settings.source_dirs] = known
        return known

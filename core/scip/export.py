"""The index of a project in the format SCIP, piece by piece: what is known of it goes from `.hie` files into documents.

    Index       metadata, first
    Index       one document
    ...

Messages of protobuf one after the other are one message, so no more than a document is in memory.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path, PurePosixPath

from attrs import define, field

from thatch.core.binary.cursor import DecodeError
from thatch.core.navigation.modules import Home, Modules
from thatch.core.project.model import Project
from thatch.core.scip import schema
from thatch.core.scip.document import document
from thatch.core.scip.symbols import Symbols, home_package
from thatch.core.version import __version__

log = logging.getLogger(__name__)

TOOL = "thatch"


@define
class Export:
    """The index of the projects below a root, as it is written."""

    root: Path
    """Absolute; all documents lie below it."""

    modules: Modules
    projects: Sequence[Project]

    left_out: list[Path] = field(factory=list)
    """The files that GHC could not compile as they are now."""

    n_documents: int = 0

    async def pieces(self, progress: Callable[[str, int, int], None]) -> AsyncIterator[bytes]:
        """What to write, in this order; `progress` hears what is done, and how much of how much was.

        May be cancelled at any time.
        """
        yield self._head()
        homes = {home.key.path: home for home in reversed(self.modules.homes())}
        declared = {module.path for project in self.projects for unit in project.units for module in unit.modules}
        symbols = self._symbols()
        paths = sorted(path for path in homes.keys() | declared if path.is_relative_to(self.root))
        for number, path in enumerate(paths, 1):
            progress(f"{number}/{len(paths)} {path.name}", number, len(paths))
            piece = await self._piece(homes[path], symbols) if path in homes else None
            if piece is None:
                self.left_out.append(path)
            else:
                self.n_documents += 1
                yield piece

    def _head(self) -> bytes:
        metadata = {
            "tool_info": {"name": TOOL, "version": __version__},
            "project_root": self.root.as_uri(),
            "text_document_encoding": schema.UTF8,
        }
        data: bytes = schema.Index(metadata=metadata).SerializeToString(deterministic=True)
        return data

    async def _piece(self, home: Home, symbols: Symbols) -> bytes | None:
        path = home.key.path
        seen = await self.modules.seen(path, {})
        # Places in another text would be wrong.
        if seen is None or seen.facts.text != seen.lines.text:
            return None
        relative = PurePosixPath(path.relative_to(self.root))

        def made() -> bytes:
            found = document(seen.facts, relative, symbols, seen.spell)
            data: bytes = schema.Index(documents=[found]).SerializeToString(deterministic=True)
            return data

        try:
            return await asyncio.to_thread(made)
        except DecodeError as error:
            log.info("The .hie file of %s cannot be read: %s", path, error)
            return None

    def _symbols(self) -> Symbols:
        units = [unit for project in self.projects for unit in project.units]
        first: dict[tuple[Path, str], str] = {}
        counts_as = {}
        for home in self.modules.homes():
            unit = first.setdefault((home.key.path, home.module.name), home.module.unit)
            counts_as[home.module.unit, home.module.name] = unit
        return Symbols({unit.id: home_package(unit.component, unit.id) for unit in units}, counts_as)

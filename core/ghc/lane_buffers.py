"""The texts that a lane's loads see: the open buffers, and what must be put in the place of the user's files."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from thatch.core.documents import Document, read_text
from thatch.core.ghc.pragmas import Pragmas, voiced
from thatch.core.ghc.results import ModuleKey
from thatch.core.ghc.stamps import source_stamp

if TYPE_CHECKING:
    from thatch.core.ghc.overlay import Overlay


class LaneBuffers:
    """The buffers as the latest load saw them."""

    def __init__(self) -> None:
        self.documents: Mapping[Path, Document] = {}
        """The open buffers."""
        self.unsaved: Mapping[Path, str] = {}
        """The texts of those that differ from their files."""
        self.options: Mapping[Path, tuple[str, ...]] = {}
        """What the modules that were asked about say in `OPTIONS_GHC` pragmas about warnings."""
        self._pragmas = Pragmas()

    async def take(self, documents: Mapping[Path, Document], *, saved_only: bool = False) -> None:
        """Take the buffers as they are now; with `saved_only` their files count, as far as there are any."""
        self.documents = dict(documents)
        unsaved = await asyncio.to_thread(_unsaved_texts, self.documents.values())
        self.unsaved = {path: text for path, text in unsaved.items() if not path.exists()} if saved_only else unsaved

    async def read_options(self, modules: Collection[Path]) -> None:
        """Read the pragmas of modules."""
        self.options = await asyncio.to_thread(self._pragmas.options, modules, self.unsaved)

    async def fill(self, overlay: "Overlay", modules: Collection[Path]) -> None:
        """Put into the overlay what GHC must not read from the user's files.  Raises OSError."""
        await self.read_options(modules)
        await asyncio.to_thread(self._fill, overlay)

    def text(self, path: Path) -> str:
        """The text of a file as the load sees it."""
        unsaved = self.unsaved.get(path)
        return unsaved if unsaved is not None else read_text(path) or ""

    def stamps(self, modules: Iterable[ModuleKey]) -> dict[ModuleKey, str]:
        """The stamps of the sources of modules as the load saw them.  Blocking."""
        return {key: source_stamp(key.path, self.unsaved.get(key.path)) for key in modules}

    def gone(self, paths: Iterable[Path]) -> set[Path]:
        """The files that neither the disk nor a buffer holds any more.  Blocking."""
        return {path for path in paths if path not in self.unsaved and not path.exists()}

    def version(self, path: Path) -> int | None:
        """The version of an open buffer."""
        document = self.documents.get(path)
        return document.version if document else None

    def _fill(self, overlay: "Overlay") -> None:
        texts = dict(self.unsaved)
        for path, options in self.options.items():
            text = voiced(self.text(path), options)
            if text is not None:
                texts[path] = text
        overlay.write(texts)


def _unsaved_texts(documents: Iterable[Document]) -> dict[Path, str]:
    """The buffers whose text is not what the disk holds."""
    return {document.path: document.text for document in documents if read_text(document.path) != document.text}

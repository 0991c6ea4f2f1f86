"""All that is known of the code of a workspace, and where it is in the texts as they are now."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.documents import Document
from thatch.core.ghc.stamps import text_stamp
from thatch.core.index.index import Index
from thatch.core.index.model import IndexedModule
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Place
from thatch.core.navigation.seen import Seen
from thatch.core.navigation.texts import Text, Texts

MOST_COMPARED = 40
"""In how many files that were changed since GHC read them places are looked for; each must be decoded and compared."""


@frozen(eq=False)
class Code:
    """What features that look further than one module are given."""

    modules: Modules
    index: Index
    texts: Texts

    documents: Mapping[Path, Document]
    """The open buffers."""

    async def places(self, found: Sequence[tuple[IndexedModule, Span, Span]]) -> list[Place | None]:
        """Where names and their declarations are now; None for what was changed.  May be cancelled at any time."""
        paths = {module.path for module, _, _ in found}
        texts = await asyncio.to_thread(self.texts.current, paths, self.documents)
        changed = {
            module.path: None
            for module, _, _ in found
            if module.path in texts and texts[module.path].stamp != module.text
        }
        seen = {path: await self.modules.seen(path, self.documents) for path in list(changed)[:MOST_COMPARED]}
        return await asyncio.to_thread(_places, found, texts, {path: one for path, one in seen.items() if one})


def _places(
    found: Iterable[tuple[IndexedModule, Span, Span]], texts: Mapping[Path, Text], seen: Mapping[Path, Seen]
) -> list[Place | None]:
    stamps = {path: text_stamp(one.facts.text) for path, one in seen.items()}
    places = []
    for module, span, whole in found:
        text = texts.get(module.path)
        place = None
        if text and text.stamp == module.text:
            name = text.lines.offsets(span)
            place = Place(module.path, text.lines, name, text.lines.offsets(whole) if whole != span else name)
        elif stamps.get(module.path) == module.text:
            one = seen[module.path]
            region = one.region(span)
            if region:
                place = Place(module.path, one.lines, region, one.region(whole) or region)
        places.append(place)
    return places

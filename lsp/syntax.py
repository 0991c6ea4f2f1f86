"""The syntax of an editor's files, parsed when it is asked for; everything that takes time runs in a thread."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from thatch.core.cabal.outline import Outline
from thatch.core.cabal.outline import parse as parse_cabal
from thatch.core.documents import read_text
from thatch.core.structure.syntax_tree import SyntaxTree, parse
from thatch.lsp.documents import Documents

PARSE_SECONDS = 4.0
"""How much of a processor's time a file may cost.  A hundred times what the largest real ones take."""

KEPT_FILES = 50
"""Of how many files the tree is kept."""

LITERATE = frozenset({".lhs", ".lhs-boot"})
HASKELL = LITERATE | {".hs", ".hs-boot", ".hsig", ".hsc", ".chs"}
"""The files that have a tree."""

CABAL = ".cabal"
"""The files that have an outline in the place of a tree."""

T = TypeVar("T")


@frozen
class _Parsed:
    text: str
    tree: SyntaxTree | None


class Syntax:
    """The trees of files as they are now.  Lives as long as the session; needs neither GHC nor a trusted project."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._parsed: dict[Path, _Parsed] = {}
        # One after the other: threads would not make it faster, and others on the loop get their turns in between.
        self._working = asyncio.Lock()

    async def read(self, path: Path, look: Callable[[SyntaxTree], T]) -> T | None:
        """What `look` finds in the tree of a file, which is called in a thread.  May be cancelled at any time.

        None for a file that is no Haskell, cannot be read, or is too large to be parsed.
        """
        if path.suffix not in HASKELL:
            return None
        async with self._working:
            tree = await self._tree(path)
            return await asyncio.to_thread(look, tree) if tree is not None else None

    async def read_cabal(self, path: Path, look: Callable[[Outline], T]) -> T | None:
        """What `look` finds in the outline of a `.cabal` file, which is called in a thread.

        None for a file of another kind, or one that cannot be read.  May be cancelled at any time.
        """
        text = await self._text(path) if path.suffix == CABAL else None
        return None if text is None else await asyncio.to_thread(lambda: look(parse_cabal(text)))

    def forget(self, path: Path) -> None:
        """The editor has closed the file."""
        self._parsed.pop(path, None)

    async def _tree(self, path: Path) -> SyntaxTree | None:
        text = await self._text(path)
        known = self._parsed.pop(path, None)
        if text is None:
            return None
        if known is None or known.text != text:
            known = _Parsed(text, await _parse(text, literate=path.suffix in LITERATE))
        self._parsed[path] = known
        while len(self._parsed) > KEPT_FILES:
            del self._parsed[next(iter(self._parsed))]
        return known.tree

    async def _text(self, path: Path) -> str | None:
        return self._documents[path].text if path in self._documents else await asyncio.to_thread(read_text, path)


async def _parse(text: str, *, literate: bool) -> SyntaxTree | None:
    """Parse in a thread, within the time that a file may cost.  May be cancelled at any time, which ends the thread."""
    cancelled = threading.Event()

    def work() -> SyntaxTree | None:
        deadline = time.thread_time() + PARSE_SECONDS
        return parse(text, literate=literate, gives_up=lambda: cancelled.is_set() or time.thread_time() > deadline)

    try:
        return await asyncio.to_thread(work)
    finally:
        cancelled.set()

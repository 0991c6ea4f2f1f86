"""Has programs look at the texts of open documents, one at a time, and keeps what they say; runs nothing itself."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from attrs import evolve, frozen

from thatch.core.diagnostics import Span
from thatch.core.errors import ThatchError
from thatch.core.position_map import PositionMap

log = logging.getLogger(__name__)


class Remark(Protocol):
    """Something that is said of a place; an attrs class."""

    @property
    def span(self) -> Span | None:
        """The place, in GHC's lines and columns."""


R = TypeVar("R", bound=Remark)


@frozen
class _Said(Generic[R]):
    text: str
    remarks: tuple[R, ...]


class Inspector(ABC, Generic[R]):
    """Looks at documents when they are opened, saved, or left alone for a while; for the loop's thread only.

    While it looks at a text, newer ones wait, of each document the newest.
    """

    pause_seconds = 1.0
    """How long an edited text must be left alone before it is looked at."""

    def __init__(self, name: str, told: Callable[[Path], None]) -> None:
        """`told` hears of which document something else is said than before."""
        self._name = name
        self._told = told
        self._open: set[Path] = set()
        self._wanted: dict[Path, tuple[float, str]] = {}
        self._found: dict[Path, _Said[R]] = {}
        self._changed = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    @abstractmethod
    async def inspect(self, path: Path, text: str) -> tuple[R, ...]:
        """What is to be said of a text.  Raises `ThatchError` if that cannot be found out.  May be cancelled."""

    @property
    def is_idle(self) -> bool:
        """Whether it has never been asked to look at anything."""
        return self._working is None

    def look(self, path: Path, text: str, *, pause: float = 0.0) -> None:
        """Look at a document, after some seconds unless it changes again until then."""
        self._open.add(path)
        self._wanted[path] = asyncio.get_running_loop().time() + pause, text
        self._changed.set()
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name=self._name)

    def forget(self, path: Path) -> None:
        """The document is closed."""
        self._open.discard(path)
        self._wanted.pop(path, None)
        self._found.pop(path, None)

    def remarks(self, path: Path, text: str) -> list[R]:
        """What is said of a document, where it is in its text as it is now; nothing of what was changed since."""
        found = self._found.get(path)
        if found is None:
            return []
        if found.text == text:
            return list(found.remarks)
        places = PositionMap(found.text, text)
        return [moved for one in found.remarks if (moved := _moved(one, places))]

    def fresh(self, path: Path, text: str) -> tuple[R, ...]:
        """What is said of a document; nothing unless it is about just this text."""
        found = self._found.get(path)
        return found.remarks if found and found.text == text else ()

    async def close(self) -> None:
        """End what is being done; safe to call twice."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            path = min(self._wanted, key=lambda each: self._wanted[each][0], default=None)
            pause = self._wanted[path][0] - loop.time() if path else None
            if path is None or pause is None or pause > 0:
                try:
                    async with asyncio.timeout(pause):
                        await self._changed.wait()
                except TimeoutError:
                    pass
                continue
            _, text = self._wanted.pop(path)
            try:
                said = await self.inspect(path, text)
            except ThatchError as error:
                log.warning("%s", error)
                said = ()
            # It may have been closed meanwhile.
            if path in self._open:
                before = self._found.get(path)
                self._found[path] = _Said(text, said)
                if said != (before.remarks if before else ()):
                    self._told(path)


def _moved(one: R, places: PositionMap) -> R | None:
    if one.span is None:
        return one
    span = places.span(one.span)
    return evolve(one, span=span) if span else None  # type: ignore[misc]

"""Keeps the hints of open documents: hlint looks at them when they are opened, saved, or left alone for a while."""

import asyncio
import logging
import shutil
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.core.artifacts import content_hash
from thatch.core.errors import ThatchError
from thatch.core.ghc.stamps import file_stamp
from thatch.core.position_map import PositionMap
from thatch.core.process import run
from thatch.core.tools.hints import Hint, arguments, read_hints

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""How long an edited text must be left alone before it is looked at."""

HLINT_SECONDS = 60.0
"""How long hlint may take; the largest modules take some seconds."""

KEPT_TEXTS = 300
"""Of how many texts the hints are remembered."""

OFF = "off"
CONFIG = ".hlint.yaml"


@frozen
class Hinted:
    """The hints of a text."""

    text: str
    hints: tuple[Hint, ...]


class Linter:
    """Runs hlint on one text at a time.  For the loop's thread only."""

    def __init__(
        self,
        setting: Callable[[], str],
        extensions: Callable[[Path], Sequence[str]],
        told: Callable[[Path], None],
    ) -> None:
        """`setting` names the program, `extensions` those of a file's unit; `told` hears whose hints changed."""
        self._setting = setting
        self._extensions = extensions
        self._told = told
        self._open: set[Path] = set()
        self._wanted: dict[Path, tuple[float, str]] = {}
        self._found: dict[Path, Hinted] = {}
        self._known: OrderedDict[tuple[str, ...], tuple[Hint, ...]] = OrderedDict()
        self._changed = asyncio.Event()
        self._working: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it has never been asked to look at anything."""
        return self._working is None

    def look(self, path: Path, text: str, *, pause: float = 0.0) -> None:
        """Look at a document, after some seconds unless it changes again until then."""
        if path.suffix != ".hs" or self._setting() == OFF:
            return
        self._open.add(path)
        self._wanted[path] = asyncio.get_running_loop().time() + pause, text
        self._changed.set()
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="hlint")

    def forget(self, path: Path) -> None:
        """The document is closed."""
        self._open.discard(path)
        self._wanted.pop(path, None)
        self._found.pop(path, None)

    def hints(self, path: Path, text: str) -> list[Hint]:
        """The hints of a document, where they are in its text as it is now; none of what was changed since."""
        found = self._found.get(path)
        if found is None:
            return []
        if found.text == text:
            return list(found.hints)
        places = PositionMap(found.text, text)
        return [evolve(hint, span=span) for hint in found.hints if (span := places.span(hint.span))]

    def fresh(self, path: Path, text: str) -> tuple[Hint, ...]:
        """The hints of a document; none unless they are about just this text."""
        found = self._found.get(path)
        return found.hints if found and found.text == text else ()

    def paths(self) -> set[Path]:
        """The documents that have hints."""
        return {path for path, found in self._found.items() if found.hints}

    async def close(self) -> None:
        """End hlint; safe to call twice."""
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
            hints = await self._hints(path, text)
            # It may have been closed meanwhile.
            if path in self._open:
                before = self._found.get(path)
                self._found[path] = Hinted(text, hints)
                if hints != (before.hints if before else ()):
                    self._told(path)

    async def _hints(self, path: Path, text: str) -> tuple[Hint, ...]:
        try:
            program, stamp = await asyncio.to_thread(_program, self._setting(), path)
            if program is None:
                return ()
            extensions = tuple(self._extensions(path))
            key = program, stamp, content_hash(text.encode()), *extensions
            if key not in self._known:
                self._known[key] = await _run(program, path, text, extensions)
            self._known.move_to_end(key)
            while len(self._known) > KEPT_TEXTS:
                self._known.popitem(last=False)
            return self._known[key]
        except ThatchError as error:
            log.warning("%s", error)
            return ()


async def _run(program: str, path: Path, text: str, extensions: Sequence[str]) -> tuple[Hint, ...]:
    folder = next(each for each in path.parents if each.is_dir())
    done = await run([program, *arguments(extensions)], cwd=folder, stdin=text.encode(), timeout=HLINT_SECONDS)
    if done.code != 0:
        raise ThatchError(message=f"hlint failed on {path.name}.", detail=done.said)
    return tuple(await asyncio.to_thread(read_hints, done.stdout))


def _program(setting: str, path: Path) -> tuple[str | None, str]:
    """The path of hlint, and the stamp of its configuration; None if it is not wanted or not there."""
    config = next((file for folder in path.parents if (file := folder / CONFIG).is_file()), None)
    stamp = f"{config}:{file_stamp(config)}" if config else ""
    if not setting and config is None:
        return None, stamp
    found = shutil.which(setting or "hlint")
    if found is None and setting:
        raise ThatchError(message=f"{setting} is not to be found.", remedy="The setting thatch.hlint names it.")
    return (str(Path(found).absolute()) if found else None), stamp

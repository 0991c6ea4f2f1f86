"""Keeps the hints of open documents: hlint looks at them when they are opened, saved, or left alone for a while."""

import asyncio
import shutil
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from thatch.core.artifacts import content_hash
from thatch.core.errors import ThatchError
from thatch.core.ghc.stamps import file_stamp
from thatch.core.process import run
from thatch.core.tools.hints import Hint, arguments, read_hints
from thatch.core.tools.inspector import Inspector

HLINT_SECONDS = 60.0
"""How long hlint may take; the largest modules take some seconds."""

KEPT_TEXTS = 300
"""Of how many texts the hints are remembered."""

OFF = "off"
CONFIG = ".hlint.yaml"


class Linter(Inspector[Hint]):
    """Runs hlint on one text at a time."""

    def __init__(
        self,
        setting: Callable[[], str],
        extensions: Callable[[Path], Sequence[str]],
        told: Callable[[Path], None],
    ) -> None:
        """`setting` names the program, `extensions` those of a file's unit; `told` hears whose hints changed."""
        super().__init__("hlint", told)
        self._setting = setting
        self._extensions = extensions
        self._known: OrderedDict[tuple[str, ...], tuple[Hint, ...]] = OrderedDict()

    def look(self, path: Path, text: str, *, pause: float = 0.0) -> None:
        """Look at a document if hlint can read it and is wanted."""
        if path.suffix == ".hs" and self._setting() != OFF:
            super().look(path, text, pause=pause)

    async def inspect(self, path: Path, text: str) -> tuple[Hint, ...]:
        """The hints of a text."""
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

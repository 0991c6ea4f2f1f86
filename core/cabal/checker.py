"""Says what is wrong with open `.cabal` files: what cabal says when it reads their texts, and what it leaves unsaid."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from thatch.core.cabal.outline import Section, parse
from thatch.core.cabal.problems import problems
from thatch.core.cabal.surroundings import find_module, folders_of
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.process import Completed, run
from thatch.core.project.cabal_messages import Complaint, complaints
from thatch.core.text import LineIndex
from thatch.core.tools.inspector import Inspector

CABAL_SECONDS = 20.0
"""How long cabal may take to read a file; it takes some hundredths of a second."""


class CabalChecker(Inspector[Diagnostic]):
    """Has cabal read one text at a time."""

    pause_seconds = 0.3

    def __init__(self, program: Callable[[], str], told: Callable[[Path], None]) -> None:
        """`program` names cabal; `told` hears of which file something else is said than before."""
        super().__init__("cabal files", told)
        self._program = program
        self._known: dict[Path, tuple[str, str, Completed]] = {}

    async def inspect(self, path: Path, text: str) -> tuple[Diagnostic, ...]:
        """What cabal says of a text, if there is a cabal; and which modules have no file or are listed twice."""
        program = await asyncio.to_thread(_find, self._program())
        said = await self._read(program, path, text) if program else None
        return await asyncio.to_thread(lambda: (*_diagnostics(path, text, said), *_own(path, text)))

    def forget(self, path: Path) -> None:
        """The document is closed."""
        super().forget(path)
        self._known.pop(path, None)

    async def _read(self, program: str, path: Path, text: str) -> Completed:
        known = self._known.get(path)
        if known is not None and known[:2] == (program, text):
            return known[2]
        said = await _read_by_cabal(program, path, text)
        self._known[path] = program, text, said
        return said


def _find(program: str) -> str | None:
    found = shutil.which(program)
    return str(Path(found).absolute()) if found else None


async def _read_by_cabal(program: str, path: Path, text: str) -> Completed:
    """What cabal says of a copy of a file in a folder of its own, which keeps it from looking at anything else.

    `cabal check` reads a file without asking for packages or a compiler, and tells errors from warnings.
    """
    async with _copy(path.name, text) as folder:
        return await run([program, "check", "-vnormal+nowrap"], cwd=folder, timeout=CABAL_SECONDS)


@asynccontextmanager
async def _copy(name: str, text: str) -> AsyncIterator[Path]:
    """A folder with a text in a file, while inside; cancelling leaves nothing behind."""
    making = asyncio.ensure_future(asyncio.to_thread(_copied, name, text))
    try:
        folder = await asyncio.shield(making)
    except asyncio.CancelledError:
        # A thread cannot be cancelled.
        (await making).cleanup()
        raise
    try:
        yield Path(folder.name)
    finally:
        folder.cleanup()


def _copied(name: str, text: str) -> "tempfile.TemporaryDirectory[str]":
    folder = tempfile.TemporaryDirectory(prefix="thatch-cabal-")
    (Path(folder.name) / name).write_text(text, "utf-8", newline="")
    return folder


def _diagnostics(path: Path, text: str, said: Completed | None) -> Iterator[Diagnostic]:
    lines = LineIndex(text)
    for each in complaints(said.said) if said else ():
        yield Diagnostic(
            path=path,
            span=_span(lines, each),
            severity=Severity.ERROR if each.is_error else Severity.WARNING,
            message=each.text,
            source="cabal",
        )


def _span(lines: LineIndex, each: Complaint) -> Span | None:
    """The place of a complaint, whose columns are characters."""
    if each.line == 0:
        return None
    start = lines.ghc_offset(each.line, 1)
    at = min(start + each.column - 1, start + len(lines.line_text(each.line - 1)))
    place = lines.ghc_position(at)
    return Span(*place, *place)


def _own(path: Path, text: str) -> list[Diagnostic]:
    outline = parse(text)
    folders: dict[int, list[Path]] = {}

    def has_file(component: Section, module: str) -> bool:
        if component.start not in folders:
            folders[component.start] = folders_of(outline, component, path.parent)
        return find_module(folders[component.start], module) is not None

    return problems(path, outline, has_file)

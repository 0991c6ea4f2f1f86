"""Having a text formatted by the user's own formatter."""

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from attrs import evolve

from thatch.core.cabal.outline import parse as parse_cabal
from thatch.core.errors import ThatchError
from thatch.core.process import run
from thatch.core.splices.inline_head import Edit
from thatch.core.structure.top_level import item_starts
from thatch.core.syntax import is_literate
from thatch.core.text import LineIndex
from thatch.core.tools.formatters import CABAL, Choice, Lines, Request, choose, family_of
from thatch.core.tools.line_edits import line_edits

FORMAT_SECONDS = 20.0
"""How long a formatter may take; the largest modules take some seconds."""


async def format_edits(text: str, request: Request, setting: str) -> list[Edit]:
    """The edits that format a text, or some lines of it with the declarations around them.

    `setting` is a formatter's name or path, or empty.  Raises `ThatchError` if it cannot be formatted, as where the
    code does not parse.  May be cancelled at any time.
    """
    choice = await asyncio.to_thread(_choose, request.path, setting)
    if is_literate(request.path) and not choice.formatter.reads_literate:
        raise ThatchError(message=f"{choice.formatter.name} does not format literate Haskell.")
    # Formatters end lines as they like; the text keeps its own way.
    plain = text.replace("\r\n", "\n")
    narrowed = request if choice.formatter.formats_lines else evolve(request, lines=None)
    formatted = await _formatted(choice, narrowed, plain)
    if "\r\n" in text:
        formatted = formatted.replace("\n", "\r\n")
    edits = line_edits(text, formatted)
    if request.lines and not choice.formatter.formats_lines:
        starts = _section_starts(text) if family_of(request.path) is CABAL else item_starts(text)
        return list(_within(LineIndex(text), edits, request.lines, starts))
    return edits


def _choose(path: Path, setting: str) -> Choice:
    family = family_of(path)
    configs = (folder / name for folder in path.parents for name in family.configs)
    config = next((each for each in configs if each.is_file()), None)
    choice = choose(family, setting, config, (each.name for each in family.formatters if shutil.which(each.name)))
    program = shutil.which(choice.program)
    if program is None:
        raise ThatchError(
            message=f"{choice.program} is not to be found, and {choice.reason}.",
            remedy=f"Install it, or set {family.setting} to its path, or to another formatter.",
        )
    return evolve(choice, program=str(Path(program).absolute()))


async def _formatted(choice: Choice, request: Request, text: str) -> str:
    command = [choice.program, *choice.formatter.arguments(request)]
    folder = next(each for each in request.path.parents if each.is_dir())
    done = await run(command, cwd=folder, stdin=text.encode(), timeout=FORMAT_SECONDS)
    if done.code != 0 or (text.strip() and not done.stdout.strip()):
        raise ThatchError(
            message=f"{choice.formatter.name} cannot format {request.path.name}.", detail=done.stderr or done.stdout
        )
    return done.stdout


def _section_starts(text: str) -> list[int]:
    """Where the sections and fields of a `.cabal` file begin; what stands above them is a part, too."""
    return [0, *(each.start for each in parse_cabal(text).elements)]


def _within(lines: LineIndex, edits: Sequence[Edit], wanted: Lines, item_starts: Iterable[int]) -> Iterable[Edit]:
    """The edits of the declarations that some lines touch."""
    starts = [*item_starts, len(lines.text) + 1]
    first = lines.ghc_offset(wanted.first, 1)
    last = lines.ghc_offset(wanted.last + 1, 1) - 1 if wanted.last < lines.n_lines else len(lines.text)
    begin = max(start for start in starts if start <= first)
    end = min(start for start in starts if start > last)
    return (edit for edit in edits if begin <= edit.start and edit.end <= end)

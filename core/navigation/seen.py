"""A module as GHC last saw it beside its text as it is now, and the way between the two; no I/O.

A question about a part that was changed since has no answer: one about other code would be wrong.
"""

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Protocol

from thatch.core.diagnostics import Span
from thatch.core.hie.facts import ModuleFacts, Occurrence
from thatch.core.hie.model import Name
from thatch.core.hie.spelling import ImportsScope, speller
from thatch.core.packages.lookup import PackageNames
from thatch.core.position_map import PositionMap
from thatch.core.syntax import is_literate, parse_header
from thatch.core.text import LineIndex
from thatch.core.th.imports import read_imports
from thatch.core.th.packages import InterfaceExports


class Surroundings(Protocol):
    """What a unit can know of other modules.  Cancelling is safe."""

    async def packages(self, unit: str) -> PackageNames:
        """What is known of the installed packages."""

    async def exports(self, unit: str) -> InterfaceExports:
        """What modules export."""


class Seen:
    """What is known of a module's code, addressed by offsets into its text as it is now.  Never changed once made."""

    def __init__(self, path: Path, facts: ModuleFacts, lines: LineIndex, surroundings: Surroundings) -> None:
        """`lines` is the text as it is now: the buffer's, else the file's."""
        self.path = path
        self.facts = facts
        self.lines = lines
        self._surroundings = surroundings

    async def packages(self) -> PackageNames:
        """What is known of the installed packages that the module sees.  Cancelling is safe."""
        return await self._surroundings.packages(self.facts.module.unit)

    async def exports(self) -> InterfaceExports:
        """What modules export that the module can import; asking that blocks.  Cancelling is safe."""
        return await self._surroundings.exports(self.facts.module.unit)

    @cached_property
    def _then(self) -> PositionMap:
        return PositionMap(self.lines.text, self.facts.text)

    @cached_property
    def _now(self) -> PositionMap:
        return PositionMap(self.facts.text, self.lines.text)

    @cached_property
    def spell(self) -> Callable[[Name], str]:
        """How names are written in the module, as far as its imports tell."""
        text = self.facts.text
        imports = read_imports(text, parse_header(text, literate=is_literate(self.path)))
        return speller(ImportsScope(self.facts.module.name, imports))

    def compare(self) -> None:
        """Find the changes, so that later questions take no time; may take some for texts that differ much."""
        _ = self._then, self._now

    def names_at(self, offset: int) -> tuple[Occurrence, ...]:
        """The names that stand at an offset; none where the text was changed."""
        place = self.then(offset)
        return self.facts.at(*place) if place else ()

    def origin(self, offset: int) -> tuple[int, int] | None:
        """The offsets of the name that stands at an offset; None where none is known."""
        named = self.names_at(offset)
        return self.region(named[0].span) if named else None

    def then(self, offset: int) -> tuple[int, int] | None:
        """GHC's line and column in the text that it saw; None when the word there was changed."""
        start, end = word_at(self.lines.text, offset)
        region = self._then.region(start, end)
        return self.facts.lines.ghc_position(region[0] + offset - start) if region else None

    def before(self, offset: int) -> tuple[int, int]:
        """GHC's line and column in the text that it saw, of the place nearest before an offset that is still there."""
        return self.facts.lines.ghc_position(self._then.before(offset))

    def region(self, span: Span) -> tuple[int, int] | None:
        """The offsets of a place that GHC saw in the text as it is now.

        None when something in it was changed, or the word that it begins or ends in.
        """
        start, end = self.facts.lines.offsets(span)
        region = self._now.region(start, end)
        if region is None or self.facts.text == self.lines.text:
            return region
        shift = region[0] - start
        then = word_at(self.facts.text, start)[0], word_at(self.facts.text, end)[1]
        now = word_at(self.lines.text, region[0])[0], word_at(self.lines.text, region[1])[1]
        return region if now == (then[0] + shift, then[1] + shift) else None

    def nearest(self, span: Span) -> tuple[int, int]:
        """The same, but for a changed place the nearest one before it that is still there, or the same line."""
        start, end = self.facts.lines.offsets(span)
        region = self._now.region(start, end) or self._now.region(start, start)
        if region:
            return region
        line_start = self.facts.lines.ghc_offset(span.start_line, 1)
        at = self._now.region(line_start, line_start)
        offset = at[0] if at else self.lines.ghc_offset(span.start_line, 1)
        return offset, offset


def word_at(text: str, offset: int) -> tuple[int, int]:
    """The offsets of the name or operator around an offset, its qualifier included; empty beside other characters."""
    for word in (_NAME, _OPERATOR):
        before = word.match(text[max(offset - _LONGEST, 0) : offset][::-1])
        after = word.match(text, offset, offset + _LONGEST)
        if before or after:
            return offset - (before.end() if before else 0), after.end() if after else offset
    return offset, offset


_LONGEST = 1000
"""No name is longer."""

_NAME = re.compile(r"[\w'.#]+")
_OPERATOR = re.compile(r"[^\w\s'\"()\[\]{},;`]+")

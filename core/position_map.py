"""Where places of an earlier text lie in a later one, found by comparing the two; what was changed has no place."""

from bisect import bisect_right
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import takewhile

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.text import LineIndex

MOST_CHARACTERS = 1000
"""How long changed lines may be together to be compared character by character."""


@frozen
class _Block:
    """A piece of text that both texts hold."""

    old: int
    """Its offset in the earlier text."""

    new: int
    """Its offset in the later text."""

    length: int


class PositionMap:
    """Maps offsets and spans of an earlier text to a later one.

    A region maps to the later text only if nothing inside it was changed: an answer about other code would be wrong.
    """

    def __init__(self, old: str, new: str) -> None:
        """Compare two texts; takes time by the number of lines that differ, nothing if the texts are equal."""
        self._same = old == new
        self._old = LineIndex(old)
        self._new = LineIndex(new)
        self._blocks = [_Block(0, 0, len(old))] if self._same else _blocks(old, new)
        self._starts = [block.old for block in self._blocks]

    def region(self, start: int, end: int) -> tuple[int, int] | None:
        """The offsets in the later text of a region of the earlier one; None when something in it was changed.

        Text inserted right at an edge lies outside.
        """
        block = self._block(start, end)
        if block is None:
            return None
        shift = block.new - block.old
        return start + shift, end + shift

    def before(self, offset: int) -> int:
        """The offset in the later text of the place nearest before one of the earlier text that is still there."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return 0
        block = self._blocks[at]
        return block.new + min(offset - block.old, block.length)

    def span(self, span: Span) -> Span | None:
        """The span in the later text, in GHC's coordinates, of one in the earlier text."""
        if self._same:
            return span
        found = self.region(*self._old.offsets(span))
        if found is None:
            return None
        return Span(*self._new.ghc_position(found[0]), *self._new.ghc_position(found[1]))

    def _block(self, start: int, end: int) -> _Block | None:
        at = bisect_right(self._starts, start) - 1
        if at < 0:
            return None
        block = self._blocks[at]
        return block if end <= block.old + block.length else None


def _blocks(old: str, new: str) -> list[_Block]:
    """The common pieces: whole lines first, and within changed lines what stays at their two ends."""
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    old_ends, new_ends = _ends(old_lines), _ends(new_lines)
    found: list[_Block] = []
    for tag, i1, i2, j1, j2 in opcodes(old_lines, new_lines):
        before, after = old[old_ends[i1] : old_ends[i2]], new[new_ends[j1] : new_ends[j2]]
        if tag == "equal":
            found += [_Block(old_ends[i1], new_ends[j1], len(before))] if before else []
        else:
            found += _inside(before, after, old_ends[i1], new_ends[j1])
    return _joined(found)


def opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """How one list of lines becomes the other, as `difflib` says it.

    What both begin and end with takes no time to speak of.
    """
    head = _n_equal(zip(old, new, strict=False))
    tail = _n_equal(zip(reversed(old[head:]), reversed(new[head:]), strict=False))
    old_end, new_end = len(old) - tail, len(new) - tail
    matcher = SequenceMatcher(None, old[head:old_end], new[head:new_end], autojunk=False)
    inner = [(tag, i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in matcher.get_opcodes()]
    return [("equal", 0, head, 0, head), *inner, ("equal", old_end, len(old), new_end, len(new))]


def _n_equal(pairs: Iterable[tuple[str, str]]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _inside(before: str, after: str, old: int, new: int) -> list[_Block]:
    """What of changed lines stayed; of very many, only what stands at their two ends."""
    if max(len(before), len(after)) > MOST_CHARACTERS:
        return _edges(before, after, old, new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [_Block(old + one.a, new + one.b, one.size) for one in matcher.get_matching_blocks() if one.size]


def _edges(before: str, after: str, old: int, new: int) -> list[_Block]:
    shortest = min(len(before), len(after))
    head = next((index for index in range(shortest) if before[index] != after[index]), shortest)
    rest = shortest - head
    tail = next((index for index in range(rest) if before[-1 - index] != after[-1 - index]), rest)
    ends = [_Block(old, new, head), _Block(old + len(before) - tail, new + len(after) - tail, tail)]
    return [block for block in ends if block.length]


def _joined(blocks: list[_Block]) -> list[_Block]:
    """The same pieces with neighbours made one, so that a region may cross from one to the next."""
    joined: list[_Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and last.old + last.length == block.old and last.new + last.length == block.new:
            joined[-1] = _Block(last.old, last.new, last.length + block.length)
        else:
            joined.append(block)
    return joined


def _ends(lines: list[str]) -> list[int]:
    """The offset of each line, and of the end."""
    ends = [0]
    for line in lines:
        ends.append(ends[-1] + len(line))
    return ends

"""Whether what is recorded is what came of an example, by doctest's rules; pure.

A line `...` stands for any number of lines, `...` within a line for anything in it, `<BLANKLINE>` for an empty line;
white space at the end of lines does not count (doctest's README, 0.24).
"""

from collections.abc import Callable, Sequence
from itertools import groupby

WILDCARD = "..."
BLANK = "<BLANKLINE>"


def matches(recorded: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the recorded lines allow the lines that were printed."""
    pieces = _pieces([line.rstrip() for line in recorded])
    found = [line.rstrip() for line in said]

    def stands(number: int, at: int) -> bool:
        return all(line_matches(line, found[at + offset]) for offset, line in enumerate(pieces[number]))

    return _fits([len(piece) for piece in pieces], len(found), stands)


def line_matches(recorded: str, said: str) -> bool:
    """Whether a recorded line allows a line; both without white space at their ends."""
    if WILDCARD not in recorded:
        return said == ("" if recorded == BLANK else recorded)
    pieces = recorded.split(WILDCARD)
    return _fits([len(piece) for piece in pieces], len(said), lambda number, at: said.startswith(pieces[number], at))


def _pieces(lines: Sequence[str]) -> list[list[str]]:
    """The lines between the wildcards; lists may be empty."""
    grouped = [(wild, list(some)) for wild, some in groupby(lines, lambda line: line == WILDCARD)]
    pieces = [some for wild, some in grouped if not wild]
    if not grouped or grouped[0][0]:
        pieces.insert(0, [])
    if grouped and grouped[-1][0]:
        pieces.append([])
    return pieces


def _fits(lengths: Sequence[int], length: int, stands: Callable[[int, int], bool]) -> bool:
    """Whether pieces of these lengths follow each other with anything between them, the first and the last at the ends.

    `stands` tells whether the piece of a number is at a place with room for it.  Each is taken at the first place that
    is left for it: a later one would help none that follows.
    """
    last = len(lengths) - 1
    if last == 0:
        return lengths[0] == length and stands(0, 0)
    at = 0
    for number in range(last):
        most = length - lengths[number]
        places = range(at, most + 1) if number else range(min(1, most + 1))
        place = next((place for place in places if stands(number, place)), None)
        if place is None:
            return False
        at = place + lengths[number]
    end = length - lengths[last]
    return end >= at and stands(last, end)

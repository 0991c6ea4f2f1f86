"""How well what somebody types fits a name: its letters must be in the name, in order; no I/O."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class Fit(NamedTuple):
    """How well a name fits; smaller is better."""

    rank: int
    """0: the name itself; 1: with other capitals; 2: its beginning; 3: beginnings of its words, in order; 4, 5: these
    two with other capitals; 6: a part of it; 7: letters of it."""

    n_characters: int
    """How long the name is."""

    name: str


def fit(typed: str, name: str) -> Fit | None:
    """How well a name fits what was typed; None if it does not."""
    rank = _rank(typed, name)
    return None if rank is None else Fit(rank, len(name), name)


def _rank(typed: str, name: str) -> int | None:
    if name.startswith(typed):
        return 0 if name == typed else 2
    small_typed, small_name = typed.lower(), name.lower()
    if small_name == small_typed:
        return 1
    if not _has_letters(small_typed, small_name):
        return None
    starts = [match.start() for match in _WORD_START.finditer(name)]
    if _fits_words(typed, name, starts):
        return 3
    if small_name.startswith(small_typed):
        return 4
    # Few letters have two where they are small.
    if len(name) == len(small_name) and _fits_words(small_typed, small_name, starts):
        return 5
    return 6 if small_typed in small_name else 7


def _has_letters(typed: str, name: str) -> bool:
    at = -1
    for letter in typed:
        at = name.find(letter, at + 1)
        if at < 0:
            return False
    return True


_WORD_START = re.compile(r"(?<![^\W_])[^\W_]|(?<=[a-z0-9])[A-Z]|[A-Z](?=[a-z])|(?<=[A-Za-z])[0-9]")
"""Behind what is no letter, at a capital behind a small letter, at the last of several capitals, at a digit."""


def _fits_words(typed: str, name: str, starts: Sequence[int]) -> bool:
    """Whether what was typed is made of beginnings of the name's words, in order; some words may be left out."""
    ends = {start for start in starts if name[start] == typed[:1]}
    for letter in typed[1:]:
        if not ends:
            return False
        first = min(ends)
        goes_on = {end + 1 for end in ends if name[end + 1 : end + 2] == letter}
        ends = goes_on | {start for start in starts if start > first and name[start] == letter}
    return bool(ends)

"""doctest's rules about what is recorded and what is printed."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.evaluation.matching import line_matches, matches


@pytest.mark.parametrize(
    ("recorded", "said", "expected"),
    [
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
        ("a", "a", True),
        ("a  ", "a", True),
        ("a", "a \t", True),
        (" a", "a", False),
        ("a|b", "a", False),
        ("a", "a|b", False),
        ("<BLANKLINE>", "<empty>", True),
        ("a|<BLANKLINE>|b", "a|<empty>|b", True),
        ("<BLANKLINE>", "", False),
        ("...", "", True),
        ("...", "a|b|c", True),
        ("a|...|c", "a|c", True),
        ("a|...|c", "a|b|b|c", True),
        ("a|...|c", "a|b", False),
        ("...|b|...|d", "a|b|b|c|d", True),
        ("...|b|...|b", "a|b", False),
        ("a...d", "abcd", True),
        ("a...d", "ad", True),
        ("a...d", "abc", False),
        ("a...b...c", "aXbYc", True),
        ("ab...bc", "abc", False),
        ("...end", "the end", True),
        ("f ...:3: error", "f A.hs:3: error", True),
        ("a|...", "a", True),
    ],
)
def test_examples(recorded: str, said: str, expected: bool) -> None:
    """Lines are divided by bars."""
    printed = ["" if line == "<empty>" else line for line in said.split("|")] if said else []
    assert matches(recorded.split("|") if recorded else [], printed) == expected


LINES = st.lists(st.text("ab.", max_size=4), max_size=5)


@given(LINES)
def test_what_is_printed_matches_itself(lines: list[str]) -> None:
    assert matches([line or "<BLANKLINE>" for line in lines], lines)


def by_trying(recorded: Sequence[str], said: Sequence[str]) -> bool:
    """The same, by trying all that wildcards can stand for."""
    if not recorded:
        return not said
    if recorded[0] == "...":
        return any(by_trying(recorded[1:], said[at:]) for at in range(len(said) + 1))
    return bool(said) and line_by_trying(recorded[0], said[0]) and by_trying(recorded[1:], said[1:])


def line_by_trying(recorded: str, said: str) -> bool:
    before, wildcard, rest = recorded.partition("...")
    if not wildcard:
        return recorded == said
    if not said.startswith(before):
        return False
    return any(line_by_trying(rest, said[at:]) for at in range(len(before), len(said) + 1))


@given(st.lists(st.sampled_from(["...", "a", "b", "a...", "...b", "a...a", "b...a...b"]), max_size=5), LINES)
def test_the_first_place_is_as_good_as_any(recorded: list[str], said: list[str]) -> None:
    assert matches(recorded, said) == by_trying(recorded, said)


@given(st.text("ab", max_size=6), st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_a_wildcard_in_a_line_stands_for_anything(before: str, between: str, behind: str) -> None:
    assert line_matches(f"{before}...{behind}", before + between + behind)

"""How well typed letters fit names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.fuzzy import fit


@pytest.mark.parametrize(
    ("typed", "rank", "name"),
    [
        ("mapM", 0, "mapM"),
        ("mapm", 1, "mapM"),
        ("map", 2, "mapMaybe"),
        ("MAP", 4, "mapMaybe"),
        ("mM", 3, "mapMaybe"),
        ("mm", 5, "mapMaybe"),
        ("mapmay", 4, "mapMaybe"),
        ("mmay", 5, "mapMaybe"),
        ("hp", 5, "HTTPParser"),
        ("lib.ar", 5, "Data.Lib.Area"),
        ("c_s", 3, "foreign_c_sin"),
        ("f2", 3, "fold_2"),
        ("aybe", 6, "mapMaybe"),
        ("mpb", 7, "mapMaybe"),
        ("pb", 7, "mapMaybe"),
        (">>=", 2, ">>=>"),
        ("größe", 1, "GRÖSSE".replace("SS", "ß")),
        ("xyz", None, "mapMaybe"),
        ("mappp", None, "mapMaybe"),
        ("", 2, "anything"),
    ],
)
def test_ranks(typed: str, rank: int | None, name: str) -> None:
    found = fit(typed, name)
    assert (found and found.rank) == rank


def test_better_fits_come_first_and_of_equal_ones_the_shorter() -> None:
    names = ["mapMaybeM", "atMap", "mapM_", "mapM", "MAPM", "myOldMap", "mapMaybe", "tamper_map"]
    found = sorted(one for one in (fit("mapM", name) for name in names) if one)
    assert [one.name for one in found] == ["mapM", "MAPM", "mapM_", "mapMaybe", "mapMaybeM"]


@given(st.text(), st.text(), st.text())
def test_whatever_holds_the_letters_fits(before: str, typed: str, after: str) -> None:
    assert fit(typed, before + typed + after)


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_fits_holds_the_letters_in_order(typed: str, name: str) -> None:
    letters = iter(name.lower())
    assert (fit(typed, name) is not None) == all(letter in letters for letter in typed.lower())

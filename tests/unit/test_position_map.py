"""Places of an earlier text in a later one."""

from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.position_map import PositionMap

TEXT = "module A where\n\nx = $(one)\ny = 2\nz = $(two)\n"


def test_equal_texts_map_to_themselves() -> None:
    assert PositionMap(TEXT, TEXT).span(Span(3, 5, 3, 11)) == Span(3, 5, 3, 11)


def test_a_line_above_moves_what_is_below() -> None:
    changed = PositionMap(TEXT, TEXT.replace("x =", "-- new\nx ="))
    assert changed.span(Span(3, 5, 3, 11)) == Span(4, 5, 4, 11)
    assert changed.span(Span(1, 8, 1, 9)) == Span(1, 8, 1, 9)


def test_changes_on_the_same_line_on_both_sides_of_the_region() -> None:
    changed = PositionMap(TEXT, TEXT.replace("x = $(one)", "long = $(one) -- why"))
    assert changed.span(Span(3, 5, 3, 11)) == Span(3, 8, 3, 14)


def test_very_long_lines_map_at_their_ends() -> None:
    middle = "y" * 2000
    changed = PositionMap(f"ab {middle} cd", f"ab z{middle[1:]} cd")
    assert changed.region(0, 2) == (0, 2)
    assert changed.region(2004, 2006) == (2004, 2006)
    assert changed.region(2, 5) is None


def test_a_changed_region_has_no_place() -> None:
    changed = PositionMap(TEXT, TEXT.replace("$(one)", "$(on3)"))
    assert changed.span(Span(3, 5, 3, 11)) is None
    assert changed.span(Span(5, 5, 5, 11)) == Span(5, 5, 5, 11)


def test_a_removed_line_has_no_place() -> None:
    assert PositionMap(TEXT, TEXT.replace("x = $(one)\n", "")).span(Span(3, 5, 3, 11)) is None


def test_a_region_over_several_lines() -> None:
    changed = PositionMap(TEXT, "\n\n" + TEXT)
    assert changed.span(Span(3, 5, 5, 11)) == Span(5, 5, 7, 11)


texts = st.text(alphabet="ab\n\t{é", max_size=40)


@given(texts, texts, texts)
def test_what_is_mapped_is_the_same_text(head: str, middle: str, tail: str) -> None:
    old, new = head + tail, head + middle + tail
    changed = PositionMap(old, new)
    for start in range(len(old) + 1):
        for end in range(start, len(old) + 1):
            found = changed.region(start, end)
            if found:
                assert new[slice(*found)] == old[start:end]


@given(texts, texts)
def test_an_insertion_leaves_what_lies_wholly_on_one_side(head: str, tail: str) -> None:
    changed = PositionMap(head + tail, head + "XY" + tail)
    if tail:
        assert changed.region(len(head), len(head) + 1) is not None

"""From one text to another by whole lines."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from thatch.core.fixes.model import applied
from thatch.core.tools.line_edits import line_edits

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "\n", "a\r\n", "a\f", "\u2028", "c"])).map("".join)


@given(TEXTS, TEXTS)
def test_the_edits_lead_to_the_other_text(old: str, new: str) -> None:
    edits = line_edits(old, new)
    assert applied(old, tuple(edits)) == new
    assert all(one.end < other.start for one, other in pairwise(edits))
    assert (edits == []) == (old == new)


def test_only_what_differs_is_changed() -> None:
    edits = line_edits("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n")
    assert [(edit.start, edit.end, edit.text) for edit in edits] == [(2, 4, "B\n"), (8, 8, "e\n")]

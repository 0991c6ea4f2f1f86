"""Spans in few bytes, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.index.model import Mention, Role
from thatch.core.index.packing import pack_mentions, pack_spans, unpack_mentions, unpack_spans

numbers = st.integers(1, 300) | st.integers(1, 2**40)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    line, column, n_lines, end = draw(numbers), draw(numbers), draw(st.just(0) | numbers), draw(numbers)
    return Span(line, column, line + n_lines, column + end if n_lines == 0 else end)


@given(st.lists(spans()))
def test_spans_come_back(given: list[Span]) -> None:
    assert unpack_spans(pack_spans(*given)) == tuple(given)


@given(st.lists(st.tuples(spans(), st.sampled_from(Role))))
def test_mentions_come_back_once_each_in_the_order_of_the_text(given: list[tuple[Span, Role]]) -> None:
    packed = pack_mentions(
        (span.start_line, span.start_column, span.end_line, span.end_column, role) for span, role in given
    )
    assert unpack_mentions(packed) == tuple(sorted({Mention(*one) for one in given}))


def test_a_mention_takes_four_bytes_where_lines_are_short() -> None:
    assert len(pack_mentions([(line, 5, line, 9, Role.USE) for line in range(1, 1000)])) == 4 * 999


@given(st.binary())
def test_other_bytes_give_anything_or_the_errors_that_stand_for_damage(packed: bytes) -> None:
    for unpack in (unpack_mentions, unpack_spans):
        try:
            unpack(packed)
        except (ValueError, IndexError):
            continue


def test_an_unknown_role_is_an_error() -> None:
    with pytest.raises(IndexError):
        unpack_mentions(bytes([1, 1, len(Role), 2]))

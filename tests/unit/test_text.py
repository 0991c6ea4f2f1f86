import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.text import Encoding, LineIndex, Position, Range, apply_change

# What makes positions hard: tabs, line ends of both kinds, a lone CR, a form feed, U+2028, wide and astral characters.
TEXTS = st.text(st.sampled_from("ab \t\n\r\f\u2028é€😀\U0001d54f'"), max_size=60)
ENCODINGS = st.sampled_from(Encoding)


def reference_ghc_position(text: str, offset: int) -> tuple[int, int]:
    """The rule as GHC states it, character by character."""
    line, column = 1, 1
    for character in text[:offset]:
        if character == "\n":
            line, column = line + 1, 1
        elif character == "\t":
            column = (((column - 1) // 8) + 1) * 8 + 1
        else:
            column += 1
    return line, column


def in_line_end(text: str, offset: int) -> bool:
    return text[max(offset - 1, 0) : offset + 1] == "\r\n"


@given(TEXTS, st.integers(0, 70), ENCODINGS)
def test_every_offset_survives_the_way_to_the_editor_and_back(text: str, offset: int, encoding: Encoding) -> None:
    offset = min(offset, len(text))
    index = LineIndex(text)
    expected = offset - 1 if in_line_end(text, offset) else offset
    assert index.offset(index.position(offset, encoding), encoding) == expected


@given(TEXTS, st.integers(0, 70))
def test_every_offset_survives_the_way_to_ghc_and_back(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    index = LineIndex(text)
    expected = offset - 1 if in_line_end(text, offset) else offset
    assert index.ghc_position(offset) == reference_ghc_position(text, expected)
    assert index.ghc_offset(*index.ghc_position(offset)) == expected


@given(TEXTS, st.integers(-2, 20), st.integers(-2, 200), ENCODINGS)
def test_places_that_do_not_exist_are_clamped(text: str, line: int, column: int, encoding: Encoding) -> None:
    index = LineIndex(text)
    for offset in (index.ghc_offset(line, column), index.offset(Position(line, column), encoding)):
        assert 0 <= offset <= len(text)
        assert not in_line_end(text, offset)
    if 0 <= line < index.n_lines:
        assert index.line_of(index.offset(Position(line, column), encoding)) == line


@given(TEXTS, st.tuples(*[st.integers(-1, 30)] * 4), ENCODINGS)
def test_a_span_gives_an_ordered_range_and_its_visible_form_holds_it(
    text: str, numbers: tuple[int, int, int, int], encoding: Encoding
) -> None:
    index, span = LineIndex(text), Span(*numbers)
    exact, visible = index.range(span, encoding), index.visible_range(span, encoding)
    assert exact.start <= exact.end
    assert visible.start <= visible.end
    if exact.start < exact.end:
        assert visible == exact
    elif index.line_text(exact.start.line).strip():
        assert visible.start < visible.end
        assert visible.start.line == visible.end.line == exact.start.line


@given(TEXTS, st.integers(0, 60), st.integers(0, 60), ENCODINGS)
def test_a_region_survives_the_way_to_ghc_and_back(text: str, start: int, end: int, encoding: Encoding) -> None:
    index = LineIndex(text)
    region = Range(
        *(index.position(offset, encoding) for offset in sorted((min(start, len(text)), min(end, len(text)))))
    )
    assert index.range(index.span(region, encoding), encoding) == region


@given(TEXTS, TEXTS, st.integers(0, 60), st.integers(0, 60), ENCODINGS)
def test_a_change_replaces_exactly_its_region(text: str, new: str, start: int, end: int, encoding: Encoding) -> None:
    index = LineIndex(text)
    region = Range(*(index.position(min(offset, len(text)), encoding) for offset in sorted((start, end))))
    first, last = index.offset(region.start, encoding), index.offset(region.end, encoding)
    assert apply_change(text, region, new, encoding) == text[:first] + new + text[last:]


@given(st.text(st.sampled_from("ab\t😀é"), min_size=1000, max_size=1500), st.integers(0, 1500), ENCODINGS)
def test_long_lines_count_as_short_ones_do(text: str, offset: int, encoding: Encoding) -> None:
    offset = min(offset, len(text))
    index = LineIndex(text)
    unit = {Encoding.UTF8: 1, Encoding.UTF16: 2, Encoding.UTF32: 4}[encoding]
    codec = encoding.value if encoding is Encoding.UTF8 else f"{encoding.value}-le"
    assert index.position(offset, encoding).column == len(text[:offset].encode(codec)) // unit
    assert index.ghc_position(offset) == reference_ghc_position(text, offset)
    assert index.ghc_offset(*index.ghc_position(offset)) == offset


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("\n", ["", ""]),
        ("a\r\nb\n", ["a", "b", ""]),
        ("a\fb\u2028c\x85d\x0be", ["a\fb\u2028c\x85d\x0be"]),
        ("a\rb\r\r\n", ["a\rb\r", ""]),
    ],
)
def test_lines_end_at_newlines_only(text: str, lines: list[str]) -> None:
    index = LineIndex(text)
    assert [index.line_text(line) for line in range(index.n_lines)] == lines


@pytest.mark.parametrize(("encoding", "column"), [(Encoding.UTF8, 6), (Encoding.UTF16, 4), (Encoding.UTF32, 3)])
def test_columns_are_counted_in_the_agreed_encoding(encoding: Encoding, column: int) -> None:
    index = LineIndex("a😀bc")
    assert index.position(3, encoding) == Position(0, column)
    # Inside the emoji means before it.
    assert index.offset(Position(0, 2), encoding) == (2 if encoding is Encoding.UTF32 else 1)


def test_a_byte_order_mark_is_not_counted_by_ghc_but_by_editors() -> None:
    index = LineIndex("\ufeffmodule A\n")
    assert index.range(Span(1, 1, 1, 7), Encoding.UTF16) == Range(Position(0, 1), Position(0, 7))
    assert index.ghc_position(0) == (1, 0)


@pytest.mark.parametrize(
    ("text", "column", "covered"),
    [
        ("foo = bar'", 7, "bar'"),
        ("foo = bar", 2, "oo"),
        ("x ++ y", 3, "+"),
        ("x = 1 + ", 9, "+"),
        ("  x", 1, "x"),
        ("   ", 2, ""),
        ("\tlet", 9, "let"),
    ],
)
def test_an_empty_span_is_made_visible(text: str, column: int, covered: str) -> None:
    index = LineIndex(f"before\n{text}\nafter")
    region = index.visible_range(Span(2, column, 2, column), Encoding.UTF32)
    assert region.start.line == region.end.line == 1
    assert text[region.start.column : region.end.column] == covered


def test_a_span_beyond_a_text_that_has_shrunk_ends_with_it() -> None:
    index = LineIndex("x = 1\r\n")
    assert index.range(Span(1, 3, 9, 4), Encoding.UTF16) == Range(Position(0, 2), Position(1, 0))
    assert index.range(Span(1, 3, 1, 99), Encoding.UTF16) == Range(Position(0, 2), Position(0, 5))


@pytest.mark.parametrize("piece", ["abcdefgh", "ab\tcd😀é"])
def test_a_line_of_two_megabytes(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    index = LineIndex(text)
    for offset in range(0, len(text), len(text) // 500):
        position = index.position(offset, Encoding.UTF16)
        assert index.offset(position, Encoding.UTF16) == offset
        assert index.ghc_offset(*index.ghc_position(offset)) == offset

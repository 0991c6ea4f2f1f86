"""The preprocessor's lines, and that readings show all that stands between them."""

from hypothesis import given
from hypothesis import strategies as st

from thatch.core.structure.directives import MOST_DEPTH, MOST_DIRECTIVES, MOST_READINGS, find_directives


def readings(text: str) -> list[str]:
    """What each reading shows, without the blank lines."""
    found = find_directives(text)
    return [
        " ".join(line for line in found.reading(text, number).split("\n") if line.strip())
        for number in range(found.n_readings)
    ]


def test_a_text_without_conditionals_is_read_once() -> None:
    assert readings("a\n#define B \\\n  c\nd\n#include <e>\n") == ["a d"]
    assert readings("#!/usr/bin/env runghc\na\n") == ["a"]
    assert readings("a # b\n #if c\n#label\n##\n") == ["a # b  #if c #label ##"]


def test_each_branch_is_read() -> None:
    assert readings("a\n#if X\nb\n#endif\nc\n") == ["a b c"]
    assert readings("#if X\na\n#elif Y\nb\n# else\nc\n#endif\nd\n") == ["a d", "b d", "c d"]
    # What is shown already is shown again where something must stand.
    assert readings("#if X\na\n#else\nb\n#endif\n#if Y\nc\n#else\nd\n#endif\n#if Z\ne\n#endif\n") == ["a c e", "b d e"]


def test_conditionals_in_conditionals() -> None:
    text = "#if X\na\n#if Y\nb\n#else\nc\n#endif\n#else\n#if Z\nd\n#else\ne\n#endif\nf\n#endif\n"
    assert readings(text) == ["a b", "a c", "d f", "e f"]


def test_branches_without_code_need_no_reading() -> None:
    assert readings("#if X\na\n#else\n\n#endif\n") == ["a"]
    assert readings("#if X\n#else\na\n#endif\n") == ["a"]


def test_what_is_not_closed_reaches_to_the_end_and_what_was_not_opened_means_nothing() -> None:
    assert readings("a\n#if X\nb\n#else\nc\n") == ["a b", "a c"]
    assert readings("a\n#else\nb\n#endif\nc\n") == ["a b c"]


def test_too_many_are_no_conditionals() -> None:
    many = "#if X\na\n#else\nb\n#endif\n" * (MOST_DIRECTIVES // 3 + 1)
    assert len(readings(many)) == 1
    deep = find_directives("#if X\n" * (MOST_DEPTH + 10) + "a\n" + "#endif\n" * (MOST_DEPTH + 10))
    assert len(deep.conditionals) == MOST_DEPTH
    branches = "#if 0\na0\n" + "".join(f"#elif {n}\na{n}\n" for n in range(1, 20)) + "#endif\n"
    assert readings(branches) == [f"a{number}" for number in range(MOST_READINGS)]
    assert find_directives(branches).reading_of(branches.index("a19")) == -1


LINES = st.sampled_from(
    ["#if X", "#ifdef Y", "#elif Z", "#else", "#endif", "#define A \\", "a", "  b c", "", "# 1", "é"]
)


@given(st.lists(LINES, max_size=40), st.sampled_from(["\n", "\r\n"]))
def test_every_character_is_shown_where_it_stands_by_the_reading_that_says_so(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    found = find_directives(text)
    shown = [found.reading(text, number) for number in range(found.n_readings)]
    assert 1 <= len(shown) <= MOST_READINGS
    assert {len(reading) for reading in shown} == {len(text)}
    directives = {place for one in found.found for place in range(one.start, one.end)}
    for place, character in enumerate(text):
        there = [reading[place] for reading in shown]
        assert set(there) <= {character, " "}
        if character == "\n":
            assert set(there) == {"\n"}
        elif place in directives:
            assert set(there) == {" "}
        elif not character.isspace() and found.reading_of(place) >= 0:
            assert there[found.reading_of(place)] == character
        elif not character.isspace():
            assert len(shown) == MOST_READINGS

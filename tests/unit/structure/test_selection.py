"""What is selected around cursors, from the smallest piece on, up to the file."""

from itertools import pairwise

import pytest

from tests.support.structure import check_selections, parsed
from thatch.core.structure.selection import selections


def test_from_a_word_to_the_declaration() -> None:
    check_selections(
        "-- | Documentation.\nfoo :: Int -> Int\nfoo x = bar (x, lo$0ng) + 1\n\nother = 2\n",
        [
            "long",
            "x, long",
            "(x, long)",
            "bar (x, long)",
            "bar (x, long) + 1",
            "= bar (x, long) + 1",
            "foo x = bar (x, long) + 1",
            "foo :: Int -> Int\nfoo x = bar (x, long) + 1",
            "-- | Documentation.\nfoo :: Int -> Int\nfoo x = bar (x, long) + 1",
        ],
    )


def test_qualified_names_strings_and_comments() -> None:
    check_selections(
        'a = M.fo$0o\nb = "some wo$0rds"\n-- one line\n-- ano$0ther line\n',
        ["foo", "M.foo", "= M.foo", "a = M.foo"],
        ["words", "some words", '"some words"', '= "some words"', 'b = "some words"'],
        ["another", "-- another line", "-- one line\n-- another line"],
    )


def test_statements_behind_a_do_and_local_definitions() -> None:
    check_selections(
        "f = do\n  a\n  let b$0 = 1\n  c\n",
        [
            "b",
            "b = 1",
            "let b = 1",
            "a\n  let b = 1\n  c",
            "do\n  a\n  let b = 1\n  c",
            "= do\n  a\n  let b = 1\n  c",
            "f = do\n  a\n  let b = 1\n  c",
        ],
    )


def test_in_the_branch_that_the_cursor_is_in() -> None:
    check_selections(
        "f = 1\n#if A\ng = on$0e\n#else\ng = tw$0o\n#endif\n",
        ["one", "= one", "g = one"],
        ["two", "= two", "g = two"],
    )


def test_broken_code() -> None:
    check_selections(
        "f = (1 + x$0\n\ng = y$0\n",
        ["x", "1 + x", "f = (1 + x"],
        ["y", "= y", "g = y"],
    )


@pytest.mark.parametrize("text", ["", "\n\n", "f = 1", "-- 🦆\n", "#if\n"])
def test_every_place_is_in_nested_regions_that_end_with_the_file(text: str) -> None:
    for place, chain in enumerate(selections(parsed(text), range(len(text) + 1))):
        assert chain[-1] == (0, len(text))
        assert all(start <= place <= end for start, end in chain)
        assert all(outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1] for inner, outer in pairwise(chain))


def test_beside_a_broken_part_of_a_body() -> None:
    check_selections(
        "instance C Int where\n  one = (1\n  two = x$0 + y\n  three = [\n",
        [
            "x",
            "x + y",
            "= x + y",
            "two = x + y",
            "two = x + y\n  three = [",
            "instance C Int where\n  one = (1\n  two = x + y\n  three = [",
        ],
    )

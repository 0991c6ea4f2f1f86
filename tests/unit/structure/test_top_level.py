"""Where items begin in code that need not parse."""

import pytest

from thatch.core.structure.top_level import item_starts


def items(text: str) -> list[str]:
    starts = item_starts(text)
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.mark.parametrize(
    "expected",
    [
        ["module A\n( a\n, b\n) where\n", "import B\n", "a = 1\n"],
        ["{-# LANGUAGE X #-}\nmodule A where\n", "import B (\n  c\n", "d = 1"],
        ["a = (\n\n", "-- | About b.\n-- More.\nb = 1\n", "c = 2\n"],
        ["a = 1\n-- Inside of a.\n  + 2\n", "b = 3\n"],
        ["a = 1\n\nwhere b = 2\n", "c = [\n  1\n]\n", "d = if e\nthen f\nelse g\n"],
        ['a = "\\\n\\b\\\n\\c"\n', "d = 'e'\n", "f' = '\"'\n", 'g = "\'"\n'],
        ["a = [q|\nb = 1\n|]\n", "c = [x|x<-d]\n", "e = [q|f|]\n"],
        ["{- a\nb = 1\n{- c\n-}\n-}\nd = 2\n", "e = 3 {-\nf = 4\n-}\n", "g = 5\n"],
        ["a --> b = 1\n", "-- c\nd = 2\n"],
        [" a = (\n  b\n", " c = 2\n"],
        ["\ta = (\n\t  b\n", "        c = 2\n"],
        ["", "a = 1"],
        ["module A (a,\n\n", "import B\n", "a = 1\n"],
    ],
)
def test_items(expected: list[str]) -> None:
    text = "".join(expected)
    assert items(text) == [item for item in expected if item]


def test_an_open_comment_hides_the_rest_and_an_open_string_does_not() -> None:
    assert items("a = 1\n{- b\nc = 2\n") == ["a = 1\n{- b\nc = 2\n"]
    assert items('a = "b\nc = 2\n') == ['a = "b\n', "c = 2\n"]
    assert items("") == [""]

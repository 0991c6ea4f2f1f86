"""What is written below examples: it is read again as what came of them, and changes nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.model import Example, Outcome
from thatch.core.evaluation.results import MOST_LINES, edit_of, is_recorded, moved
from thatch.core.source.lexer import tokens
from thatch.core.splices.inline import apply_edits

COMMENTS = {
    "lines": "a = 1\n-- >>> code\n-- old\n-- >>> next\nb = 2\n",
    "indented": "a = 1\n  where\n\t-- | >>> code\n\t--   old\n\t-- >>> next\n\tb = 2\n",
    "braces": "a = 1\n{-\n  >>> code\n  old\n  >>> next\n-}\nb = 2\n",
    "margin": "a = 1\n{-\n>>> code\n>>> next\n-}\nb = 2\n",
    "one line": "a = 1\n{- >>> code -}\nb = 2 -- >>> no\n-- >>> next\n",
    "documented": "a = 1\n{- | >>> code\n     old -}\nb = 2\n-- >>> next\n",
    "windows": "a = 1\r\n-- >>> code\r\n-- >>> next\r\nb = 2\r\n",
    "preprocessed": "{-# LANGUAGE CPP #-}\n{-\n>>> code\n>>> next\n-}\nb = 2\n",
    "last": "b = 2\n-- >>> next\n-- >>> code",
}


def example_in(text: str, code: str = "code") -> Example:
    return next(one for block in find_blocks(text) for one in block.examples if one.code == code)


def written(text: str, outcome: Outcome) -> str:
    edit = edit_of(text, example_in(text), outcome)
    return apply_edits(text, [edit] if edit else [])


def bare(text: str) -> str:
    """The text without what is recorded of the example."""
    example = example_in(text)
    return text[: example.start] + text[example.end :]


def after(*lines: str) -> list[str]:
    """What is recorded of these lines."""
    text = written(COMMENTS["lines"], Outcome(lines))
    return list(example_in(text).recorded)


PIECES = st.one_of(
    st.sampled_from(
        [
            "{-",
            "-}",
            ">>> x",
            "prop> y",
            "...",
            "<BLANKLINE>",
            "--",
            "| a",
            "$setup",
            "#if",
            "/*",
            "\\",
            '"',
            "-",
            "{",
            "'",
        ]
    ),
    st.sampled_from(["<interactive>:1:2: error:", "A.hs:3:4", "CallStack (from HasCallStack):", " ", "\t", "\x1b[1m"]),
    st.text(st.characters(exclude_characters="\n"), max_size=5),
)
OUTCOMES = st.lists(st.lists(PIECES, max_size=4).map("".join), max_size=6).map(lambda lines: Outcome(tuple(lines)))


@pytest.mark.parametrize("comment", COMMENTS)
@given(outcome=OUTCOMES)
def test_what_is_written_is_read_as_what_came_of_it(comment: str, outcome: Outcome) -> None:
    text = COMMENTS[comment]
    result = written(text, outcome)
    assert is_recorded(example_in(result), outcome)
    assert written(result, outcome) == result
    codes = [[one.code for one in block.examples] for block in find_blocks(text)]
    assert [[one.code for one in block.examples] for block in find_blocks(result)] == codes
    assert example_in(result, "next").recorded == ()
    code = [token.text for token in tokens(text) if not token.is_comment]
    assert [token.text for token in tokens(result) if not token.is_comment] == code
    assert not any(mark in result.replace("\r\n", "") for mark in "\r\x0b\x0c\x85\u2028\u2029")
    assert bare(result) == bare(text)


def test_errors_are_written_without_what_is_beside_the_point() -> None:
    assert after(
        "<interactive>:83:1: error: [GHC-39999]",
        "    • No instance for Num Char arising from the literal 1",
        "    • In the first argument of (+), namely 1",
        "      In the expression: 1 + 'c'",
    ) == ["<interactive>:...: error: [GHC-39999]", "    • No instance for Num Char arising from the literal 1", "..."]
    assert after(*["<interactive>:1:1: error:", *["    more"] * 20])[-2:] == ["    more", "..."]


def test_places_that_move_are_left_open() -> None:
    assert after("hidden :: Int -- Defined at src/Lib.hs:44:1") == ["hidden :: Int -- Defined at src/Lib.hs:..."]
    assert after("*** Exception: no", "CallStack (from HasCallStack):", "  error, called at") == [
        "*** Exception: no",
        "...",
    ]
    assert after("src/Lib.hs:(5,1)-(6,10): Non-exhaustive patterns") == ["src/Lib.hs:...: Non-exhaustive patterns"]


def test_much_is_cut() -> None:
    said = tuple(map(str, range(2 * MOST_LINES)))
    assert after(*said) == [*said[:MOST_LINES], "..."]
    text = written(COMMENTS["lines"], Outcome(said[:3], cut=True, ended="*** Stopped: why."))
    assert example_in(text).recorded == ("0", "1", "2", "...", "*** Stopped: why.")
    assert after("x" * 5000) == ["x" * 1000 + "..."]


def test_properties_are_right_when_they_hold() -> None:
    silent, failing = "-- prop> code\n", "-- prop> code\n-- *** Failed! Falsified (after 1 test):\n-- 0\n"
    holds, fails = Outcome(("+++ OK, passed 100 tests.",)), Outcome(("*** Failed! Falsified (after 3 tests):", "17"))
    assert is_recorded(example_in(silent), holds)
    assert not is_recorded(example_in(silent), fails)
    assert is_recorded(example_in(failing), fails)
    assert not is_recorded(example_in(failing), holds)
    assert written(failing, holds) == "-- prop> code\n-- +++ OK, passed 100 tests.\n"
    assert written(silent, Outcome(("traced", "more", *fails.lines))) == f"{silent}-- {fails.lines[0]}\n-- 17\n"
    assert written(silent, Outcome(("ghc: no QuickCheck",))) == f"{silent}-- *** ghc: no QuickCheck\n"


def test_examples_are_found_again_in_a_newer_text() -> None:
    before = "-- >>> a\n-- >>> b\n-- >>> a\n"
    after_edits = "-- new\n-- >>> a\n-- >>> c\n-- >>> a\n"
    old = [one for block in find_blocks(before) for one in block.examples]
    new = moved(find_blocks(after_edits), old)
    assert [one and one.line for one in new] == [1, None, 3]

"""Examples in the comments of modules, in all kinds of comments."""

import textwrap

import pytest

from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.model import Example, Prompt


def found(text: str, *, literate: bool = False) -> list[list[tuple[str, tuple[str, ...]]]]:
    """What is evaluated and recorded, by comments."""
    blocks = find_blocks(textwrap.dedent(text), literate=literate)
    return [[(example.code, example.recorded) for example in block.examples] for block in blocks]


def examples(text: str, *, literate: bool = False) -> list[Example]:
    return [example for block in find_blocks(text, literate=literate) for example in block.examples]


def test_line_comments_below_each_other_are_one_comment() -> None:
    assert found(
        """
        -- | What it does.
        --
        -- >>> f 1
        -- 2
        --   3
        -- >>> f 2
        f = id

        -- >>> g
        -- 1

        -- Words only.
        """
    ) == [[("f 1", ("2", "  3")), ("f 2", ())], [("g", ("1",))]]


def test_comments_in_braces() -> None:
    assert found(
        """
        {- | What it does.
          >>> f 1
          2

          >>> f {- nested -} 2
        -}
        f = id {- >>> 1 + 1 -}
        {- >>> g
           3 -}
        """
    ) == [[("f 1", ("2",)), ("f {- nested -} 2", ())], [("1 + 1", ())], [("g", ("3",))]]


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("-- >>> a\n", "-- "),
        ("  --   >>> a\n", "  --   "),
        ("-- | >>> a\n", "--   "),
        ("\t-- ^ >>> a\n", "\t--   "),
        ("{- | >>> a -}\n", "     "),
        ("{-\n\t>>> a\n-}\n", "\t"),
        ("{-\n>>> a\n-}\n", ""),
    ],
)
def test_what_stands_before_a_result(text: str, prefix: str) -> None:
    (example,) = examples(text)
    assert (example.code, example.prefix) == ("a", prefix)


def test_what_only_looks_like_an_example_is_none() -> None:
    text = 'a = ">>> b"\n-->>> c\nd = 1 -- >>> e\n-- see >>> f\n--- >>> g\n>>> h\ni = [text|\n-- x >>> j|]\n'
    assert found(text) == []


def test_lines_between_braces_are_evaluated_together() -> None:
    text = """
        -- >>> :{
        -- let f 0 = 1
        --     f n = n
        -- :}
        -- >>> :{
        -- >>> let x = 1
        -- >>>     y = 2
        -- >>> :}
        -- >>> x
        -- 1
        -- >>> :{
        -- let z = 1
        """
    assert found(text) == [
        [
            (":{\nlet f 0 = 1\n    f n = n\n:}", ()),
            (":{\n let x = 1\n     y = 2\n:}", ()),
            ("x", ("1",)),
            (":{", ("let z = 1",)),
        ]
    ]


def test_properties_have_results_only_of_quickcheck() -> None:
    text = """
        -- prop> \\x -> x == x
        -- That is a law.
        -- prop> \\x -> x /= x
        -- *** Failed! Falsified (after 1 test):
        -- 0
        -- >>> 1
        """
    assert found(text) == [
        [
            ("\\x -> x == x", ()),
            ("\\x -> x /= x", ("*** Failed! Falsified (after 1 test):", "0")),
            ("1", ()),
        ]
    ]
    assert [one.prompt for one in examples(textwrap.dedent(text))] == [Prompt.PROPERTY, Prompt.PROPERTY, Prompt.EXAMPLE]


def test_a_setup_is_a_comment_that_says_so_first() -> None:
    text = "-- $setup\n-- >>> import A\n\n{- $setup\n>>> import B\n-}\n\n-- | $setup\n-- >>> c\n"
    assert [block.is_setup for block in find_blocks(text)] == [True, True, False]


def test_literate_haskell() -> None:
    tracks = "Prose >>> no\n\n> -- >>> 1 + 1\n> -- 2\n> f = 1\n> {-\n>   >>> a\n>   b\n> -}\n"
    text = tracks + "\n\\begin{code}\n-- >>> 3\n\\end{code}\n"
    assert found(text, literate=True) == [[("1 + 1", ("2",))], [("a", ("b",))], [("3", ())]]
    assert [one.prefix for one in examples(text, literate=True)] == ["> -- ", ">   ", "-- "]


def test_paragraphs_are_examples_with_nothing_between_them() -> None:
    (block,) = find_blocks("-- >>> a\n-- 1\n-- >>> b\n--\n-- >>> c\n-- words\n--\n-- more\n-- >>> d\n")
    assert [[one.code for one in some] for some in block.paragraphs] == [["a", "b"], ["c"], ["d"]]
    assert [[one.code for one in block.paragraph(line)] for line in (1, 3, 5, 7)] == [["a", "b"], [], ["c"], []]


def test_line_ends_of_windows_are_no_part_of_anything() -> None:
    (one, other) = examples("-- >>> a\r\n-- 1\r\n{- >>> b\r\n   2\r\n-}\r\n")
    assert (one.code, one.recorded, other.code, other.recorded) == ("a", ("1",), "b", ("2",))

"""Which tests a text defines, how they lie in one another, and where each ends."""

from collections.abc import Iterable, Iterator
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.running.find_tests import DEEPEST, GROUPS, TESTS, find_tests, runs_with_tasty
from thatch.core.running.model import FoundTest, Framework
from thatch.core.running.string_literal import string_value

HSPEC = "import Test.Hspec\nimport Test.Hspec.QuickCheck\n"
TASTY = "import Test.Tasty\nimport Test.Tasty.HUnit\n"

PIECES = [
    "describe ", "it ", "prop ", "testGroup ", "testCase ", "H.it ", '"a" ', '"b" ', '"', "(show x) ", "$ ", "do\n",
    "do ", "where ", "let ", "of ", "\\case ", "case ", "[", "]", "(", ")", "{", "}", ", ", "; ", "\n", "\n  ",
    "\n    ", "\n, ", "spec = ", "prop_x ", ":: ", "= ", "{- ", "-}", "-- ", "#if X\n", "\t", "é", "| a, b ", "'",
    "> ", "\\begin{code}\n", "module M where\n", "import Test.Hspec\n", "import Test.Tasty\n",
    "import Test.QuickCheck\n", "then ", "else ",
]  # fmt: skip


def shown(text: str, **rest: bool) -> str:
    """The tests of a text, indented as they lie in one another, each with the lines that it takes."""
    return "".join(_lines(find_tests(dedent(text), **rest), 0))


def _lines(tests: Iterable[FoundTest], depth: int) -> Iterator[str]:
    for test in tests:
        kind = "group" if test.is_group else "property" if test.is_property else "test"
        lines = f"{test.span.start_line}-{test.span.end_line}"
        yield f"{'  ' * depth}{kind} {' / '.join(test.path)} {lines}\n"
        yield from _lines(test.tests, depth + 1)


def test_blocks_of_hspec() -> None:
    text = """\
        import Test.Hspec

        spec :: Spec
        spec = do
          describe "lists" $ do
            it "reverse" $ do
              reverse [1] `shouldBe` [1]

            before_ setup $ context "when empty" $
              prop "stay" $ \\xs -> xs == xs
          describe "others" $ it "holds" $ True `shouldBe` True
          where
            setup = it "is apart" pending

        after :: Int
        after = 1
    """
    assert shown(text) == (
        "group lists 5-10\n"
        "  test lists / reverse 6-7\n"
        "  group lists / when empty 9-10\n"
        "    test lists / when empty / stay 10-10\n"
        "group others 11-11\n"
        "  test others / holds 11-11\n"
        "test is apart 13-13\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        """\
        import Test.Tasty
        tests = testGroup "all"
          [ testGroup "a"
            [ testCase "one" $ do
                pure ()
                pure ()
            , testCase "two" two
            ]
          , testCase "three" three
          ]
        """,
        """\
        import Test.Tasty
        tests =
          testGroup "all"
          [ testGroup
              "a" [
              testCase "one" $
                pure (),
              testCase "two" two ],
            testCase "three" three
          ]
        """,
        """\
        import qualified Test.Tasty as T
        tests = T.testGroup "all" $ concat [[ T.testGroup "a"
            [ T.testCase "one" $ case x of
                y | a, b -> pure ()
                _ -> pure ()
            , T.testCase "two" two ]
            ], [ T.testCase "three" three ]
          ]
        """,
    ],
)
def test_lists_of_tasty(text: str) -> None:
    names = [line.rpartition(" ")[0] for line in shown(text).splitlines()]
    assert names == [
        "group all",
        "  group all / a",
        "    test all / a / one",
        "    test all / a / two",
        "  test all / three",
    ]


def test_braces_and_semicolons() -> None:
    text = HSPEC + 'spec = do { describe "a" $ do { it "b" x; it "c" y }; it "d" z }\n'
    assert shown(text) == "group a 3-3\n  test a / b 3-3\n  test a / c 3-3\ntest d 3-3\n"


def test_what_is_called_as_it_runs_has_no_name_and_its_parts_only_their_own() -> None:
    text = HSPEC + 'spec = describe "a" $ describe (show 1) $ do\n  it "b" x\n  it (show 2) y\n'
    assert shown(text) == "group a 3-5\n  test b 4-4\n"


def test_properties_are_those_at_the_top_level() -> None:
    text = """\
        import Test.QuickCheck

        prop_one :: Int -> Bool
        prop_one n = n == n

        prop_two = prop_one
          where
            prop_three = 1
        use = (
          prop_one
          )
    """
    assert shown(text) == "property prop_one 3-3\nproperty prop_two 6-6\n"
    assert [one.framework for one in find_tests(dedent(text))] == [Framework.QUICKCHECK] * 2
    tasty = dedent(text).replace("Test.QuickCheck", "Test.Tasty.QuickCheck")
    assert [one.framework for one in find_tests(tasty)] == [Framework.TASTY] * 2


def test_words_count_where_their_library_is_used() -> None:
    assert shown('it "is" = 1\nprop_x = 2\n') == ""
    assert shown(TASTY + 'x = it "is" 1\n') == ""
    # Through a module of the project's own.
    assert shown('import Own\nx = testGroup "a" [testCase "b" c]\n') == "group a 2-2\n  test a / b 2-2\n"


@pytest.mark.parametrize(
    ("text", "with_tasty"),
    [
        ("import Test.Tasty.Hspec\n", True),
        ("{-# OPTIONS_GHC -F -pgmF tasty-discover #-}\n", True),
        ("{-# OPTIONS_GHC -F -pgmF hspec-discover #-}\n", False),
        ("import Test.Hspec\n", False),
    ],
)
def test_what_runs_the_tests_of_a_suite(text: str, with_tasty: bool) -> None:
    assert runs_with_tasty(text) == with_tasty


def test_literate_haskell() -> None:
    text = 'it "is prose"\n\n> import Test.Hspec\n> spec = describe "a" $ do\n>   it "b" c\n\nmore\n'
    assert shown(text, literate=True) == "group a 4-5\n  test a / b 5-5\n"


def test_a_declaration_ends_what_was_left_open_before_it() -> None:
    text = TASTY + 'a = testGroup "a" [ testCase "b" (f [\nc = testGroup "c" [ testCase "d" e ]\n'
    assert shown(text) == "group a 3-3\n  test a / b 3-3\ngroup c 4-4\n  test c / d 4-4\n"


@pytest.mark.parametrize("deep", ["(" * 100_000 + ")" * 100_000, "do " * 100_000, "[" * 100_000 + "," * 100_000])
def test_depth_costs_no_more_than_length(deep: str) -> None:
    assert shown(HSPEC + f'spec = {deep}\nother = it "b" c\n') == "test b 4-4\n"


def test_groups_deeper_than_anybody_means_are_left_out() -> None:
    found = list(_flat(find_tests(HSPEC + "spec = " + 'describe "a" $ ' * 5_000 + 'it "b" c\n')))
    assert len(found) == DEEPEST
    assert max(len(one.path) for one in found) == DEEPEST


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.booleans())
def test_any_text_has_tests_whose_parts_lie_in_them(text: str, literate: bool) -> None:
    tests = find_tests(text, literate=literate)
    n_lines = text.count("\n") + 1

    def look(found: tuple[FoundTest, ...], around: tuple[int, int]) -> None:
        last = around[0]
        for one in found:
            assert last <= one.span.start_line <= one.span.end_line <= around[1]
            last = one.span.start_line
            assert one.name
            look(one.tests, (one.span.start_line, one.span.end_line))

    look(tests, (1, n_lines))


@given(st.lists(st.tuples(st.sampled_from(["describe", "it"]), st.integers(0, 3)), min_size=1))
def test_indentation_tells_what_lies_in_what(shape: list[tuple[str, int]]) -> None:
    lines, depths, depth = [], [], 0
    for number, (word, wanted) in enumerate(shape):
        depth = min(wanted, depth)
        lines.append(f'{"  " * (depth + 1)}{word} "{number}" $ do')
        depths.append(depth)
        depth += word == "describe"
        if word == "it":
            lines.append(f"{'  ' * (depth + 2)}pure ()")
    found = list(_flat(find_tests(HSPEC + "spec = do\n" + "\n".join(lines) + "\n")))
    assert [int(one.name) for one in found] == list(range(len(shape)))
    assert [len(one.path) - 1 for one in found] == depths


def _flat(tests: Iterable[FoundTest]) -> Iterator[FoundTest]:
    for test in tests:
        yield test
        yield from _flat(test.tests)


def test_no_word_is_of_two_kinds() -> None:
    assert not GROUPS.keys() & TESTS.keys()


@pytest.mark.parametrize(
    ("literal", "meant"),
    [
        ('"a b"', "a b"),
        (r'"\"\\\n\t"', '"\\\n\t'),
        (r'"\65\x42\o103\&1"', "ABC1"),
        (r'"\SOH\SO\&H\^A\DEL"', "\x01\x0eH\x01\x7f"),
        ('"one \\\n   \\two"', "one two"),
        (r'"\nul"', "\nul"),
        (r'"\q"', None),
        (r'"\x110000"', None),
        ('"open', None),
        ('"', None),
        ("'a'", None),
        ("[q|a|]", None),
        ('"\\"', None),
    ],
)
def test_string_literals(literal: str, meant: str | None) -> None:
    assert string_value(literal) == meant

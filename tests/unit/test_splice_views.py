"""What is shown of splices, decided purely: places, words, documents, edits, lines of errors, names."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.splices import Made, file_splices, run
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.splice_brackets import is_atomic, unwrapped
from thatch.core.splice_edits import Inlined, apply_edits, replace_splice
from thatch.core.splice_errors import generated_at, generated_line
from thatch.core.splice_names import bound_names, name_at
from thatch.core.splice_views import duration, extent, hint, markdown, page, plain, summary
from thatch.core.splices import Question, SpliceKind
from thatch.core.text import LineIndex

PATH = Path("/p/A.hs")
SPAN = Span(3, 1, 3, 9)

PLACES = {
    "a = $(f x)\n     ^^^^^ expression": "$(f x)",
    "a = $f + 1\n     ^ expression": "$f",
    "a = $$(f x)\n      ^^^^^ expression": "$$(f x)",
    "a = $$f\n      ^ expression": "$$f",
    "f ''T\n^^^^^ 2 declarations": "f ''T",
    "$(f ''T)\n ^^^^^^^ 2 declarations": "$(f ''T)",
    "a = [q| x |]\n       ^^^ expression": "[q| x |]",
    "a = [M.N.q'||]\n            ^ expression": "[M.N.q'||]",
    "a = b $ (f x)\n        ^^^^^ expression": "(f x)",
    "$(f x)\n^^^^^^ expression": "$(f x)",
}


@pytest.mark.parametrize(("marked", "whole"), PLACES.items())
def test_a_splice_is_all_of_what_stands_for_it(marked: str, whole: str) -> None:
    file = file_splices(PATH, marked)
    (one,) = file.runs
    lines = LineIndex(file.text)
    if "||" in marked:
        # Nothing stands between the bars.
        start = lines.offsets(one.span)[0]
        one = run(PATH, Span(1, start + 1, 1, start + 1))
    start, end = extent(lines, one.span)
    assert file.text[start:end] == whole
    assert generated_at(file.text, [one])[one.span] == one
    again = Span(*lines.ghc_position(start), *lines.ghc_position(end))
    assert extent(lines, again) == (start, end)


def test_a_quasi_quote_may_have_many_lines() -> None:
    text = "a = [q|one\n two|]\n"
    assert extent(LineIndex(text), Span(1, 8, 2, 5)) == (4, 17)


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0.2, "<1 ms"),
        (12.4, "12 ms"),
        (999.4, "999 ms"),
        (999.6, "1.0 s"),
        (9940, "9.9 s"),
        (9960, "10 s"),
        (30_100, "30 s"),
    ],
)
def test_times_are_short(milliseconds: float, text: str) -> None:
    assert duration(milliseconds) == text


def test_hints() -> None:
    def said(words: str, made: Made | None = None) -> str:
        return hint(run(PATH, SPAN, words), made)

    assert said("3 declarations") == "3 decls, 12 ms"
    assert said("1 declarations") == "1 decl, 12 ms"
    assert said("0 declarations") == "no decls, 12 ms"
    assert said("expression", Made("42")) == "= 42, 12 ms"
    assert said("type", Made("Maybe Int")) == "= Maybe Int, 12 ms"
    assert said("expression", Made("x" * 31)) == said("expression", Made("do\n a")) == said("expression") == "12 ms"
    assert said("expression", Made("(40 + 2)")) == "= 40 + 2, 12 ms"
    assert said("failed expression") == "failed, 12 ms"
    assert said("stopped declarations") == "stopped after 12 ms"


def test_a_summary_tells_what_was_asked_and_read() -> None:
    questions = (Question("Reify", b"", b"", 1.0),) * 3
    files = tuple(Path(f"/p/data/{number}\n.json") for number in range(7))
    one = run(PATH, SPAN, "3 declarations", questions=questions, dependent_files=files)
    assert summary(one, Made("a\nb")) == (
        "3 declarations, 2 lines, 3 characters; ran 12 ms, 3 questions to GHC; "
        "depends on 0 .json, 1 .json, 2 .json, 3 .json, 4 .json and 2 more"
    )


def test_long_lines_and_backticks_do_not_break_the_hover() -> None:
    one = run(PATH, SPAN)
    shown = markdown(one, Made('x = "```"\n' + "y" * 5000))
    assert shown.startswith('````haskell\nx = "```"\n' + "y" * 200 + "…\n````\n")
    assert shown.endswith("Only the first 200 characters of a line are shown.")
    assert plain(one, Made("y")).startswith("y\n\n1 line")


@given(st.text(), st.sampled_from(["expression", "3 declarations"]))
def test_the_page_holds_the_whole_expansion_below_comments(text: str, words: str) -> None:
    whole = page(run(PATH, SPAN, words), Made(text))
    lines = whole.text.split("\n")
    assert "\n".join(lines[whole.first_line :]) == text + "\n"
    assert all(line.startswith("-- ") for line in lines[: whole.first_line - 1])
    assert lines[whole.first_line - 1] == ""


def test_the_page_of_a_failure_is_a_comment() -> None:
    one = run(PATH, SPAN, "failed expression", failure="one\ntwo")
    assert page(one, None).text.splitlines()[-2:] == ["-- This splice failed: one", "-- two"]
    assert page(run(PATH, SPAN), None, "no way").text.endswith("-- The expansion cannot be shown: no way\n")


# Replacing.


def replaced(text: str, source: str, kind: SpliceKind = SpliceKind.EXPRESSION, **more: Any) -> str:
    """A text after its splice, which is written `$(..)` or `gen`, was replaced."""
    splice = "$(..)" if "$(..)" in text else "gen"
    start = text.index(splice)
    return apply_edits(text, replace_splice(text, start, start + len(splice), kind, Inlined(text=source, **more)))


@pytest.mark.parametrize(
    "source",
    [
        "x",
        "M.x'",
        "42",
        "1.5e3",
        '"a (b"',
        "'('",
        "'\\''",
        "()",
        "(a, b)",
        "[a, ')']",
        "[(a), b]",
        "42#",
        "(+)",
        "'\\n'",
    ],
)
def test_what_needs_no_parentheses(source: str) -> None:
    assert is_atomic(source)


@pytest.mark.parametrize(
    "source", ["f x", "-1", "a + b", "(a) (b)", "[a] ++ [b]", "\\x -> x", "[a\n, b]", "f [a\n , b]", "(a) + 'b)'"]
)
def test_what_needs_parentheses(source: str) -> None:
    assert not is_atomic(source)


@pytest.mark.parametrize(
    ("source", "inner"),
    [("(a + b)", "a + b"), ("(\\x -> x)", "\\x -> x"), ("(f (a, b))", "f (a, b)"), ('("a" ++ b)', '"a" ++ b')],
)
def test_parentheses_that_only_hold_together_are_taken_off(source: str, inner: str) -> None:
    assert unwrapped(source) == inner


@pytest.mark.parametrize(
    "source",
    [
        "()",
        "(a, b)",
        "(+)",
        "(+ 1)",
        "(1 +)",
        "(-1)",
        "(a) (b)",
        "(a)\n  b",
        "(`f` x)",
        "(x `f`)",
        "(f -> x)",
        "x",
        "(# a #)",
    ],
)
def test_other_parentheses_stay(source: str) -> None:
    assert unwrapped(source) == source


def test_an_expression_gets_parentheses_unless_it_stands_alone() -> None:
    assert replaced("a = $(..) * 2\n", "x + 1") == "a = (x + 1) * 2\n"
    assert replaced("a = $(..)\n\nb = 1\n", "x + 1") == "a = x + 1\n\nb = 1\n"
    assert replaced("a = $(..)\n\nb = 1\n", "(x + 1)") == "a = x + 1\n\nb = 1\n"
    assert replaced("a = f $(..)\n", "(do\n  a\n  b)") == "a = f (do\n         a\n         b)\n".replace(
        "         ", "        "
    )
    assert replaced("a = $(..)\n  + 1\n", "x + 1") == "a = (x + 1)\n  + 1\n"
    assert replaced("a = f $(..)", "x") == "a = f x"
    assert replaced("a = b <= $(..)\n", "x + 1") == "a = b <= (x + 1)\n"
    assert replaced("a :: $(..)\na = 1", "Maybe Int", SpliceKind.TYPE) == "a :: Maybe Int\na = 1"
    assert replaced("f $(..) = 1", "Just x", SpliceKind.PATTERN) == "f (Just x) = 1"


def test_later_lines_keep_their_layout() -> None:
    block = "do\n  a\n  b"
    assert replaced("x = f $(..)\n", block) == "x = f (do\n         a\n         b)\n"
    assert replaced("x = $(..)\n", block) == "x = do\n      a\n      b\n"
    assert replaced("x =\tf $(..)\n", "a\n b") == "x =\tf (a\n            b)\n"
    assert replaced("x = f $(..)\r\n", "a\n b") == "x = f (a\r\n        b)\r\n"


def test_declarations_stand_at_the_column_of_the_splice() -> None:
    made = "x :: Int\nx =\n  1\n\ny = 2"
    assert replaced("gen -- why\nz = 1\n", made, SpliceKind.DECLARATIONS) == f"{made} -- why\nz = 1\n"
    assert (
        replaced("module M where\n  $(..)\n  z = 1\n", made, SpliceKind.DECLARATIONS)
        == "module M where\n  x :: Int\n  x =\n    1\n\n  y = 2\n  z = 1\n"
    )


def test_nothing_leaves_nothing() -> None:
    assert replaced("a = 1\n  $(..)  \nb = 2\n", "", SpliceKind.DECLARATIONS) == "a = 1\nb = 2\n"
    assert replaced("a = 1\n$(..)", "", SpliceKind.DECLARATIONS) == "a = 1\n"
    assert replaced("a = 1; gen\n", "", SpliceKind.DECLARATIONS) == "a = 1; \n"


IMPORTS = {
    "after the last one": ("module M where\nimport A\nimport B (b,\n  c)\n\na = $(..)\n", "c)\n"),
    "with a comment below": ("module M where\nimport A -- a\n-- | a\na = $(..)\n", "import A -- a\n"),
    "not between #if and #endif": (
        "{-# LANGUAGE CPP #-}\nmodule M where\nimport A\n#if 1\nimport B\n#endif\na = $(..)\n",
        "import A\n",
    ),
    "indented": ("module M where\n  import A\n  a = $(..)\n", "  import A\n  "),
    "after where": ("module M (a, b) -- where\n  where\n\na = $(..)\n", "  where\n\n"),
    "after the pragmas": ("{-# LANGUAGE X #-}\n\na = $(..)\n", "{-# LANGUAGE X #-}\n"),
    "at the top": ("a = $(..)\n", ""),
    "after #!": ("#!/usr/bin/env runghc\na = $(..)\n", "runghc\n"),
}


@pytest.mark.parametrize(("text", "before"), IMPORTS.values(), ids=IMPORTS)
def test_imports_are_added_where_imports_stand(text: str, before: str) -> None:
    after = replaced(text, "x", imports=["import New"])
    assert before + "import New\n" in after
    assert after.replace("import New", "").split() == text.replace("$(..)", "x").split()


def test_extensions_are_added_the_way_the_file_has_them() -> None:
    def said(head: str, *extensions: str) -> str:
        return replaced(head + "a = $(..)", "x", extensions=extensions).removesuffix("a = x")

    assert said("{-# LANGUAGE A #-}\n{-# LANGUAGE B #-}\n", "B", "C", "D") == (
        "{-# LANGUAGE A #-}\n{-# LANGUAGE B #-}\n{-# LANGUAGE C #-}\n{-# LANGUAGE D #-}\n"
    )
    assert said("{-# LANGUAGE A, B #-}\n", "C", "D") == "{-# LANGUAGE A, B #-}\n{-# LANGUAGE C, D #-}\n"
    assert said("-- | M\n{-# OPTIONS_GHC -Wall #-}\n", "C") == "{-# LANGUAGE C #-}\n-- | M\n{-# OPTIONS_GHC -Wall #-}\n"
    assert said("\ufeff", "C") == "\ufeff{-# LANGUAGE C #-}\n"
    assert said("{-# language A #-}\n", "A") == "{-# language A #-}\n"


def test_edits_of_a_head_without_anything_do_not_meet() -> None:
    text = "a = $(..)\n"
    after = replaced(text, "x", imports=["import New"], extensions=["C"])
    assert after == "{-# LANGUAGE C #-}\nimport New\na = x\n"


# Errors.

EXPANSION = """\
data T = T
instance GHC.Show.Show T where
  show x = (GHC.Base.++) x 'c'
  other = x ++ 'c'
f :: Int
f = 1 + length 'x'
instance ToJSON a => ToJSON (Foo a) where
  toJSON x = length 'x' + 1
g = length 'x' + 1"""

ERRORS = {
    "In the first argument of \u2018(++)\u2019, namely \u2018x_a3QS\u2019\n"
    "In the expression: x_a3QS ++ 'c'\n"
    "In an equation for \u2018show\u2019: show x_a3QS = (x_a3QS ++ 'c')": 2,
    "In the first argument of \u2018length\u2019, namely \u2018'x'\u2019\nIn an equation for \u2018g\u2019: g = ...": 8,
    "In the second argument of \u2018(+)\u2019, namely \u2018length 'x'\u2019\n"
    "In the expression: 1 + length 'x'\nIn an equation for \u2018f\u2019: f = 1 + length 'x'": 5,
    "In the expression: y\nIn the instance declaration for \u2018ToJSON (Foo a)\u2019": 6,
    "In the expression: length 'x' + 1": None,
    "In the expression: nowhere": None,
    "": None,
}


@pytest.mark.parametrize(("context", "line"), ERRORS.items())
def test_the_generated_line_is_the_one_that_ghc_quotes(context: str, line: int | None) -> None:
    one = Diagnostic(path=PATH, span=SPAN, severity=Severity.ERROR, message="No.", context=(context,))
    assert generated_line(one, EXPANSION) == line


# Names.


def test_the_names_that_declarations_bind() -> None:
    source = """\
data Foo a = Foo {_x, _y :: Int, (<+>) :: a} | Show a => Bar a | a :+: Int
  deriving Show
data G where
  A, B :: Int -> G
data R
  = R {rA :: Int,
       rB :: Maybe Int}
class Monad m => HasFoo m where
  foo :: m Int
  (<|>) :: m a -> m a
  foo = return (3 :: Int)
instance HasFoo IO where
  bar = 3
type family F a where
  F Int = Bool
type T = Int
x, y :: Int
x = let z = 1 in z
a <+++> b = a
f 0 n = n
(%%) a b = c -- d :: e
pattern P x <- Just x
data instance D Int = DI Int
foreign import ccall unsafe "sin" c_sin :: Double -> Double
{-# INLINE x #-}"""
    expected = """
        Foo 0, _x 0, _y 0, <+> 0, Bar 0, :+: 0, G 2, A 3, B 3, R 4, rA 5, rB 6, HasFoo 7, foo 8, <|> 9, F 13, T 15,
        x 16, y 16, <+++> 18, f 19, %% 20, P 21, DI 22, c_sin 23"""
    found = bound_names(source).items()
    assert sorted(f"{name} {line}" for name, line in found) == sorted(pair.strip() for pair in expected.split(","))


@pytest.mark.parametrize(
    ("line", "column", "name"),
    [
        ("x = M.foo'", 6, "foo'"),
        ("x = M.foo'", 4, "foo'"),
        ("a <+> b", 3, "<+>"),
        ("a  b", 2, None),
        ("x_1#", 4, "x_1#"),
    ],
)
def test_the_name_at_a_place(line: str, column: int, name: str | None) -> None:
    found = name_at(line, column)
    assert (line[slice(*found)] if found else None) == name

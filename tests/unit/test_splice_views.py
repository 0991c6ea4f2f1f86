"""What is shown of splices, decided purely: places, words, documents, edits, lines of errors, names."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.support.splices import Made, file_splices, run
from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.splices.brackets import unwrapped
from thatch.core.splices.errors import generated_at, generated_line, is_told_by_splice
from thatch.core.splices.names import bound_names, name_at
from thatch.core.splices.runs import Finalizer, Question
from thatch.core.splices.views import duration, hint, markdown, out_of_reach, page, plain, summary

PATH = Path("/p/A.hs")
SPAN = Span(3, 1, 3, 9)

PLACES = {
    "a = $(f x)\n     ^^^^^ expression": "$(f x)",
    "a = $$f\n      ^ expression": "$$f",
    "f ''T\n^^^^^ 2 declarations": "f ''T",
    "a = [q| x |]\n       ^^^^^ expression": "[q| x |]",
}


@pytest.mark.parametrize(("marked", "whole"), PLACES.items())
def test_messages_about_generated_code_stand_at_the_splice_or_what_is_in_it(marked: str, whole: str) -> None:
    file = file_splices(PATH, marked)
    (one,) = file.runs
    start = file.text.index(whole)
    whole_span = Span(1, start + 1, 1, start + 1 + len(whole))
    assert generated_at(file.text, [one]) == {one.span: one, whole_span: one}
    assert generated_at(file.text, [evolve(one, span=whole_span)]).keys() == {one.span, whole_span}


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


def test_a_splice_that_made_nothing_says_so() -> None:
    one = run(PATH, SPAN, "0 declarations")
    assert markdown(one, Made("")) == plain(one, Made("")) == "This splice made nothing.\n\nno declarations; ran 12 ms"


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


# Parentheses.


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


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Variable not in scope: ord :: Char -> Int", 1),
        ("Not in scope: type constructor or class \u2018Nope\u2019", 0),
        ("No instance", None),
        ("Not in scope: \u2018x\u2019", None),
    ],
)
def test_without_context_a_name_leads_to_the_line(message: str, line: int | None) -> None:
    one = Diagnostic(path=PATH, span=SPAN, severity=Severity.ERROR, message=message)
    assert generated_line(one, "f :: Nope -> x\nf x = ord x") == line
    assert not is_told_by_splice(one)
    assert is_told_by_splice(evolve(one, code="GHC-39584"))


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


@pytest.mark.parametrize(
    ("names", "listed"),
    [("a", "a"), ("abcd", "a, b, c, d"), ("abcde", "a, b, c and 2 more"), ("abcdefg", "a, b, c and 4 more")],
)
def test_names_out_of_reach_are_told_in_short(names: str, listed: str) -> None:
    assert out_of_reach(tuple(names)) == f"no module that it could import exports {listed}"


def test_what_is_left_for_the_end_of_the_module_is_told() -> None:
    finalizers = (
        Finalizer(references=(1,), milliseconds=12.0, questions=(Question("Reify", b"", b"", 1.0),)),
        Finalizer(references=(2,), failure="no shapes"),
    )
    assert summary(run(PATH, SPAN, "expression", finalizers=finalizers), None).endswith(
        "ran 12 ms; left code for the end of the module, which ran 12 ms, 1 question to GHC; "
        "left code for the end of the module, which failed: no shapes"
    )

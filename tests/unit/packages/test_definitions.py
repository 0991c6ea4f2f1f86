"""Definitions in sources that something turns into Haskell first."""

import pytest

from thatch.core.hi.model import Namespace, OccName
from thatch.core.packages.definitions import source_outline

ALEX = """\
{
-- | Tokens.
module Lexer (Token (..), scan) where
}
%wrapper "basic"
$digit = 0-9
tokens :-
  $digit+ { \\text -> Number (read text) }
{
-- | A token.
data Token = Number Int

scan :: String -> [Token]
scan = alexScanTokens
}
"""
LITERATE = """\
A program.

> module Main where

It runs.

> -- | Runs.
> main :: IO ()
> main = pure ()

not code = 1
"""
HSC = """\
module Sizes where
#include <stdio.h>
-- | Big.
size :: Int
size = #{size FILE}
#{enum Int, Kind, a = A}
other = (#const BUFSIZ)
"""


@pytest.mark.parametrize(
    ("text", "suffix", "name", "place", "comments"),
    [
        (ALEX, ".x", "scan", (14, 1), ()),
        (ALEX, ".x", "Token", (11, 6), (" A token.",)),
        (ALEX, ".y", "scan", (14, 1), ()),
        (LITERATE, ".lhs", "main", (9, 3), (" Runs.",)),
        (HSC, ".hsc", "size", (5, 1), (" Big.",)),
        (HSC, ".hsc", "other", (7, 1), ()),
    ],
)
def test_places_are_those_in_the_source(
    text: str, suffix: str, name: str, place: tuple[int, int], comments: tuple[str, ...]
) -> None:
    namespace = Namespace.TYPE if name[0].isupper() else Namespace.VARIABLE
    definition = source_outline(text, suffix).find(OccName(name, namespace))
    assert definition is not None
    assert (definition.span.start_line, definition.span.start_column) == place
    assert definition.comments == comments


def test_what_is_no_code_defines_nothing() -> None:
    assert {each.name for each in source_outline(ALEX, ".x").definitions} == {"Token", "Number", "scan"}
    assert {each.name for each in source_outline(LITERATE, ".lhs").definitions} == {"main"}


def test_the_header_in_a_grammar() -> None:
    assert source_outline(ALEX, ".x").comment == " Tokens."

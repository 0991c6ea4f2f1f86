"""The source of a splice: from its place in GHC's columns, with what introduces it."""

import pytest

from thatch.core.iserv.source_slices import splice_context, splice_source

TEXT = """\
x = $(f
   1) + $$y
\tz = [sql|select
  1|]
$(top)
plain
λ = $(g 'λ')"""


@pytest.mark.parametrize(
    ("span", "source"),
    [
        ((1, 6, 2, 6), "$(f\n   1)"),
        ((2, 11, 2, 12), "$$y"),
        # The tab reaches to column 8.
        ((3, 18, 4, 6), "[sql|select\n  1|]"),
        ((5, 2, 5, 7), "$(top)"),
        ((6, 1, 6, 6), "plain"),
        ((7, 6, 7, 13), "$(g 'λ')"),
        ((0, 0, 0, 0), ""),
        ((7, 6, 8, 1), ""),
        ((3, 1, 2, 1), ""),
        ((6, 100, 6, 200), ""),
    ],
)
def test_sources(span: tuple[int, int, int, int], source: str) -> None:
    assert splice_source(TEXT.split("\n"), span) == source


def test_a_bar_that_opens_nothing() -> None:
    assert splice_source(["a |b"], (1, 4, 1, 5)) == "b"


DECLARATIONS = """\
{-# LANGUAGE TemplateHaskell #-}
module M where
import Make
a :: Int
-- About a.
a = b + $$make
  where
#if 1
    b = $(wrap [| b |])
#endif

c = $(wrap [| a |]) + $make
data T = T { t :: Int }
makeLenses ''T

-- The end.

"""
A = DECLARATIONS[DECLARATIONS.index("a ::") : DECLARATIONS.index("\n\nc =")]
C = "c = $(wrap [| a |]) + $make"


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ("$$make", A),
        ("$(wrap [| b |])", A),
        ("$(wrap [| a |])", C),
        # Nothing in it depends on what is around it.
        ("$make", ""),
        ("makeLenses ''T", "makeLenses ''T"),
    ],
)
def test_contexts(source: str, context: str) -> None:
    lines = DECLARATIONS.split("\n")
    start = DECLARATIONS.rindex(source)
    line = DECLARATIONS.count("\n", 0, start) + 1
    column = start - DECLARATIONS.rfind("\n", 0, start)
    marks = len(source) - len(source.lstrip("$"))
    span = (line, column + marks, line, column + len(source))
    assert splice_source(lines, span) == source
    assert splice_context(lines, span, source) == context
    assert context in DECLARATIONS


def test_all_of_a_literate_module_is_context() -> None:
    lines = ["> a :: Int", "> a = $$make", "", "> b = 1"]
    assert splice_context(lines, (2, 9, 2, 13), "$$make") == "\n".join(lines)

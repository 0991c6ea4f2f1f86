"""Records of splices: what they hold, and when a module can be compiled anew with them."""

from pathlib import Path

import pytest

from thatch.core.diagnostics import Span
from thatch.core.splices.records import head_of, replayable
from thatch.core.splices.runs import FileSplices, Question, SpliceKind, SpliceRun


def test_heads() -> None:
    text = "-- About it.\nmodule A where\n\nimport B\n  ( b,\n    -- more\n    c )\nimport C\n\nvalue = 1\n"
    assert head_of(text) == head_of(text.replace("value = 1", "value = 2\nother = 3"))
    assert head_of(text) == head_of(text.replace("-- About it.", "-- Something else."))
    assert head_of(text) != head_of(text.replace("    c )", "    d )"))
    # These may change what quotations mean, and literals.
    assert head_of(text) != head_of(f"{text}infixl 5 +++\n")
    assert head_of(text) != head_of(f"{text}default (Integer)\n")
    assert head_of(text) == head_of(f"{text}defaults = infixes\n")
    assert head_of("main = print 1\n") == head_of("main = print 2\n")


TEXT = """\
import Make

a = $make
b :: Int
b = $$typed + $make
"""


def run(line: int, start: int, end: int, *questions: Question) -> SpliceRun:
    return SpliceRun(
        unit="u",
        module="M",
        path=Path("/p/M.hs"),
        span=Span(line, start, line, end),
        kind=SpliceKind.EXPRESSION,
        result=b"made",
        milliseconds=1.0,
        questions=questions,
    )


RUNS = (run(3, 6, 10), run(5, 7, 12), run(5, 16, 20))


@pytest.mark.parametrize(
    ("old", "new", "holds"),
    [
        ("", "", True),
        # Behind them, and beside them.
        ("$make\n", "$make\n-- More.\nc = 1\n", True),
        ("a = $make", "a = $make + 1", True),
        # They stand elsewhere.
        ("\na = $make", "\n-- About it.\na = $make", False),
        ("a = $make", "aa = $make", False),
        ("a = $make", "a = $(make)", False),
        ("a = $make", "a = make", False),
        # What the typed one makes may be of another type.
        ("Int", "Pos", False),
        ("import Make", "import Made", False),
    ],
)
def test_when_a_text_can_do_with_what_its_splices_did(old: str, new: str, holds: bool) -> None:
    text = TEXT[::-1].replace(old[::-1], new[::-1], 1)[::-1] if old else TEXT
    assert (replayable(FileSplices(TEXT, RUNS), text, literate=False) is not None) == holds


def test_all_must_be_replayable() -> None:
    runs = (run(3, 6, 10, Question("AddTempFile", b"\x0b", b"", 0.0)), *RUNS[1:])
    assert replayable(FileSplices(TEXT, runs), TEXT, literate=False) is None

"""The marker fixtures themselves: what tests are written in must be right first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.markers import Label, MarkedFile, annotate, parse, parse_file

FIXTURE = """
    -- /src/Lib.hs
    module Lib where
    answer :: Int
    answer = $0"forty-two"
             ^^^^^^^^^^^ error GHC-83865
    -- /app/Main.hs
    main = do
    ^^^^~ goes on
      print $0answer$0
"""


def test_files_labels_and_cursors_are_taken_out_of_the_text() -> None:
    files = parse(FIXTURE)
    assert files == {
        "src/Lib.hs": MarkedFile(
            'module Lib where\nanswer :: Int\nanswer = "forty-two"',
            (Label(2, 9, 20, False, "error GHC-83865"),),
            ((2, 9),),
        ),
        "app/Main.hs": MarkedFile("main = do\n  print answer\n", (Label(0, 0, 4, True, "goes on"),), ((1, 8), (1, 14))),
    }


def test_two_labels_may_stand_under_one_line_and_tabs_under_tabs() -> None:
    marked = "\tx = y\n\t^ first\n\t    ^ second\nz"
    parsed = parse_file(marked)
    assert parsed.text == "\tx = y\nz"
    assert parsed.labels == (Label(0, 1, 2, False, "first"), Label(0, 5, 6, False, "second"))
    assert annotate(parsed.text, parsed.labels) == marked


def test_text_before_the_first_header_is_an_error() -> None:
    with pytest.raises(ValueError, match="before the first file header"):
        parse("module Lib where\n-- /Lib.hs\n")


@given(st.lists(st.text("ab \té🦆=", min_size=1), min_size=1), st.data())
def test_annotate_and_parse_are_inverse(lines: list[str], data: st.DataObject) -> None:
    labels = []
    for number, line in enumerate(lines):
        start = data.draw(st.integers(0, len(line) - 1))
        end = data.draw(st.integers(start + 1, len(line)))
        labels.append(Label(number, start, end, data.draw(st.booleans()), data.draw(st.sampled_from(["", "one two"]))))
    text = "\n".join(lines)
    assert parse_file(annotate(text, labels)) == MarkedFile(text, tuple(sorted(labels)), ())

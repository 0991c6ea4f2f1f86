"""Reading what hlint would change, as Haskell shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.core.diagnostics import Span
from thatch.core.tools.refactorings import Record, read_refactorings, to_span

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "ä": "\\228", "→": "\\8594\\&"}
TEXTS = st.text(st.sampled_from('ab "\\\n\tä→{},[]()='))


def shown(text: str) -> str:
    """A text as Haskell shows it."""
    return f'"{"".join(ESCAPES.get(letter, letter) for letter in text)}"'


@given(TEXTS, TEXTS, st.integers(-5, 500))
def test_what_haskell_shows_is_read(orig: str, name: str, line: int) -> None:
    place = f"SrcSpan {{startLine = {line}, startCol = 1, endLine = 2, endCol = 3}}"
    text = f"[Replace {{rtype = Expr, pos = {place}, subts = [({shown(name)},{place})], orig = {shown(orig)}}},Empty]"
    change, empty = read_refactorings(text)
    assert (change.name, change.text("rtype"), change.text("orig")) == ("Replace", "Expr", orig)
    assert change.span("pos") == Span(line, 1, 2, 3)
    ((variable, where),) = change.fields["subts"]  # type: ignore[union-attr, misc]
    assert (variable, to_span(where)) == (name, Span(line, 1, 2, 3))
    assert empty == Record("Empty", {})


@given(st.text(st.sampled_from('ab1 "\\{},[]()=')))
def test_anything_else_is_refused(text: str) -> None:
    try:
        read_refactorings(text)
    except ValueError:
        return
    assert text.startswith("[")
    assert text.endswith("]")


@pytest.mark.parametrize("text", ["", "[", "[A {x = }]", "[A {x = 1]", '["x"]', "[A] ", "[A,]", '[A {x = "\\q"}]', "A"])
def test_broken_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # Its text is what could not be read.
        read_refactorings(text)


def test_fields_of_another_kind_are_refused() -> None:
    (change,) = read_refactorings("[A {x = 1}]")
    for ask in (change.text, change.span):
        for field in ("x", "y"):
            with pytest.raises(ValueError):  # noqa: PT011
                ask(field)
    with pytest.raises(ValueError):  # noqa: PT011
        to_span(Record("SrcSpan", {"startLine": 1}))

"""What makes diagnostics the same, what a baseline knows of them, and its file."""

from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_formats import BASE, LOOK, diagnostic
from thatch.cli.baseline import baseline_text, compare, parse_baseline, renewed
from thatch.cli.identity import Identity, identifier, normalised
from thatch.core.errors import ThatchError
from thatch.core.text import LineIndex

SOURCE = """module A where

f :: Int
f = go 1
  where
    go n = n + unused
    unused = 2

instance Show T where
  show _ = "T"

data T = T
"""
MOVED = SOURCE.replace("module A where\n", "{- a\ncomment -}\nmodule A where\n\nimport Data.List\n")


def place(text: str, word: str) -> tuple[int, int, int, int]:
    before = text[: text.index(word)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return line, column, line, column + len(word)


def identity_in(text: str, word: str, **more: str) -> Identity:
    return identifier(LOOK, lambda _: LineIndex(text))(diagnostic(*place(text, word), **more))


@pytest.mark.parametrize(
    ("word", "within"),
    [("unused = 2", "f"), ("n + unused", "f.go"), ('"T"', "instance Show T.show"), ("data T = T", "T")],
)
def test_lines_may_move(word: str, within: str) -> None:
    before, after = identity_in(SOURCE, word), identity_in(MOVED, word)
    assert before == after
    assert before.fingerprint == after.fingerprint
    assert before.within == within


def test_what_is_not_the_same() -> None:
    first = identity_in(SOURCE, "n + unused")
    others = [
        identity_in(SOURCE, '"T"'),
        identity_in(SOURCE, "n + unused", message="Else"),
        identity_in(SOURCE, "n + unused", code="GHC-1"),
        identity_in(SOURCE, "n + unused", flag="-Wx"),
        identity_in(SOURCE, "n + unused", path=BASE / "B.hs"),
    ]
    assert first not in others
    assert len({one.fingerprint for one in others}) == len(others)


def test_a_file_that_is_no_haskell_or_cannot_be_read_has_no_declarations() -> None:
    found = identifier(LOOK, lambda _: None)
    assert found(diagnostic(3, 1, 3, 2)).within == ""
    assert identity_in(SOURCE, "n + unused", path=BASE / "a.cabal").within == ""


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("bound at src/A.hs:12:5", "bound at src/A.hs:_"),
        ("bound at src/A.hs:12:5-9, B.hs:(1,2)-(3,4)", "bound at src/A.hs:_, B.hs:_"),
        ("Perhaps use \u2018x\u2019 (line 12) or (lines 3-4)", "Perhaps use \u2018x\u2019 (line _) or (lines _)"),
        ("a\n   b\tc ", "a b c"),
        ("takes 2 arguments, x1 has 3", "takes 2 arguments, x1 has 3"),
        ("online 12", "online 12"),
    ],
)
def test_messages_without_places(message: str, expected: str) -> None:
    assert normalised(message) == expected


A, B, C = (Identity("src/A.hs", "GHC-1", message, "f") for message in "abc")
SAID = {A: diagnostic(1, 1, 1, 2, message="a"), B: diagnostic(2, 1, 2, 2, message="b"), C: diagnostic(message="c")}


def found(*identities: Identity):
    return [(evolve(SAID[one], hints=(str(number),)), one) for number, one in enumerate(identities)]


def test_new_known_and_stale() -> None:
    compared = compare({A: 2, B: 1}, found(A, C, A, A), lambda _: True)
    assert [one.hints for one in compared.new] == [("1",), ("3",)]
    assert (compared.n_known, compared.stale, compared.left) == (2, {B: 1}, {A: 2})


def test_what_was_not_checked_is_not_stale() -> None:
    compared = compare({A: 2, B: 1}, found(A), lambda one: one is not B)
    assert (compared.stale, compared.left) == ({A: 1}, {A: 1, B: 1})


def test_writing_keeps_what_was_not_checked() -> None:
    assert renewed({A: 2, B: 1}, [A, C, C], lambda one: one is not B) == {A: 1, B: 1, C: 2}
    assert renewed({A: 2}, [], lambda _: True) == {}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
BASELINES = st.dictionaries(st.builds(Identity, TEXTS, TEXTS, TEXTS, TEXTS), st.integers(1, 9), max_size=6)


@given(BASELINES)
def test_a_baseline_is_read_as_it_was_written(baseline: dict[Identity, int]) -> None:
    text = baseline_text(baseline)
    assert parse_baseline(text, "f") == baseline
    assert text.count("\n") == len(baseline) + 4


@given(st.lists(st.sampled_from([A, B, C])), st.lists(st.sampled_from([A, B, C])))
def test_after_it_shrank_nothing_is_stale_and_as_much_is_new(known: list[Identity], now: list[Identity]) -> None:
    first = compare(Counter(known), found(*now), lambda _: True)
    again = compare(first.left, found(*now), lambda _: True)
    assert (again.stale, again.new, again.n_known) == ({}, first.new, first.n_known)
    assert sum(first.left.values()) == first.n_known


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 2, "diagnostics": []}', '{"version": 1}', '{"version": 1, "diagnostics": [1]}',
     '{"version": 1, "diagnostics": [{"path": "A", "rule": "", "message": "", "within": "", "count": 0}]}',
     '{"version": 1, "diagnostics": [{"path": 1, "rule": "", "message": "", "within": "", "count": 1}]}',
     '{"version": 1, "diagnostics": {"a": 1}}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_baseline_is_refused(text: str) -> None:
    with pytest.raises(ThatchError, match="f is no baseline"):
        parse_baseline(text, "f")


def test_paths_in_messages_are_relative_too() -> None:
    def seen_in(base: str) -> Identity:
        said = diagnostic(path=Path(base) / "A.hs", message=f"imported from {base}/B.hs:3:4")
        from thatch.cli.formats.look import Look

        return identifier(Look(Path(base)), lambda _: None)(said)

    assert seen_in("/home/me/one") == seen_in("/two")

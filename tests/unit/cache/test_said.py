"""Diagnostics as bytes: they come back as they were, in any checkout, and damage is noticed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.cache.said import decode_diagnostics, encode_diagnostics
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span

HERE, THERE = Path("/one/checkout"), Path("/two")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
spans = st.builds(Span, *[st.integers(1, 1000)] * 4)
places = st.sampled_from(["src/A.hs", "B.hs", "root/C.hs", "d e/ü.hs"])


def diagnostics(root: Path) -> st.SearchStrategy[Diagnostic]:
    paths = places.map(lambda place: root / place)
    return st.builds(
        Diagnostic,
        path=paths,
        span=st.none() | spans,
        severity=st.sampled_from(Severity),
        message=texts,
        code=texts,
        flag=texts,
        context=st.lists(texts, max_size=3).map(tuple),
        hints=st.lists(texts, max_size=3).map(tuple),
        related=st.lists(st.builds(Related, st.builds(Location, paths, spans), texts), max_size=2).map(tuple),
        unit=texts,
        source=st.just("ghc"),
    )


@given(st.lists(diagnostics(HERE)))
def test_they_come_back_as_they_were(said: list[Diagnostic]) -> None:
    back = decode_diagnostics(encode_diagnostics(said, HERE), HERE)
    assert back == tuple(said)
    assert [entry.unit for entry in back] == [entry.unit for entry in said]


@given(st.lists(diagnostics(HERE)))
def test_bytes_are_free_of_the_checkout(said: list[Diagnostic]) -> None:
    data = encode_diagnostics(said, HERE)
    moved = decode_diagnostics(data, THERE)
    assert encode_diagnostics(moved, THERE) == data
    assert all(entry.path.is_relative_to(THERE) for entry in moved)


def test_a_path_outside_stays() -> None:
    outside = Diagnostic(path=Path("/usr/x.h"), span=None, severity=Severity.ERROR, message="")
    assert decode_diagnostics(encode_diagnostics([outside], HERE), THERE) == (outside,)


@pytest.mark.parametrize("data", [b"", b"{", b"1", b"[1]", b'[{"path":1}]', b"\xff", b"[" * 100_000, b'{"a":1}'])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # What json says differs.
        decode_diagnostics(data, HERE)


@given(st.lists(diagnostics(HERE), min_size=1), st.data())
def test_cut_short(said: list[Diagnostic], data: st.DataObject) -> None:
    whole = encode_diagnostics(said, HERE)
    with pytest.raises(ValueError):  # noqa: PT011  # What json says differs.
        decode_diagnostics(whole[: data.draw(st.integers(0, len(whole) - 1))], HERE)

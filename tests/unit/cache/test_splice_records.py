"""Splices as bytes: they come back as they were, in any checkout, and damage is noticed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.cache.splice_records import decode_splices, encode_splices
from thatch.core.diagnostics import Span
from thatch.core.splices.runs import Finalizer, Question, SpliceKind, SpliceRun

HERE, THERE = Path("/one/checkout"), Path("/two")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
times = st.integers(0, 10**6).map(lambda thousandths: thousandths / 1000)
places = st.sampled_from(["src/A.hs", "B.hs", "d e/ü.hs"])


questions = st.lists(st.builds(Question, texts, st.binary(), st.binary(), times), max_size=3).map(tuple)
finalizers = st.builds(
    Finalizer,
    references=st.lists(st.integers(0, 2**63 - 1), max_size=2).map(tuple),
    questions=questions,
    failure=texts,
    milliseconds=times,
)


def runs(root: Path) -> st.SearchStrategy[SpliceRun]:
    paths = places.map(lambda place: root / place)
    return st.builds(
        SpliceRun,
        unit=texts,
        module=texts,
        path=paths,
        span=st.builds(Span, *[st.integers(1, 1000)] * 4),
        kind=st.sampled_from(SpliceKind),
        result=st.none() | st.binary(max_size=20),
        failure=texts,
        milliseconds=times,
        questions=questions,
        dependent_files=st.lists(paths, max_size=2).map(tuple),
        memory=st.integers(0, 2**40),
        stopped=st.booleans(),
        finalizers=st.lists(finalizers, max_size=2).map(tuple),
    )


@given(st.lists(runs(HERE), max_size=3))
def test_they_come_back_as_they_were(ran: list[SpliceRun]) -> None:
    data = encode_splices(ran, HERE)
    assert decode_splices(data, HERE) == tuple(ran)
    assert encode_splices(decode_splices(data, THERE), THERE) == data


@given(st.lists(runs(HERE), min_size=1, max_size=3), st.data())
def test_what_is_cut_off_or_added_is_noticed(ran: list[SpliceRun], data: st.DataObject) -> None:
    whole = encode_splices(ran, HERE)
    with pytest.raises(ValueError):  # noqa: PT011  # What json says differs.
        decode_splices(whole[: data.draw(st.integers(0, len(whole) - 1))], HERE)
    with pytest.raises(ValueError, match="something else"):
        decode_splices(whole + b"x", HERE)


@pytest.mark.parametrize("data", [b"", b"\n", b"{\n", b"1\n", b"[1]\n", b'[{"result":9}]\n', b"[" * 100_000 + b"\n"])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # What json says differs.
        decode_splices(data, HERE)


def test_what_was_kept_by_versions_that_knew_no_finalizers() -> None:
    run = decode_splices(
        b'[{"unit":"u","module":"M","path":"M.hs","span":[1,1,1,2],"kind":"type","failure":"",'
        b'"milliseconds":1,"files":[],"memory":0,"stopped":false,"result":0,"questions":[]}]\n',
        HERE,
    )
    assert [one.finalizers for one in run] == [()]


def test_a_length_that_lies_takes_no_memory() -> None:
    run = SpliceRun(
        unit="u",
        module="M",
        path=HERE / "M.hs",
        span=Span(1, 1, 1, 2),
        kind=SpliceKind.TYPE,
        result=b"",
        milliseconds=0,
    )
    fields = json.loads(encode_splices([run], HERE))
    fields[0]["result"] = 10**15
    with pytest.raises(ValueError, match="end early"):
        decode_splices(json.dumps(fields).encode() + b"\n", HERE)

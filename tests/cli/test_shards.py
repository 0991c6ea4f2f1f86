"""Dividing modules among machines, and the file of times that parts are weighed by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thatch.cli.shards import Shard, in_shard, parse_shard, parse_times, times_text, weights_of
from thatch.core.errors import ThatchError


@given(st.lists(st.integers(0, 1000), max_size=60), st.integers(1, 9))
def test_shards_are_disjoint_and_together_the_whole_and_balanced(weights: list[int], total: int) -> None:
    items = list(range(len(weights)))
    parts = [in_shard(items, dict(enumerate(weights)), Shard(number, total)) for number in range(1, total + 1)]
    assert sorted(item for part in parts for item in part) == items
    loads = [sum(weights[item] for item in part) for part in parts]
    assert max(loads) - min(loads) <= 2 * max(weights, default=0)


def test_what_belongs_together_stays_together() -> None:
    items = "abcdefgh"
    parts = [in_shard(items, dict.fromkeys(items, 5), Shard(number, 4)) for number in (1, 2, 3, 4)]
    assert parts == [{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g", "h"}]


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "one/two", "1/9999999"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(ValueError, match="write 1/4 for the first of four"):
        parse_shard(text)


def test_a_shard_is_written_as_it_is_read() -> None:
    assert (str(parse_shard("2/4")), parse_shard("2/4").is_first, parse_shard("1/4").is_first) == ("2/4", False, True)


def test_modules_without_a_time_are_weighed_by_their_size() -> None:
    sizes = {("lib", "A"): 1000, ("lib", "B"): 3000, ("exe", "C"): 500, ("exe", "Empty"): 0}
    times = {("lib", "A"): 100, ("lib", "B"): 300, ("gone", "G"): 7}
    expected = {("lib", "A"): 100, ("lib", "B"): 300, ("exe", "C"): 50, ("exe", "Empty"): 1}
    assert weights_of(sizes, times) == expected
    assert weights_of({("lib", "A"): 1000}, {}) == {("lib", "A"): 1000}


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)


@given(st.dictionaries(st.tuples(NAMES, NAMES), st.integers(0, 10**6), max_size=8))
def test_times_are_read_as_they_were_written(times: dict[tuple[str, str], int]) -> None:
    assert parse_times(times_text(times), "f") == times


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "1", '{"version": 2, "milliseconds": {}}', '{"version": 1, "milliseconds": {"a": {"B": "c"}}}',
     '{"version": 1, "milliseconds": {"a": {"B": -1}}}', '{"version": 1, "milliseconds": {"a": {"B": true}}}',
     '{"version": 1, "milliseconds": []}', '{"version": 1, "milliseconds": {"a": 3}}', "[" * 100_000],
)  # fmt: skip
def test_what_holds_no_times_is_refused(text: str) -> None:
    with pytest.raises(ThatchError, match=r"times\.json does not hold times(.|\n)*--write-shard-times"):
        parse_times(text, "times.json")

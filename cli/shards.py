"""Dividing the modules of a project among machines that check it together (pure)."""

import json
import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import frozen

from thatch.cli.formats.json_text import dumped
from thatch.core.errors import ThatchError

Item = TypeVar("Item", bound=Hashable)

Times = Mapping[tuple[str, str], int]
"""Milliseconds by the names of component and module."""

VERSION = 1
"""Of the file that times are kept in."""


@frozen
class Shard:
    """One of several equal parts."""

    number: int
    """From 1."""

    total: int

    @property
    def is_first(self) -> bool:
        """Whether it is the one that also says what is about no module."""
        return self.number == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.total}"


def parse_shard(text: str) -> Shard:
    """The shard that `2/4` names.  Raises ValueError."""
    match = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if match is None or int(match[1]) > int(match[2]):
        raise ValueError(f"{text!r} is no shard: write 1/4 for the first of four")
    return Shard(int(match[1]), int(match[2]))


def in_shard(items: Sequence[Item], weights: Mapping[Item, int], shard: Shard) -> set[Item]:
    """The items of one shard: a piece of the sequence, so that what belongs together mostly stays together.

    Every item is in exactly one shard.  The weights of two shards differ by no more than twice the heaviest item.
    """
    total = sum(weights[item] for item in items) or 1
    found = set()
    before = 0
    for item in items:
        # Where its middle lies decides; twice of everything, to stay with whole numbers.
        middle = 2 * before + weights[item]
        if min(middle * shard.total // (2 * total), shard.total - 1) == shard.number - 1:
            found.add(item)
        before += weights[item]
    return found


def weights_of(sizes: Mapping[tuple[str, str], int], times: Times) -> dict[tuple[str, str], int]:
    """A weight for each module: its time, else one that goes by its size in bytes."""
    known = [(size, times[name]) for name, size in sizes.items() if times.get(name)]
    of_known, spent = sum(size for size, _ in known) or 1, sum(time for _, time in known) or 1
    return {name: times.get(name) or max(size * spent // of_known, 1) for name, size in sizes.items()}


def times_text(times: Times) -> str:
    """Times as a file keeps them: JSON, sorted, so that a change is seen as one."""
    components: dict[str, dict[str, int]] = {}
    for (component, module), milliseconds in sorted(times.items()):
        components.setdefault(component, {})[module] = milliseconds
    return dumped({"version": VERSION, "milliseconds": components}, indented=True)


def parse_times(text: str, name: str) -> dict[tuple[str, str], int]:
    """What `times_text` wrote.  Raises ThatchError, which names the file."""
    try:
        return _read_times(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ThatchError(
            message=f"{name} does not hold times as this version of thatch writes them.",
            remedy="Write it again with --write-shard-times.",
            detail=f"{type(error).__name__}: {error}",
        ) from error


def _read_times(value: Any) -> dict[tuple[str, str], int]:
    if value["version"] != VERSION:
        raise ValueError("another version")
    components = value["milliseconds"].items()
    return {(component, module): _whole(ms) for component, known in components for module, ms in known.items()}


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no time")
    return value

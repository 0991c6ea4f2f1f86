"""Checking readers without I/O: how the bytes arrive must make no difference to what is read."""

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

Event_co = TypeVar("Event_co", covariant=True)
Event = TypeVar("Event")

N_RANDOM = 10
"""How many random ways of cutting the bytes are tried."""


class Reader(Protocol[Event_co]):
    """A reader that is given bytes and gives back the events that they complete."""

    def receive(self, data: bytes) -> Sequence[Event_co]:
        """The events completed by more bytes."""

    def finish(self) -> Sequence[Event_co]:
        """The events completed by the end of the bytes."""


def check_reader(make: Callable[[], Reader[Event]], data: bytes, expected: Sequence[Event]) -> None:
    """Read `data` whole, byte by byte, and cut at random; each time with exactly the expected events.

    Then once more with bytes behind it, which must not change what comes before them.
    """
    for chunks in (*ways_to_cut(data), [b"", data, b""]):
        assert read(make(), chunks) == list(expected), chunks
    with_more = make().receive(data + b"\n")
    before_end = list(make().receive(data))
    assert list(with_more[: len(before_end)]) == before_end


def ways_to_cut(data: bytes) -> list[list[bytes]]:
    """The bytes in one piece, in pieces of one byte, and in random pieces (the same ones for the same bytes)."""
    chance = random.Random(data)
    ways = [[data], [data[i : i + 1] for i in range(len(data))]]
    for _ in range(N_RANDOM):
        places = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(8)))
        ways.append([data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)])
    return ways


def read(reader: Reader[Event], chunks: Sequence[bytes]) -> list[Event]:
    """All events of a reader that is given these pieces and then the end."""
    events = [event for chunk in chunks for event in reader.receive(chunk)]
    return [*events, *reader.finish()]

"""A cursor over a `.hie` file that knows its tables; what nodes and types are made of lives elsewhere."""

from collections.abc import Callable
from typing import TypeVar

from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.hie.model import Name
from thatch.core.hie.on_demand import OnDemand

Value = TypeVar("Value")


class HieCursor(GhcCursor):
    """Reads names and what is built of other parts."""

    __slots__ = ("names",)

    def __init__(self, data: bytes, strings: StringTable, names: OnDemand[Name], position: int = 0) -> None:
        self.data = data
        self.strings = strings
        self.names = names
        self.position = position
        self.end = len(data)

    def name(self) -> Name:
        """A name."""
        start = self.position
        index = self.word()
        if index >= len(self.names):
            raise self.error(f"a name below {len(self.names)}, not {index}", start)
        return self.names[index]

    def index(self, end: int) -> int:
        """A number from 0 on, below the given one."""
        start = self.position
        index = self.number()
        if not 0 <= index < end:
            raise self.error(f"an index below {end}, not {index}", start)
        return index

    def one_of(self, words: tuple[str, ...]) -> str:
        """One of the constructors of a sum type without fields."""
        return words[self.tag(len(words))]

    def optional(self, read: Callable[[], Value]) -> Value | None:
        """A `Maybe`."""
        return read() if self.flag() else None

    def tuple_of(self, read: Callable[[], Value]) -> tuple[Value, ...]:
        """A list."""
        n_items = self.count()
        return (read(),) if n_items == 1 else tuple([read() for _ in range(n_items)])

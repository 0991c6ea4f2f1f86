"""Sequences whose items are made when somebody asks for them; nothing here knows what they are."""

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item")


class OnDemand(Sequence[Item]):
    """A sequence whose items are made when they are asked for, and then kept; any thread may ask."""

    def __init__(self, n_items: int, make: Callable[[int], Item]) -> None:
        """`make` makes an item by its index; what it raises, whoever asks for the item gets."""
        self._n_items = n_items
        self._make = make
        self._known: dict[int, Item] = {}

    def __len__(self) -> int:
        return self._n_items

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        if isinstance(index, int):
            known = self._known.get(index)
            return known if known is not None else self._new(index)
        return [self[one] for one in range(*index.indices(self._n_items))]

    def _new(self, index: int) -> Item:
        if not -self._n_items <= index < self._n_items:
            raise IndexError(index)
        index %= self._n_items
        item = self._known[index] = self._make(index)
        return item

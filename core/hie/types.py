"""Decoding the types of a `.hie` file; the layout is drawn in `thatch.core.hie.reader`."""

from collections.abc import Callable

from thatch.core.hie.cursor import HieCursor
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    ForAll,
    Function,
    Literal,
    Qualified,
    Type,
    TypeVariable,
)
from thatch.core.hie.on_demand import OnDemand
from thatch.core.hie.shapes import cut, type_shape

_TUPLE_SORTS = ("tuple", "unboxed tuple", "constraint tuple")


def read_types(cursor: HieCursor) -> OnDemand[Type]:
    """The types that start at the cursor, which is moved behind them."""
    low, high = cursor.number(), cursor.number()
    n_types = cursor.count()
    if (low, high) != (0, n_types - 1):
        raise cursor.error(f"{n_types} types to be numbered from 0 on, not {low} to {high}")
    data, strings, names = cursor.data, cursor.strings, cursor.names

    def read(index: int) -> Type:
        there = _TypeCursor(data, strings, names, places[index])
        there.n_before = index
        return there.part("types", there.type)

    def behind(place: int) -> int:
        there = _TypeCursor(data, strings, names, place)
        there.n_before = n_types
        there.type()
        return there.position

    places = cut(type_shape(), data, cursor.position, n_types, behind)
    cursor.position = places[-1]
    return OnDemand(n_types, read)


class _TypeCursor(HieCursor):
    __slots__ = ("n_before",)

    n_before: int
    """How many types stand before this one.

    GHC numbers the parts of a type first.
    """

    def type(self) -> Type:
        return self._READERS[self.tag(9)](self)

    def part_type(self) -> int:
        """The index of a part."""
        return self.index(self.n_before)

    def arguments(self) -> tuple[tuple[bool, int], ...]:
        return self.tuple_of(lambda: (self.flag(), self.part_type()))

    def constructor_application(self) -> Type:
        constructor, promoted, (sort, arity) = self.name(), self.flag(), self.sort()
        return ConstructorApplication(constructor, promoted, sort, self.arguments(), arity)

    def sort(self) -> tuple[str, int]:
        match self.tag(4):
            case 0:
                return "", 0
            case 1:
                arity = self.number()
                return self.one_of(_TUPLE_SORTS), arity
            case 2:
                return "unboxed sum", self.number()
            case _:
                return "equality", 0

    def literal(self) -> Type:
        match self.tag(4):
            case 1:
                return Literal(self.integer(), False)
            case 2:
                return Literal(self.text(), False)
            case 3:
                return Literal(chr(min(self.word(), 0x10FFFF)), True)
            case _:
                raise self.error("a literal", self.position - 1)

    def integer(self) -> int:
        tag = self.tag(3)
        if tag == 0:
            return self.number()
        value = int.from_bytes(self.take(self.count()), "little")
        return -value if tag == 1 else value

    _READERS: tuple[Callable[["_TypeCursor"], Type], ...] = (
        lambda at: TypeVariable(at.name()),
        lambda at: Application(at.part_type(), at.arguments()),
        constructor_application,
        lambda at: ForAll(at.name(), at.part_type(), at.tag(3), at.part_type()),
        lambda at: Function(at.part_type(), at.part_type(), at.part_type()),
        lambda at: Qualified(at.part_type(), at.part_type()),
        literal,
        lambda at: Cast(at.part_type()),
        lambda at: Coercion(),
    )

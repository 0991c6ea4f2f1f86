"""Which of the several types of an expression is the one that it has where it stands.

A `.hie` file lists all types on the way from a variable's own type to its type at a place, sorted by nothing that means
anything (`combineNodeInfo` in GHC's `compiler/GHC/Iface/Ext/Utils.hs`, 9.6.6 and 9.10.3).  On this way foralls and
constraints are taken from the front, and nothing comes back.
"""

from collections.abc import Iterable, Sequence

from thatch.core.hie.model import ForAll, Qualified, Type

MOST_FRONT = 1000
"""More foralls and constraints than a type has that is not damaged."""


def used_type(types: Sequence[Type], indexes: Iterable[int]) -> int | None:
    """The type as it is used at the place; None if there is none at all.

    Of two that are equal there only by a constraint it may be either.
    """
    return min(indexes, key=lambda index: _length_of_front(types, index), default=None)


def general_type(types: Sequence[Type], indexes: Iterable[int]) -> int | None:
    """The most general type; None if there is none at all."""
    return max(indexes, key=lambda index: _length_of_front(types, index), default=None)


def _length_of_front(types: Sequence[Type], index: int) -> int:
    """How many foralls and constraints stand in front of a type."""
    for length in range(MOST_FRONT):
        type_ = types[index] if 0 <= index < len(types) else None
        if not isinstance(type_, ForAll | Qualified):
            return length
        index = type_.body
    return MOST_FRONT

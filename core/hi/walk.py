"""Walking over encoded values by their shapes without decoding them; the shapes themselves are in `grammar`."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from thatch.core.binary.ghc_binary import SMALL_WORD, GhcCursor


class Kind(IntEnum):
    """How a shape is walked over."""

    WORD = 0
    BYTE = 1
    SUM = 2
    LIST = 3
    SEQUENCE = 4
    BINDER = 5
    LAZY = 6
    BLOB = 7


class Shape(NamedTuple):
    """How a value lies in the bytes; each takes at least one."""

    kind: Kind

    parts: "list[list[Shape] | None]"
    """For each tag of a sum its fields, last one first, None where there is no such tag; else one such list."""


class Walked(NamedTuple):
    """What was seen on a walk."""

    binders: list[int]
    """Where the declared names stand, that of the whole first."""


def read_grammar(*texts: str) -> Mapping[str, Shape]:
    """The shapes that `grammar`'s notation defines, by the names of the types."""
    lines = [line for text in texts for line in text.replace("\\\n", "").splitlines() if line.strip()]
    definitions = {name.strip(): alternatives for name, _, alternatives in (line.partition(":") for line in lines)}
    shapes = {name: Shape(_kind(text), []) for name, text in definitions.items()}
    shapes |= {kind.name.lower(): Shape(kind, []) for kind in (Kind.WORD, Kind.BYTE, Kind.BINDER, Kind.LAZY, Kind.BLOB)}
    for name, text in definitions.items():
        _define(shapes[name], text, shapes)
    return shapes


def walk(cursor: GhcCursor, shape: Shape) -> Walked:
    """Move the cursor behind a value; raises `DecodeError` where the bytes do not fit the shape.

    What is still to be walked over is kept in a list, never in the call stack: values are nested as deeply as the
    program that they come from.
    """
    data, end, position = cursor.data, cursor.end, cursor.position
    binders = []
    to_do = [shape]
    try:
        while to_do:
            kind, parts = to_do.pop()
            if kind is Kind.SUM:
                to_do += parts[data[position]]  # type: ignore[arg-type]  # None is caught below.
                position += 1
            elif kind is Kind.WORD or kind is Kind.BINDER:
                if kind is Kind.BINDER:
                    binders.append(position)
                while data[position] >= SMALL_WORD:
                    position += 1
                position += 1
            elif kind is Kind.BYTE:
                position += 1
            elif kind is Kind.SEQUENCE:
                to_do += parts[0]  # type: ignore[arg-type]  # A sequence has fields.
            else:
                cursor.position = position
                to_do += _leave(cursor, kind, parts, len(to_do))
                position = cursor.position
    except (IndexError, TypeError):
        raise cursor.error("another tag or more bytes", position) from None
    if position > end:
        raise cursor.error("more bytes", end)
    cursor.position = position
    return Walked(binders)


def _leave(cursor: GhcCursor, kind: Kind, parts: list[list[Shape] | None], n_to_do: int) -> Iterable[Shape]:
    """Walk over the head of a list, or over all of what has a known length; what is left to walk over."""
    if kind is Kind.LIST:
        n_items = cursor.count()
        # Everything that is still to come takes a byte at least: so no damaged length makes the list grow.
        if n_items + n_to_do > cursor.end - cursor.position:
            raise cursor.error(f"a length that fits, not {n_items}")
        return (parts[0] or []) * n_items
    if kind is Kind.LAZY:
        cursor.skip_lazy()
    else:
        cursor.blob()
    return ()


def _kind(text: str) -> Kind:
    return Kind.SUM if text.split(maxsplit=1)[0].isdigit() else Kind.SEQUENCE


def _define(shape: Shape, text: str, shapes: Mapping[str, Shape]) -> None:
    if shape.kind is Kind.SEQUENCE:
        shape.parts.append(_fields(text.split(), shapes))
        return
    for alternative in text.split("|"):
        tag, *fields = alternative.split()
        shape.parts.extend([None] * (int(tag) + 1 - len(shape.parts)))
        shape.parts[int(tag)] = _fields(fields, shapes)


def _fields(words: Iterable[str], shapes: Mapping[str, Shape]) -> list[Shape]:
    return [_shape(word, shapes) for word in words][::-1]


def _shape(word: str, shapes: Mapping[str, Shape]) -> Shape:
    if word.startswith("["):
        return Shape(Kind.LIST, [[_shape(word[1:-1], shapes)]])
    if word.endswith("?"):
        return Shape(Kind.SUM, [[], [_shape(word[:-1], shapes)]])
    return shapes[word]

"""Walking over values by their shapes: to their ends, however deep, and never beyond."""

import pytest

from tests.support import ghc_encode as put
from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.hi.versions import LAYOUTS
from thatch.core.hi.walk import read_grammar, walk

SHAPES = read_grammar(
    """
    Tree: 0 word | 1 [Tree] | 3 Tree Tree \\
        | 4 Pair?
    Pair: binder lazy blob
    """
)


def walked(data: bytes, name: str = "Tree") -> tuple[int, list[int]]:
    """How far a walk goes, and where it found declared names."""
    cursor = GhcCursor(data, StringTable(b"\0", 0))
    binders = walk(cursor, SHAPES[name]).binders
    return cursor.position, binders


@pytest.mark.parametrize(
    ("data", "binders"),
    [
        (b"\0\x05", []),
        (b"\0\x85\x85\x05", []),
        (b"\1\0", []),
        (b"\1\2\0\1\1\0", []),
        (b"\3\0\1\0\2", []),
        (b"\4\0", []),
        (b"\4\1\x81\1\0\0\0\x0aLA\3abc", [2]),
        (b"\3\4\1\7\0\0\0\x08\0\4\1\7\0\0\0\x10\0", [3, 11]),
    ],
)
def test_to_the_end(data: bytes, binders: list[int]) -> None:
    assert walked(data) == (len(data), binders)
    assert walked(data + b"behind") == (len(data), binders)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"\0\x80", b"\2", b"\5", b"\xff", b"\1\x7f", b"\1\5\0", b"\3\0\1", b"\4\2", b"\4\1\1\0\0\0\1"],
)
def test_damage(data: bytes) -> None:
    with pytest.raises(DecodeError):
        walked(data)


def test_depth_is_no_limit() -> None:
    data = b"\3\0\0" * 200_000 + b"\0\0"
    assert walked(data) == (len(data), [])


def test_lengths_cannot_multiply() -> None:
    n_levels = 1000
    level = b"\1" + put.number(4000)
    with pytest.raises(DecodeError, match="a length"):
        walked(level * n_levels + b"\0" * 1000)


@pytest.mark.parametrize("series", LAYOUTS)
def test_grammars_are_complete(series: str) -> None:
    """Every type that a grammar names is defined in it, and every shape has fields or tags."""
    shapes = LAYOUTS[series].shapes
    for name in ("Exports", "Decl", "ExtraDecls", "Instances", "FamilyInstances", "CompleteMatches"):
        assert shapes[name].parts

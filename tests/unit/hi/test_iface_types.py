"""Types of interfaces become types of the common model, however deep and wide; damage gives `DecodeError`."""

import random
from collections.abc import Iterable

import pytest

from tests.support import ghc_encode as put
from thatch.core.binary.cursor import DecodeError
from thatch.core.binary.ghc_binary import GhcCursor, StringTable
from thatch.core.hi.iface_types import DEEPEST, MOST_TYPES, NOWHERE, TypesReader
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.versions import LAYOUTS
from thatch.core.hie.model import ExternalName, Name
from thatch.core.hie.type_text import type_text
from thatch.core.hie.type_tree import REQUIRED, SPECIFIED

LAYOUT = LAYOUTS["9.10"]
STRINGS = ["a", "b", "text"]
NAMES = ["T", "Many", "One", "Type", "~", "List"]
MODULES = ["Mine", *["GHC.Types"] * 5]
A, B = b"\1\0", b"\1\1"
"""The variables `a` and `b`."""


def reader(data: bytes) -> TypesReader:
    strings = put.many(STRINGS, lambda text: put.number(len(text)) + text.encode())
    return TypesReader(GhcCursor(data + strings, StringTable(data + strings, len(data)), 0, len(data)), LAYOUT, named)


def named(number: int) -> Name:
    if number >= len(NAMES):
        return KnownName(f"x{number}")
    return ExternalName(ModuleId("unit", MODULES[number]), OccName(NAMES[number], Namespace.TYPE), None, "")


def text(data: bytes) -> str:
    """A type as text; all of its bytes belong to it."""
    types = reader(data)
    index = types.type()
    assert types.cursor.position == len(data)
    return type_text(
        types.types, index, lambda name: "_" if isinstance(name, KnownName) else name.occ.text, linear=True
    )


def applied(
    name: str, *arguments: bytes, hidden: Iterable[bytes] = (), sort: bytes = b"\0", promoted: int = 0
) -> bytes:
    parts = [b"\0" + each + b"\1" for each in hidden] + [b"\0" + each + b"\0" for each in arguments]
    return b"\5" + put.word(NAMES.index(name)) + bytes([promoted]) + sort + b"".join(parts) + b"\1"


def function(argument: bytes, result: bytes, *, sort: int = 0, multiplicity: bytes = b"") -> bytes:
    return bytes([3, sort]) + (multiplicity or applied("Many", promoted=1)) + argument + result


def forall(variable: int, body: bytes, *, visibility: int = SPECIFIED, kind: bytes = b"") -> bytes:
    return bytes([0, 1, variable]) + (kind or applied("Type")) + bytes([visibility]) + body


INT = applied("T")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (A, "a"),
        (INT, "T"),
        (applied("T", A, function(A, B)), "T a (a -> b)"),
        (applied("T", A, hidden=[applied("Type")]), "T a"),
        (b"\2" + A + b"\0" + B + b"\0\1", "a b"),
        (function(A, function(B, A)), "a -> b -> a"),
        (function(A, B, multiplicity=applied("One", promoted=1)), "a %1 -> b"),
        (function(A, B, multiplicity=A), "a %a -> b"),
        (function(applied("T", A), A, sort=2), "T a => a"),
        (function(applied("T", A), applied("T", B), sort=3), "T a => T b"),
        (function(A, applied("T", B), sort=1), "a -> T b"),
        (function(forall(0, A), B), "(forall a. a) -> b"),
        (forall(0, function(A, A), visibility=REQUIRED), "forall a -> a -> a"),
        (forall(0, function(A, A), kind=B), "forall (a :: b). a -> a"),
        # A variable that hides another one of its name.
        (forall(0, function(A, forall(0, A, kind=B))), "a -> forall (a1 :: b). a1"),
        (forall(0, function(forall(0, A), A)), "(forall a1. a1) -> a"),
        (b"\x08\0\0" + b"\0" + A + b"\0\0" + B + b"\0\1", "(a, b)"),
        (b"\x08\0\0\1", "()"),
        (b"\x08\1\0" + b"\0" + A + b"\1\0" + B + b"\0\1", "(# b #)"),
        (b"\x08\2\0" + b"\0" + A + b"\0\0" + B + b"\0\1", "(a, b)"),
        (b"\x08\0\0" + b"\0" + A + b"\0\1", "Solo a"),
        (applied("T", A, B, sort=b"\1\2\0"), "(a, b)"),
        (applied("T", A, sort=b"\1\2\0"), "(,) a"),
        (applied("T", A, B, sort=b"\2\2"), "(# a | b #)"),
        (applied("~", A, B, hidden=[applied("Type"), B], sort=b"\3"), "a ~ b"),
        (applied("List", A), "[a]"),
        (applied("T", promoted=1), "'T"),
        (b"\x09\1\0\7", "7"),
        (b"\x09\1\2\2\0\1", "256"),
        (b"\x09\1\1\1\5", "-5"),
        (b"\x09\2\2", '"text"'),
        (b"\x09\3" + put.word(ord("ü")), "'ü'"),
        # A cast and a coercion, both by reflexivity.
        (b"\6" + A + b"\1" + A, "a"),
        (applied("T", b"\7\1" + A), "T"),
        (b"\5\x63\0\0\1", "_"),
    ],
)
def test_types(data: bytes, expected: str) -> None:
    assert text(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\4", b"\x0a", b"\0", b"\1", b"\1\3", b"\5\0\0\0", b"\5\0\2\0\1", b"\5\0\0\4\1",
        b"\5\0\0\1\x7f\0\1", b"\3\4", b"\5\0\0\1\x80\x80\x04\0\1", b"\x08\3\0\1", b"\x09\0", b"\x09\4",
        b"\x09\1\3", b"\x09\1\1\5\0", b"\x09\3\xff\xff\xff\1", b"\7", b"\6" + A, b"\0\2", A[:1], forall(0, A)[:-1],
        function(A, B, sort=4),
    ],
)  # fmt: skip
def test_damage(data: bytes) -> None:
    with pytest.raises(DecodeError):
        reader(data).type()


def test_random_bytes() -> None:
    chance = random.Random(1)
    n_types = 0
    for _ in range(5000):
        data = bytes(chance.choice((0, 0, 1, 1, 2, 3, 5, 8, 9, chance.randrange(256))) for _ in range(40))
        types = reader(data)
        try:
            index = types.type()
        except DecodeError:
            continue
        n_types += 1
        assert type_text(types.types, index, lambda _: "T")
    assert n_types > 500


def test_depth_is_no_limit() -> None:
    """What lies too deep is walked over; arrows are no depth."""
    deep = b"\5\0\0\0\0" * 100_000 + INT + b"\0\1" * 100_000
    types = reader(deep + A)
    index = types.type()
    assert types.cursor.position == len(deep)
    assert len(types.types) == DEEPEST
    assert type_text(types.types, index, lambda _: "T", width=1000).count("T") == DEEPEST
    assert "..." in type_text(types.types, index, lambda _: "T")
    long = b"".join([function(A, b"")] * 20_000) + B
    types = reader(long)
    assert types.type() == len(types.types) - 1
    assert types.cursor.position == len(long)
    head = b"\2" * 100_000 + A + b"\1" * 100_000
    types = reader(head)
    types.type()
    assert types.cursor.position == len(head)


def test_size_is_limited() -> None:
    wide = applied("T", *[A] * (MOST_TYPES + 1))
    with pytest.raises(DecodeError, match=f"at most {MOST_TYPES}"):
        reader(wide).type()
    assert reader(b"").at(NOWHERE) is None


def test_parts_are_replaced() -> None:
    data = A + applied("T", A, B)[1:]
    types = reader(data)
    a = types.type()
    types.cursor.position = len(A)
    replaced = types.application({"b": a})
    types.cursor.position = len(A)
    plain = types.application({})
    shown = [type_text(types.types, index, lambda name: "T") for index in (replaced, plain)]
    assert shown == ["T a a", "T a b"]

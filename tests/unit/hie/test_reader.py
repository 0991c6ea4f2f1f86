"""Our reader of `.hie` files takes back whatever can be written, and is hurt by no damage."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.hie_encode import Contents, Node, encode
from tests.support.hie_random import RandomFile
from thatch.core.binary.cursor import DecodeError
from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName, ModuleId, Namespace, OccName
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.file import HieFile
from thatch.core.hie.model import (
    Cast,
    Coercion,
    ConstructorApplication,
    Context,
    ContextKind,
    ExternalName,
    Function,
    Identifier,
    Literal,
    LocalName,
    NodeInfo,
    WholeModule,
)
from thatch.core.hie.reader import UnknownHieError, read_hie
from thatch.core.hie.tree import SyntaxTree


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_what_is_written_is_read(seed: int) -> None:
    written = RandomFile(seed).contents()
    hie = read_hie(encode(written))
    assert (hie.path, hie.module, hie.source) == (written.path, written.module, written.source)
    assert list(hie.names) == list(written.names)
    assert list(hie.types) == list(written.types)
    assert list(hie.trees) == list(written.trees)
    for file, root in written.trees.items():
        check_tree(hie, hie.trees[file], list(preorder(root)))


def check_tree(hie: HieFile, tree: SyntaxTree, written: list[tuple[Node, int]]) -> None:
    assert len(tree) == len(written)
    assert [tree.span(number) for number in range(len(tree))] == [one.span for one, _ in written]
    assert [tree.infos(number) for number in range(len(tree))] == [one.infos for one, _ in written]
    assert list(tree.parents) == [parent for _, parent in written]
    nodes, names, types, contexts, generated = tree.mentions
    read = [
        (node, Identifier(name if isinstance(name, str) else hie.names[name], kind, tree.contexts[how]), bool(made))
        for node, name, kind, how, made in zip(nodes, names, types, contexts, generated, strict=True)
    ]
    assert read == [
        (number, one, info.generated)
        for number, (found, _) in enumerate(written)
        for info in found.infos
        for one in info.identifiers
    ]


def preorder(root: Node) -> Iterator[tuple[Node, int]]:
    """All nodes with the numbers of their parents."""
    waiting = [(root, -1)]
    for number in count():
        if not waiting:
            return
        node, parent = waiting.pop()
        yield node, parent
        waiting += [(child, number) for child in reversed(node.children)]


def everything(hie: HieFile) -> int:
    """Have all parts decoded; how many there are."""
    n_parts = len(list(hie.names)) + len(list(hie.types))
    for tree in hie.trees.values():
        n_parts += len(tree.parents) + sum(len(tree.infos(node)) for node in range(len(tree)))
        n_parts += len([tree.contexts[encoded] for encoded in tree.mentions.contexts])
    facts = ModuleFacts(hie)
    return n_parts + len(facts.occurrences) + sum(len(facts.of(name)) for name in hie.names)


KNOWN = {"31": GlobalName(ModuleId("ghc-prim", "GHC.Types"), OccName("Int", Namespace.TYPE))}


def small(series: str = "9.6", **changes: Any) -> Contents:
    """A small file with a part of each kind."""
    names = (
        ExternalName(ModuleId("main", "A"), OccName("x", Namespace.VARIABLE), Span(1, 1, 1, 2), "A.hs"),
        LocalName(OccName("y", Namespace.VARIABLE), Span(2, 1, 2, 2), 1),
        KnownName("31"),
        KnownName("32"),
    )
    binding = Context(ContextKind.VALUE_BINDING, "RegularBind", (WholeModule.MODULE,), Span(1, 1, 1, 6))
    evidence = Context(ContextKind.EVIDENCE_BINDING, "EvLetBind", (Span(1, 1, 9, 9),), None, names[:2])
    leaf = Node(
        Span(1, 1, 1, 2),
        (
            NodeInfo(
                False,
                (("HsVar", "HsExpr"),),
                (1,),
                (Identifier(names[0], 1, (binding, evidence)), Identifier("M", None, ())),
            ),
        ),
    )
    same: dict[str, Any] = {
        "series": series,
        "path": "A.hs",
        "module": ModuleId("main", "A"),
        "names": names,
        "types": [ConstructorApplication(names[2], False, "", ()), Function(0, 0, 0), Literal(-(2**70), False)],
        "trees": {"A.hs": Node(Span(1, 1, 3, 1), (), (leaf,) * 5)},
        "n_exports": 2,
        "source": b"x = x\n",
    }
    return Contents(**same | changes)


def test_names_that_ghc_knows_by_heart() -> None:
    hie = read_hie(encode(small()), KNOWN)
    known = ExternalName(KNOWN["31"].module, KNOWN["31"].occ, None, "")
    assert list(hie.names)[2:] == [known, KnownName("32")]
    assert hie.types[0] == ConstructorApplication(known, False, "", ())


def test_the_tree_of_the_file_itself() -> None:
    def tree(*files: str) -> str:
        hie = read_hie(encode(small(trees={file: Node(Span(1, 1, 1, 1), ()) for file in files})))
        return hie.tree.file if len(hie.tree) else ""

    assert (tree("B.h", "A.hs"), tree("/tmp/A.hs"), tree("B.h", "C.h")) == ("A.hs", "/tmp/A.hs", "")


def test_other_files_are_refused() -> None:
    data = encode(small())
    for version in (b"9.4.8", b"9.8.4", b"9.12.2", b"10.0.1"):
        with pytest.raises(UnknownHieError, match=rf"not {re.escape(version.decode())}"):
            read_hie(data.replace(b"\n9.6.6\n", b"\n%b\n" % version, 1))
    for other in (b"", b"HIE", b"not a file", b"HIE9066\n9.6.6\n", data[:100]):
        with pytest.raises(DecodeError):
            read_hie(other)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"trees": {"A.hs": Node(Span(1, -1, 1, 1), ())}}, "a span and a count of nodes"),
        ({"trees": {"A.hs": Node(Span(1, 1, 2**63, 1), ())}}, "a span and a count of nodes"),
        ({"types": [Cast(0)]}, "an index below 0, not 0"),
        ({"types": [Coercion(), Function(0, 0, -1)]}, "an index below 2, not -1"),
    ],
)
def test_damage_is_named(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(DecodeError, match=expected):
        everything(read_hie(encode(small(**changes))))


def test_an_error_tells_its_true_place() -> None:
    identifier = Identifier("M", 1, (Context(ContextKind.DECLARATION, "DataDec", (), Span(7, 7, 7, 7)),))
    data = encode(small(trees={"A.hs": Node(Span(1, 1, 1, 1), (NodeInfo(False, (), (), (identifier,)),))}))
    place = data.index(bytes([1, 1, 1, 6]))
    broken = bytearray(data)
    broken[place + 1] = 9
    tree = read_hie(bytes(broken)).tree
    for ask in (lambda: tree.mentions, lambda: tree.infos(0)):
        with pytest.raises(DecodeError, match="an index below 3, not 9") as caught:
            ask()
        assert caught.value.offset == place + 1


@settings(max_examples=300)
@given(st.sampled_from(["9.6", "9.10"]), st.data())
def test_damage_is_one_kind_of_error(series: str, data: st.DataObject) -> None:
    broken = bytearray(encode(small(series)))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    del broken[data.draw(st.integers(len(broken) // 2, len(broken))) :]
    with suppress(DecodeError):
        assert everything(read_hie(bytes(broken))) > 0


def many_identifiers(n: int) -> Node:
    odd = Context(ContextKind.EVIDENCE_BINDING, "EvLetBind", (None,), None, (small().names[0],) * 9)
    return Node(Span(1, 1, 1, 1), (NodeInfo(False, (), (), (Identifier("M", None, (odd,)),) * n),))


HOSTILE: dict[str, Callable[[int], dict[str, Any]]] = {
    "odd nodes": lambda n: {"trees": {"A.hs": Node(Span(1, 1, 1, 1), (), (many_identifiers(9),) * n)}},
    "odd identifiers": lambda n: {"trees": {"A.hs": many_identifiers(9 * n)}},
    "files": lambda n: {"trees": {f"{number}.h": Node(Span(1, 1, 1, 1), ()) for number in range(n)}},
    "odd types": lambda n: {"types": [Coercion(), *[Literal(2**100, False)] * n]},
    "exports": lambda n: {"n_exports": n},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sizes_are_read(kind: str) -> None:
    assert everything(read_hie(encode(small(**HOSTILE[kind](1000))))) > 0


def test_a_deep_tree() -> None:
    depth = 200_000
    data = encode(small(trees={"A.hs": Node(Span(5, 6, 7, 8), ())}))
    end = data.index(bytes([5, 6, 7, 8, 0])) + 5
    leaf = data[end - 7 : end]
    hie = read_hie(replaced(data, end - 7, end, (leaf[:-1] + b"\1") * depth + leaf))
    assert (len(hie.tree), hie.tree.parents[-1]) == (depth + 1, depth - 1)


def test_counts_that_promise_too_much() -> None:
    data = encode(small())
    n_read = 0
    for place in range(data.index(b"A.hs") - 1, len(data)):
        with suppress(DecodeError):
            n_read += everything(read_hie(replaced(data, place, place + 1, b"\xff\xff\xff\xff\x07"))) > 0
    assert 0 < n_read < len(data) / 2


def replaced(data: bytes, start: int, end: int, by: bytes) -> bytes:
    """A file with other bytes at some place, and with pointers that are right all the same."""
    pointers = data.index(b"\n", data.index(b"\n") + 1) + 1
    places = [int.from_bytes(data[at : at + 4], "big") for at in (pointers, pointers + 4)]
    moved = [place + (len(by) + start - end if start < place else 0) for place in places]
    rest = data[pointers + 8 : start] + by + data[end:]
    return data[:pointers] + b"".join(place.to_bytes(4, "big") for place in moved) + rest

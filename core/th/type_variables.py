"""Where the fresh type variables of a tree hold, so that those that cannot be confused may be called the same."""

from collections.abc import Iterable, Iterator

from attrs import define, field

from thatch.core.th.tree import Name, Node, Unique, Unqualified, Value

Key = tuple[str, int]
"""A fresh name: its plain name and its number."""

_BINDERS = frozenset({"PlainTV", "KindedTV"})
_VARIABLES = frozenset({"VarT", "PlainTV", "KindedTV", "FunDep", "InjectivityAnn"})
"""The constructors that hold names of type variables."""

_OWN_VARIABLES = frozenset({"GadtC", "RecGadtC", "TySynEqn", "DataInstD", "NewtypeInstD"})
"""What binds all type variables in it that have no binder of their own, whatever is called the same around it."""

_DECLARATIONS = frozenset(
    """SigD KiSigD InstanceD StandaloneDerivD ForeignD PatSynSigD DataD NewtypeD TypeDataD TySynD ClassD DataFamilyD
    OpenTypeFamilyD ClosedTypeFamilyD PragmaD""".split()
)
"""What binds such type variables unless they mean something around it."""


@define
class Region:
    """Where a type variable holds in one part of the tree: nodes by number, from the outer to the inner."""

    first: int
    last: int

    places: list[int]
    """The nodes that hold it."""

    binds: bool
    """Whether what is called the same around it cannot be meant in it."""

    alone: bool = False
    """Whether too little is known to call anything else in the tree the same."""

    twin: bool = False
    """Whether another variable that is bound together with it has the same plain name."""

    def agrees(self, other: "Region") -> bool:
        """Whether both variables can be called the same."""
        if self.alone or other.alone:
            return False
        if self.last < other.first or other.last < self.first:
            return True
        outer, inner = (self, other) if (self.first, -self.last) < (other.first, -other.last) else (other, self)
        return inner.binds and not inner.holds(outer.places)

    def holds(self, places: Iterable[int]) -> bool:
        """Whether any of these nodes lies in it."""
        return any(self.first <= place <= self.last for place in places)


@define
class Regions:
    """Those of one tree.

    Its parts are its declarations, by number, or it is one part itself.  No variable holds in several of them, however
    often a tree uses it, unless a signature may bring it into scope for another: then it stands `alone`.
    """

    of: dict[Key, dict[int, Region]] = field(factory=dict)
    """By part."""

    plain: dict[str, dict[int, list[int]]] = field(factory=dict)
    """The nodes that hold type variables without numbers, by name and part."""

    def may_be_called(self, key: Key, part: int, text: str) -> bool:
        """Whether a variable is not confused with those without numbers if it is spelled so, and spelled as GHC would.

        Where several are bound together that have the same plain name, GHC gives it to none of them
        (`tidyVarBndrs` in GHC/Core/TyCo/Tidy.hs, 9.6): interfaces stay the same only if it is not given here either.
        """
        region, plain = self.of[key][part], self.plain.get(text, {})
        if region.alone:
            return not plain
        if region.twin and text == key[0]:
            return False
        return part not in plain or (region.binds and not region.holds(plain[part]))


def regions(tree: Value) -> Regions:
    """Where each fresh type variable of a tree holds."""
    walked = _Walked(tree)
    found = Regions(plain=walked.plain)
    together: dict[tuple[int, str], list[Region]] = {}
    for key, holders in walked.holders.items():
        parts = found.of[key] = walked.parts(holders)
        for region in parts.values():
            together.setdefault((region.first, key[0]), []).append(region)
    for some in together.values():
        for region in some:
            region.twin = len(some) > 1 and not region.alone
    return found


class _Walked:
    """The nodes of a tree by number: a node's own is below those of all nodes in it."""

    def __init__(self, tree: Value) -> None:
        self.holders: dict[Key, list[int]] = {}
        self.plain: dict[str, dict[int, list[int]]] = {}
        self._nodes: list[str] = []
        self._parents: list[int] = []
        self._lasts: list[int] = []
        self._parts: list[int] = []
        self._n_parts = 0
        self._walk(tree)

    def parts(self, holders: list[int]) -> dict[int, Region]:
        """Where a variable holds that these nodes hold, from left to right."""
        by_part: dict[int, list[int]] = {}
        for holder in holders:
            by_part.setdefault(self._parts[holder], []).append(holder)
        found = {part: self._region(some) for part, some in by_part.items()}
        if all(found.values()):
            return {part: region for part, region in found.items() if region}
        everywhere = Region(0, len(self._nodes), holders, binds=False, alone=True)
        return dict.fromkeys(by_part, everywhere)

    def _region(self, holders: list[int]) -> Region | None:
        """Where a variable holds in one part; None if what binds it is not known."""
        binders = [self._parents[one] for one in holders if self._nodes[one] in _BINDERS]
        node, last = min([*holders, *binders]), max(holders)
        while self._lasts[node] < last and self._parents[node] >= 0:
            node = self._parents[node]
        if binders:
            return Region(node, self._lasts[node], holders, binds=True)
        for each in self._with_parents(node):
            if self._nodes[each] in _OWN_VARIABLES:
                return Region(each, self._lasts[each], holders, binds=True)
            if self._nodes[each] in _DECLARATIONS:
                return Region(each, self._lasts[each], holders, binds=False)
        # Signatures around it may bring others into scope that nothing around it binds.
        return None

    def _with_parents(self, node: int) -> Iterator[int]:
        """A node and those around it, up to the expression that it stands in."""
        while node >= 0 and not self._nodes[node].endswith("E") and self._nodes[node] not in {"FunD", "ValD"}:
            yield node
            node = self._parents[node]

    def _walk(self, tree: Value) -> None:
        # An item that is a number closes the node with that number.
        stack: list[tuple[Value, int, bool]] = [(tree, -1, False)]
        while stack:
            item, parent, closes = stack.pop()
            if closes:
                self._lasts[parent] = len(self._nodes) - 1
                continue
            match item:
                case Node(constructor, fields):
                    number = len(self._nodes)
                    self._nodes.append(constructor)
                    self._parents.append(parent)
                    self._lasts.append(number)
                    self._parts.append(self._parts[parent] if parent >= 0 else self._n_parts)
                    self._n_parts += parent < 0
                    stack.append((None, number, True))
                    stack.extend((each, number, False) for each in reversed(fields))
                case tuple() as items:
                    stack.extend((each, parent, False) for each in reversed(items))
                case Name(occ, flavour) if parent >= 0 and self._nodes[parent] in _VARIABLES:
                    if isinstance(flavour, Unique):
                        self.holders.setdefault((occ, flavour.number), []).append(parent)
                    elif isinstance(flavour, Unqualified):
                        self.plain.setdefault(occ, {}).setdefault(self._parts[parent], []).append(parent)
                case _:
                    pass

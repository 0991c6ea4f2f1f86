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
    """Where a type variable holds: nodes of the tree by number, from the outer to the inner, from left to right."""

    first: int
    last: int

    places: list[int]
    """The nodes that hold it."""

    binds: bool
    """Whether what is called the same around the region cannot be meant in it."""

    alone: bool = False
    """Whether too little is known to call anything else the same."""

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
    """Those of one tree."""

    of: dict[Key, Region] = field(factory=dict)

    plain: dict[str, list[int]] = field(factory=dict)
    """The nodes that hold type variables without numbers, by name."""

    def may_be_called(self, key: Key, text: str) -> bool:
        """Whether no type variable without a number of that name would be confused with this one."""
        places = self.plain.get(text)
        region = self.of[key]
        return places is None or (region.binds and not region.holds(places))


def regions(tree: Value) -> Regions:
    """Where each fresh type variable of a tree holds."""
    walked = _Walked(tree)
    found = Regions(plain=walked.plain)
    for key, holders in walked.holders.items():
        found.of[key] = walked.region(holders)
    return found


class _Walked:
    """The nodes of a tree by number: a node's own is below those of all nodes in it."""

    def __init__(self, tree: Value) -> None:
        self.holders: dict[Key, list[int]] = {}
        self.plain: dict[str, list[int]] = {}
        self._nodes: list[str] = []
        self._parents: list[int] = []
        self._lasts: list[int] = []
        self._walk(tree)

    def region(self, holders: list[int]) -> Region:
        """Where a variable holds that these nodes hold, from left to right."""
        binders = [self._parents[one] for one in holders if self._nodes[one] in _BINDERS]
        node = binders[0] if binders else holders[0]
        while node >= 0 and not all(node <= one <= self._lasts[node] for one in (*holders, *binders)):
            node = self._parents[node]
        return Region(*self._span(node), holders, binds=True) if binders else self._implicit(node, holders)

    def _implicit(self, node: int, holders: list[int]) -> Region:
        """Where a variable without a binder holds of which a node has all."""
        for each in self._with_parents(node):
            if self._nodes[each] in _OWN_VARIABLES:
                return Region(*self._span(each), holders, binds=True)
            if self._nodes[each] in _DECLARATIONS:
                return Region(*self._span(each), holders, binds=False)
        # Signatures around it may bring others into scope that nothing around it binds.
        return Region(*self._span(-1), holders, binds=False, alone=True)

    def _span(self, node: int) -> tuple[int, int]:
        return (0, len(self._nodes)) if node < 0 else (node, self._lasts[node])

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
                    stack.append((None, number, True))
                    stack.extend((each, number, False) for each in reversed(fields))
                case tuple() as items:
                    stack.extend((each, parent, False) for each in reversed(items))
                case Name(occ, flavour) if parent >= 0 and self._nodes[parent] in _VARIABLES:
                    if isinstance(flavour, Unique):
                        self.holders.setdefault((occ, flavour.number), []).append(parent)
                    elif isinstance(flavour, Unqualified):
                        self.plain.setdefault(occ, []).append(parent)
                case _:
                    pass

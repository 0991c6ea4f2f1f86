"""Where the fresh type variables of a tree hold, so that those that cannot be confused may be called the same."""

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

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


@frozen
class Span:
    """The nodes of one declaration, or of the one tree that is none, in which a variable holds, by number."""

    first: int
    last: int

    binds: bool
    """Whether what is called the same around it cannot be meant in it."""

    def holds(self, places: Iterable[int]) -> bool:
        """Whether any of these nodes lies in it."""
        return any(self.first <= place <= self.last for place in places)


@define
class Region:
    """Where a type variable holds."""

    spans: dict[int, Span]
    """By the node of the declaration."""

    places: list[int]
    """The nodes that hold it."""

    alone: bool = False
    """Whether too little is known to call anything else the same."""

    twin: bool = False
    """Whether another variable that is bound together with it has the same plain name."""

    def agrees(self, other: "Region") -> bool:
        """Whether both variables can be called the same."""
        if self.alone or other.alone:
            return False
        return all(
            _agree(span, self.places, other.spans[declaration], other.places)
            for declaration, span in self.spans.items()
            if declaration in other.spans
        )


def _agree(one: Span, places: Iterable[int], other: Span, other_places: Iterable[int]) -> bool:
    if one.last < other.first or other.last < one.first:
        return True
    if (one.first, -one.last) < (other.first, -other.last):
        return other.binds and not other.holds(places)
    return one.binds and not one.holds(other_places)


@define
class Regions:
    """Those of one tree."""

    of: dict[Key, Region] = field(factory=dict)

    plain: dict[str, list[int]] = field(factory=dict)
    """The nodes that hold type variables without numbers, by name."""

    def may_be_called(self, key: Key, text: str) -> bool:
        """Whether a variable is not confused with those without numbers if it is spelled so, and spelled as GHC would.

        Where several are bound together that have the same plain name, GHC gives it to none of them
        (`tidyVarBndrs` in GHC/Core/TyCo/Tidy.hs, 9.6): interfaces stay the same only if it is not given here either.
        """
        region = self.of[key]
        if region.twin and text == key[0]:
            return False
        places = self.plain.get(text)
        return places is None or all(span.binds and not span.holds(places) for span in region.spans.values())


def regions(tree: Value) -> Regions:
    """Where each fresh type variable of a tree holds."""
    walked = _Walked(tree)
    found = Regions(plain=walked.plain)
    together: dict[tuple[int, str], list[Key]] = {}
    for key, holders in walked.holders.items():
        found.of[key] = Region(*walked.spans(holders))
        for span in found.of[key].spans.values():
            together.setdefault((span.first, key[0]), []).append(key)
    for keys in together.values():
        for key in keys:
            found.of[key].twin |= len(keys) > 1
    return found


class _Walked:
    """The nodes of a tree by number: a node's own is below those of all nodes in it."""

    def __init__(self, tree: Value) -> None:
        self.holders: dict[Key, list[int]] = {}
        self.plain: dict[str, list[int]] = {}
        self._nodes: list[str] = []
        self._parents: list[int] = []
        self._lasts: list[int] = []
        self._roots: list[int] = []
        self._walk(tree)

    def spans(self, holders: list[int]) -> tuple[dict[int, Span], list[int], bool]:
        """Where a variable holds that these nodes hold, from left to right; the nodes; whether it must stay alone."""
        by_root: dict[int, list[int]] = {}
        for holder in holders:
            by_root.setdefault(self._roots[holder], []).append(holder)
        found = {root: self._span(some) for root, some in by_root.items()}
        spans = {root: span or Span(root, self._lasts[root], binds=False) for root, span in found.items()}
        return spans, holders, None in found.values()

    def _span(self, holders: list[int]) -> Span | None:
        """Where a variable holds in one declaration; None if what binds it is not known."""
        binders = [self._parents[one] for one in holders if self._nodes[one] in _BINDERS]
        first, last = min([*holders, *binders]), max(holders)
        node = first
        while self._lasts[node] < last and self._parents[node] >= 0:
            node = self._parents[node]
        if binders:
            return Span(node, self._lasts[node], binds=True)
        for each in self._with_parents(node):
            if self._nodes[each] in _OWN_VARIABLES:
                return Span(each, self._lasts[each], binds=True)
            if self._nodes[each] in _DECLARATIONS:
                return Span(each, self._lasts[each], binds=False)
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
                    self._roots.append(self._roots[parent] if parent >= 0 else number)
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

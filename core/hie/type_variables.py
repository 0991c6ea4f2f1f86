"""How the type variables of a tree are called, such that different ones have different names; nothing is printed here.

As GHC does it (`compiler/GHC/Core/TyCo/Tidy.hs`, `FVs.hs`, 9.6.6): first the free variables get names, from left to
right by their last occurrence, then the bound ones, each `forall` with its neighbours.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from thatch.core.hi.model import KnownName
from thatch.core.hie.model import ForAll, Name, Qualified, TypeVariable
from thatch.core.hie.type_tree import REQUIRED, SPECIFIED, Tree
from thatch.core.th.names import variants


@frozen
class Variables:
    """The variables that can be mentioned at some place of a type."""

    names: Mapping[Name, str] = {}

    taken: frozenset[str] = frozenset()
    """The names that mean something here."""

    def with_variables(self, variables: Sequence[Name]) -> "Variables":
        """With others that are bound together: those of one name are all numbered."""
        called = Counter(map(occ_text, variables))
        return self._with(variables, {occ for occ, count in called.items() if count > 1})

    def with_free(self, tree: Tree) -> "Variables":
        """With the variables that occur free in a tree and are not here yet: the first of one name keeps it."""
        return self._with([variable for variable in free_variables(tree) if variable not in self.names], set())

    def _with(self, variables: Sequence[Name], avoided: set[str]) -> "Variables":
        names, taken = dict(self.names), self.taken | avoided
        # Where the search for a name that nothing has goes on; a type can have hundreds of variables of one name.
        candidates: dict[str, Iterator[str]] = {}
        new = set()
        for variable in variables:
            occ = occ_text(variable)
            untried = candidates.setdefault(occ, variants(occ))
            names[variable] = next(text for text in untried if text not in taken and text not in new)
            new.add(names[variable])
        return Variables(names, taken | new)


def occ_text(name: Name) -> str:
    """What a variable is called in the source, or what GHC calls it."""
    return "t" if isinstance(name, KnownName) else name.occ.text


def free_variables(tree: Tree) -> list[Name]:
    """The variables that occur in a tree without being bound there, from left to right by their last occurrence."""
    found: dict[Name, None] = {}
    bound: frozenset[Name] = frozenset()
    stack = [(tree, bound)]
    while stack:
        tree, bound = stack.pop()
        match tree.type:
            case TypeVariable(name) if name not in bound:
                found.setdefault(name)
            case ForAll(variable):
                kind, body = tree.parts
                stack += [(kind, bound), (body, bound | {variable})]
            case _:
                stack += [(part, bound) for part in tree.parts]
    return [*reversed(found)]


def ambiguous(binders: Iterable[Name], constraints: Sequence[Tree], body: Tree) -> bool:
    """Whether some variable surely has to be chosen with a type application.

    That is so if neither the body mentions it nor a constraint together with a variable that is known: this could
    fix it by a functional dependency or an equality.
    """
    known = {*free_variables(body)}
    mentioned = [{*free_variables(constraint)} for constraint in constraints]
    while True:
        connected = [each for each in mentioned if each & known and not each <= known]
        if not connected:
            return not known.issuperset(binders)
        known.update(*connected)


@frozen
class Quantified:
    """The foralls and constraints at the front of a type, those that follow each other merged."""

    binders: tuple[tuple[ForAll, Tree], ...]
    """With the variables' kinds."""

    constraints: tuple[Tree, ...]

    variables: Variables
    """Those that can be mentioned in all of it."""

    body: Tree

    def says_something(self) -> bool:
        """Whether the `forall` tells what cannot be seen without it."""
        return any(mentions_variables(kind) for _, kind in self.binders) or ambiguous(
            # Nobody can choose the others.
            [binder.variable for binder, _ in self.binders if binder.visibility == SPECIFIED],
            self.constraints,
            self.body,
        )


def quantified(tree: Tree, variables: Variables, *, required: bool) -> Quantified:
    """What stands at the front of a tree: either only `forall a ->`, or all else; perhaps nothing."""
    binders: list[tuple[ForAll, Tree]] = []
    constraints: list[Tree] = []
    while True:
        match tree.type:
            case ForAll() as binder if (binder.visibility == REQUIRED) == required:
                if binder.variable not in variables.names:
                    variables = variables.with_variables(_neighbours(tree))
                kind, tree = tree.parts
                binders.append((binder, kind))
            case Qualified() if not required:
                constraint, tree = tree.parts
                constraints.append(constraint)
            case _:
                return Quantified(tuple(binders), tuple(constraints), variables, tree)


def mentions_variables(tree: Tree) -> bool:
    """Whether any variable occurs in a tree, bound or free."""
    stack = [tree]
    while stack:
        tree = stack.pop()
        if isinstance(tree.type, TypeVariable):
            return True
        stack += tree.parts
    return False


def _neighbours(tree: Tree) -> list[Name]:
    """The variables of foralls that follow each other."""
    found = []
    while isinstance(tree.type, ForAll):
        found.append(tree.type.variable)
        tree = tree.parts[1]
    return found

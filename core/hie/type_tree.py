"""A type of a `.hie` file written out as a tree of bounded size; how it looks as text is in `type_text`.

The types of a file share their parts, so that a small file can hold a type that would fill books.  Casts, arguments
that are only inferred, and variables that nobody wants to see (of levity, representation and multiplicity) are left
out here.
"""

from collections import deque
from collections.abc import Sequence

from attrs import define

from thatch.core.hi.model import ModuleId, Namespace, OccName
from thatch.core.hie.model import (
    Application,
    Cast,
    Coercion,
    ConstructorApplication,
    ExternalName,
    ForAll,
    Function,
    Name,
    Qualified,
    Type,
    TypeVariable,
)

MOST_NODES = 1000
"""How many nodes a tree may have: more than anybody reads."""

MOST_LEVELS = 60
"""How deeply types may lie in one another; what follows an arrow lies no deeper than what stands before it."""

REQUIRED = 0
"""The visibility of `forall a ->`."""

SPECIFIED = 1
"""The visibility of `forall a.`."""

INFERRED = 2
"""The visibility of `forall {a}.`."""


@define(eq=False, slots=True)
class Tree:
    """A type whose parts are trees."""

    type: Type | None = None
    """The node; its indexes mean nothing here.  None: there is no room for it, or the file is damaged."""

    parts: "Sequence[Tree]" = ()
    """In the order of the node's indexes; of the arguments only those that are written."""

    alike: bool = False
    """Of an application: whether the arguments that are not written (kinds) are all the same."""


def builtin(name: Name) -> str:
    """The name of something that GHC's printer treats in a special way; empty for all else."""
    if isinstance(name, ExternalName) and name.module.name in _BUILTIN_MODULES:
        return name.occ.text
    return ""


def builtin_name(text: str) -> ExternalName:
    """The name of a type constructor that GHC's printer writes itself."""
    return ExternalName(ModuleId("ghc-prim", "GHC.Types"), OccName(text, Namespace.TYPE), None, "")


def unfold(types: Sequence[Type], index: int, *, linear: bool) -> Tree:
    """The tree of the type at an index; what lies outside gets room before what lies deep inside.

    `linear`: whether variables of multiplicity are of interest.
    """
    return _Unfolding(types, linear).tree(index)


class _Unfolding:
    """The work of `unfold`, level by level."""

    def __init__(self, types: Sequence[Type], linear: bool) -> None:
        self._types = types
        self._hidden_kinds = _HIDDEN_KINDS if linear else {**_HIDDEN_KINDS, "Multiplicity": "Many"}
        self._hidden: dict[Name, str] = {}
        """The variables that are left out, and what stands in their places."""
        self._n_nodes = 1
        self._waiting: deque[tuple[Tree, int, int, bool]] = deque()
        """Trees to fill, with the type of which index, on which level, and whether no arrow is around it."""

    def tree(self, index: int) -> Tree:
        root = Tree()
        self._waiting.append((root, index, 0, True))
        while self._waiting:
            self._fill(*self._waiting.popleft())
        return root

    def _fill(self, tree: Tree, index: int, level: int, outermost: bool) -> None:
        type_ = self._without_hidden(index) if outermost else self._without_cast(index)
        if isinstance(type_, Application | ConstructorApplication):
            type_ = self._without_inner_cast(type_)
            tree.alike = len({index for written, index in type_.arguments if not written}) == 1
        inside = self._inside(type_)
        if inside and (level == MOST_LEVELS or self._n_nodes + len(inside) > MOST_NODES):
            return
        self._n_nodes += len(inside)
        tree.type = _shown_variable(type_, self._hidden)
        tree.parts = [Tree() for _ in inside]
        for part, (inner, deeper) in zip(tree.parts, inside, strict=True):
            self._waiting.append((part, inner, level + deeper, outermost and not deeper))

    def _without_hidden(self, index: int) -> Type | None:
        """The type behind foralls of variables that nobody wants to see.

        GHC 9.6 leaves them out in arguments of functions as well, which makes other types of these; 9.10 does not.
        """
        for _ in range(MOST_NODES):
            type_ = self._without_cast(index)
            if not isinstance(type_, ForAll) or type_.visibility == REQUIRED:
                return type_
            kind = self._without_cast(type_.kind)
            name = builtin(kind.constructor) if isinstance(kind, ConstructorApplication) else ""
            if name not in self._hidden_kinds:
                return type_
            self._hidden[type_.variable] = self._hidden_kinds[name]
            index = type_.body
        return None

    def _without_cast(self, index: int) -> Type | None:
        for _ in range(MOST_LEVELS):
            if not 0 <= index < len(self._types):
                return None
            type_ = self._types[index]
            if not isinstance(type_, Cast):
                return type_
            index = type_.body
        return None

    def _without_inner_cast(self, type_: Application | ConstructorApplication) -> Application | ConstructorApplication:
        """The same as an application of a type constructor, if only a cast keeps it from being one."""
        if isinstance(type_, Application) and isinstance(self._without_cast(type_.function), ConstructorApplication):
            head = self._without_cast(type_.function)
            if isinstance(head, ConstructorApplication) and head is not self._types[type_.function]:
                return head._replace(arguments=(*head.arguments, *type_.arguments))
        return type_

    def _inside(self, type_: Type | None) -> list[tuple[int, bool]]:
        """The indexes of a type's parts, and whether each lies deeper than the type itself."""
        match type_:
            case ForAll():
                return [(type_.kind, True), (type_.body, False)]
            case Function():
                return [(type_.multiplicity, True), (type_.argument, True), (type_.result, False)]
            case Qualified():
                return [(type_.constraint, True), (type_.body, False)]
            case Application():
                return [(type_.function, True), *((index, True) for index in self._written(type_.arguments))]
            case ConstructorApplication():
                inside = [(index, True) for index in self._written(type_.arguments)]
                if inside and builtin(type_.constructor) == ":":
                    # The rest of a list.
                    inside[-1] = (inside[-1][0], False)
                return inside
            case _:
                return []

    def _written(self, arguments: Sequence[tuple[bool, int]]) -> list[int]:
        """The arguments that are written; GHC takes the evidence in a promoted constructor for such a one."""
        return [index for written, index in arguments if written and not self._is_evidence(index)]

    def _is_evidence(self, index: int) -> bool:
        match self._without_cast(index):
            case Coercion():
                return True
            case ConstructorApplication(constructor):
                return builtin(constructor) in {"Eq#", "HEq#"}
            case _:
                return False


def _shown_variable(type_: Type | None, hidden: dict[Name, str]) -> Type | None:
    if isinstance(type_, TypeVariable) and type_.name in hidden:
        name = hidden[type_.name]
        return ConstructorApplication(builtin_name(name), name != "LiftedRep", "", ())
    return type_


_HIDDEN_KINDS = {"RuntimeRep": "LiftedRep", "Levity": "Lifted"}
"""The kinds of variables that nobody wants to see, and what these are taken for.

The rule of `defaultIfaceTyVarsOfKind` in GHC's `compiler/GHC/Iface/Type.hs` (9.10.3).
"""

_BUILTIN_MODULES = frozenset(
    """GHC.Types GHC.Prim GHC.Classes GHC.TypeError GHC.Tuple GHC.Tuple.Prim GHC.Internal.Types GHC.Internal.Prim
    GHC.Internal.Classes GHC.Internal.TypeError GHC.Internal.Tuple""".split()
)

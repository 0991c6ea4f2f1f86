"""How names of a syntax tree are spelled in a module: fresh ones readable and unlike any other, others by its scope."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from enum import Enum
from typing import Protocol

from attrs import frozen

from thatch.core.th.tree import Global, Local, Name, Node, Qualified, Unique, Unqualified, Value
from thatch.core.th.type_variables import Region, Regions, regions


class Space(Enum):
    """Where a name is looked up."""

    VALUE = "value"
    CONSTRUCTOR = "constructor"
    TYPE = "type"


@frozen
class Spelling:
    """How something of another module is written."""

    qualifier: str
    """What stands before the dot; empty for an unqualified name."""

    needs: str = ""
    """The module that must be imported (qualified) for it; empty when the module's own imports suffice."""

    importable: bool = True
    """Whether that module can be imported: hidden modules of packages cannot."""


class Scope(Protocol):
    """What the names of a module mean."""

    def spell(self, occ: str, name: Global, space: Space, *, shadowed: bool) -> Spelling:
        """How to write that thing; `shadowed` says that its bare name means something else."""
        ...

    def define(self, occ: str) -> None:
        """The module's top level has something of that name too."""
        ...

    def has_value(self, occ: str) -> bool:
        """Whether a bare name surely or maybe means a value."""
        ...


class BareScope:
    """A scope that knows no imports: everything stands under the full name of its own module."""

    def __init__(self, module: str = "") -> None:
        self._module = module

    def spell(self, occ: str, name: Global, space: Space, *, shadowed: bool) -> Spelling:
        """The defining module as the qualifier, except for the module's own names."""
        if name.module == self._module:
            return Spelling(self._module if shadowed else "")
        return Spelling(name.module, name.module)

    def define(self, occ: str) -> None:
        """What is not of the module is qualified anyway."""

    def has_value(self, occ: str) -> bool:
        """It knows of none."""
        return False


class Names:
    """Spells the names of the trees that are spliced into one module."""

    def __init__(self, scope: Scope, *, promoting: bool = False) -> None:
        """`promoting` says that in types, too, a name means the value of that name if there is one."""
        self.imports: dict[str, None] = {}
        """The modules that must be imported, qualified, for the names spelled so far."""
        self.unreachable: dict[str, None] = {}
        """The names so far, qualified by where they are defined, that no module exports that can be imported."""
        self._scope = scope
        self._promoting = promoting
        # All of these tell types from values: `True` is for types.
        self._taken = set(_RESERVED)
        self._regions = Regions()
        self._variables: dict[tuple[str, int], dict[int, str]] = {}
        """How type variables are spelled that are already, by part."""
        self._same: dict[str, list[Region]] = {}
        """Where the type variables hold that are spelled so."""
        self._part_number = 0
        self._bound = set(_RESERVED)
        self._in_part: set[tuple[str, bool]] = set()
        self._types: set[tuple[str, int]] = set()
        self._dynamic: set[str] = set()
        self._around: set[str] = set()
        """What patterns bind for the code around them."""
        self._fresh: dict[tuple[str, int], str] = {}
        self._part: frozenset[int] = frozenset()

    def start_tree(self) -> None:
        """Begin with the tree of another splice: count what it needs, and use the names of others' insides again."""
        self.imports.clear()
        self.unreachable.clear()
        self._taken, self._dynamic = set(_RESERVED), set(self._around)
        self._regions, self._variables, self._same = Regions(), {}, {}

    def meet(self, tree: Value) -> None:
        """Take notice of all names of a tree, before any of it is printed, so that fresh names keep clear of them."""
        self._regions = regions(tree)
        for name, is_type, _ in placed_names(tree):
            match name.flavour:
                case Unique(number):
                    if is_type:
                        self._types.add((name.occ, number))
                    if (name.occ, number) in self._fresh:
                        self._taken.add((self._fresh[name.occ, number], is_type))
                case Unqualified() | Local():
                    self._dynamic.add(name.occ)
                    if not (is_type and name.occ in self._regions.plain):
                        self._taken.add((name.occ, is_type))
                case _:
                    self._taken.add((name.occ, is_type))

    def meet_parts(self, trees: Sequence[Value]) -> list[frozenset[int]]:
        """Take notice of the names of several declarations; give for each the fresh names that are its own.

        Those that occur in several or are of the top level are spelled at once.
        """
        seen: dict[tuple[str, int], set[int]] = {}
        for index, tree in enumerate(trees):
            for name, _, _ in placed_names(tree):
                if isinstance(name.flavour, Unique):
                    seen.setdefault((name.occ, name.flavour.number), set()).add(index)
        for key in self.meet_top(trees):
            seen.pop(key, None)
        for (occ, number), parts in seen.items():
            if len(parts) > 1 and (occ, number) not in self._regions.of:
                self._fresh_name(occ, number)
        own: list[set[int]] = [set() for _ in trees]
        for (_, number), parts in seen.items():
            if len(parts) == 1:
                own[parts.pop()].add(number)
        return [frozenset(numbers) for numbers in own]

    def meet_top(self, trees: Sequence[Value]) -> list[tuple[str, int]]:
        """Spell the fresh names that declarations bind at the top level; give these names.

        The module's other code can mention them, so each keeps its plain name unless the trees bind that otherwise.
        GHC accepts no module where two of the top level are called the same, fresh or not (9.6 and 9.10).
        """
        self._meet_bound(trees)
        top = [name for tree in trees for name in top_names(tree)]
        for name in top:
            if isinstance(name.flavour, Unqualified):
                self._scope.define(name.occ)
        uniques = [name for name in top if isinstance(name.flavour, Unique)]
        keys = []
        for name in uniques:
            assert isinstance(name.flavour, Unique)
            key = (name.occ, name.flavour.number)
            keys.append(key)
            if key not in self._fresh:
                text = self._choose(key, self._bound)
                self._bound.add((text, key in self._types))
                self._scope.define(text)
        return keys

    def meet_pattern(self, tree: Value) -> None:
        """Spell the fresh names that a pattern binds, which the code around it can mention: plain, unless two clash."""
        bound = set(_RESERVED)
        names = list(pattern_names(tree))
        plain = {name.occ for name in names if not isinstance(name.flavour, Unique)}
        bound |= {(text, False) for text in plain}
        self._around |= plain
        for name in names:
            if isinstance(name.flavour, Unique) and (name.occ, name.flavour.number) not in self._fresh:
                text = self._choose((name.occ, name.flavour.number), bound)
                bound.add((text, False))
                self._dynamic.add(text)
                self._around.add(text)

    def start_part(self, own: frozenset[int], number: int = 0) -> None:
        """Begin with a tree of that number among others, whose own fresh names may be spelled like those of these."""
        self._part, self._in_part = own, set()
        self._part_number = number

    def use(self, name: Name, space: Space) -> str:
        """How a name is written where it is used, without the parentheses that an operator needs."""
        match name.flavour:
            case Qualified(module):
                return f"{module}.{name.occ}"
            case Global() as origin:
                return special(name.occ, origin, space) or self._global(name.occ, origin, space)
            case _:
                return self.bind(name)

    def bind(self, name: Name) -> str:
        """How a name is written where it is bound."""
        if isinstance(name.flavour, Unique):
            return self._fresh_name(name.occ, name.flavour.number)
        return name.occ

    def reaches(self, name: Name, space: Space) -> bool:
        """Whether an import can reach what a name means, if it means something of a module's top level."""
        if not isinstance(name.flavour, Global) or special(name.occ, name.flavour, space):
            return True
        return self._scope.spell(name.occ, name.flavour, space, shadowed=False).importable

    def _global(self, occ: str, origin: Global, space: Space) -> str:
        spelling = self._scope.spell(occ, origin, space, shadowed=occ in self._dynamic)
        if spelling.needs:
            self.imports[spelling.needs] = None
            if not spelling.importable:
                self.unreachable[f"{origin.module}.{occ}"] = None
        return f"{spelling.qualifier}.{occ}" if spelling.qualifier else occ

    def _meet_bound(self, trees: Sequence[Value]) -> None:
        for tree in trees:
            for name, is_type, is_use in placed_names(tree):
                if isinstance(name.flavour, Unique):
                    if is_type:
                        self._types.add((name.occ, name.flavour.number))
                elif not is_use and not isinstance(name.flavour, Global):
                    self._bound.add((name.occ, is_type))

    def _fresh_name(self, occ: str, number: int) -> str:
        key = (occ, number)
        if key in self._fresh:
            return self._fresh[key]
        parts = self._regions.of.get(key)
        return self._variable(key, parts) if parts else self._choose(key, self._taken, self._in_part)

    def _variable(self, key: tuple[str, int], parts: Mapping[int, Region]) -> str:
        """How a type variable is spelled: like others that it cannot be confused with, if it may be called the same."""
        spelled = self._variables.setdefault(key, {})
        number = self._part_number if self._part_number in parts else next(iter(parts))
        if number not in spelled:
            region = parts[number]
            spelled[number] = text = next(
                text
                for text in variants(key[0])
                if (text, True) not in self._taken
                and not (self._promoting and self._scope.has_value(text))
                and self._regions.may_be_called(key, number, text)
                and all(region.agrees(other) for other in self._same.get(text, ()))
            )
            self._same.setdefault(text, []).append(region)
            if region.alone:
                spelled.update(dict.fromkeys(parts, text))
        return spelled[number]

    def _choose(self, key: tuple[str, int], *avoided: Container[tuple[str, bool]]) -> str:
        is_type = key in self._types
        text = next(text for text in variants(key[0]) if not any((text, is_type) in each for each in avoided))
        self._fresh[key] = text
        (self._in_part if key[1] in self._part else self._taken).add((text, is_type))
        return text


def placed_names(tree: Value) -> Iterator[tuple[Name, bool, bool]]:
    """All names in a tree, in no particular order; whether each is a type's and is surely not bound there."""
    stack: list[tuple[Value, bool, bool]] = [(tree, False, False)]
    while stack:
        item, is_type, is_use = stack.pop()
        match item:
            case Name() as name:
                yield name, is_type, is_use
            case Node("InstanceD", (*head, tuple() as methods)):
                stack.extend([(field, False, False) for field in head])
                for method in methods:
                    stack.extend(_method_parts(method))
            case Node(constructor, fields):
                place = constructor in _HOLD_TYPES, constructor in _USES
                stack.extend([(field, *place) for field in fields])
            case tuple() as items:
                stack.extend([(each, is_type, is_use) for each in items])
            case _:
                pass


def _method_parts(method: Value) -> list[tuple[Value, bool, bool]]:
    """The parts of a declaration in an instance, whose name is that of the class's method; as `placed_names` says."""
    match method:
        case Node("FunD" | "SigD", (Name() as name, *rest)):
            return [(name, False, True), *((field, False, False) for field in rest)]
        case Node("ValD", (Node("VarP", (Name() as name,)), *rest)):
            return [(name, False, True), *((field, False, False) for field in rest)]
        case _:
            return [(method, False, False)]


def pattern_names(tree: Value) -> Iterator[Name]:
    """The variables that a pattern binds, from left to right."""
    stack = [tree]
    while stack:
        match stack.pop():
            case Node("VarP", (Name() as name,)):
                yield name
            case Node("AsP", (Name() as name, inner)):
                yield name
                stack.append(inner)
            case Node("ViewP", (_, inner)) | Node("SigP", (inner, _)):
                stack.append(inner)
            case Node(_, fields):
                stack.extend(reversed(fields))
            case tuple() as items:
                stack.extend(reversed(items))
            case _:
                pass


def top_names(tree: Value) -> Iterator[Name]:
    """The names that a declaration binds at the top level, its type variables perhaps among them."""
    stack = _top_parts(tree)
    while stack:
        match stack.pop():
            case Name() as name:
                yield name
            case Node("PlainTV" | "KindedTV" | "PragmaD" | "InstanceD" | "Clause" | "AppT" | "VarT" | "ConT"):
                pass
            case Node("TySynD" | "PatSynD" | "SigD" | "TypeFamilyHead", (first, *_)):
                stack.append(first)
            case Node(_, fields):
                stack.extend(fields)
            case tuple() as items:
                stack.extend(items)
            case _:
                pass


def _top_parts(tree: Value) -> list[Value]:
    """The parts of a declaration in which it binds names."""
    match tree:
        case Node("InstanceD" | "StandaloneDerivD" | "TySynInstD"):
            return []
        case Node("FunD" | "ValD", (first, *_)):
            return [first]
        case Node("ClassD", (_, name, _, _, tuple() as inner)):
            return [name, *inner]
        case _:
            return [tree]


def special(occ: str, origin: Global, space: Space) -> str:
    """The syntax of what has no ordinary name (lists, tuples, unit); empty for everything else."""
    if occ in {"[]", "()", ":"} or occ.startswith(("(,", "(#")):
        return occ
    if space is not Space.TYPE or origin.module not in _SPECIAL_MODULES:
        return ""
    if found := re.fullmatch(r"Tuple(\d+)", occ):
        return f"({',' * (int(found[1]) - 1)})"
    return {"Unit": "()", "List": "[]", "~": "~"}.get(occ, "")


def is_operator(text: str) -> bool:
    """Whether a name, qualified or not, is an operator symbol."""
    bare = _QUALIFIERS.sub("", text)
    return bare[:1] not in "([_" and not bare[:1].isalpha()


def prefix(text: str) -> str:
    """A name where an identifier can stand."""
    if not is_operator(text):
        return text
    # `(#` and `#)` are brackets of their own.
    return f"( {text} )" if text[0] == "#" or text[-1] == "#" else f"({text})"


def infix(text: str) -> str:
    """A name between its operands."""
    return text if is_operator(text) else f"`{text}`"


KEYWORDS = frozenset(
    """case class data default deriving do else foreign if import in infix infixl infixr instance let module newtype of
    then type where _ forall mdo rec proc static pattern family role stock anyclass via qualified hiding as .. : :: = \\
    | <- -> @ ~ => - ! . * cases capi ccall safe unsafe interruptible""".split()
)

_HOLD_TYPES = frozenset(
    """VarT ConT InfixT UInfixT PlainTV KindedTV FunDep InjectivityAnn TypeFamilyHead DataD NewtypeD TypeDataD TySynD
    ClassD KiSigD RoleAnnotD DataFamilyD TypeAnnotation""".split()
)
"""The constructors whose own names are those of types."""

_USES = frozenset("VarE UnboundVarE ConE ConT PromotedT ConP InfixP UInfixP RecP RecConE RecUpdE GetFieldE".split())
"""The constructors whose own names mean something that is bound elsewhere."""

_RESERVED = frozenset((word, is_type) for word in KEYWORDS for is_type in (False, True))

_QUALIFIERS = re.compile(r"^(?:[^\W\d_][\w']*\.)+(?=.)")
_SPECIAL_MODULES = {"GHC.Tuple", "GHC.Tuple.Prim", "GHC.Types", "GHC.Internal.Tuple", "GHC.Internal.Types"}


def variants(occ: str) -> Iterator[str]:
    """The name itself, and others like it."""
    yield occ
    base = occ.rstrip("0123456789") or occ
    number = 1
    while True:
        yield occ + "|" * number if is_operator(occ) else f"{base}{number}"
        number += 1

"""Instances of classes and families, and superclasses, out of a module's `.hie` file; no I/O.

GHC says of an instance which dictionary it binds, of which class and where; the head is found in the syntax tree there:

    instance (Eq a) => Eq (Tree a) where ...     ClsInstD > HsQualTy > ..., HsAppTy > HsTyVar, ...
    deriving instance Eq a => Eq (Tree a)        DerivDecl > HsSig, HsQualTy > ..., HsAppTy > HsTyVar, ...
    data Tree a = ... deriving (Eq, Show)        DataDecl > ... > HsDerivingClause > HsTyVar

(GHC/Iface/Ext/Ast.hs, 9.6.6 and 9.10.3.)  An instance that a splice made has no head there.
"""

from collections.abc import Iterator, Sequence

from thatch.core.hi.model import Namespace
from thatch.core.hie.facts import ModuleFacts, Occurrence, Place
from thatch.core.hie.model import ContextKind, ExternalName, LocalName, Name
from thatch.core.index.definitions import contains
from thatch.core.index.model import Body, Instance, NameKey, Superclass, name_key
from thatch.core.index.names import INSTANCE, ModuleNames

Tree = Sequence[Place]
"""The places of a module, outer before inner."""


def instances(names: ModuleNames) -> tuple[Instance, ...]:
    """The instances of classes, the derived ones too."""
    return tuple(
        _instance(names.facts, one, name)
        for one in names.instances
        for context in one.contexts
        if context.detail == INSTANCE
        for name in context.names[:1]
    )


def bodies(names: ModuleNames, of_classes: Sequence[Instance]) -> Iterator[Body]:
    """What methods and families of types are in instances, and by default."""
    for one in names.telling:
        for context in one.contexts:
            if context.detail in {"InstanceBind", "InstDec"} and not isinstance(one.name, LocalName):
                owners = [found.span for found in of_classes if not found.derived and contains(found.whole, one.span)]
                yield Body(name_key(one.name), next(iter(owners), None), one.span, context.span or one.span)


def superclasses(names: ModuleNames) -> Iterator[Superclass]:
    """The classes that the declarations of classes begin with."""
    facts = names.facts
    for one in names.telling:
        if isinstance(one.name, ExternalName) and any(context.detail == "ClassDec" for context in one.contexts):
            declaration = facts.places[one.place].parent
            before = [child for child in _children(facts.places, declaration) if child < one.place]
            for place in [root for child in before for root in _constraints(facts.places, child)]:
                for key in _types_at(facts, place):
                    yield Superclass(name_key(one.name), key, facts.places[place].span)


def _instance(facts: ModuleFacts, one: Occurrence, cls: Name) -> Instance:
    assert not isinstance(cls, LocalName)
    places = facts.places
    around = list(_upwards(places, one.place))
    clause = next((place for place in around if "HsDerivingClause" in _syntax(places[place])), None)
    whole = next((place for place in around if _syntax(places[place]) & _INSTANCES), one.place)
    head = _head(places, one.place)
    key = name_key(cls)
    types = [found for place in _subtree(places, head) for found in _types_at(facts, place)]
    if key not in types:
        return Instance(key, (), False, one.span, one.span)
    types.remove(key)
    if clause is not None:
        types = [*_declared_at(facts, places[clause].parent), *types]
        whole = head
    derived = clause is not None or "DerivDecl" in _syntax(places[whole])
    return Instance(key, tuple(dict.fromkeys(types)), derived, places[head].span, places[whole].span)


_INSTANCES = frozenset({"ClsInstD", "DerivDecl"})
_AROUND_HEADS = frozenset({"DerivDecl", "HsQualTy", "HsForAllTy", "HsParTy"})
_APPLICATIONS = frozenset({"HsAppTy", "HsOpTy", "HsAppKindTy", "HsTyVar", "HsListTy", "HsTupleTy"})


def _head(places: Tree, place: int) -> int:
    """The class and its arguments in what an instance declares."""
    while children := _children(places, place):
        syntax = _syntax(places[place])
        if not syntax & _AROUND_HEADS and (syntax & _APPLICATIONS or "HsSig" not in syntax):
            break
        place = children[-1]
    return place


def _constraints(places: Tree, place: int) -> Iterator[int]:
    """The places of the classes in a context."""
    syntax = _syntax(places[place])
    children = _children(places, place)
    if "HsTyVar" in syntax and not children:
        yield place
    elif syntax & {"HsAppTy", "HsAppKindTy"}:
        yield from _constraints(places, children[0])
    elif syntax & {"HsQualTy", "HsForAllTy"}:
        yield from _constraints(places, children[-1])
    elif not syntax or syntax & {"HsParTy", "HsTupleTy"}:
        for child in children:
            yield from _constraints(places, child)


def _declared_at(facts: ModuleFacts, place: int) -> list[NameKey]:
    """The data type, or the family of data types, whose declaration a place is."""
    return [
        name_key(one.name)
        for child in _children(facts.places, place)
        for one in facts.occurrences_at(child)
        if isinstance(one.name, ExternalName)
        and any(context.detail in {"DataDec", "InstDec"} for context in one.contexts)
    ]


def _types_at(facts: ModuleFacts, place: int) -> list[NameKey]:
    """The type constructors and classes that are written at a place."""
    return [
        name_key(one.name)
        for one in facts.occurrences_at(place)
        if not isinstance(one.name, LocalName | str)
        and (not isinstance(one.name, ExternalName) or one.name.occ.namespace is Namespace.TYPE)
        and ContextKind.USE in one.kinds
        and facts.is_written(one)
    ]


# Walking in the tree.


def _syntax(place: Place) -> frozenset[str]:
    """The constructors of GHC's syntax tree at a place."""
    return frozenset(name for info in place.infos for name, _ in info.annotations)


def _upwards(places: Tree, place: int) -> Iterator[int]:
    """A place and those around it, the innermost first."""
    while place >= 0:
        yield place
        place = places[place].parent


def _subtree(places: Tree, place: int) -> Iterator[int]:
    """A place and those in it, outer before inner."""
    yield place
    inner = place + 1
    while inner < len(places) and places[inner].parent >= place:
        yield inner
        inner += 1


def _children(places: Tree, place: int) -> list[int]:
    return [inner for inner in _subtree(places, place) if places[inner].parent == place] if place >= 0 else []

"""What GHC knows of the names in a text, for colouring them better than the text alone allows."""

from collections.abc import Sequence

from thatch.core.hi.model import Namespace
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import (
    ConstructorApplication,
    ContextKind,
    ExternalName,
    ForAll,
    Function,
    LocalName,
    Name,
    Qualified,
    Type,
)
from thatch.core.navigation.seen import Seen
from thatch.core.structure.semantic_tokens import Meaning, Modifier, TokenKind

KINDS = {
    Namespace.CONSTRUCTOR: TokenKind.CONSTRUCTOR,
    Namespace.TYPE_VARIABLE: TokenKind.TYPE_PARAMETER,
    Namespace.FIELD: TokenKind.PROPERTY,
}

MOST_FRONT = 1000
"""More foralls and constraints than a type has that is not damaged."""


def meanings(seen: Seen) -> dict[int, Meaning]:
    """What names mean, by the offsets in the text as it is now at which they begin, behind their qualifiers."""
    facts = seen.facts
    classes = _classes(facts)
    found: dict[int, Meaning] = {}
    for one in facts.occurrences:
        if not isinstance(one.name, ExternalName | LocalName) or not facts.is_written(one):
            continue
        region = seen.region(one.span)
        label = label_of(one.name.occ)
        start = seen.lines.text.rfind(label, *region) if region else -1
        kind = _kind(facts, one, classes) if start >= 0 else None
        # What binds a field's or a method's name stands beside that.
        if kind and (start not in found or kind in {TokenKind.PROPERTY, TokenKind.METHOD}):
            found[start] = Meaning(kind, _modifiers(one))
    return found


def _kind(facts: ModuleFacts, one: Occurrence, classes: frozenset[Name]) -> TokenKind | None:
    """What a name is; None if the text around it may tell better."""
    assert isinstance(one.name, ExternalName | LocalName)
    namespace = one.name.occ.namespace
    if namespace in KINDS:
        return KINDS[namespace]
    if namespace is Namespace.TYPE:
        is_class = one.name in classes or ContextKind.CLASS_DECLARATION in one.kinds
        return TokenKind.CLASS if is_class else TokenKind.TYPE
    if ContextKind.FIELD in one.kinds:
        return TokenKind.PROPERTY
    if any(context.detail == "InstanceBind" for context in one.contexts):
        return TokenKind.METHOD
    index = facts.type_of(one)
    if index is None:
        return None
    return TokenKind.FUNCTION if _is_function(facts.types, index) else TokenKind.VARIABLE


def _modifiers(one: Occurrence) -> Modifier:
    return Modifier.DECLARATION if one.binds else Modifier.NONE


def _classes(facts: ModuleFacts) -> frozenset[Name]:
    """The classes that constraints in the types of a module name."""
    constraints = [facts.types[type_.constraint] for type_ in facts.types if isinstance(type_, Qualified)]
    return frozenset(type_.constructor for type_ in constraints if isinstance(type_, ConstructorApplication))


def _is_function(types: Sequence[Type], index: int) -> bool:
    for _ in range(MOST_FRONT):
        type_ = types[index]
        if not isinstance(type_, ForAll | Qualified):
            return isinstance(type_, Function)
        index = type_.body
    return False

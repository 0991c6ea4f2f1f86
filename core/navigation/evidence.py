"""Which instances GHC chose for the classes at a place, by the dictionaries that `.hie` files hold."""

from collections.abc import Iterator

from attrs import frozen

from thatch.core.hi.model import KnownName
from thatch.core.hie.facts import ModuleFacts, Occurrence, key_of
from thatch.core.hie.model import Context, ContextKind, ExternalName, Name


@frozen
class Solved:
    """A constraint at a place, and what fulfils it."""

    type: int
    """The index of the constraint in the module's types, such as `Show Shape`."""

    instance: ExternalName | KnownName | None
    """The instance that it comes down to; None for what is given by a signature, a pattern or GHC itself."""


def solved_at(facts: ModuleFacts, place: int) -> tuple[Solved, ...]:
    """The constraints that the name or expression at a place has, in GHC's order."""
    used = [
        one
        for one in facts.occurrences_at(place)
        if one.type is not None and ContextKind.EVIDENCE_USE in one.kinds and not _binds(one)
    ]
    found = {one.type: Solved(one.type, _instance(facts, one.name)) for one in used if one.type is not None}
    return tuple(found.values())


def _instance(facts: ModuleFacts, name: Name | str) -> ExternalName | KnownName | None:
    """The first instance on the way through the dictionaries that a dictionary is made of."""
    visited = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if isinstance(name, ExternalName | KnownName):
            return name
        if key_of(name) not in visited:
            visited.add(key_of(name))
            waiting += [source for one in facts.of(name) for context in _bindings(one) for source in context.names[:1]]
    return None


def _binds(one: Occurrence) -> bool:
    return any(True for _ in _bindings(one))


def _bindings(one: Occurrence) -> Iterator[Context]:
    return (context for context in one.contexts if context.kind is ContextKind.EVIDENCE_BINDING)

"""Whether a new name would be taken for another thing, or another thing for it, within a module's local scopes."""

from collections.abc import Iterator

from thatch.core.diagnostics import Span
from thatch.core.hie.facts import BINDINGS, ModuleFacts, Occurrence
from thatch.core.hie.model import LocalName
from thatch.core.index.definitions import contains
from thatch.core.rename.places import qualifier
from thatch.core.rename.thing import Sighting, Thing, called, is_label, is_wildcard


def captured(facts: ModuleFacts, thing: Thing, sighting: Sighting) -> Span | None:
    """Where something would mean another thing if this one had its new name; None if nowhere.

    The span is GHC's, in the text that it saw.
    """
    theirs = list(called(facts, thing.new, thing.space))
    their_names = {one.name for one in theirs if isinstance(one.name, LocalName)}
    our_names = [name for name in facts.names if isinstance(name, LocalName) and name.number in sighting.variables]
    theirs_reach = {name.number: list(scopes(facts, name)) for name in their_names}
    ours_reach = [scope for name in our_names for scope in scopes(facts, name)]
    for scope in (scope for reach in theirs_reach.values() for scope in reach):
        if scope in ours_reach:
            return scope
        for one in sighting.occurrences:
            if contains(scope, one.span) and _is_looked_up(facts, one, thing.label):
                return one.span
    for one in theirs:
        bound = isinstance(one.name, LocalName) and _is_bound_within(facts, one.name, ours_reach)
        if (
            not bound
            and _is_looked_up(facts, one, thing.new)
            and any(contains(scope, one.span) for scope in ours_reach)
        ):
            return one.span
    return None


def scopes(facts: ModuleFacts, name: LocalName) -> Iterator[Span]:
    """Where a local name can be used; nothing of what is known in the whole module, as GHC's own names are."""
    for one in facts.of(name):
        for context in one.contexts:
            if context.kind in BINDINGS:
                yield from (scope for scope in context.scopes if isinstance(scope, Span))


def _is_looked_up(facts: ModuleFacts, one: Occurrence, label: str) -> bool:
    """Whether what stands there is searched for by its bare name, innermost scopes first."""
    text = facts.text[slice(*facts.lines.offsets(one.span))]
    return not one.binds and not is_label(one) and (is_wildcard(facts, one) or not qualifier(text, label))


def _is_bound_within(facts: ModuleFacts, name: LocalName, reach: list[Span]) -> bool:
    bound = facts.binding(name)
    return bound is not None and any(contains(scope, bound.span) for scope in reach)

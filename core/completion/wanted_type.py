"""Which names a module knows that have the type which is wanted at a place, as far as GHC has told."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from thatch.core.completion.call import Call
from thatch.core.hi.model import KnownName
from thatch.core.hie.facts import ModuleFacts, key_of, label_of
from thatch.core.hie.model import Cast, ConstructorApplication, ForAll, Function, Qualified, Type
from thatch.core.hie.type_choice import used_type
from thatch.core.navigation.seen import Seen

MOST_STEPS = 1000
"""How deep a type is that is not damaged."""


def fitting_names(seen: Seen, function: str, call: Call) -> frozenset[str]:
    """The names whose type has the type constructor that the argument of a call is to have; none if it is not known.

    What gives such a type when it is applied to arguments fits too.  `function` is the name without a qualifier: where
    GHC has not seen the call, what it knows of that name elsewhere in the module counts.
    """
    facts = seen.facts
    known = _known(facts)
    named = seen.names_at(call.end - 1)
    used = used_type(facts.types, facts.places[named[0].place].types) if named else None
    wanted = _argument(facts.types, known.types.get(function) if used is None else used, call.argument)
    head = None if wanted is None else _head(facts.types, wanted)
    return frozenset() if head is None else known.by_head.get(head, frozenset())


@frozen(eq=False)
class _Known:
    """The names that occur in a module."""

    by_head: Mapping[Hashable, frozenset[str]]
    """By the type constructors of what they are or give."""

    types: Mapping[str, int]
    """Their types, or for names that mean several things one of these."""


@lru_cache(maxsize=8)
def _known(facts: ModuleFacts) -> _Known:
    by_head: defaultdict[Hashable, set[str]] = defaultdict(set)
    types: dict[str, int] = {}
    heads: dict[int, Hashable | None] = {}
    for one in facts.occurrences:
        if one.type is None or isinstance(one.name, str | KnownName) or one.is_evidence:
            continue
        if one.type not in heads:
            heads[one.type] = _head(facts.types, _result(facts.types, one.type))
        label, head = label_of(one.name.occ), heads[one.type]
        types.setdefault(label, one.type)
        if head is not None:
            by_head[head].add(label)
    return _Known({head: frozenset(labels) for head, labels in by_head.items()}, types)


def _argument(types: Sequence[Type], index: int | None, number: int) -> int | None:
    """The type of an argument of a function, by its number from 0; None if it is not known to have that."""
    for _ in range(MOST_STEPS):
        match None if index is None else types[index]:
            case ForAll(body=body) | Qualified(body=body) | Cast(body=body):
                index = body
            case Function(argument=argument, result=result):
                if number == 0:
                    return argument
                number, index = number - 1, result
            case _:
                return None
    return None


def _result(types: Sequence[Type], index: int) -> int:
    """What a function gives when it has all its arguments; other types themselves."""
    for _ in range(MOST_STEPS):
        match types[index]:
            case ForAll(body=body) | Qualified(body=body) | Cast(body=body):
                index = body
            case Function(result=result):
                index = result
            case _:
                break
    return index


def _head(types: Sequence[Type], index: int) -> Hashable | None:
    """What tells types apart by their constructor; None of variables and functions."""
    for _ in range(MOST_STEPS):
        match types[index]:
            case ForAll(body=body) | Qualified(body=body) | Cast(body=body):
                index = body
            case ConstructorApplication(constructor=constructor, sort=sort, arity=arity):
                return (sort, arity) if sort else key_of(constructor)
            case _:
                return None
    return None

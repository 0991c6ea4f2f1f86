"""The type that GHC inferred for a binding: a `.hie` file tells it without its constraints, which stand beside it.

The name that is bound there has the type of the binding's own right side; the dictionaries that it takes are bound, as
evidence, at the place of the whole binding (`AbsBinds` in GHC's `compiler/GHC/Iface/Ext/Ast.hs`, 9.6.6 and 9.10.3).
"""

from collections.abc import Iterator, Sequence
from typing import overload

from thatch.core.hie.facts import ModuleFacts, Occurrence
from thatch.core.hie.model import ContextKind, Qualified, Type
from thatch.core.hie.type_tree import unfold
from thatch.core.hie.type_variables import free_variables

BINDINGS = frozenset({"FunBind", "VarBind"})
"""What GHC calls the syntax of a binding."""

CHECKED = "XHsBindsLR"
"""What GHC calls bindings that were checked together: one, or several that call each other."""

TAKEN = "EvSigBind"
"""How GHC tells evidence that a binding takes from evidence that it makes."""


def inferred_type(facts: ModuleFacts, one: Occurrence) -> tuple[Sequence[Type], int] | None:
    """The types and among them the index of the type of what is bound at an occurrence; None if it has none."""
    if one.type is None:
        return None
    variables = set(free_variables(unfold(facts.types, one.type, linear=False)))
    types, index = _Extended(facts.types), one.type
    for constraint in reversed(list(dict.fromkeys(_constraints(facts, one)))):
        # Bindings that call each other take the evidence of all of them.
        if variables & set(free_variables(unfold(facts.types, constraint, linear=False))):
            index = types.add(Qualified(constraint, index))
    return types, index


def _constraints(facts: ModuleFacts, one: Occurrence) -> Iterator[int]:
    """The indexes of the constraints that the binding of an occurrence takes."""
    place = one.place
    while place >= 0 and not _syntax(facts, place) & BINDINGS:
        place = facts.places[place].parent
    if place >= 0 and CHECKED not in _syntax(facts, place):
        place = facts.places[place].parent
    if place < 0 or CHECKED not in _syntax(facts, place):
        return
    for other in facts.occurrences_at(place):
        is_taken = any(
            context.kind is ContextKind.EVIDENCE_BINDING and context.detail == TAKEN for context in other.contexts
        )
        if is_taken and other.type is not None:
            yield other.type


def _syntax(facts: ModuleFacts, place: int) -> frozenset[str]:
    return frozenset(constructor for info in facts.places[place].infos for constructor, _ in info.annotations)


class _Extended(Sequence[Type]):
    """The types of a file and more, which refer to these."""

    def __init__(self, types: Sequence[Type]) -> None:
        self._types = types
        self._more: list[Type] = []

    def add(self, more: Type) -> int:
        """Append a type; returns its index."""
        self._more.append(more)
        return len(self) - 1

    def __len__(self) -> int:
        return len(self._types) + len(self._more)

    @overload
    def __getitem__(self, index: int) -> Type: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Type]: ...

    def __getitem__(self, index: int | slice) -> Type | Sequence[Type]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        n_types = len(self._types)
        return self._types[index] if index < n_types else self._more[index - n_types]

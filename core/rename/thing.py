"""What is to be renamed, as data, and where GHC saw it in a module; no I/O."""

from collections.abc import Iterator

from attrs import frozen

from thatch.core.hi.model import KnownName, Namespace
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import ContextKind, LocalName, Name
from thatch.core.index.mentions import WILDCARD
from thatch.core.index.model import NameKey, name_key

SPACES = {
    Namespace.VARIABLE: Namespace.VARIABLE,
    Namespace.FIELD: Namespace.VARIABLE,
    Namespace.CONSTRUCTOR: Namespace.CONSTRUCTOR,
    Namespace.TYPE: Namespace.TYPE,
    Namespace.TYPE_VARIABLE: Namespace.TYPE_VARIABLE,
}
"""Names with the same value here cannot be told apart where both are in scope; fields are variables too."""


@frozen
class Thing:
    """Something that gets another name."""

    label: str
    """What it is called, as users write it."""

    new: str

    namespace: Namespace

    keys: frozenset[NameKey] = frozenset()
    """By which all modules know it; several if several units compile its file.  Empty of what only one file knows."""

    local: LocalName | None = None
    """What only one file knows."""

    module: str = ""
    """The module that defines it."""

    is_field: bool = False
    """Whether it is a field of a record."""

    @property
    def space(self) -> Namespace:
        """Where its name is looked up."""
        return SPACES[self.namespace]

    def is_meant(self, name: Name | str) -> bool:
        """Whether a name in a module stands for it, apart from variables that `..` made."""
        if isinstance(name, str):
            return False
        if isinstance(name, LocalName):
            return self.local is not None and name.number == self.local.number
        return bool(self.keys) and name_key(name) in self.keys


@frozen(eq=False)
class Sighting:
    """All that stands for a thing in a module."""

    occurrences: tuple[Occurrence, ...]
    """Where its name is written, or `..` stands for it."""

    variables: frozenset[int]
    """The numbers of local variables that are it, or that `..` made of it."""


def sight(facts: ModuleFacts, thing: Thing) -> Sighting:
    """Find a thing in a module; a variable that `..` makes of a field cannot have a name of its own."""
    names = [name for name in facts.names if thing.is_meant(name)]
    ones = [one for name in dict.fromkeys(names) for one in facts.of(name) if facts.is_written(one)]
    variables = {thing.local.number} if thing.local else set[int]()
    for one in ones:
        if is_wildcard(facts, one) and _details(one) & {"RecFieldMatch"}:
            variables |= {
                other.name.number
                for other in facts.occurrences_at(one.place)
                if isinstance(other.name, LocalName) and label_of(other.name.occ) == thing.label
            }
    made = [facts.names[number] for number in sorted(variables) if not (thing.local and number == thing.local.number)]
    ones += [one for name in made for one in facts.of(name) if facts.is_written(one)]
    return Sighting(tuple(sorted(set(ones), key=lambda one: (one.span, one.place))), frozenset(variables))


def called(facts: ModuleFacts, label: str, space: Namespace) -> Iterator[Occurrence]:
    """Where names are bound or written that cannot be told from one of this label."""
    for name in facts.names:
        if not isinstance(name, KnownName) and SPACES[name.occ.namespace] is space and label_of(name.occ) == label:
            yield from (one for one in facts.of(name) if not one.is_evidence and (one.binds or facts.is_written(one)))


def is_wildcard(facts: ModuleFacts, one: Occurrence) -> bool:
    """Whether `..` stands there."""
    return facts.text[slice(*facts.lines.offsets(one.span))] == WILDCARD


def is_label(one: Occurrence) -> bool:
    """Whether it is a field's name before a `=`, which no variable can be mistaken for."""
    return one.kinds == {ContextKind.FIELD} and bool(_details(one) & {"RecFieldAssign", "RecFieldMatch"})


def is_assigned(one: Occurrence) -> bool:
    """Whether a field is given a value there."""
    return "RecFieldAssign" in _details(one)


def is_field(one: Occurrence) -> bool:
    """Whether it stands for a field in braces."""
    return bool(_details(one) & {"RecFieldAssign", "RecFieldMatch"})


def _details(one: Occurrence) -> set[str]:
    return {context.detail for context in one.contexts}

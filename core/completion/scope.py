"""The names that a module's imports and its own top level bring into scope, as candidates.  Reads interfaces."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from thatch.core.completion.model import Candidate, Kind, Origin
from thatch.core.hi.model import Name, Namespace
from thatch.core.hie.facts import label_of
from thatch.core.hie.model import ExternalName
from thatch.core.navigation.seen import Seen
from thatch.core.source.model import Definition
from thatch.core.th.imports import ImportDeclaration
from thatch.core.th.names import Space
from thatch.core.th.scope import Exported, Exports, brought

Thing = tuple[str, Space, str]
"""What tells names apart: the text, what kind of name it is, and the module that defines it."""


@frozen(eq=False)
class Scope:
    """What imports bring."""

    bare: Mapping[Thing, Candidate]
    """What can be written without a qualifier."""

    qualified: Mapping[str, Mapping[Thing, Candidate]]
    """What can stand behind each qualifier."""

    left_out: Mapping[str, Mapping[Thing, Candidate]]
    """What imports with a list leave out, by their qualifiers; those that need none have the empty one too."""


def scope_of(imports: Sequence[ImportDeclaration], exports: Exports) -> Scope:
    """What imports bring into scope; imports of modules that nobody has compiled bring nothing.  Blocking."""
    bare: dict[Thing, Candidate] = {}
    qualified: dict[str, dict[Thing, Candidate]] = {}
    left_out: dict[str, dict[Thing, Candidate]] = {}
    # What an import lists counts more than what another one brings along.
    for declaration in sorted(imports, key=_has_list):
        origin = Origin.LISTED if _has_list(declaration) else Origin.IMPORTED
        exported = exports.exports(declaration.module, declaration.package) or ()
        here = table_of(brought(declaration, exported), exported, declaration.module, origin)
        qualified.setdefault(declaration.qualifier, {}).update(here)
        if not declaration.qualified:
            bare.update(here)
        if declaration.items is not None:
            rest = table_of(exported, exported, declaration.module, Origin.LEFT_OUT)
            for place in {declaration.qualifier, *([] if declaration.qualified else [""])}:
                left_out.setdefault(place, {}).update(rest)
    for qualifier, table in left_out.items():
        for thing in (qualified[qualifier] if qualifier else bare).keys() & table.keys():
            del table[thing]
    return Scope(bare, qualified, left_out)


def _has_list(declaration: ImportDeclaration) -> bool:
    return declaration.items is not None and not declaration.hiding


def table_of(
    some: Iterable[Exported], exported: Sequence[Exported], module: str, origin: Origin
) -> dict[Thing, Candidate]:
    """Candidates for some of what a module exports."""
    classes = classes_in(exported)
    return {
        (each.occ, each.space, each.module): Candidate(
            label=each.occ,
            kind=kind_of(each, classes),
            origin=origin,
            name=each.name,
            parent=each.parent,
            module=module,
        )
        for each in some
    }


def classes_in(exported: Sequence[Exported]) -> frozenset[str]:
    """Which of the exported types seem to be classes: those with parts that are neither constructors nor fields."""
    types = {each.parent for each in exported if each.space is Space.CONSTRUCTOR or each.is_field}
    return frozenset({each.parent for each in exported if each.parent} - types)


def kind_of(each: Exported, classes: frozenset[str]) -> Kind:
    """What kind of thing a module exports."""
    if each.space is Space.CONSTRUCTOR:
        return Kind.CONSTRUCTOR
    if each.space is Space.TYPE:
        return Kind.CLASS if each.occ in classes else Kind.TYPE
    if each.is_field or (each.parent and each.parent not in classes):
        # GHC knows some fields by heart, and does not tell then that they are fields.
        return Kind.FIELD
    return Kind.METHOD if each.parent else Kind.FUNCTION


def own_names(definitions: Iterable[Definition], module: str) -> Iterator[Candidate]:
    """Candidates for what the text of a module defines."""
    found = list(definitions)
    classes = {each.parent for each in found if each.parent and each.namespace is Namespace.VARIABLE}
    for each in found:
        yield Candidate(
            label=each.name,
            kind=_own_kind(each, classes),
            origin=Origin.OWN,
            parent=each.parent,
            module=module,
        )


def made_names(seen: Seen, written: Container[str]) -> Iterator[Candidate]:
    """Candidates for what splices have made that still stand in the text, unless it is `written` too."""
    facts = seen.facts
    for name in facts.names:
        if not isinstance(name, ExternalName) or name.module != facts.module:
            continue
        label = label_of(name.occ)
        kind = _KINDS.get(name.occ.namespace)
        if label in written or kind is None or not _WORD.fullmatch(label):
            continue
        bound = facts.binding(name)
        if bound and not facts.is_written(bound) and seen.region(bound.span):
            occ = Name(name.module, name.occ)
            yield Candidate(label=label, kind=kind, origin=Origin.OWN, name=occ, module=facts.module.name)


_KINDS = {
    Namespace.VARIABLE: Kind.FUNCTION,
    Namespace.FIELD: Kind.FIELD,
    Namespace.CONSTRUCTOR: Kind.CONSTRUCTOR,
    Namespace.TYPE: Kind.TYPE,
}
_WORD = re.compile(r"[^\W\d][\w']*")


def _own_kind(each: Definition, classes: set[str]) -> Kind:
    match each.namespace:
        case Namespace.CONSTRUCTOR:
            return Kind.CONSTRUCTOR
        case Namespace.TYPE:
            return Kind.CLASS if each.name in classes else Kind.TYPE
        case Namespace.FIELD:
            return Kind.FIELD
        case _:
            return Kind.METHOD if each.parent else Kind.FUNCTION

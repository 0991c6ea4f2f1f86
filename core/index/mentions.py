"""Where a module mentions names that other modules may know, out of its `.hie` file; no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from thatch.core.diagnostics import Span
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import Context, ContextKind, ExternalName, LocalName
from thatch.core.index.model import MODULE, Definition, Kind, NameKey, Role, name_key
from thatch.core.index.names import ModuleNames
from thatch.core.index.packing import Numbers, pack_mentions

Found = defaultdict[NameKey, list[Numbers]]

WILDCARD = ".."


def mentions(names: ModuleNames, defined: Iterable[Definition], header: Span | None) -> Mapping[NameKey, bytes]:
    """The mentions of each name, packed; `header` is where the module says its own name."""
    found: Found = defaultdict(list)
    if header:
        found[NameKey(MODULE, names.facts.module.name)].append(_numbers(header, Role.BINDING))
    variables = _add_telling(names, defined, header, found)
    _add_uses(names, variables, found)
    return {key: pack_mentions(ones) for key, ones in found.items()}


def import_aliases(telling: Iterable[Occurrence]) -> set[str]:
    """The names that imports give modules and that are no imported module's own."""
    details: defaultdict[str, set[str]] = defaultdict(set)
    for one in telling:
        if isinstance(one.name, str):
            details[one.name].update(context.detail for context in one.contexts)
    return {name for name, seen in details.items() if "ImportAs" in seen and "Import" not in seen}


def _numbers(span: Span, role: Role) -> Numbers:
    return span.start_line, span.start_column, span.end_line, span.end_column, role


def _add_uses(names: ModuleNames, variables: Mapping[int, NameKey], found: Found) -> None:
    """Add plain uses; `variables` are those that `..` made of fields, by their numbers in the file."""
    facts = names.facts
    tree, columns = facts.tree, facts.mentions
    for index in names.uses:
        name, node = columns.names[index], columns.nodes[index]
        key = names.key(name)
        role = Role.USE
        if key is None:
            if name not in variables:
                continue
            key, role = variables[name], Role.BY_WILDCARD  # type: ignore[index]
        if names.is_written(index):
            place = (tree.start_lines[node], tree.start_columns[node], tree.end_lines[node], tree.end_columns[node])
            found[key].append((*place, role))


def _add_telling(
    names: ModuleNames, defined: Iterable[Definition], header: Span | None, found: Found
) -> dict[int, NameKey]:
    """Add all but plain uses; returns the variables that `..` makes of fields, by their numbers in the file."""
    facts, variables = names.facts, dict[int, NameKey]()
    places = {one.key: one for one in defined}
    aliases = import_aliases(names.telling)
    for one in names.telling:
        if isinstance(one.name, LocalName) or one.name in aliases or not facts.is_written(one):
            continue
        if isinstance(one.name, str) and one.span == header:
            continue
        key = name_key(one.name)
        role = _role(one.contexts)
        definition = places.get(key)
        if role is Role.BINDING and definition and definition.span != one.span:
            # `default` signatures count as declarations for GHC.
            role = Role.SIGNATURE
        elif role is Role.EQUATION and (definition is None or definition.kind is Kind.METHOD):
            # The equations of a method behind the first look like those of a function.
            role = Role.INSTANCE
        elif role in {Role.MATCH, Role.ASSIGN}:
            role = _field_role(facts, one, role, key, variables)
        found[key].append(_numbers(one.span, role))
    return variables


def _field_role(facts: ModuleFacts, one: Occurrence, role: Role, key: NameKey, variables: dict[int, NameKey]) -> Role:
    """Whether `..` or a variable of the same name stands there; notes the variables that `..` makes of fields."""
    if not isinstance(one.name, ExternalName):
        # A field that GHC knows by heart, whose label a GHC without its package `ghc` does not tell.
        return role
    label = label_of(one.name.occ)
    others = [
        other.name
        for other in facts.occurrences_at(one.place)
        if isinstance(other.name, LocalName | ExternalName) and other.name != one.name and other.name.occ.text == label
    ]
    if facts.text[slice(*facts.lines.offsets(one.span))] == WILDCARD:
        if role is Role.MATCH:
            variables.update({other.number: key for other in others if isinstance(other, LocalName)})
        return Role.WILDCARD
    return Role.PUN if others else role


def _role(contexts: Sequence[Context]) -> Role:
    """What an identifier's contexts say together: the first of GHC's that tells more than others."""
    return min((_ROLES.get((one.kind, one.detail)) or _KINDS[one.kind] for one in contexts), default=_USE)[1]


_USE = (9, Role.USE)
_BINDING = (2, Role.BINDING)

_ROLES = {
    (ContextKind.VALUE_BINDING, "InstanceBind"): (0, Role.INSTANCE),
    (ContextKind.DECLARATION, "InstDec"): (0, Role.INSTANCE),
    (ContextKind.FIELD, "RecFieldDecl"): (1, Role.BINDING),
    (ContextKind.FIELD, "RecFieldAssign"): (3, Role.ASSIGN),
    (ContextKind.FIELD, "RecFieldMatch"): (3, Role.MATCH),
    (ContextKind.IMPORT_OR_EXPORT, "Export"): (4, Role.EXPORT),
}

_KINDS = {
    ContextKind.VALUE_BINDING: _BINDING,
    ContextKind.PATTERN_BINDING: _BINDING,
    ContextKind.DECLARATION: _BINDING,
    ContextKind.CLASS_DECLARATION: _BINDING,
    ContextKind.TYPE_VARIABLE_BINDING: _BINDING,
    ContextKind.IMPORT_OR_EXPORT: (4, Role.IMPORT),
    ContextKind.TYPE_SIGNATURE: (5, Role.SIGNATURE),
    ContextKind.MATCH: (6, Role.EQUATION),
    ContextKind.USE: _USE,
    ContextKind.FIELD: _USE,
    ContextKind.EVIDENCE_BINDING: _USE,
    ContextKind.EVIDENCE_USE: _USE,
}

"""What a module defines at its top level, out of its `.hie` file; no I/O."""

from collections.abc import Iterable, Iterator

from thatch.core.diagnostics import Span
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import ContextKind, ExternalName, ForAll, Function, Qualified
from thatch.core.index.model import MODULE, Definition, Kind, NameKey, name_key
from thatch.core.index.names import ModuleNames


def definitions(names: ModuleNames, header: Span | None) -> Iterator[Definition]:
    """Each definition once, also of what splices made; `header` is where the module says its own name."""
    facts = names.facts
    if header:
        name = facts.module.name
        yield Definition(NameKey(MODULE, name), Kind.MODULE, name, None, header, header)
    parents = _Parents(names.telling)
    known = set()
    for one in names.telling:
        if not isinstance(one.name, ExternalName) or one.name.module != facts.module:
            continue
        found = _defined(facts, one)
        if found is None:
            continue
        key = name_key(one.name)
        label = label_of(one.name.occ)
        # Names with a dollar are GHC's own, but for operators.
        if key not in known and not (label.startswith("$") and label[1:2].isalpha()):
            known.add(key)
            kind, whole = found
            container = parents.around(one.span, key, _PARENTS[kind]) if kind in _PARENTS else None
            yield Definition(key, kind, label, container, one.span, whole or one.span)


_DECLARED = {
    "FamDec": Kind.FAMILY,
    "SynDec": Kind.SYNONYM,
    "DataDec": Kind.TYPE,
    "ConDec": Kind.CONSTRUCTOR,
    "PatSynDec": Kind.PATTERN,
    "ClassDec": Kind.CLASS,
}

_PARENTS = {
    Kind.CONSTRUCTOR: frozenset({"DataDec", "InstDec"}),
    Kind.FIELD: frozenset({"DataDec", "InstDec", "PatSynDec"}),
    Kind.METHOD: frozenset({"ClassDec"}),
    Kind.FAMILY: frozenset({"ClassDec"}),
}
"""The declarations that definitions of a kind belong to."""


def _defined(facts: ModuleFacts, one: Occurrence) -> tuple[Kind, Span | None] | None:
    """What a name is that is defined where it occurs, and the span of its definition."""
    for context in one.contexts:
        if context.kind is ContextKind.DECLARATION and context.detail in _DECLARED:
            return _DECLARED[context.detail], context.span
        if context.kind is ContextKind.CLASS_DECLARATION:
            return Kind.METHOD, context.span
        if context.kind is ContextKind.VALUE_BINDING and context.detail == "RegularBind":
            field = next((other.span for other in one.contexts if other.detail == "RecFieldDecl"), None)
            return (Kind.FIELD, _through(one.span, field)) if field else (_value_kind(facts, one), context.span)
        if context.kind is ContextKind.PATTERN_BINDING:
            return _value_kind(facts, one), context.span
    return None


def _through(field: Span, of_type: Span) -> Span:
    """A field with its type, which other fields may stand before."""
    end = max((field.end_line, field.end_column), (of_type.end_line, of_type.end_column))
    return Span(field.start_line, field.start_column, *end)


def _value_kind(facts: ModuleFacts, one: Occurrence) -> Kind:
    index = facts.type_of(one)
    while index is not None:
        match facts.types[index]:
            case ForAll(body=body) | Qualified(body=body):
                index = body
            case Function():
                return Kind.FUNCTION
            case _:
                return Kind.VALUE
    return Kind.FUNCTION


class _Parents:
    """The declarations of a module that have parts."""

    def __init__(self, named: Iterable[Occurrence]) -> None:
        self._found = [
            (context.span, context.detail, name_key(one.name))
            for one in named
            if isinstance(one.name, ExternalName)
            for context in one.contexts
            if context.kind is ContextKind.DECLARATION and context.span and context.detail != "ConDec"
        ]

    def around(self, span: Span, key: NameKey, details: frozenset[str]) -> NameKey | None:
        """The innermost declaration of some kinds that a name lies in and that is not its own."""
        inside = [
            (whole.end_line - whole.start_line, whole.end_column - whole.start_column, parent)
            for whole, detail, parent in self._found
            if detail in details and parent != key and contains(whole, span)
        ]
        return min(inside)[2] if inside else None


def contains(outer: Span, inner: Span) -> bool:
    """Whether a span lies in another, or is the same."""
    return (outer.start_line, outer.start_column) <= (inner.start_line, inner.start_column) and (
        inner.end_line,
        inner.end_column,
    ) <= (outer.end_line, outer.end_column)

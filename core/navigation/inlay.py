"""What an editor shows between the characters: types that nobody wrote, names that imports and wildcards bring."""

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.inferred import inferred_type
from thatch.core.hie.model import ContextKind, ExternalName, LocalName, Name
from thatch.core.hie.type_text import signature_text, type_text
from thatch.core.navigation.seen import Seen
from thatch.core.th.names import prefix

LONGEST = 50
"""How many characters a hint has at most; the rest is in its tooltip."""

MOST_NAMES = 8
"""How many names a hint lists."""

STATEMENTS = frozenset({"BindStmt", "XBindStmt"})
"""Syntax whose pattern binds what its expression gives, and whose types are worth to be seen."""

PATTERNS_OF_MATCHES = frozenset({"Match"})
"""Syntax whose patterns are parameters: their types stand in the signature."""


@frozen(kw_only=True)
class Inlay:
    """One hint, behind an offset of the text as it is now."""

    offset: int
    label: str

    whole: str = ""
    """What the label says, in full, as Haskell source."""

    insertions: tuple[tuple[int, str], ...] = ()
    """What writes the hint into the source: texts to be put in at offsets."""

    is_local: bool = False
    """Whether it is about a name that other modules cannot see, nor other declarations."""


def binding_types(seen: Seen, region: tuple[int, int]) -> Iterator[Inlay]:
    """The types of what is bound without a signature and begins in a region (offsets)."""
    facts = seen.facts
    for one in facts.occurrences:
        if one.type is None or not one.binds:
            continue
        place = seen.region(one.span)
        if place is None or not region[0] <= place[0] < region[1] or not wants_type(facts, one):
            continue
        types, index = inferred_type(facts, one) or (facts.types, one.type)
        text = type_text(types, index, seen.spell, width=10_000)
        yield Inlay(
            offset=place[1],
            label=f":: {_short(text)}",
            whole=signature_text(_name(one), types, index, seen.spell),
            insertions=tuple(_signature(seen, one, place[0], text)),
            is_local=isinstance(one.name, LocalName),
        )


def wildcard_fields(seen: Seen, region: tuple[int, int]) -> Iterator[Inlay]:
    """The fields that each `..` of a record brings and the code uses, or gives."""
    facts = seen.facts
    by_place: dict[int, list[Occurrence]] = {}
    for one in facts.occurrences:
        if isinstance(one.name, ExternalName) and any(context.kind is ContextKind.FIELD for context in one.contexts):
            by_place.setdefault(one.place, []).append(one)
    for fields in by_place.values():
        place = seen.region(fields[0].span)
        if place and region[0] <= place[0] < region[1] and seen.lines.text[slice(*place)] == "..":
            names = sorted({label_of(one.name.occ) for one in fields if isinstance(one.name, ExternalName)})
            yield Inlay(offset=place[1], label=listed(names), whole=", ".join(names))


def wants_type(facts: ModuleFacts, one: Occurrence) -> bool:
    """Whether a name is bound here, and nobody wrote its type."""
    # What is decided by the place alone comes first: other places are many.
    if ContextKind.VALUE_BINDING in one.kinds:
        is_bound = not any(context.detail in {"InstanceBind", "RecFieldDecl"} for context in one.contexts)
    else:
        is_variable = ContextKind.PATTERN_BINDING in one.kinds and isinstance(one.name, LocalName)
        is_bound = is_variable and _in_statement(facts, one)
    return is_bound and facts.is_written(one) and not _has_signature(facts, one.name)


def _has_signature(facts: ModuleFacts, name: Name | str) -> bool:
    return any(ContextKind.TYPE_SIGNATURE in one.kinds for one in facts.of(name)) or _is_method(facts, name)


def _is_method(facts: ModuleFacts, name: Name | str) -> bool:
    """Whether a binding implements a method: GHC gives it a local name, and the method's own stands at its side."""
    return any(
        other.name != one.name and isinstance(other.name, ExternalName) and ContextKind.VALUE_BINDING in other.kinds
        for one in facts.of(name)
        if ContextKind.VALUE_BINDING in one.kinds
        for other in facts.occurrences_at(one.place)
    )


def _in_statement(facts: ModuleFacts, one: Occurrence) -> bool:
    """Whether a variable is bound by a statement, rather than as a parameter or in an alternative."""
    index = facts.places[one.place].parent
    while index >= 0:
        syntax = {constructor for info in facts.places[index].infos for constructor, _ in info.annotations}
        if syntax & STATEMENTS:
            return True
        if syntax & PATTERNS_OF_MATCHES:
            return False
        index = facts.places[index].parent
    return False


def _signature(seen: Seen, one: Occurrence, start: int, text: str) -> Iterator[tuple[int, str]]:
    """The signature as a line of its own above a binding, if that begins its line.

    A local one that mentions type variables could mean others than those of the types around it.
    """
    line_start = seen.lines.text.rfind("\n", 0, start) + 1
    indent = seen.lines.text[line_start:start]
    unclear = isinstance(one.name, LocalName) and _VARIABLE.search(text)
    if ContextKind.VALUE_BINDING in one.kinds and not indent.strip() and not unclear:
        yield start, f"{_name(one)} :: {text}\n{indent}"


_VARIABLE = re.compile(r"(?<![\w.'\"])[a-z_]")


def _name(one: Occurrence) -> str:
    return prefix(label_of(one.name.occ)) if isinstance(one.name, ExternalName | LocalName) else "_"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listed(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*names[:MOST_NAMES], *more])

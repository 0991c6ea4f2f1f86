"""Where the names at a place are mentioned, in all modules of the workspace."""

from collections.abc import Sequence

from thatch.core.hie.facts import ModuleFacts, Occurrence
from thatch.core.hie.model import ContextKind, ExternalName, LocalName, Name
from thatch.core.index import queries
from thatch.core.index.mentions import WILDCARD, import_aliases
from thatch.core.index.model import NameKey, name_key
from thatch.core.navigation.code import Code
from thatch.core.navigation.definition import fields_or_self
from thatch.core.navigation.places import Place
from thatch.core.navigation.seen import Seen
from thatch.core.syntax import is_literate, parse_header


async def references(code: Code, seen: Seen, offset: int, *, with_definition: bool) -> list[Place] | None:
    """The places of the names at an offset, by file and in the order of the text; None where no name is known.

    Without `with_definition`, the name at its definition, in its signature and at the left of its equations is left
    out.  May be cancelled at any time.
    """
    names = names_to_find(seen, offset)
    if not names:
        return None
    keys = [name_key(name) for name in names if not isinstance(name, LocalName)]
    mentions = await code.index.ask(lambda view: queries.mentions(view, queries.in_all_units(view, keys)))
    found = [
        (module, one.span, one.span)
        for module, mentioned in mentions
        for one in mentioned.places
        if with_definition or not one.role.defines
    ]
    places = [place for place in await code.places(found) if place]
    places += [place for name in names for place in _in_file(seen, name, with_definition=with_definition)]
    # A file of several units is found once for each.
    once = {(place.path, place.name): place for place in places}
    return [once[key] for key in sorted(once)]


def keys_at(seen: Seen, offset: int) -> list[NameKey]:
    """The keys of the names at an offset that other modules know too, but for those of modules."""
    names = dict.fromkeys(one.name for one in seen.names_at(offset))
    return [name_key(name) for name in names if not isinstance(name, LocalName | str)]


def names_to_find(seen: Seen, offset: int) -> list[Name | str]:
    """The names that are meant at an offset; a text is the name of a module."""
    named = seen.names_at(offset)
    if not named:
        return own_name(seen, offset)
    return list(dict.fromkeys(name for one in named for name in _fields_of_wildcard(seen.facts, one.name)))


def own_name(seen: Seen, offset: int) -> list[Name | str]:
    """The name of the module itself, in its header."""
    span = parse_header(seen.lines.text, literate=is_literate(seen.path)).name_span
    start, end = seen.lines.offsets(span) if span else (0, -1)
    return [seen.facts.module.name] if start <= offset <= end else []


def _fields_of_wildcard(facts: ModuleFacts, name: Name | str) -> Sequence[Name | str]:
    """The field that a variable stands for which `..` made of it, and the name itself."""
    bound = facts.binding(name) if isinstance(name, LocalName) else None
    is_made = bound is not None and facts.text[slice(*facts.lines.offsets(bound.span))] == WILDCARD
    return [name, *fields_or_self(facts, name)] if is_made else [name]


def _in_file(seen: Seen, name: Name | str, *, with_definition: bool) -> list[Place]:
    """The places of a name that only its file knows."""
    facts = seen.facts
    if isinstance(name, LocalName):
        ones = [one for one in facts.of(name) if facts.is_written(one) and (with_definition or not _defines(one))]
    elif isinstance(name, str) and name in import_aliases(facts.occurrences):
        ones = _by_alias(facts, name)
    else:
        return []
    regions = {region for one in ones if (region := seen.region(one.span))}
    return [Place(seen.path, seen.lines, region, region) for region in regions]


def _defines(one: Occurrence) -> bool:
    return one.binds or one.kinds <= {ContextKind.TYPE_SIGNATURE, ContextKind.MATCH}


def _by_alias(facts: ModuleFacts, alias: str) -> list[Occurrence]:
    """The names that are written with a module's alias in front, and where the alias itself is named."""
    return [
        one
        for one in facts.occurrences
        if facts.is_written(one)
        and (
            one.name == alias
            or (
                isinstance(one.name, ExternalName)
                and facts.text[slice(*facts.lines.offsets(one.span))].lstrip("`(").startswith(f"{alias}.")
            )
        )
    ]

"""What is known of the name or the expression at a place: its type, where it comes from, which instances it uses."""

import asyncio
from collections.abc import Sequence

from attrs import frozen

from thatch.core.hi.model import Namespace
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import ExternalName, LocalName, Name
from thatch.core.hie.type_text import Spell, signature_text, type_text
from thatch.core.navigation.definition import Documents, fields_or_self, meant, place_of
from thatch.core.navigation.evidence import solved_at
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Place
from thatch.core.navigation.seen import Seen, word_at
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only
from thatch.core.syntax import is_literate
from thatch.core.th.names import prefix

SHOWN_LINES = 12
"""How many lines of a declaration are shown."""

ONE_LINE = 10_000
"""The width at which no type is broken."""

NAMELESS = "_"
"""Stands for an expression that is no name, as in a typed hole."""

SYNTAX = frozenset(
    {"case", "class", "data", "deriving", "do", "else", "forall", "foreign", "if", "import", "in", "infix", "infixl"}
    | {"infixr", "instance", "let", "mdo", "module", "newtype", "of", "rec", "then", "type", "where"}
    | {"=", "|", "->", "<-", "=>", "::", "..", ",", ";", "--", "{", "}", "→", "←", "⇒", "∷"}
)
"""Words that have no type of their own."""


@frozen
class Remark:
    """A sentence that ends in something to go to: `Defined in` `Lib`."""

    text: str
    subject: str
    place: Place | None = None


@frozen(kw_only=True)
class Hover:
    """What to show for a place."""

    region: tuple[int, int]
    """The offsets of what is described."""

    code: str
    """Haskell source: a signature, or the beginning of a declaration."""

    here: str = ""
    """A signature with the type as it is used at this place, if it says more."""

    remarks: tuple[Remark, ...] = ()

    documentation: str = ""
    """What the author wrote about it, in Haddock's markup."""


async def hover(modules: Modules, documents: Documents, seen: Seen, offset: int) -> Hover | None:
    """What is known at an offset of a file; None where nothing is.  May be cancelled at any time."""
    named = meant(seen.names_at(offset))
    if not named:
        return _expression(seen, offset)
    one = named[0]
    name = fields_or_self(seen.facts, one.name)[0]
    region = seen.region(one.span)
    if region is None:
        return None
    places = await place_of(modules, documents, seen, name)
    home = await modules.seen(places[0].path, documents) if places else None
    code = _signature(seen.facts, one, seen.spell) or (_declared(home, places[0], name, seen.spell) if home else "")
    here = _used(seen.facts, one, seen.spell)
    return Hover(
        region=region,
        code=code or _bare(name),
        here="" if here == code else here,
        remarks=(*_origin(name, places), *await _instances(modules, documents, seen, one)),
        documentation=await asyncio.to_thread(_comments, home, name) if home else "",
    )


def _expression(seen: Seen, offset: int) -> Hover | None:
    """The type of the smallest expression that begins or ends with what stands at a place, unless it is syntax."""
    start, end = word_at(seen.lines.text, offset)
    word = seen.lines.text[start:end] or seen.lines.text[offset : offset + 1]
    then = None if word in SYNTAX or not word.strip() else seen.then(offset)
    for index in seen.facts.around(*then) if then else ():
        place = seen.facts.places[index]
        region = seen.region(place.span) if place.types else None
        if region and (region[0] == start or region[1] == end):
            return Hover(region=region, code=signature_text(NAMELESS, seen.facts.types, place.types[0], seen.spell))
    return None


def _signature(facts: ModuleFacts, one: Occurrence, spell: Spell) -> str:
    """The name with its most general type; empty for what has no type here."""
    index = one.type if one.type is not None else next(iter(facts.places[one.place].types[-1:]), None)
    return "" if index is None or _is_type(one.name) else signature_text(_written(one.name), facts.types, index, spell)


def _used(facts: ModuleFacts, one: Occurrence, spell: Spell) -> str:
    """The name with its type as it is used here."""
    types = facts.places[one.place].types
    return signature_text(_written(one.name), facts.types, types[0], spell) if types and not _is_type(one.name) else ""


def _is_type(name: Name | str) -> bool:
    """Whether it is a type, a class or a type variable; what GHC derives for a class has types of its own."""
    return isinstance(name, ExternalName | LocalName) and name.occ.namespace in {
        Namespace.TYPE,
        Namespace.TYPE_VARIABLE,
    }


def _declared(home: Seen, place: Place, name: Name | str, spell: Spell) -> str:
    """How the module that defines a name declares it."""
    if isinstance(name, str):
        return f"module {name}"
    bound = home.facts.binding(name)
    if bound and bound.type is not None:
        return _signature(home.facts, bound, spell)
    lines = place.lines.text[slice(*place.whole)].split("\n")
    more = ["  ..."] if len(lines) > SHOWN_LINES else []
    return "\n".join([*(line.rstrip() for line in lines[:SHOWN_LINES]), *more])


def _comments(home: Seen, name: Name | str) -> str:
    """What comments in the module that defines a name say of it, as the module is now."""
    text = home.lines.text
    found = outline(code_only(text) if is_literate(home.path) else text)
    if isinstance(name, str):
        return found.comment or ""
    definition = found.find(name.occ) if isinstance(name, ExternalName) else None
    return "\n\n".join(definition.comments) if definition else ""


def _bare(name: Name | str) -> str:
    """What can be said of a name of which nothing is known."""
    match name:
        case str():
            return f"module {name}"
        case ExternalName() | LocalName():
            return f"type {_written(name)}" if name.occ.namespace is Namespace.TYPE else _written(name)
        case _:
            return NAMELESS


def _written(name: Name | str) -> str:
    return prefix(label_of(name.occ)) if isinstance(name, ExternalName | LocalName) else NAMELESS


def _origin(name: Name | str, places: Sequence[Place]) -> list[Remark]:
    """Where a name comes from."""
    match name:
        case LocalName():
            return []
        case ExternalName():
            return [Remark("Defined in", name.module.name, next(iter(places), None))]
        case _:
            return []


async def _instances(modules: Modules, documents: Documents, seen: Seen, one: Occurrence) -> list[Remark]:
    """The instances that are used here."""
    found = []
    for solved in solved_at(seen.facts, one.place):
        if solved.instance is not None:
            places = await place_of(modules, documents, seen, solved.instance)
            text = type_text(seen.facts.types, solved.type, seen.spell, width=ONE_LINE)
            found.append(Remark("Uses the instance", text, next(iter(places), None)))
    return found

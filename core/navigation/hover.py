"""What is known of the name or the expression at a place: its type, where it comes from, which instances it uses."""

import asyncio
from collections.abc import Mapping

from attrs import evolve, frozen

from thatch.core.haddock.blocks import parse_document
from thatch.core.haddock.document import Document
from thatch.core.haddock.module_header import parse_module_header
from thatch.core.hi.declared_text import declared_text
from thatch.core.hi.model import Fixity, Namespace, WarningText
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import ExternalName, LocalName, Name
from thatch.core.hie.type_choice import general_type, used_type
from thatch.core.hie.type_text import Spell, signature_text, type_text
from thatch.core.navigation.definition import Documents, fields_or_self, meant, place_of
from thatch.core.navigation.evidence import solved_at
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Place
from thatch.core.navigation.seen import Seen, word_at
from thatch.core.navigation.signatures import written_signature
from thatch.core.packages.links import Links
from thatch.core.packages.model import NO_LINKS, NOTHING
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only
from thatch.core.syntax import is_literate
from thatch.core.th.names import infix, prefix

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

    documentation: Document = NOTHING
    """What the author wrote about it."""

    references: Mapping[str, str] = {}
    """Pages about names that this mentions."""

    pages: Links = NO_LINKS
    """Pages about it."""


async def hover(modules: Modules, documents: Documents, seen: Seen, offset: int) -> Hover | None:
    """What is known at an offset of a file; None where nothing is.  May be cancelled at any time."""
    named = meant(seen.names_at(offset))
    if not named:
        return _expression(seen, offset)
    one = named[0]
    region = seen.region(one.span)
    if region is None:
        return None
    name = fields_or_self(seen.facts, one.name)[0]
    general, here = _signature(seen.facts, one, seen.spell), _used(seen.facts, one, seen.spell)
    about = await _about(modules, documents, seen, name, typed=bool(general))
    code = about.signature or general or about.code or _bare(name)
    return Hover(
        region=region,
        code="\n".join([*about.fixities, code]),
        here="" if here in {general, code} else here,
        remarks=(*about.remarks, *await _instances(modules, documents, seen, one)),
        documentation=about.documentation,
        references=about.references,
        pages=about.pages,
    )


async def about(modules: Modules, documents: Documents, seen: Seen, name: ExternalName) -> Hover:
    """What is known of a name of some top level wherever it is used, for a place with an empty region.

    May be cancelled at any time.
    """
    found = await _about(modules, documents, seen, name, typed=False)
    return Hover(
        region=(0, 0),
        code="\n".join([*found.fixities, found.signature or found.code or _bare(name)]),
        remarks=found.remarks,
        documentation=found.documentation,
        references=found.references,
        pages=found.pages,
    )


@frozen(kw_only=True)
class _About:
    """What is known of a name wherever it is used."""

    signature: str = ""
    """As it is written in the source."""

    code: str = ""
    fixities: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    documentation: Document = NOTHING
    references: Mapping[str, str] = {}
    pages: Links = NO_LINKS


async def _about(modules: Modules, documents: Documents, seen: Seen, name: Name | str, *, typed: bool) -> _About:
    """`typed`: whether its type is known, so that a package's declaration of it is not needed."""
    if isinstance(name, LocalName):
        return _About(signature=written_signature(seen.facts, name, _written(name)))
    home = modules.path(name.module) if isinstance(name, ExternalName) else None
    if isinstance(name, ExternalName) and home is None:
        return await _about_package_name(seen, name, typed=typed)
    places = await place_of(modules, documents, seen, name)
    other = await modules.seen(places[0].path, documents) if places else None
    if other is None:
        return await _about_package_module(seen, name) if isinstance(name, str) else _About()
    about = await asyncio.to_thread(_about_home_name, other, places[0], name, seen.spell)
    kind = await _kind(modules, name, seen.spell)
    return evolve(about, code=f"{kind}\n{about.code}") if kind else about


def _about_home_name(home: Seen, place: Place, name: Name | str, spell: Spell) -> _About:
    """As the module that defines it is now."""
    text = home.lines.text
    found = outline(code_only(text) if is_literate(home.path) else text)
    code = _declared(home, place, name, spell)
    if not isinstance(name, ExternalName):
        return _About(code=code, documentation=parse_document(parse_module_header(found.comment or "").text))
    definition = found.find(name.occ)
    written = name.occ.as_written.text
    return _About(
        signature=written_signature(home.facts, name, _written(name)),
        code=code,
        fixities=tuple(_fixity(one) for one in found.fixities if one.occ.text == written),
        remarks=(Remark("Defined in", name.module.name, place),),
        documentation=parse_document("\n\n".join(definition.comments)) if definition else NOTHING,
    )


async def _about_package_name(seen: Seen, name: ExternalName, *, typed: bool) -> _About:
    packages, full = await seen.packages(), GlobalName(name.module, name.occ)
    facts, declared = await packages.name(full), None if typed else await packages.declared(full)
    code = _first_lines(declared_text(declared, seen.spell)) if declared else ""
    if facts is None:
        return _About(code=code, remarks=(Remark("Defined in", name.module.name),))
    warned = (Remark(_warned(facts.warning), ""),) if facts.warning else ()
    return _About(
        code=code,
        fixities=(_fixity(facts.fixity),) if facts.fixity else (),
        remarks=(Remark("Defined in", f"{name.module.name} ({facts.package})"), *warned),
        documentation=facts.documentation,
        references=facts.references,
        pages=facts.links,
    )


async def _about_package_module(seen: Seen, name: str) -> _About:
    packages = await seen.packages()
    module = await packages.importable(name)
    facts = await packages.module(module) if module else None
    if facts is None:
        return _About(code=f"module {name}")
    return _About(
        code=f"module {name}",
        remarks=(Remark("Package", facts.package),),
        documentation=facts.documentation,
        pages=facts.links,
    )


def _fixity(fixity: Fixity) -> str:
    return f"{fixity.direction} {fixity.precedence} {infix(fixity.occ.as_written.text)}"


def _warned(warning: WarningText) -> str:
    return f"{'Deprecated' if warning.deprecated else 'Warning'}: {' '.join(warning.lines)}"


def _expression(seen: Seen, offset: int) -> Hover | None:
    """The type of the smallest expression that begins or ends with what stands at a place, unless it is syntax."""
    start, end = word_at(seen.lines.text, offset)
    word = seen.lines.text[start:end] or seen.lines.text[offset : offset + 1]
    then = None if word in SYNTAX or not word.strip() else seen.then(offset)
    for index in seen.facts.around(*then) if then else ():
        place = seen.facts.places[index]
        used = used_type(seen.facts.types, place.types)
        region = seen.region(place.span)
        if used is not None and region and (region[0] == start or region[1] == end):
            return Hover(region=region, code=signature_text(NAMELESS, seen.facts.types, used, seen.spell))
    return None


def _signature(facts: ModuleFacts, one: Occurrence, spell: Spell) -> str:
    """The name with its most general type; empty for what has no type here."""
    index = one.type if one.type is not None else general_type(facts.types, facts.places[one.place].types)
    return "" if index is None or _is_type(one.name) else signature_text(_written(one.name), facts.types, index, spell)


def _used(facts: ModuleFacts, one: Occurrence, spell: Spell) -> str:
    """The name with its type as it is used here."""
    used = used_type(facts.types, facts.places[one.place].types)
    return "" if used is None or _is_type(one.name) else signature_text(_written(one.name), facts.types, used, spell)


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
    return _first_lines(place.lines.text[slice(*place.whole)])


def _first_lines(source: str) -> str:
    lines = source.split("\n")
    more = ["  ..."] if len(lines) > SHOWN_LINES else []
    return "\n".join([*(line.rstrip() for line in lines[:SHOWN_LINES]), *more])


async def _kind(modules: Modules, name: Name | str, spell: Spell) -> str:
    """The kind of a type or a class of a home module, as a standalone signature; empty if it cannot be told."""
    declared = await modules.declared(name) if isinstance(name, ExternalName) and _is_type(name) else None
    first = declared_text(declared, spell, width=ONE_LINE).split("\n", 1)[0] if declared else ""
    return first if " :: " in first else ""


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


async def _instances(modules: Modules, documents: Documents, seen: Seen, one: Occurrence) -> list[Remark]:
    """The instances that are used here."""
    found = []
    for solved in solved_at(seen.facts, one.place):
        if solved.instance is not None:
            places = await place_of(modules, documents, seen, solved.instance)
            text = type_text(seen.facts.types, solved.type, seen.spell, width=ONE_LINE)
            found.append(Remark("Uses the instance", text, next(iter(places), None)))
    return found

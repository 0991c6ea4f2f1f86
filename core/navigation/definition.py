"""Where the names at a place are defined, and where their types are."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from thatch.core.documents import Document, read_text
from thatch.core.hi.model import Name as GlobalName
from thatch.core.hie.facts import ModuleFacts, Occurrence, key_of, label_of
from thatch.core.hie.model import (
    Application,
    Cast,
    ConstructorApplication,
    ExternalName,
    ForAll,
    Function,
    LocalName,
    Name,
    Qualified,
)
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Found, Place
from thatch.core.navigation.seen import Seen
from thatch.core.packages.model import SourcePlace
from thatch.core.syntax import is_literate, parse_header
from thatch.core.text import LineIndex

Documents = Mapping[Path, Document]


async def definitions(modules: Modules, documents: Documents, seen: Seen, offset: int) -> Found | None:
    """Where the names at an offset of a file are defined; None where no name is known.

    May be cancelled at any time.
    """
    named = seen.names_at(offset)
    names = {key_of(name): name for one in meant(named) for name in fields_or_self(seen.facts, one.name)}
    found = await _found(modules, documents, seen, named, names.values())
    if found and not found.places and len(named) > len(names):
        # A method of a package without sources: its implementation here is better than nothing.
        return await _found(modules, documents, seen, named, [one.name for one in named])
    return found


async def type_definitions(modules: Modules, documents: Documents, seen: Seen, offset: int) -> Found | None:
    """Where the types are defined that the type of the name at an offset is made of, the outermost first.

    May be cancelled at any time.
    """
    named = seen.names_at(offset)
    indexes = [index for one in named if (index := seen.facts.type_of(one)) is not None]
    names = {key_of(name): name for index in indexes for name in constructors(seen.facts, index)}
    return await _found(modules, documents, seen, named, names.values())


def meant(named: Sequence[Occurrence]) -> Sequence[Occurrence]:
    """Of the names at one place, those that lead elsewhere: not an implementation's, not that which a pun binds."""
    return [one for one in named if isinstance(one.name, ExternalName)] or named


def fields_or_self(facts: ModuleFacts, name: Name | str) -> Sequence[Name | str]:
    """The fields that a variable stands for which `..` or a pun binds, else the name itself."""
    bound = facts.binding(name) if isinstance(name, LocalName) else None
    return [
        one.name
        for one in (facts.occurrences_at(bound.place) if bound else ())
        if isinstance(name, LocalName)
        and isinstance(one.name, ExternalName)
        and label_of(one.name.occ) == name.occ.text
    ] or [name]


def constructors(facts: ModuleFacts, index: int) -> Iterator[Name]:
    """The type constructors in a type, what a function gives before what it takes."""
    waiting = [index]
    visited = set()
    while waiting:
        index = waiting.pop()
        if index in visited:
            continue
        visited.add(index)
        match facts.types[index]:
            case ConstructorApplication(constructor, _, _, arguments):
                yield constructor
                waiting += [inner for _, inner in reversed(arguments)]
            case Application(function, arguments):
                waiting += [*(inner for _, inner in reversed(arguments)), function]
            case Function(_, argument, result):
                waiting += [argument, result]
            case ForAll(body=body) | Qualified(body=body) | Cast(body=body):
                waiting.append(body)
            case _:
                pass


async def _found(
    modules: Modules, documents: Documents, seen: Seen, named: Sequence[Occurrence], names: Iterable[Name | str]
) -> Found | None:
    if not named:
        return None
    places = [place for name in names for place in await place_of(modules, documents, seen, name)]
    origin = seen.region(named[0].span)
    return Found(origin, tuple(places)) if origin else None


async def place_of(modules: Modules, documents: Documents, seen: Seen, name: Name | str) -> list[Place]:
    """Where a name that a module knows is defined: nowhere, once, or in each of several modules of one name.

    May be cancelled at any time.
    """
    match name:
        case str():
            return await _module_places(modules, documents, seen, name)
        case ExternalName() if name.module != seen.facts.module:
            path = modules.path(name.module)
            if path is None:
                return await _package_places(seen, name)
            other = await modules.seen(path, documents)
            return [_place(other, name)] if other else []
        case ExternalName() | LocalName():
            return [_place(seen, name)] if name.span or seen.facts.binding(name) else []
        case _:
            return []


async def _package_places(seen: Seen, name: ExternalName) -> list[Place]:
    """The place in the source of its package, if that is on this machine."""
    source = await (await seen.packages()).definition(GlobalName(name.module, name.occ))
    return [await asyncio.to_thread(_source_place, source)] if source else []


def _source_place(source: SourcePlace) -> Place:
    lines = LineIndex(read_text(source.path) or "")
    region = lines.offsets(source.span) if source.span else (0, 0)
    return Place(source.path, lines, region, region)


async def _module_places(modules: Modules, documents: Documents, seen: Seen, name: str) -> list[Place]:
    """The modules of a name; those of the same unit alone, if there are any."""
    homes = [home for home in modules.homes() if home.module.name == name]
    own = [home for home in homes if home.module.unit == seen.facts.module.unit]
    if not homes:
        packages = await seen.packages()
        module = await packages.importable(name)
        source = await packages.module_source(module) if module else None
        return [await asyncio.to_thread(_source_place, source)] if source else []
    paths = dict.fromkeys(home.key.path for home in own or homes)
    found = [await modules.seen(path, documents) for path in paths]
    return [_module_place(other) for other in found if other]


def _module_place(other: Seen) -> Place:
    """The module's own name in its header, or the file's beginning."""
    span = parse_header(other.lines.text, literate=is_literate(other.path)).name_span
    region = other.lines.offsets(span) if span else (0, 0)
    return Place(other.path, other.lines, region, region)


def _place(other: Seen, name: ExternalName | LocalName) -> Place:
    bound = other.facts.binding(name)
    span = bound.span if bound else name.span
    whole = next((context.span for context in bound.contexts if context.span), None) if bound else None
    region = other.nearest(span) if span else (0, 0)
    outer = other.region(whole) if whole else None
    return Place(other.path, other.lines, region, outer or region)

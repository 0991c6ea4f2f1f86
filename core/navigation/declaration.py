"""Where the names at a place are declared: their signatures, or where there are none, their definitions."""

from thatch.core.hie.model import ContextKind, ExternalName, LocalName, Name
from thatch.core.navigation.definition import Documents, definitions, meant
from thatch.core.navigation.modules import Modules
from thatch.core.navigation.places import Found, Place
from thatch.core.navigation.seen import Seen


async def declarations(modules: Modules, documents: Documents, seen: Seen, offset: int) -> Found | None:
    """The signatures of the names at an offset, else their definitions; None where no name is known.

    May be cancelled at any time.
    """
    named = meant(seen.names_at(offset))
    signed = [place for one in named for place in await _signatures(modules, documents, seen, one.name)]
    origin = seen.origin(offset)
    if signed and origin:
        return Found(origin, tuple(signed))
    return await definitions(modules, documents, seen, offset)


async def _signatures(modules: Modules, documents: Documents, seen: Seen, name: Name | str) -> list[Place]:
    other: Seen | None = seen
    if isinstance(name, ExternalName) and name.module != seen.facts.module:
        path = modules.path(name.module)
        other = await modules.seen(path, documents) if path else None
    if other is None or not isinstance(name, LocalName | ExternalName):
        return []
    facts = other.facts
    ones = [one for one in facts.of(name) if ContextKind.TYPE_SIGNATURE in one.kinds and facts.is_written(one)]
    found = [(other.region(one.span), other.region(facts.places[facts.places[one.place].parent].span)) for one in ones]
    return [Place(other.path, other.lines, region, whole or region) for region, whole in found if region]

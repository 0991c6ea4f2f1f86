"""Classes with their superclasses, subclasses and instances, and types with the classes that they are instances of."""

from collections.abc import Collection, Sequence

from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.model import Instance, Kind, NameKey
from thatch.core.navigation.code import Code
from thatch.core.navigation.items import Handle, Item, Of, Thing, definition, items
from thatch.core.navigation.references import keys_at
from thatch.core.navigation.seen import Seen

KINDS = frozenset({Kind.CLASS, Kind.TYPE, Kind.FAMILY})


async def prepare_types(code: Code, seen: Seen, offset: int) -> list[Item]:
    """The class or the type at an offset; of a package's, its mention there.  May be cancelled at any time."""
    keys = [key for key in keys_at(seen, offset) if key.namespace == Namespace.TYPE.value]
    defined = await _definitions(code, keys)
    if defined or not keys:
        return await _shown(code, list(defined.values())[:1])
    mentioned = await code.index.ask(lambda view: queries.mentions(view, keys))
    here = [
        Thing(module, one.key, Of.MENTION, None, one.key.text, place.span, place.span)
        for module, one in mentioned
        if module.path == seen.path
        for place in one.places
    ]
    return [item for item in await _shown(code, here) if item.place.name == seen.origin(offset)][:1]


async def supertypes(code: Code, handle: Handle) -> list[Item]:
    """The superclasses of a class, the classes of a type, the class of an instance.  May be cancelled at any time."""
    if handle.of is Of.INSTANCE:
        return await _shown(code, list((await _definitions(code, [handle.key])).values()))
    above = await code.index.ask(lambda view: queries.superclasses(view, queries.in_all_units(view, [handle.key])))
    instances = await code.index.ask(lambda view: queries.instances_for(view, queries.in_all_units(view, [handle.key])))
    named = [
        *(
            Thing(module, one.superclass, Of.MENTION, None, one.superclass.text, one.span, one.span)
            for module, one in above
        ),
        *(Thing(module, one.cls, Of.MENTION, None, one.cls.text, one.span, one.whole) for module, one in instances),
    ]
    defined = await _definitions(code, [thing.key for thing in named])
    return await _shown(code, [defined.get(thing.key, thing) for thing in named])


async def subtypes(code: Code, handle: Handle) -> list[Item]:
    """The subclasses of a class and its instances.  May be cancelled at any time."""
    if handle.of is Of.INSTANCE:
        return []
    below = await code.index.ask(lambda view: queries.subclasses(view, queries.in_all_units(view, [handle.key])))
    instances = await code.index.ask(lambda view: queries.instances_of(view, queries.in_all_units(view, [handle.key])))
    classes = await _definitions(code, [one.cls for _, one in below])
    return await _shown(
        code,
        [
            *classes.values(),
            *(Thing(module, one.cls, Of.INSTANCE, None, _label(one), one.span, one.whole) for module, one in instances),
        ],
    )


def _label(instance: Instance) -> str:
    """What an instance is called that has no head of its own."""
    types = [key.text for key in instance.types]
    return " ".join((instance.cls.text, *types)) if instance.derived else ""


async def _definitions(code: Code, keys: Collection[NameKey]) -> dict[NameKey, Thing]:
    found = await code.index.ask(lambda view: queries.definitions(view, keys))
    return {one.key: definition(module, one) for module, one in found if one.kind in KINDS}


async def _shown(code: Code, things: Sequence[Thing]) -> list[Item]:
    """What is still there, each once however many units compile its file, by file and in the order of the text."""
    shown = [item for item in await items(code, things) if item]
    once = {(item.place.path, item.place.name, item.label): item for item in shown}
    return [once[key] for key in sorted(once)]

"""What calls what, in all modules.

Whatever a binding of the top level or an instance's method names, it calls; what stands in a local function is the
binding's around it.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.definitions import contains
from thatch.core.index.model import IndexedModule, Kind, NameKey, Role
from thatch.core.index.queries import Mentioned
from thatch.core.navigation.code import Code
from thatch.core.navigation.items import Handle, Item, Of, Thing, body, definition, items
from thatch.core.navigation.places import Place
from thatch.core.navigation.references import keys_at
from thatch.core.navigation.seen import Seen

CALLED = frozenset({Kind.FUNCTION, Kind.VALUE, Kind.METHOD, Kind.CONSTRUCTOR, Kind.FIELD, Kind.PATTERN})
"""What can be called."""

CALLING = frozenset({Kind.FUNCTION, Kind.VALUE, Kind.PATTERN})
"""What can call, besides what instances and defaults say of methods."""

VALUES = frozenset(one.value for one in (Namespace.VARIABLE, Namespace.CONSTRUCTOR, Namespace.FIELD))


@frozen(eq=False)
class Calls:
    """Something that calls or is called, and where that is."""

    item: Item

    places: tuple[Place, ...]
    """All in the file of what calls."""


async def prepare_calls(code: Code, seen: Seen, offset: int) -> list[Item]:
    """What stands at an offset and can call or be called; nothing where only packages define it.

    May be cancelled at any time.
    """
    keys, here = [key for key in keys_at(seen, offset) if key.namespace in VALUES], seen.origin(offset)
    said = await code.index.ask(lambda view: queries.bodies(view, keys))
    in_file = [body(module, one) for module, one in said if module.path == seen.path]
    at = [item for item in await items(code, in_file) if item and item.place.name == here]
    return (at or [item for item in await items(code, await _defined(code, keys)) if item])[:1]


async def incoming_calls(code: Code, handle: Handle) -> list[Calls]:
    """What calls something, by file and in the order of the text.  May be cancelled at any time."""
    found = await code.index.ask(lambda view: _callers(view, queries.in_all_units(view, [handle.key])))
    return await _grouped(code, [(caller, module, span) for module, (caller, span) in found])


async def outgoing_calls(code: Code, handle: Handle) -> list[Calls]:
    """What of the home modules something calls, by file and in the order of the text.  May be cancelled at any time."""
    named = await code.index.ask(lambda view: _named_in(view, handle))
    things = {thing.key: thing for thing in await _defined(code, {key for _, (key, _) in named})}
    return await _grouped(code, [(things[key], module, span) for module, (key, span) in named if key in things])


async def _defined(code: Code, keys: Collection[NameKey]) -> list[Thing]:
    found = await code.index.ask(lambda view: queries.definitions(view, keys))
    return [definition(module, one) for module, one in found if one.kind in CALLED]


async def _grouped(code: Code, found: Sequence[tuple[Thing, IndexedModule, Span]]) -> list[Calls]:
    """The places of calls put together by what calls or is called."""
    by_handle: defaultdict[Handle, dict[tuple[int, int], Place]] = defaultdict(dict)
    things = {thing.handle: thing for thing, _, _ in found}
    places = await code.places([(module, span, span) for _, module, span in found])
    for (thing, _, _), place in zip(found, places, strict=True):
        if place:
            by_handle[thing.handle][place.name] = place
    shown = await items(code, [things[handle] for handle in by_handle])
    # A file of several units calls once for each.
    calls = {
        (item.place.path, item.place.name, item.label): Calls(item, tuple(ones[key] for key in sorted(ones)))
        for item, ones in zip(shown, by_handle.values(), strict=True)
        if item
    }
    return [calls[key] for key in sorted(calls)]


# Questions to the index.


def _callers(view: sqlite3.Connection, keys: Sequence[NameKey]) -> Iterator[tuple[IndexedModule, tuple[Thing, Span]]]:
    """What uses names, with the place of each use."""
    for module, mentioned in queries.mentions(view, keys):
        bindings = [*_bindings_in(view, module.unit, module.path)]
        for span in _uses(mentioned):
            caller = _around(bindings, span)
            if caller:
                yield module, (caller, span)


def _named_in(view: sqlite3.Connection, handle: Handle) -> Iterator[tuple[IndexedModule, tuple[NameKey, Span]]]:
    """What something uses, with the place of each use."""
    bindings = [one for one in _bindings_in(view, handle.unit, handle.path) if one.key == handle.key]
    # A method of a class calls what its default calls.
    same = [one for one in bindings if one.of is handle.of or (one.of is Of.BODY and one.owner is None)]
    chosen = next((one for one in same if one.span == handle.span), same[0] if same else None)
    if chosen is None:
        return
    for module, mentioned in queries.mentions_in(view, handle.unit, handle.path):
        for span in _uses(mentioned):
            if contains(chosen.whole, span):
                yield module, (mentioned.key, span)


def _bindings_in(view: sqlite3.Connection, unit: str, path: Path) -> Iterator[Thing]:
    for module, defined in queries.definitions_in(view, unit, path):
        if defined.kind in CALLING:
            yield definition(module, defined)
    for module, said in queries.bodies_in(view, unit, path):
        if said.name.namespace in VALUES:
            yield body(module, said)


def _uses(mentioned: Mentioned) -> list[Span]:
    if mentioned.key.namespace not in VALUES:
        return []
    return [one.span for one in mentioned.places if one.role is Role.USE]


def _around(bindings: Sequence[Thing], span: Span) -> Thing | None:
    """The innermost binding around a place."""
    inside = [one for one in bindings if contains(one.whole, span)]
    return max(inside, key=lambda one: (one.whole.start_line, one.whole.start_column), default=None)

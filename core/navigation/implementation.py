"""What implements the class, the method, the family or the type at a place, in all modules."""

import sqlite3
from collections.abc import Iterator, Sequence

from thatch.core.diagnostics import Span
from thatch.core.hi.model import Namespace
from thatch.core.index import queries
from thatch.core.index.model import IndexedModule, NameKey
from thatch.core.navigation.code import Code
from thatch.core.navigation.places import Found
from thatch.core.navigation.references import keys_at
from thatch.core.navigation.seen import Seen

Answers = Iterator[tuple[IndexedModule, tuple[Span, Span]]]


async def implementations(code: Code, seen: Seen, offset: int) -> Found | None:
    """The instances of a class or for a type, what instances say a method is, the equations of a family of types.

    None where no name is known.  May be cancelled at any time.
    """
    keys = keys_at(seen, offset)
    origin = seen.origin(offset)
    if not keys or origin is None:
        return None
    found = await code.index.ask(lambda view: _implementing(view, queries.in_all_units(view, keys)))
    places = await code.places([(module, span, whole) for module, (span, whole) in found])
    once = {(place.path, place.name): place for place in places if place}
    return Found(origin, tuple(once[key] for key in sorted(once)))


def _implementing(view: sqlite3.Connection, keys: Sequence[NameKey]) -> Answers:
    types = [key for key in keys if key.namespace == Namespace.TYPE.value]
    for module, instance in (*queries.instances_of(view, types), *queries.instances_for(view, types)):
        yield module, (instance.span, instance.whole)
    for module, body in queries.bodies(view, keys):
        yield module, (body.span, body.whole)

"""Things that modules define or say, as hierarchies of calls and types show them."""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.index.model import Body, Definition, IndexedModule, Kind, NameKey
from thatch.core.navigation.code import Code
from thatch.core.navigation.places import Place


class Of(Enum):
    """What of a name is meant."""

    DEFINITION = "definition"

    BODY = "body"
    """What an instance, or by default the class, says a method is."""

    INSTANCE = "instance"
    """An instance of the class of that name."""

    MENTION = "mention"
    """A name that no home module defines, where one mentions it."""


@frozen
class Handle:
    """What finds something again: plain enough to travel to an editor and back."""

    key: NameKey
    of: Of
    unit: str
    path: Path

    span: Span
    """Where it is named, in the text that GHC saw."""


@frozen(eq=False)
class Thing:
    """Something as the index knows it."""

    module: IndexedModule
    key: NameKey
    of: Of

    kind: Kind | None
    """None of an instance, and of what no home module defines."""

    label: str
    """Empty of an instance, which is called what its head says."""

    span: Span
    whole: Span

    owner: Span | None = None
    """Of a body: the head of its instance."""

    @property
    def handle(self) -> Handle:
        """What finds it again."""
        return Handle(self.key, self.of, self.module.unit, self.module.path, self.span)


@frozen(eq=False)
class Item:
    """Something where it is now."""

    handle: Handle
    label: str
    kind: Kind | None
    """As in `Thing`."""

    detail: str
    """The module, and of a body, its instance."""

    place: Place


def definition(module: IndexedModule, one: Definition) -> Thing:
    """Something that is defined."""
    return Thing(module, one.key, Of.DEFINITION, one.kind, one.label, one.span, one.whole)


def body(module: IndexedModule, one: Body) -> Thing:
    """What an instance, or by default the class, says a method is."""
    return Thing(module, one.name, Of.BODY, Kind.METHOD, one.name.text, one.span, one.whole, one.owner)


async def items(code: Code, things: Sequence[Thing]) -> list[Item | None]:
    """Where things are now; None for what was changed.  May be cancelled at any time."""
    places = await code.places(
        [(one.module, one.span, one.whole) for one in things]
        + [(one.module, one.owner or one.span, one.owner or one.span) for one in things]
    )
    return [
        Item(one.handle, one.label or _text(place), one.kind, _detail(one, owner), place) if place else None
        for one, place, owner in zip(things, places[: len(things)], places[len(things) :], strict=True)
    ]


def _text(place: Place) -> str:
    """What stands at a place, on one line."""
    return " ".join(place.lines.text[slice(*place.name)].split())


def _detail(thing: Thing, owner: Place | None) -> str:
    if thing.of is not Of.BODY:
        return thing.module.name
    return f"{thing.module.name}, {f'instance {_text(owner)}' if thing.owner and owner else 'default'}"

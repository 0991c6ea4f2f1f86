"""What becomes of the places where a module names a thing: its new name, or more where a pun or `..` says two things.

No I/O.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from attrs import frozen

from thatch.core.diagnostics import Span
from thatch.core.hi.model import KnownName
from thatch.core.hie.facts import ModuleFacts, Occurrence, label_of
from thatch.core.hie.model import LocalName
from thatch.core.navigation.seen import Seen
from thatch.core.rename.thing import Sighting, Thing, is_assigned, is_field, is_wildcard
from thatch.core.splices.inline_head import Edit

EDITED = "was edited since GHC read it last"
STRANGE = "does not look like a name"


@frozen
class Obstacle:
    """A place that cannot be changed."""

    offset: int
    """In the text as it is now."""

    why: str
    """The end of a sentence that begins with the name there."""


def edits(seen: Seen, thing: Thing, sighting: Sighting) -> Iterator[Edit | Obstacle]:
    """What to change in the text as it is now, by place."""
    by_place: defaultdict[Span, list[Occurrence]] = defaultdict(list)
    for one in sighting.occurrences:
        by_place[one.span].append(one)
    for span, ones in sorted(by_place.items()):
        region = seen.region(span)
        if region is None:
            yield Obstacle(seen.nearest(span)[0], EDITED)
        else:
            yield from _at(seen, thing, sighting, ones, region)


def bare(text: str, label: str) -> tuple[int, int] | None:
    """Where a name stands in its own place, which may hold a qualifier, backticks or parentheses too."""
    end = len(text.rstrip("`) \n"))
    start = end - len(label)
    return (start, end) if start >= 0 and text[start:end] == label else None


def qualifier(text: str, label: str) -> str:
    """What stands before the dot in the place of a name."""
    found = bare(text, label)
    before = text[: found[0]].lstrip("`( '?#\n") if found else ""
    return before[:-1] if before.endswith(".") else ""


def _at(
    seen: Seen, thing: Thing, sighting: Sighting, ones: Iterable[Occurrence], region: tuple[int, int]
) -> Iterator[Edit | Obstacle]:
    facts, (start, end) = seen.facts, region
    together = [other for one in ones for other in _together(facts, thing, one)]
    field_is_meant, variable_is_meant = (
        any(is_field(one) is wanted and _is_meant(thing, sighting, one) for one in together) for wanted in (True, False)
    )
    says_two = any(map(is_field, together)) and not all(map(is_field, together))
    if any(is_wildcard(facts, one) for one in ones):
        if any(map(is_assigned, together)) and field_is_meant is not variable_is_meant:
            field, variable = (thing.new, thing.label) if field_is_meant else (thing.label, thing.new)
            yield Edit(start, start, f"{field} = {variable}, ")
        return
    found = bare(seen.lines.text[start:end], thing.label)
    if found is None:
        yield Obstacle(start, STRANGE)
    elif says_two and field_is_meant is not variable_is_meant:
        field, variable = (thing.new, thing.label) if field_is_meant else (thing.label, thing.new)
        yield Edit(start + found[0], end, f"{field} = {variable}")
    else:
        yield Edit(start + found[0], start + found[1], thing.new)


def _together(facts: ModuleFacts, thing: Thing, one: Occurrence) -> list[Occurrence]:
    """What else is called so at the same place."""
    return [
        other
        for other in facts.occurrences_at(one.place)
        if not isinstance(other.name, str | KnownName)
        and label_of(other.name.occ) == thing.label
        and not other.generated
    ]


def _is_meant(thing: Thing, sighting: Sighting, one: Occurrence) -> bool:
    if isinstance(one.name, LocalName):
        return one.name.number in sighting.variables
    return thing.is_meant(one.name)

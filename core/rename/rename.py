"""Giving a name at a place another one: all edits of all files, or an error that says why it cannot be done."""

import asyncio

from attrs import evolve

from thatch.core.errors import ThatchError
from thatch.core.hie.model import LocalName
from thatch.core.navigation.code import Code
from thatch.core.navigation.seen import Seen
from thatch.core.rename.capture import captured, scopes
from thatch.core.rename.everywhere import everywhere
from thatch.core.rename.file_edits import FileEdits, sorted_out, stop
from thatch.core.rename.new_name import check_new_module, check_new_name
from thatch.core.rename.places import EDITED, Obstacle, edits
from thatch.core.rename.target import Target, find_target
from thatch.core.rename.thing import Thing, sight
from thatch.core.rename.unseen import unseen_local
from thatch.core.rename.words import find_qualifiers
from thatch.core.splices.inline_head import Edit
from thatch.core.syntax import is_literate


async def rename(code: Code, seen: Seen, offset: int, new: str) -> list[FileEdits] | None:
    """Give the name at an offset another one; None where no name is.

    Raises `ThatchError` where it cannot be done everywhere, and where the new name would mean something else.
    May be cancelled at any time.
    """
    target = await find_target(code, seen, offset)
    if target is None:
        return None
    if new == target.label:
        return []
    if target.thing is None:
        check_new_module(new)
        return await asyncio.to_thread(_alias, seen, target, new)
    thing = evolve(target.thing, new=new)
    check_new_name(thing.label, new, thing.namespace)
    if thing.local:
        return await asyncio.to_thread(_local, seen, thing)
    return await everywhere(code, thing)


def _alias(seen: Seen, target: Target, new: str) -> list[FileEdits]:
    """Give what imports call a module another name, in its file."""
    alias, lines = target.alias, seen.lines
    if any(one.name == new for one in seen.facts.occurrences):
        raise ThatchError(message=f"`{new}` is already the name of a module in this file.")
    found: list[Edit | Obstacle] = []
    for one in seen.facts.of(alias):
        region = seen.region(one.span)
        found.append(Edit(*region, new) if region else Obstacle(seen.nearest(one.span)[0], EDITED))
    starts = find_qualifiers(lines.text, alias, literate=is_literate(seen.path))
    found += [Edit(start, start + len(alias), new) for start in starts]
    return [sorted_out(seen.path, lines, alias, found)]


def _local(seen: Seen, thing: Thing) -> list[FileEdits]:
    """Rename what only one file knows."""
    facts, sighting = seen.facts, sight(seen.facts, thing)
    found = list(edits(seen, thing, sighting))
    names = [facts.names[number] for number in sighting.variables]
    reach = [
        facts.lines.offsets(scope) for name in names if isinstance(name, LocalName) for scope in scopes(facts, name)
    ]
    changed = {end for each in found if isinstance(each, Edit) for end in range(each.start, each.end)}
    found += unseen_local(seen, thing, reach, changed)
    if span := captured(facts, thing, sighting):
        raise stop(seen.path, seen.lines, seen.nearest(span)[0], f"`{thing.new}` would mean another thing here")
    return [sorted_out(seen.path, seen.lines, thing.label, found)]

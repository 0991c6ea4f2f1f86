"""Where the name at a place occurs in the same file, and whether it is read or written there."""

from enum import Enum

from thatch.core.hie.facts import Occurrence, key_of
from thatch.core.hie.model import ContextKind
from thatch.core.navigation.seen import Seen


class Use(Enum):
    """What happens to a name at a place."""

    READ = "read"
    WRITE = "write"
    TEXT = "text"
    """It is only mentioned, as in an import or a signature."""


_MENTIONS = frozenset({ContextKind.IMPORT_OR_EXPORT, ContextKind.TYPE_SIGNATURE})
_WRITES = frozenset({"RecFieldAssign", "RecFieldDecl"})


def highlights(seen: Seen, offset: int) -> list[tuple[tuple[int, int], Use]]:
    """The offsets of every place of the names at an offset, in the order of the text."""
    keys = {key_of(one.name): one.name for one in seen.names_at(offset)}
    found: dict[tuple[int, int], Use] = {}
    for name in keys.values():
        for one in seen.facts.of(name):
            region = seen.region(one.span) if seen.facts.is_written(one) else None
            if region:
                found.setdefault(region, use_of(one))
    return sorted(found.items())


def use_of(one: Occurrence) -> Use:
    """What happens to a name where it occurs."""
    if one.binds or ContextKind.MATCH in one.kinds or any(context.detail in _WRITES for context in one.contexts):
        return Use.WRITE
    return Use.TEXT if one.kinds <= _MENTIONS else Use.READ

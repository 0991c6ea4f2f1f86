"""What at a place of a text can be renamed, and why other things cannot."""

import re
from collections.abc import Sequence

from attrs import frozen

from thatch.core.errors import ThatchError
from thatch.core.hi.model import KnownName
from thatch.core.hie.facts import Occurrence, label_of
from thatch.core.hie.model import ExternalName, LocalName
from thatch.core.index.mentions import import_aliases
from thatch.core.index.model import name_key
from thatch.core.navigation.code import Code
from thatch.core.navigation.definition import fields_or_self
from thatch.core.navigation.references import own_name
from thatch.core.navigation.seen import Seen
from thatch.core.rename.places import bare
from thatch.core.rename.thing import Thing, is_field, is_wildcard

_FOREIGN = r"\bforeign\s+(?:import|export)\s+\w+(?:\s+(?:safe|unsafe|interruptible))?\s+{}\s*::"


@frozen
class Target:
    """What is to be renamed."""

    region: tuple[int, int]
    """The offsets of its name where the user points at it."""

    thing: Thing | None
    """None if it is what imports call a module."""

    alias: str = ""
    """What imports call a module."""

    @property
    def label(self) -> str:
        """What it is called now."""
        return self.thing.label if self.thing else self.alias


async def find_target(code: Code, seen: Seen, offset: int) -> Target | None:
    """What can be renamed at an offset; None where no name is.  May be cancelled at any time.

    Raises `ThatchError` for a name that cannot be changed, and says why.
    """
    named = seen.names_at(offset)
    region = seen.region(named[0].span) if named else None
    if not named or region is None:
        if own_name(seen, offset):
            raise _refusal("A module is renamed by renaming its file.")
        return None
    if is_wildcard(seen.facts, named[0]):
        raise _refusal("`..` has no name of its own: rename a field where it is written.")
    alias = _alias(seen, named, region, offset)
    if alias is not None:
        return alias
    name = _meant(seen, named)
    if name is None:
        raise _refusal("Several things are named here; rename one of them where it is defined.")
    label = label_of(name.occ)
    found = bare(seen.lines.text[slice(*region)], label)
    if found is None:
        return None
    thing = _local(name) if isinstance(name, LocalName) else await _external(code, seen, name)
    return Target((region[0] + found[0], region[0] + found[1]), thing)


def _alias(seen: Seen, named: Sequence[Occurrence], region: tuple[int, int], offset: int) -> Target | None:
    """What an import calls a module, if that is pointed at."""
    text = seen.lines.text[slice(*region)]
    if isinstance(named[0].name, str):
        alias, start = named[0].name, region[0]
    else:
        lead = len(text) - len(text.lstrip("`( "))
        start = region[0] + lead
        label = label_of(named[0].name.occ) if not isinstance(named[0].name, KnownName) else ""
        found = bare(text, label)
        alias = text[lead : found[0] - 1] if found and found[0] > lead else ""
        if not alias or offset >= start + len(alias):
            return None
    if alias not in import_aliases(seen.facts.occurrences):
        raise _refusal("A module is renamed by renaming its file.")
    return Target((start, start + len(alias)), None, alias)


def _meant(seen: Seen, named: Sequence[Occurrence]) -> ExternalName | LocalName | None:
    """The name that a user means who points at some; None if that cannot be told."""
    external = [one for one in named if isinstance(one.name, ExternalName)]
    if not external and any(isinstance(one.name, KnownName) for one in named):
        raise _refusal("It is not defined in this project.")
    local = [one for one in named if isinstance(one.name, LocalName)]
    fields = [one for one in external if is_field(one)]
    if fields and (variables := [*local, *(one for one in external if one not in fields)]):
        # A pun: the field is renamed where it is declared, so here the variable is meant.
        names = {one.name for one in variables}
    else:
        # Beside a method of an instance stands the function that GHC makes of it.
        names = {one.name for one in external or local}
    whole = {
        field
        for name in names
        if isinstance(name, LocalName)
        and (bound := seen.facts.binding(name)) is not None
        and is_wildcard(seen.facts, bound)
        for field in fields_or_self(seen.facts, name)
    }
    (name, *others) = sorted(whole or names, key=str)
    return name if not others and isinstance(name, ExternalName | LocalName) else None


def _local(name: LocalName) -> Thing:
    if name.span is None:
        raise _refusal("GHC made this name up.")
    return Thing(label_of(name.occ), "", name.occ.namespace, local=name)


async def _external(code: Code, seen: Seen, name: ExternalName) -> Thing:
    path = code.modules.path(name.module)
    if path is None:
        raise _refusal(f"It is defined in {name.module.name} of the package {name.module.unit}, not in this project.")
    if code.index.is_made(path):
        raise _refusal(f"It is defined in {path.name}, which the build tool makes.")
    home = await code.modules.seen(path, code.documents)
    bound = home.facts.binding(name) if home else None
    if home is None or bound is None or not home.facts.is_written(bound):
        raise _refusal("It is not written anywhere: GHC or a splice made it.")
    label = label_of(name.occ)
    if (label, name.module.name) == ("main", "Main"):
        raise _refusal("An executable begins with `main`.")
    if re.search(_FOREIGN.format(re.escape(label)), home.facts.text):
        raise _refusal("It is called so because a foreign function is.")
    return Thing(
        label=label,
        new="",
        namespace=name.occ.namespace,
        # A file of several units defines it once for each.
        keys=frozenset(
            name_key(ExternalName(each.module, name.occ, None, ""))
            for each in code.modules.homes()
            if each.key.path == path
        ),
        module=name.module.name,
        is_field=any(context.detail == "RecFieldDecl" for context in bound.contexts),
    )


def _refusal(reason: str) -> ThatchError:
    return ThatchError(message=reason)

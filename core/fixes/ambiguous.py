"""Names that mean several things: which one is meant, by a qualifier, or by keeping the others out of scope."""

import re
from collections.abc import Iterator

from attrs import frozen

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.import_lists import ImportList, import_lists, without_items
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.source.add_import import add_import
from thatch.core.splices.inline_head import Edit
from thatch.core.th.names import Space, prefix

_AMBIGUOUS = re.compile(r"Ambiguous occurrence `(?P<name>[^`]+)`")
_MEANING = re.compile(
    r"(?:either|or) (?:the field )?`(?P<name>[^`]+)`,? ?(?:imported (?:qualified )?from `(?P<module>[^`]+)` "
    r"at [^:]+:(?P<line>\d+)|defined at)"
)


PRELUDE = "Prelude"


@frozen
class _Meaning:
    """One of the things that a name could mean."""

    name: str
    """With the qualifier that tells it from others."""

    module: str
    """The module that it is imported from; empty for what the module defines itself."""

    hiding: tuple[Edit, ...]
    """What keeps it out of scope; nothing if that cannot be done."""


def disambiguate(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Each meaning by its qualifier; each import that could leave the name out."""
    text = plain(diagnostic.message)
    found = _AMBIGUOUS.match(text)
    if not found or source.at(diagnostic.span).strip("`()") != found["name"]:
        return
    name = found["name"]
    meanings = list(_meanings(source, text))
    start, end = source.region(diagnostic.span)
    at = source.text.index(name, start, end)
    for meaning in meanings:
        if meaning.name != name:
            edit = Edit(at, at + len(name), meaning.name)
            yield Fix(title=f"Replace by {meaning.name}", edits=(edit,), diagnostics=(diagnostic,))
    for meaning in meanings:
        others = [other for other in meanings if other is not meaning]
        if others and all(other.hiding for other in others):
            modules = " and ".join(other.module for other in others)
            edits = tuple(sorted(edit for other in others for edit in other.hiding))
            yield Fix(title=f"Hide {_bare(name)} of {modules}", edits=edits, diagnostics=(diagnostic,))


def _meanings(source: Source, text: str) -> Iterator[_Meaning]:
    for found in _MEANING.finditer(text):
        name, module = found["name"], found["module"] or ""
        yield _Meaning(name, module, tuple(_out_of_scope(source, name, module)) if module else ())


def _out_of_scope(source: Source, name: str, module: str) -> Iterator[Edit]:
    """What keeps a thing out of scope that a module exports: other imports may bring it too, which GHC does not say."""
    bare, qualifier = _bare(name), name.removesuffix(_bare(name)).rstrip(".")
    lists = import_lists(source)
    things = _things(source, module, bare)
    for one in lists:
        is_same = one.module == module or not things.isdisjoint(_things(source, one.module, bare))
        if is_same and _serves(one, qualifier):
            yield from _hidden(source, one, bare)
    is_implicit = not any(one.module == PRELUDE for one in lists) and qualifier in {"", PRELUDE, module}
    if is_implicit and (module == PRELUDE or not things.isdisjoint(_things(source, PRELUDE, bare))):
        yield from _without_prelude(source, bare)


def _serves(one: ImportList, qualifier: str) -> bool:
    return not one.qualified or one.qualifier == qualifier


def _things(source: Source, module: str, name: str) -> set[tuple[str, Space]]:
    """What a module exports by a name, each by the module that defines it."""
    return {(each.module, each.space) for each in source.exports.exports(module) or () if each.occ == name}


def _hidden(source: Source, one: ImportList, name: str) -> list[Edit]:
    """The edits by which an import does not bring a name; none if that cannot be said."""
    if one.conditional:
        return []
    if one.items is None:
        return [Edit(one.end, one.end, f" hiding ({prefix(name)})")]
    if one.hiding is None:
        return without_items(source, one, {name})
    if any(item.name == name for item in one.items):
        return []
    last = one.items[-1].end if one.items else one.opening
    return [Edit(last, last, f", {prefix(name)}" if one.items else prefix(name))]


def _without_prelude(source: Source, name: str) -> Iterator[Edit]:
    """An import of the `Prelude` in the place of the implicit one."""
    added = add_import(source.text, PRELUDE, literate=source.literate)
    if added is not None:
        new = added.text.replace("import Prelude", f"import Prelude hiding ({prefix(name)})")
        yield Edit(added.offset, added.offset, new)


def _bare(name: str) -> str:
    return re.sub(r"^(?:[A-Z][\w']*\.)+(?=.)", "", name)

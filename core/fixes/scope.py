"""Names that are not in scope: imports that bring them, qualifiers that they have, names that were probably meant."""

import re
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from thatch.core.completion.details import import_for
from thatch.core.completion.model import Candidate, Kind
from thatch.core.completion.ranking import TYPES, VALUES
from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.import_lists import ImportList, import_lists, without_items
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.source.add_import import ImportedName, add_import
from thatch.core.splices.inline_head import Edit
from thatch.core.th.names import Space, prefix
from thatch.core.th.scope import Exported

_MISSING = re.compile(
    r"(?:(?:Variable|Data constructor) not in scope: |Not in scope: "
    r"(?P<kind>type constructor or class |data constructor |record field )?)"
    r"[`(]?(?P<qualifier>(?:[A-Z][\w']*\.)*)(?P<name>[^\s`()]+)"
)
_SUGGESTION = re.compile(r"(?:^Perhaps use|,) ?(?:one of these: )?(?:[a-z ]+(?:of \S+ )?)?`(?P<name>[^`]+)`")
_KINDS = {Space.TYPE: TYPES, Space.VALUE: VALUES - {Kind.CONSTRUCTOR}, Space.CONSTRUCTOR: {Kind.CONSTRUCTOR}}
MOST_MODULES = 8
"""How many modules are offered to be imported for one name."""

_NO_METHOD = re.compile(r"`(?P<name>[^`]+)` is not a \(visible\) method of class `(?P<cls>[^`]+)`")
_LISTED = re.compile(r"`([A-Z][\w'.]*)` \((?:at )?[^)]+\)")


@frozen
class Missing:
    """A name that is not in scope."""

    name: str
    """Without qualifier and parentheses."""

    qualifier: str
    """What stands before its dot; empty without one."""

    space: Space

    start: int
    """The offset of its first character, the qualifier included."""

    end: int


def missing_name(source: Source, diagnostic: Diagnostic) -> Missing | None:
    """The name that a message says is not in scope; None if it says something else, or the text does."""
    found = _MISSING.match(plain(diagnostic.message))
    if found is None or diagnostic.span is None:
        return None
    written = found["qualifier"] + found["name"]
    start, end = source.region(diagnostic.span)
    at = source.text.find(written, start, end)
    if at < 0 or source.text[start:at].strip("`( ") or source.text[at + len(written) : end].strip("`) (."):
        return None
    upper = found["name"][0].isupper() or found["name"].startswith(":")
    space = Space.CONSTRUCTOR if upper else Space.VALUE
    if found["kind"] and found["kind"].startswith("type"):
        space = Space.TYPE
    return Missing(found["name"], found["qualifier"].rstrip("."), space, at, at + len(written))


def bring_into_scope(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """All that makes the name mean something, the surest first."""
    missing = missing_name(source, diagnostic)
    if missing is None:
        return
    ways = (
        _extended(source, missing, diagnostic),
        _unhidden(source, missing),
        _qualified(source, missing),
        _imported(source, missing),
    )
    found = _unique([fix for way in ways for fix in way])
    similar = list(_similar(source, missing, diagnostic))
    offered = list(_unique([*found, *similar]))
    for fix in offered:
        yield evolve(
            fix, diagnostics=(diagnostic,), preferred=fix is offered[0] and (len(found) == 1 or len(offered) == 1)
        )


def _extended(source: Source, missing: Missing, diagnostic: Diagnostic) -> Iterator[Fix]:
    """One more item in the list of an import of a module that exports the name."""
    hinted = {module for hint in diagnostic.hints for module in _LISTED.findall(plain(hint))}
    for one in import_lists(source):
        if one.items is None or one.hiding is not None or one.conditional:
            continue
        exported = exported_as(source, one.module, missing)
        if exported is None and one.module not in hinted:
            continue
        items = _as_items(source, one.module, exported, missing) if exported else [ImportedName(name=missing.name)]
        for item in items:
            yield from _added(source, one, item, missing.qualifier)


def _added(source: Source, one: ImportList, item: ImportedName, qualifier: str) -> Iterator[Fix]:
    """An item in the list of an import, if that is where it goes."""
    added = add_import(source.text, one.module, item, qualifier=qualifier, literate=source.literate)
    if added is not None and one.opening <= added.offset <= one.closing:
        edit = Edit(added.offset, added.offset, added.text)
        yield Fix(title=f"Add {item.alone} to the import of {one.module}", edits=(edit,))


def _as_items(source: Source, module: str, exported: Exported, missing: Missing) -> list[ImportedName]:
    """How an import list can have a name; a type also with all its parts, which an instance of a class needs."""
    alone = as_item(exported)
    parts = {each.space for each in source.exports.exports(module) or () if each.parent == exported.occ}
    if exported.space is not Space.TYPE or alone.keyword or not parts:
        return [alone]
    whole = ImportedName(name=f"{exported.occ}(..)")
    line = source.code.rfind("\n", 0, missing.start) + 1
    is_instance_of_class = source.code.startswith("instance", line) and Space.CONSTRUCTOR not in parts
    return [whole] if is_instance_of_class else [alone, whole]


def bring_method(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The import of a method that an instance defines, beside that of its class."""
    found = _NO_METHOD.match(plain(diagnostic.message))
    if not found or source.at(diagnostic.span).strip("`()") != found["name"]:
        return
    name, cls = found["name"], found["cls"].rpartition(".")[2]
    for one in import_lists(source):
        exported = source.exports.exports(one.module) or ()
        is_part = any((each.occ, each.parent) == (name, cls) for each in exported)
        if is_part and one.items is not None and one.hiding is None and not one.conditional:
            qualifier = one.qualifier if one.qualified else ""
            for fix in _added(source, one, ImportedName(name=name, parent=cls), qualifier):
                yield evolve(fix, diagnostics=(diagnostic,), preferred=True)


def _unhidden(source: Source, missing: Missing) -> Iterator[Fix]:
    """A name that an import hides."""
    for one in import_lists(source):
        serves = one.qualifier == missing.qualifier if missing.qualifier else not one.qualified
        if one.hiding is not None and serves and any(item.name == missing.name for item in one.items or ()):
            edits = without_items(source, one, {missing.name})
            yield Fix(title=f"Stop hiding {missing.name} in the import of {one.module}", edits=tuple(edits))


def _qualified(source: Source, missing: Missing) -> Iterator[Fix]:
    """The qualifier of an import that brings the name."""
    for one in source.imports:
        if one.qualifier == missing.qualifier or not one.certain or (one.items is not None and not one.hiding):
            continue
        if (one.qualified or missing.qualifier) and exported_as(source, one.module, missing):
            name = missing.name if not one.qualified else f"{one.qualifier}.{missing.name}"
            yield _replaced(missing, name)


def _imported(source: Source, missing: Missing) -> Iterator[Fix]:
    """An import of a module that exports the name and of which nothing is imported in that way."""
    known = {each.module for each in source.imports if not each.qualified or missing.qualifier}
    if missing.qualifier and any(each.qualifier == missing.qualifier for each in source.imports):
        return
    candidates = [
        each
        for each in source.importable.get(missing.name, ())
        if each.kind in _KINDS[missing.space] and (each.module not in known or missing.qualifier)
    ]
    for candidate in _likely(candidates, missing.qualifier)[:MOST_MODULES]:
        added = import_for(source.text, candidate, missing.qualifier, literate=source.literate)
        if added is not None:
            title = f"Import {prefix(missing.name)} from {candidate.module}"
            if missing.qualifier:
                alias = f" as {missing.qualifier}" if missing.qualifier != candidate.module else ""
                title = f"Import qualified {candidate.module}{alias}"
            yield Fix(title=title, edits=(Edit(added.offset, added.offset, added.text),))


def _likely(candidates: Sequence[Candidate], qualifier: str) -> list[Candidate]:
    """Those of modules that people import, and that are called like the qualifier; all, if none is.

    The base library's come first, then those with short names.
    """
    found = [each for each in candidates if "Internal" not in each.module.split(".")] or candidates
    if qualifier:
        found = [each for each in found if _is_alike(each.module, qualifier)] or found
    units = {id(each): each.name.module.unit if each.name else "" for each in found}
    return sorted(found, key=lambda each: (not units[id(each)].startswith("base"), each.module.count("."), each.module))


def _is_alike(module: str, qualifier: str) -> bool:
    """Whether somebody could call a module so: by its name, the last part or another one, or a part's capitals."""
    parts = [part for part in module.split(".") if part not in {"Data", "Control"}]
    initials = {"".join(letter for letter in part if letter.isupper()) for part in parts}
    return qualifier == module or qualifier in parts or qualifier in initials


def _similar(source: Source, missing: Missing, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The names that GHC thinks were meant, of the same kind."""
    for hint in diagnostic.hints:
        for found in _SUGGESTION.finditer(plain(hint)):
            name = found["name"]
            if _kind(name) == _kind(missing.name):
                yield _replaced(missing, name)


def _replaced(missing: Missing, name: str) -> Fix:
    return Fix(title=f"Replace by {name}", edits=(Edit(missing.start, missing.end, name),))


def exported_as(source: Source, module: str, missing: Missing) -> Exported | None:
    """How a module exports the name; None if it does not, or nobody knows."""
    exported = source.exports.exports(module) or ()
    return next((each for each in exported if (each.occ, each.space) == (missing.name, missing.space)), None)


def as_item(exported: Exported) -> ImportedName:
    """What an import list calls it."""
    if exported.space is Space.CONSTRUCTOR:
        return ImportedName(name=exported.occ, parent=exported.parent, keyword="" if exported.parent else "pattern")
    is_operator = exported.space is Space.TYPE and prefix(exported.occ) != exported.occ
    return ImportedName(name=exported.occ, keyword="type" if is_operator else "")


def _kind(name: str) -> tuple[bool, bool]:
    """Whether a name is an operator, and whether it is that of a constructor or a type."""
    bare = re.sub(r"^(?:[A-Z][\w']*\.)+(?=.)", "", name)
    is_operator = not (bare[0].isalpha() or bare[0] == "_")
    return is_operator, bare[0] == ":" if is_operator else bare[0].isupper()


def _unique(some: list[Fix]) -> list[Fix]:
    return list({fix.title: fix for fix in some}.values())

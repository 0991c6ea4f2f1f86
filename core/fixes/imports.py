"""Imports that are redundant, of names that a module does not export, or of modules that there are not."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.import_lists import ImportList, import_lists, without_import, without_items
from thatch.core.fixes.model import Fix, FixKind
from thatch.core.fixes.source import Source
from thatch.core.fixes.words import plain
from thatch.core.splices.inline_head import Edit, joined
from thatch.core.th.names import prefix

_REDUNDANT = re.compile(
    r"The (?:qualified )?import of `(?P<what>[^`]+)`(?: from module `(?P<module>[^`]+)`)? is redundant"
)
_NOT_EXPORTED = re.compile(r"Module `(?P<module>[^`]+)` does not export `(?P<name>[^`]+)`")
_NO_MODULE = re.compile(r"Could not (?:find|load) module `(?P<module>[^`]+)`")
_MEANT = re.compile(r"(?:Perhaps you meant|\)) (?P<module>[A-Z][\w'.]*) (?=\()")

FLAG = "-Wunused-imports"
LIKENESS = 0.7
"""How alike a name must be to one that is exported for this to have been meant (1 is the same)."""

MODULE_LIKENESS = 0.88
"""The same for modules, whose names have much in common anyway."""

MOST_LIKE = 3


def remove_redundant(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Take away a redundant import, or the items of one that are; or keep the instances that it brings."""
    found = _REDUNDANT.match(plain(diagnostic.message))
    one = _import_at(source, diagnostic)
    if not found or not one:
        return
    edits = _removal(source, one, found)
    if not edits:
        return
    what = f"{found['what']} from the import" if found["module"] else "the import"
    title = f"Remove {what} of {one.module}"
    yield Fix(title=title, edits=tuple(edits), diagnostics=(diagnostic,), preferred=True)
    if not found["module"] and one.items != ():
        before = source.text[one.start : one.name_start].replace("qualified ", "", 1)
        edit = Edit(one.start, one.end, f"{before}{one.module} ()")
        yield Fix(title=f"Import only instances from {one.module}", edits=(edit,), diagnostics=(diagnostic,))


def organize(source: Source, diagnostics: Iterable[Diagnostic]) -> Iterator[Fix]:
    """Take away all that is redundant in imports at once."""
    edits: list[Edit] = []
    answered = []
    for diagnostic in diagnostics:
        found = _REDUNDANT.match(plain(diagnostic.message))
        one = _import_at(source, diagnostic)
        if found and one and diagnostic.flag == FLAG and (removal := _removal(source, one, found)):
            edits += removal
            answered.append(diagnostic)
    if answered:
        yield Fix(
            title="Remove all redundant imports",
            edits=joined(edits),
            kind=FixKind.ORGANIZE_IMPORTS,
            diagnostics=tuple(answered),
        )


def not_exported(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """An item of an import list that the module does not export: what it does export, or nothing."""
    found = _NOT_EXPORTED.match(plain(diagnostic.message))
    one = _import_at(source, diagnostic)
    if not found or not one or one.module != found["module"]:
        return
    item = next((item for item in one.items or () if item.name == found["name"]), None)
    edits = without_items(source, one, {found["name"]})
    if not item or not edits:
        return
    exported = source.exports.exports(one.module) or () if one.hiding is None else ()
    known = sorted({each.occ for each in exported})
    for name in get_close_matches(found["name"], known, MOST_LIKE, LIKENESS):
        at = source.text.index(item.name, item.start, item.end)
        start, end = (item.start, item.end) if prefix(name) != name else (at, at + len(item.name))
        edit = Edit(start, end, prefix(name))
        yield Fix(title=f"Replace by {name}", edits=(edit,), diagnostics=(diagnostic,))
    title = f"Remove {found['name']} from the import of {one.module}"
    yield Fix(title=title, edits=tuple(edits), diagnostics=(diagnostic,))


def other_module(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """The modules that GHC knows and whose names are like that of an imported one that it does not know."""
    found = _NO_MODULE.match(plain(diagnostic.message))
    one = _import_at(source, diagnostic)
    if not found or not one or one.module != found["module"]:
        return
    place = one.name_start, one.name_start + len(one.module)
    for hint in diagnostic.hints:
        known = [meant["module"] for meant in _MEANT.finditer(plain(hint))]
        for module in get_close_matches(one.module, known, MOST_LIKE, MODULE_LIKENESS):
            yield Fix(title=f"Import {module} instead", edits=(Edit(*place, module),), diagnostics=(diagnostic,))


def _import_at(source: Source, diagnostic: Diagnostic) -> ImportList | None:
    """The import that a message is about, or something in it."""
    if diagnostic.span is None:
        return None
    start, end = source.region(diagnostic.span)
    return next(
        (one for one in import_lists(source) if one.start <= start and end <= one.end and not one.conditional), None
    )


def _removal(source: Source, one: ImportList, found: re.Match[str]) -> list[Edit]:
    if (found["module"] or found["what"]) != one.module:
        return []
    if not found["module"]:
        return [without_import(source, one)]
    return without_items(source, one, frozenset(_names(found["what"])))


def _names(what: str) -> Iterator[str]:
    """The names of items as GHC lists them: `nub, Maybe(..), T(A, b)`."""
    for item in re.findall(r"[^,\s(]+\([^)]*\)|\([^)]+\)|[^,\s]+", what):
        name, opening, parts = item.partition("(")
        if name and opening and parts != "..)":
            yield from parts.rstrip(")").replace(" ", "").split(",")
        yield item.strip("()") if not name else name if parts != "..)" else item

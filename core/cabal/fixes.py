"""What can be done about messages of GHC, cabal and thatch by changing a `.cabal` file."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from thatch.core.cabal.edits import add_entry, remove_entry, title_of
from thatch.core.cabal.outline import Outline, Section, parse
from thatch.core.cabal.problems import NO_FILE, TWICE
from thatch.core.cabal.words import CONDITIONALS, FIELDS, MODULE_FIELDS
from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix, FixKind, applied
from thatch.core.fixes.words import plain
from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.core.tools.line_edits import line_edits

_HIDDEN = re.compile(
    r"It is a member of the hidden package `(?P<name>[\w-]*?)-(?P<version>\d+(?:\.\d+)*)(?:[:-][^`]*)?`"
)
_MISSING = re.compile(r"not listed in your \.cabal file's other-modules for `[^`]*` : (?P<modules>[\w.' ]+)")
_MISSING_HOME_MODULES = "-Wmissing-home-modules"
_UNKNOWN_FIELD = re.compile(r'Unknown field: "(?P<name>[^"]+)"')
_NO_STANZA = re.compile(r"Undefined common stanza imported: (?P<name>\S+)")
_LICENSE = re.compile(r"Unknown SPDX license identifier: '(?P<name>[^']+)'\s+Do you mean (?P<meant>[\w.+-]+?)\?")

LIKENESS = 0.75
"""How alike a name must be to a known one for this to have been meant (1 is the same)."""

MOST_NAMED = 3
"""How many modules a title names."""

CARETS = (2, 0)
"""The first version of the file format that has ranges of versions such as `^>=1.2`."""


def hidden_packages(one: Diagnostic) -> list[tuple[str, str]]:
    """The packages, with their versions, whose modules a message says are hidden."""
    return list(dict.fromkeys((found["name"], found["version"]) for found in _HIDDEN.finditer(plain(one.message))))


def missing_modules(one: Diagnostic) -> list[str]:
    """The modules that a message says no component lists."""
    found = _MISSING.search(plain(one.message)) if one.flag == _MISSING_HOME_MODULES else None
    return found["modules"].split() if found else []


def add_packages(outline: Outline, section: Section, one: Diagnostic) -> Iterator[Fix]:
    """Packages that GHC says are hidden, as dependencies of a component: without a range of versions, and with one."""
    for name, version in hidden_packages(one):
        series = ".".join(version.split(".")[:3])
        for entry in (name, f"{name} ^>={series}") if _format(outline) >= CARETS else (name,):
            edit = add_entry(outline, section, "build-depends", entry)
            if edit:
                title = f"Add {entry} to build-depends of {title_of(section)}"
                yield Fix(title=title, edits=(edit,), diagnostics=(one,))


def add_modules(
    outline: Outline, section: Section, modules: Iterable[str], diagnostics: tuple[Diagnostic, ...] = ()
) -> Iterator[Fix]:
    """Modules in the lists of a component: those that it keeps for itself, and those of a library that others see."""
    names = list(modules)
    kind = FixKind.QUICK_FIX if diagnostics else FixKind.REWRITE
    what = ", ".join(names) if len(names) <= MOST_NAMED else f"{names[0]} and {len(names) - 1} more modules"
    for field in ("other-modules", "exposed-modules") if section.name == "library" else ("other-modules",):
        edits = line_edits(outline.text, _with_all(outline, section, field, names))
        if edits:
            title = f"Add {what} to {field} of {title_of(section)}"
            yield Fix(title=title, edits=tuple(edits), kind=kind, diagnostics=diagnostics)


def _with_all(outline: Outline, section: Section, field: str, entries: Iterable[str]) -> str:
    """The text with more entries in a list of a section."""
    for entry in entries:
        edit = add_entry(outline, section, field, entry)
        if edit:
            outline = parse(applied(outline.text, (edit,)))
            # The changes are all behind its name.
            section = next(each for each in outline.sections if each.start == section.start)
    return outline.text


def fixes(outline: Outline, lines: LineIndex, one: Diagnostic) -> Iterator[Fix]:
    """What can be done about what cabal or thatch says of a file, which must be about the text as it is."""
    at = lines.offsets(one.span)[0] if one.span else 0
    if one.code in {NO_FILE, TWICE}:
        edit = remove_entry(outline, at)
        field = outline.around(at).field
        if edit and field and field.name in MODULE_FIELDS:
            yield Fix(title=f"Remove it from {field.name}", edits=(edit,), diagnostics=(one,))
    elif found := _UNKNOWN_FIELD.match(one.message):
        yield from _other_field(outline, at, found["name"], one)
    elif found := _NO_STANZA.match(one.message):
        known = [each.argument for each in outline.sections if each.name == "common"]
        yield from _other_word(outline, at, found["name"], get_close_matches(found["name"], known, 1, LIKENESS), one)
    elif found := _LICENSE.search(plain(one.message)):
        yield from _other_word(outline, at, found["name"], [found["meant"]], one)


def _other_field(outline: Outline, at: int, name: str, one: Diagnostic) -> Iterator[Fix]:
    around = outline.around(at)
    owners = [each.name for each in around.sections if each.name not in CONDITIONALS]
    field = around.field
    if field is None or field.start != at or field.name != name.lower():
        return
    known = FIELDS.get(owners[-1] if owners else "", {})
    # English has two spellings of one of them.
    meant = [name.replace("licence", "license")] if name.startswith("licence") else []
    for other in meant or get_close_matches(name, known, 1, LIKENESS):
        yield _replaced(Edit(field.start, field.name_end, other), one)


def _other_word(outline: Outline, at: int, name: str, meant: Iterable[str], one: Diagnostic) -> Iterator[Fix]:
    """A word of the value around a place, replaced."""
    field = outline.around(at).field
    word = next((each for each in outline.words(field) if each.text == name), None) if field else None
    if word:
        yield from (_replaced(Edit(word.start, word.end, other), one) for other in meant)


def _replaced(edit: Edit, one: Diagnostic) -> Fix:
    return Fix(title=f"Replace by {edit.text}", edits=(edit,), diagnostics=(one,))


def _format(outline: Outline) -> tuple[int, ...]:
    """The version of the file's format."""
    found = re.search(r"\d+(?:\.\d+)*", outline.value("cabal-version"))
    return tuple(map(int, found[0].split("."))) if found else (1, 0)

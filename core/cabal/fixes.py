"""What can be done about messages of GHC, cabal and thatch by changing a `.cabal` file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from thatch.core.cabal.asked import owner
from thatch.core.cabal.edits import add_entry, find_entry, remove_entry, title_of
from thatch.core.cabal.outline import Outline, Section, parse
from thatch.core.cabal.problems import NO_FILE, TWICE
from thatch.core.cabal.words import FIELDS, MODULE_FIELDS
from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix, FixKind, applied
from thatch.core.fixes.words import plain
from thatch.core.project.model import Role, Unit
from thatch.core.splices.inline_head import Edit
from thatch.core.text import LineIndex
from thatch.core.tools.line_edits import line_edits

_HIDDEN = re.compile(
    r"It is a member of the hidden package `(?P<name>[\w-]*?)-(?P<version>\d+(?:\.\d+)*)(?:[:-][^`]*)?`"
)
_UNSEEN_MODULE = re.compile(r"Could not (?:find|load) module `(?P<module>[^`]+)`")
_MISSING = re.compile(r"not listed in your \.cabal file's other-modules for `[^`]*` : (?P<modules>[\w.' ]+)")
_MISSING_HOME_MODULES = "-Wmissing-home-modules"
_UNUSED = re.compile(r"- (?P<name>[\w-]*?)-\d[\w.-]* \(exposed by")
_UNUSED_PACKAGES = "-Wunused-packages"
_UNKNOWN_FIELD = re.compile(r'Unknown field: "(?P<name>[^"]+)"')
_NO_STANZA = re.compile(r"Undefined common stanza imported: (?P<name>\S+)")
_LICENSE = re.compile(r"Unknown SPDX license identifier: '(?P<name>[^']+)'\s+Do you mean (?P<meant>[\w.+-]+?)\?")

LIKENESS = 0.75
"""How alike a name must be to a known one for this to have been meant (1 is the same)."""

MOST_NAMED = 3
"""How many modules or packages a title names."""

_DEPENDS = "build-depends"

INNER_LIBRARIES = (3, 0)
"""The first version of the file format in which a dependency can be a library within a package."""

CARETS = (2, 0)
"""The first version of the file format that has ranges of versions such as `^>=1.2`."""


def hidden_packages(one: Diagnostic) -> list[tuple[str, str]]:
    """The packages, with their versions, whose modules a message says are hidden."""
    return list(dict.fromkeys((found["name"], found["version"]) for found in _HIDDEN.finditer(plain(one.message))))


def unseen_module(one: Diagnostic) -> str | None:
    """The imported module that a message says cannot be seen."""
    found = _UNSEEN_MODULE.match(plain(one.message))
    return found["module"] if found else None


def providers(units: Iterable[Unit], user: Unit, module: str) -> list[str]:
    """The libraries of a project that a unit could depend on for a module, as it would name them."""
    package = user.component.partition(":")[0]
    found = []
    for unit in units:
        name, kind, inner = (*unit.component.split(":", 2), "", "")[:3]
        exposes = any(each.name == module and each.role is Role.EXPOSED for each in unit.modules)
        if kind == "lib" and exposes and unit.id != user.id:
            found.append(name if not inner else inner if name == package else f"{name}:{inner}")
    return found


def missing_modules(one: Diagnostic) -> list[str]:
    """The modules that a message says no component lists."""
    found = _MISSING.search(plain(one.message)) if one.flag == _MISSING_HOME_MODULES else None
    return found["modules"].split() if found else []


def unused_packages(one: Diagnostic) -> list[str]:
    """The packages that a message says nothing is imported from."""
    return [found["name"] for found in _UNUSED.finditer(plain(one.message))] if one.flag == _UNUSED_PACKAGES else []


def remove_packages(outline: Outline, section: Section, one: Diagnostic) -> Iterator[Fix]:
    """Dependencies taken away from which, as GHC says, nothing is imported: each by itself, and all of them."""
    names = [name for name in unused_packages(one) if find_entry(outline, section, _DEPENDS, name) is not None]
    for some in ([[name] for name in names] + [names]) if len(names) > 1 else [names]:
        edits = line_edits(outline.text, _without_all(outline, section, some))
        if edits:
            title = f"Remove {_named(some)} from {_DEPENDS} of {title_of(section)}"
            yield Fix(title=title, edits=tuple(edits), diagnostics=(one,))


def _without_all(outline: Outline, section: Section, names: Iterable[str]) -> str:
    """The text without some dependencies of a section."""
    for name in names:
        at = find_entry(outline, section, _DEPENDS, name)
        edit = None if at is None else remove_entry(outline, at)
        outline, section = _after(outline, section, edit)
    return outline.text


def _named(names: Sequence[str]) -> str:
    """Names for a title."""
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{names[0]} and {len(names) - 1} more"


def add_packages(
    outline: Outline, section: Section, packages: Iterable[tuple[str, str]], one: Diagnostic
) -> Iterator[Fix]:
    """Packages as dependencies of a component: without a range of versions, and if they have a version, with one."""
    for name, version in packages:
        if ":" in name and _format(outline) < INNER_LIBRARIES:
            continue
        series = ".".join(version.split(".")[:3])
        for entry in (name, f"{name} ^>={series}") if series and _format(outline) >= CARETS else (name,):
            edit = add_entry(outline, section, _DEPENDS, entry)
            if edit:
                title = f"Add {entry} to {_DEPENDS} of {title_of(section)}"
                yield Fix(title=title, edits=(edit,), diagnostics=(one,))


def add_modules(
    outline: Outline, section: Section, modules: Iterable[str], diagnostics: tuple[Diagnostic, ...] = ()
) -> Iterator[Fix]:
    """Modules in the lists of a component: those that it keeps for itself, and those of a library that others see."""
    names = list(modules)
    kind = FixKind.QUICK_FIX if diagnostics else FixKind.REWRITE
    for field in ("other-modules", "exposed-modules") if section.name == "library" else ("other-modules",):
        edits = line_edits(outline.text, _with_all(outline, section, field, names))
        if edits:
            title = f"Add {_named(names)} to {field} of {title_of(section)}"
            yield Fix(title=title, edits=tuple(edits), kind=kind, diagnostics=diagnostics)


def _with_all(outline: Outline, section: Section, field: str, entries: Iterable[str]) -> str:
    """The text with more entries in a list of a section."""
    for entry in entries:
        outline, section = _after(outline, section, add_entry(outline, section, field, entry))
    return outline.text


def _after(outline: Outline, section: Section, edit: Edit | None) -> tuple[Outline, Section]:
    """The text after a change in a section, and the section in it."""
    if edit is None:
        return outline, section
    outline = parse(applied(outline.text, (edit,)))
    # The change is behind its name.
    return outline, next(each for each in outline.sections if each.start == section.start)


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
    field = around.field
    if field is None or field.start != at or field.name != name.lower():
        return
    known = FIELDS.get(owner(around.sections), {})
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

"""Changes of the lists in a `.cabal` file, in the way in which each is written already."""

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import frozen

from thatch.core.cabal.outline import Field, Outline, Section, Word
from thatch.core.cabal.words import CONDITIONALS
from thatch.core.splices.inline_head import Edit

INDENT = 2
"""How much further than its section a field is indented, if no other shows it."""

KINDS = {"lib": "library", "exe": "executable", "test": "test-suite", "bench": "benchmark", "flib": "foreign-library"}
"""The sections of components, by what cabal calls these on the command line."""


def section_of(outline: Outline, component: str) -> Section | None:
    """The section of a component such as `box:lib`, `box:lib:inner` or `box:exe:box`; None if there is none."""
    _, kind, name = (*component.split(":", 2), "", "")[:3]
    wanted = KINDS.get(kind)
    return next((each for each in outline.sections if each.name == wanted and each.argument == name), None)


def title_of(section: Section) -> str:
    """What users call a section: `the library`, `executable box`."""
    return f"{section.name} {section.argument}" if section.argument else f"the {section.name}"


def add_entry(outline: Outline, section: Section, name: str, entry: str) -> Edit | None:
    """One more entry in a list of a section, which gets the list if it has none.

    None if it has the entry, or if its list cannot be found or written, as in braces on one line.
    """
    fields = [each for each in section.children if isinstance(each, Field) and each.name == name]
    known = {_key(word.text) for each in fields for word in _entries(outline, each)}
    if _key(entry) in known:
        return None
    if not fields:
        return _new_field(outline, section, f"{name}: {entry}")
    return _inserted(outline, fields[-1], entry)


def find_entry(outline: Outline, section: Section, name: str, entry: str) -> int | None:
    """The offset of an entry in a section's own lists of a name; None if it is in none."""
    fields = [each for each in section.children if isinstance(each, Field) and each.name == name]
    found = (word.start for each in fields for word in _entries(outline, each) if _key(word.text) == entry)
    return next(found, None)


def remove_entry(outline: Outline, offset: int) -> Edit | None:
    """An entry taken out of the list around an offset, with the list if it was all of it; None if there is none."""
    field = outline.around(offset).field
    entries = _entries(outline, field) if field else []
    index = next((n for n, each in enumerate(entries) if each.start <= offset <= each.end), None)
    if field is None or index is None:
        return None
    if len(entries) == 1:
        start = outline.text.rfind("\n", 0, field.start) + 1
        end = outline.text.find("\n", field.end)
        return (
            None
            if outline.text[start : field.start].strip()
            else Edit(start, len(outline.text) if end < 0 else end + 1, "")
        )
    if index:
        edit = Edit(entries[index - 1].end, entries[index].end, "")
        between = outline.text[edit.start : entries[index].start]
    else:
        edit = Edit(entries[0].start, entries[1].start, "")
        between = outline.text[entries[0].end : edit.end]
    # A comment between the two may be about either.
    return edit if not between.replace(",", "").strip() else None


def _entries(outline: Outline, field: Field) -> list[Word]:
    """The entries of a list: of dependencies between commas, else words."""
    return outline.entries(field) if field.name.endswith("depends") else outline.words(field)


def _key(entry: str) -> str:
    """What an entry is about: a package, a module."""
    found = _NAME.match(entry)
    return found[0] if found else entry


_NAME = re.compile(r"[\w.'-]+(?::[\w-]+)?")


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _new_field(outline: Outline, section: Section, line: str) -> Edit | None:
    """A field behind the others of a section, before its conditionals."""
    before: list[Field] = []
    for each in section.children:
        if isinstance(each, Section) and each.name in CONDITIONALS:
            break
        before += [each] if isinstance(each, Field) else []
    text = outline.text
    if before:
        line_start = text.rfind("\n", 0, before[-1].start) + 1
        indent = text[line_start : before[-1].start]
        at = before[-1].end
        if indent.strip() or not _ends_line(text, at):
            return None
    else:
        at = max(section.name_end, section.argument_region[1])
        if section.braced or not _ends_line(text, at):
            return None
        indent = " " * (section.indent + INDENT)
    return Edit(at, at, f"{_newline(text)}{indent}{line}")


def _ends_line(text: str, at: int) -> bool:
    end = text.find("\n", at)
    return not text[at : len(text) if end < 0 else end].strip()


@frozen
class _Line:
    """How an entry stands in its line."""

    indent: str
    """What stands before it, its comma included, if nothing else does; blanks of the same width if something does."""

    is_first: bool
    """Whether nothing but blanks and a comma stands before it."""

    has_comma: bool
    """Whether a comma stands before it."""


def _line(text: str, entry: Word) -> _Line:
    start = text.rfind("\n", 0, entry.start) + 1
    before = text[start : entry.start]
    is_first = not before.replace(",", "", 1).strip()
    indent = before if is_first else re.sub(r"\S", " ", before)
    return _Line(indent, is_first, is_first and "," in before)


def _inserted(outline: Outline, field: Field, entry: str) -> Edit:
    """An entry in a list: in its place if the list is in order, else behind the last."""
    text, entries = outline.text, _entries(outline, field)
    if not entries:
        at = field.value_start
        return Edit(at, at, f"{'' if text[at : at + 1] == ' ' else ' '}{entry}")
    lines = [_line(text, each) for each in entries]
    place = _place(entries, entry)
    if any(line.has_comma for line in lines):
        return _behind_comma_first(text, entries, lines, place, entry)
    comma = "," if _has_commas(text, field, entries) else ""
    stacked = len(entries) > 1 and all(line.is_first for line in lines[1:])
    lone = len(entries) == 1 and lines[0].is_first
    between = f"{comma}{_newline(text)}{lines[-1].indent}" if stacked or lone else f"{comma} "
    if place < len(entries):
        at = entries[place].start
        return Edit(at, at, f"{entry}{between}")
    at = entries[-1].end
    if comma and text[at:].lstrip()[:1] == ",":
        # The last one has a comma, too.
        at = text.index(",", at) + 1
        return Edit(at, at, f"{between.removeprefix(',')}{entry},")
    return Edit(at, at, f"{between}{entry}")


def _behind_comma_first(text: str, entries: Sequence[Word], lines: Sequence[_Line], place: int, entry: str) -> Edit:
    """An entry in a list whose lines begin with commas; the first one may have none, and stay the first."""
    model = next(line for line in lines if line.has_comma)
    if place == 0 and lines[0].has_comma:
        at = entries[0].start
        return Edit(at, at, f"{entry}{_newline(text)}{model.indent}")
    at = entries[max(place, 1) - 1].end
    return Edit(at, at, f"{_newline(text)}{model.indent}{entry}")


def _has_commas(text: str, field: Field, entries: Sequence[Word]) -> bool:
    if field.name.endswith("depends") or len(entries) == 1:
        return True
    return any("," in text[one.end : other.start] for one, other in pairwise(entries))


def _place(entries: Sequence[Word], entry: str) -> int:
    """Before which entry a new one goes."""
    keys = [each.text.lower() for each in entries]
    if len(keys) < 2 or keys != sorted(keys):
        return len(entries)
    return next((n for n, key in enumerate(keys) if key > entry.lower()), len(entries))

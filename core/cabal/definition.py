"""Where a `.cabal` file leads to from a place of it: the files of modules, common stanzas, flags.  Looks for files."""

import re
from pathlib import Path

from attrs import frozen

from thatch.core.cabal.outline import Outline, Region, Section
from thatch.core.cabal.surroundings import find_module, folders_of
from thatch.core.cabal.words import COMPONENTS, MODULE_FIELDS

_FLAG = re.compile(r"\bflag[ \t]*\([ \t]*(?P<name>[\w-]+)[ \t]*\)", re.IGNORECASE)


@frozen
class Leads:
    """Where a word leads to."""

    origin: Region
    """The word."""

    path: Path | None = None
    """The file, if it is another one."""

    section: Section | None = None
    """The section of the same file, if it is none."""


def definition(outline: Outline, offset: int, package: Path) -> Leads | None:
    """Where the word at an offset leads to; `package` is the folder of the file.  Blocking."""
    around = outline.around(offset)
    if around.field is None:
        return _flag(outline, offset)
    word = next((each for each in outline.words(around.field) if each.start <= offset <= each.end), None)
    if word is None:
        return None
    origin = word.start, word.end
    component = around.sections[0] if around.sections else None
    if around.field.name == "import":
        section = next((each for each in outline.sections if (each.name, each.argument) == ("common", word.text)), None)
        return Leads(origin, section=section) if section else None
    if component is None or component.name not in {*COMPONENTS, "common"}:
        return None
    folders = folders_of(outline, component, package)
    found = None
    if around.field.name in {*MODULE_FIELDS, "test-module"}:
        found = find_module(folders, word.text)
    elif around.field.name == "main-is":
        found = next((path for folder in folders if (path := folder / word.text).is_file()), None)
    return Leads(origin, path=found) if found else None


def _flag(outline: Outline, offset: int) -> Leads | None:
    start = outline.text.rfind("\n", 0, offset) + 1
    end = outline.text.find("\n", offset)
    for found in _FLAG.finditer(outline.text, start, len(outline.text) if end < 0 else end):
        section = next((each for each in outline.sections if _is_flag(each, found["name"])), None)
        if section and found.start("name") <= offset <= found.end("name"):
            return Leads(found.span("name"), section=section)
    return None


def _is_flag(section: Section, name: str) -> bool:
    """Whether a section defines a flag; the case of flags does not count, while that of common stanzas does."""
    return section.name == "flag" and section.argument.lower() == name.lower()

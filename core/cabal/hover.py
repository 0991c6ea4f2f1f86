"""What is known of a word in a `.cabal` file: what fields and sections mean, what packages are for."""

import re
from collections.abc import Mapping

from attrs import frozen

from thatch.core.cabal.asked import owner
from thatch.core.cabal.completion import PackageFact
from thatch.core.cabal.outline import Field, Outline, Region
from thatch.core.cabal.words import CONDITIONALS, SECTIONS, Values, kind_of
from thatch.core.haddock.markdown import code_span, escaped


@frozen
class About:
    """What is said of a word."""

    subject: str
    more: str
    """What stands beside the subject, such as a version."""

    text: str
    """A sentence or two."""

    region: Region

    own: bool = True
    """Whether the text is thatch's, in which backticks mean code."""

    def markdown(self) -> str:
        """For editors that render Markdown."""
        head = f"{code_span(self.subject)} {escaped(self.more)}".rstrip()
        return f"{head}\n\n{self.text if self.own else escaped(self.text)}".rstrip()

    def plain(self) -> str:
        """For editors that show text as it is."""
        return f"{self.subject} {self.more}".rstrip() + f"\n\n{self.text}".rstrip()


def about(outline: Outline, offset: int, packages: Mapping[str, PackageFact]) -> About | None:
    """What is known of the word at an offset; None if nothing is."""
    around = outline.around(offset)
    section_name, field = owner(around.sections), around.field
    if field is not None and field.start <= offset <= field.name_end:
        word = kind_of(section_name, field.name)
        return About(field.name, "", word.meaning, (field.start, field.name_end)) if word else None
    if field is not None:
        word = kind_of(section_name, field.name)
        return _package(outline, field, offset, packages) if word and word.values is Values.PACKAGES else None
    section = around.sections[-1] if around.sections else None
    meaning = {**SECTIONS, **CONDITIONALS}.get(section.name) if section else None
    if section is None or meaning is None or not section.start <= offset <= section.name_end:
        return None
    return About(section.name, "", meaning, (section.start, section.name_end))


_PACKAGE = re.compile(r"[\w-]+")


def _package(outline: Outline, field: Field, offset: int, packages: Mapping[str, PackageFact]) -> About | None:
    for entry in outline.entries(field):
        name = _PACKAGE.match(outline.text, entry.start, entry.end)
        fact = packages.get(name[0]) if name else None
        if name and fact and name.start() <= offset <= name.end():
            text = fact.synopsis or ("" if fact.version else "A package of this project.")
            return About(name[0], fact.version, text, name.span(), own=False)
    return None

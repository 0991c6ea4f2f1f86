"""What is being typed at a place of a `.cabal` file; what can stand there is decided elsewhere."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from attrs import frozen

from thatch.core.cabal.outline import Field, Outline, Section
from thatch.core.cabal.words import CONDITIONALS, FIELDS, UNKNOWN, Values, kind_of


class Place(Enum):
    """The kind of thing that is being typed."""

    NAME = auto()
    """Of a field or of a section."""

    VALUE = auto()
    CONDITION = auto()


@frozen(kw_only=True)
class Asked:
    """What somebody types, and where."""

    place: Place

    start: int
    """The offset at which it begins; it ends at the place."""

    typed: str

    section: str
    """The section whose fields can stand there, as `owner` names it."""

    sections: tuple[Section, ...] = ()
    """Those around it, from the outermost to the innermost."""

    field: Field | None = None
    """The field whose value is typed."""

    goes_on: bool = False
    """Whether the line has a colon behind the place, so that a field is being renamed."""

    values: Values = Values.FREE
    choices: tuple[str, ...] = ()
    """What the field can be; for a range of versions, the package."""


def asked_at(outline: Outline, offset: int) -> Asked | None:
    """What is being typed at an offset; None where nothing can be offered, as in comments and ranges of versions."""
    text = outline.text
    line_start = text.rfind("\n", 0, offset) + 1
    before = text[line_start:offset]
    if before.lstrip().startswith("--"):
        return None
    around = outline.around(offset)
    if around.field is not None and offset >= around.field.value_start:
        return _value(outline, offset, around.sections, around.field)
    if condition := _CONDITION.match(before):
        typed = _END.search(condition["rest"])
        start = offset - len(typed[0] if typed else "")
        above = tuple(each for each in around.sections if each.start < line_start)
        return Asked(place=Place.CONDITION, start=start, typed=text[start:offset], section=owner(above), sections=above)
    name = _NAME.fullmatch(before)
    if name is None:
        return None
    above = tuple(each for each in around.sections if each.start < line_start)
    rest = text[offset : text.find("\n", offset) if "\n" in text[offset:] else len(text)]
    return Asked(
        place=Place.NAME,
        start=offset - len(name["name"]),
        typed=name["name"],
        section=owner(above),
        sections=above,
        goes_on=_GOES_ON.match(rest) is not None,
    )


_NAME = re.compile(r"\ufeff?[ \t}]*(?P<name>[\w-]*)")
_CONDITION = re.compile(r"[ \t}]*(?:if|elif)\b(?P<rest>[^{]*)$", re.IGNORECASE)
_END = re.compile(r"[\w-]*$")
_GOES_ON = re.compile(r"[\w-]*[ \t]*:")
_TYPED = {
    Values.PACKAGES: re.compile(r"[\w:-]*$"),
    Values.MODULES: re.compile(r"[\w.']*$"),
    Values.FOLDERS: re.compile(r"[\w./-]*$"),
    Values.MAIN: re.compile(r"[\w./-]*$"),
    Values.OPTIONS: re.compile(r"[\w=+.-]*$"),
}
_WORD = re.compile(r"[\w.+-]*$")
_ONE = frozenset({Values.CHOICE, Values.MAIN})


def _value(outline: Outline, offset: int, sections: tuple[Section, ...], field: Field) -> Asked | None:
    section = owner(sections)
    word = kind_of(section, field.name)
    if word is None or word.values is Values.FREE:
        return None
    before = outline.text[field.value_start : offset]
    typed = (_TYPED.get(word.values, _WORD).search(before) or [""])[0]
    rest = before[: len(before) - len(typed)].rstrip()
    if word.values is Values.PACKAGES and _is_within(_without_comments(rest)):
        return _range(offset, sections, field, before)
    if rest and word.values in _ONE:
        return None
    return Asked(
        place=Place.VALUE,
        start=offset - len(typed),
        typed=typed,
        section=section,
        sections=sections,
        field=field,
        values=word.values,
        choices=word.choices,
    )


def _range(offset: int, sections: tuple[Section, ...], field: Field, before: str) -> Asked | None:
    """The range of versions behind the name of a package, as long as no number of it was typed."""
    found = _RANGE.search(before)
    if found is None:
        return None
    return Asked(
        place=Place.VALUE,
        start=offset - len(found["typed"]),
        typed=found["typed"],
        section=owner(sections),
        sections=sections,
        field=field,
        values=Values.RANGES,
        choices=(found["name"],),
    )


_RANGE = re.compile(r"(?:^|,)\s*(?P<name>[\w-]+)[ \t]+(?P<typed>[\^>=]*)$")


def _is_within(rest: str) -> bool:
    """Whether what stands before a word is the middle of a dependency rather than the end of the one before it."""
    depth = sum(rest.count(each) for each in "({") - sum(rest.count(each) for each in ")}")
    return bool(rest) and (depth > 0 or not rest.endswith(","))


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("--")).rstrip()


def owner(sections: Sequence[Section]) -> str:
    """The section that owns the fields in some nested ones: conditionals have the fields of what they are in.

    Empty for the package itself, `UNKNOWN` for what is no section of these files.
    """
    named = [each.name for each in sections if each.name not in CONDITIONALS]
    if not named:
        return ""
    return named[-1] if named[-1] in FIELDS else UNKNOWN

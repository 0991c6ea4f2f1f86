"""What is wrong with the modules that a `.cabal` file lists: those without a file, those listed twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from attrs import frozen

from thatch.core.cabal.outline import Field, Outline, Section, Word
from thatch.core.cabal.words import COMPONENTS
from thatch.core.diagnostics import Diagnostic, Location, Related, Severity, Span
from thatch.core.text import LineIndex

NO_FILE = "module-without-file"
TWICE = "module-listed-twice"
"""The codes of these diagnostics."""

GENERATED = ("Paths_", "PackageInfo_")
"""How the names of modules begin that cabal itself writes."""

LISTS = ("exposed-modules", "other-modules")
"""The fields whose modules have files."""

HasFile = Callable[[Section, str], bool]
"""Whether a module of a component has a file."""


@frozen
class Listed:
    """A module in a list of a component."""

    word: Word
    field: Field

    above: tuple[Section, ...]
    """The sections that the list is in, from the component on."""


def problems(path: Path, outline: Outline, has_file: HasFile) -> list[Diagnostic]:
    """What is wrong, by place; `path` is the file's."""
    lines = LineIndex(outline.text)
    found = [
        one
        for component in outline.sections
        if component.name in COMPONENTS
        for one in _in_component(path, outline, lines, component, has_file)
    ]
    return sorted(found, key=lambda one: one.span or Span(0, 0, 0, 0))


def listed(outline: Outline, component: Section) -> list[Listed]:
    """The modules in the lists of a component, in its conditionals too, in the order of the text."""
    return [
        Listed(word, one, above)
        for one, above in outline.walk()
        if isinstance(one, Field) and one.name in LISTS and above[:1] == (component,)
        for word in outline.words(one)
    ]


def generated_modules(outline: Outline, component: Section) -> set[str]:
    """The modules that a component, or a common stanza, says are generated."""
    sections = [component, *(each for each in outline.sections if each.name == "common")]
    fields = (field for section in sections for field in section.fields("autogen-modules"))
    return {word.text for field in fields for word in outline.words(field)}


def _in_component(
    path: Path, outline: Outline, lines: LineIndex, component: Section, has_file: HasFile
) -> Iterator[Diagnostic]:
    before: defaultdict[str, list[Listed]] = defaultdict(list)
    generated = generated_modules(outline, component)
    # Another build type may make modules in any way.
    is_simple = outline.value("build-type").lower() in {"", "simple"}
    for each in listed(outline, component):
        name = each.word.text
        span = _span(lines, each.word)
        first = _first(before[name], each)
        before[name].append(each)
        if first is not None:
            related = Related(Location(path, _span(lines, first.word)), "It is listed here, too.")
            message = f"The module {name} is listed twice."
            yield _diagnostic(path, span, Severity.WARNING, message, TWICE, (related,))
        elif is_simple and not (name in generated or name.startswith(GENERATED) or has_file(component, name)):
            message = f"The module {name} has no file in the source folders of this component."
            yield _diagnostic(path, span, Severity.ERROR, message, NO_FILE)


def _first(before: Iterable[Listed], one: Listed) -> Listed | None:
    """The first of some places that is in a list which holds wherever this one does, or the other way round."""
    for each in before:
        n = min(len(each.above), len(one.above))
        if each.above[:n] == one.above[:n]:
            return each
    return None


def _span(lines: LineIndex, word: Word) -> Span:
    return Span(*lines.ghc_position(word.start), *lines.ghc_position(word.end))


def _diagnostic(
    path: Path, span: Span, severity: Severity, message: str, code: str, related: tuple[Related, ...] = ()
) -> Diagnostic:
    return Diagnostic(
        path=path, span=span, severity=severity, message=message, code=code, source="thatch", related=related
    )

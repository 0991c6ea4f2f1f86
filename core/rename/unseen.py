"""Places where a thing's name is written and GHC's files do not say what it means there; no I/O.

Such are quoted names of Template Haskell, pragmas, labels of records behind a dot, branches that the preprocessor left
out, quasi-quotations, links in comments, and everything that was typed since GHC read the file.  Only what can mean
nothing else is renamed.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from thatch.core.hi.model import KnownName, Namespace
from thatch.core.hie.model import LocalName
from thatch.core.navigation.seen import Seen
from thatch.core.rename.places import EDITED, Obstacle
from thatch.core.rename.thing import Thing, called
from thatch.core.rename.words import Where, Word, find_words
from thatch.core.splices.inline_head import Edit
from thatch.core.structure.directives import find_directives
from thatch.core.syntax import is_literate

Means = Callable[[str], bool | None]
"""Whether a thing's name with that qualifier means it at the top level of a module; None if that is not certain."""

Region = tuple[int, int]


@frozen
class Known:
    """What is known of a thing in a module, to tell what a word means."""

    means: Means

    is_sole_field: bool
    """Whether it is a field, and no other field of the project is called so."""

    is_also_type: bool
    """Whether a type of that name is known, which links are about rather than its constructor."""


UNKNOWN = "is nothing that GHC tells the meaning of"
OTHER_BRANCH = "stands where the preprocessor decides what GHC sees"
IN_QUOTATION = "stands in a quasi-quotation, which only its own quoter understands"
ANY_FIELD = "may be a field of another record"


def unseen(seen: Seen, thing: Thing, known: Known, changed: set[int]) -> Iterator[Edit | Obstacle]:
    """What to do about the words that are not `changed`, by the offsets of those in the text as it is now."""
    text = seen.lines.text
    conditional = conditional_regions(text)
    for word in find_words(text, thing.label, literate=is_literate(seen.path)):
        if word.start in changed or _is_explained(seen, word) or _space(word) not in {None, thing.space}:
            continue
        found: bool | str
        if word.where is Where.LINK:
            found = _is_linked(thing, known, word)
        elif word.where is Where.QUOTATION:
            found = IN_QUOTATION if _is_made_of(seen, thing, word) else False
        elif word.before in {".", "#"}:
            found = _is_selected(thing, known)
        else:
            found = _is_written(seen, thing, known, word, conditional)
        if isinstance(found, str):
            yield Obstacle(word.start, found)
        elif found:
            yield Edit(word.start, word.end, thing.new)


def unseen_local(seen: Seen, thing: Thing, reach: Sequence[Region], changed: set[int]) -> Iterator[Obstacle]:
    """The words that could be a thing that only this file knows; `reach` is where it can be used, in GHC's text."""
    for word in find_words(seen.lines.text, thing.label, literate=is_literate(seen.path)):
        is_other = word.where is Where.LINK or word.qualifier or word.before == "." or word.start in changed
        if is_other or _is_explained(seen, word) or _space(word) not in {None, thing.space}:
            continue
        then = seen.then(word.start)
        if then is None:
            yield Obstacle(word.start, EDITED)
        elif any(start <= seen.facts.lines.ghc_offset(*then) < end for start, end in reach):
            yield Obstacle(word.start, UNKNOWN)


def conditional_regions(text: str) -> list[Region]:
    """The regions between conditions of the preprocessor, and all of a text that defines macros with arguments."""
    if "\n#" not in text and not text.startswith("#"):
        return []
    if _MACRO.search(text):
        return [(0, len(text))]
    return [(group[0].start, group[-1].end) for group in find_directives(text).conditionals]


_MACRO = re.compile(r"^#[ \t]*define[ \t]+\w+\(", re.MULTILINE)


def _is_explained(seen: Seen, word: Word) -> bool:
    """Whether GHC knows a name just there."""
    regions = [seen.region(one.span) for one in seen.names_at(word.start)]
    return any(region and region[0] <= word.start and word.end <= region[1] for region in regions)


def _space(word: Word) -> Namespace | None:
    """What kind of name a word is, where quotes of Template Haskell or a link tell."""
    match word.before:
        case "''" | "t":
            return Namespace.TYPE
        case "'":
            return Namespace.CONSTRUCTOR if word.is_capital else Namespace.VARIABLE
        case "v":
            return Namespace.CONSTRUCTOR if word.is_capital else Namespace.VARIABLE
        case _:
            return None


def _is_linked(thing: Thing, known: Known, word: Word) -> bool:
    """Whether a link leads to the thing; what could be a type or a constructor is taken for the type."""
    if thing.space is Namespace.CONSTRUCTOR and known.is_also_type and word.before != "v":
        return False
    return known.means(word.qualifier) is True


def _is_selected(thing: Thing, known: Known) -> bool | str:
    """Whether a label behind a dot or a `#` is the thing: GHC does not tell of which record."""
    if not thing.is_field:
        return False
    return True if known.is_sole_field else ANY_FIELD


def _is_written(seen: Seen, thing: Thing, known: Known, word: Word, conditional: Sequence[Region]) -> bool | str:
    means = known.means(word.qualifier)
    if means is False:
        return False
    if word.where is Where.DIRECTIVE or any(start <= word.start < end for start, end in conditional):
        return OTHER_BRANCH
    if seen.then(word.start) is None:
        return EDITED
    return True if means and not _is_ambiguous(seen, thing, word) else UNKNOWN


def _is_ambiguous(seen: Seen, thing: Thing, word: Word) -> bool:
    """Whether a word could be something else that the module knows by that name."""
    spaces = [thing.space] if _space(word) else [Namespace.VARIABLE, Namespace.CONSTRUCTOR, Namespace.TYPE]
    return any(
        isinstance(one.name, LocalName) or not thing.is_meant(one.name)
        for space in spaces
        for one in called(seen.facts, thing.label, space)
    )


def _is_made_of(seen: Seen, thing: Thing, word: Word) -> bool:
    """Whether what a quasi-quotation became uses the thing; nobody knows if it was edited since."""
    then = seen.then(word.start)
    if then is None:
        return True
    return any(
        not isinstance(one.name, str | KnownName) and thing.is_meant(one.name)
        for place in seen.facts.around(*then)
        for one in seen.facts.occurrences_at(place)
    )

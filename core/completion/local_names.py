"""The names that are bound around a place: by what GHC knew of the code, and by the words that stand there now."""

import re
from collections.abc import Container, Iterator

from thatch.core.completion.asked import Asked, Where, item_end
from thatch.core.completion.model import Candidate, Kind, Origin
from thatch.core.completion.words import RESERVED
from thatch.core.diagnostics import Span
from thatch.core.hi.model import Namespace
from thatch.core.hie.facts import Occurrence
from thatch.core.hie.model import LocalName
from thatch.core.hie.type_text import type_text
from thatch.core.navigation.seen import Seen

LONGEST = 200
"""How many characters the text of a type has at most."""


def scoped_names(seen: Seen, asked: Asked) -> Iterator[Candidate]:
    """The local names whose scope holds a place, as GHC knew them, the innermost last."""
    place = seen.before(asked.start)
    wants_type = asked.where is Where.TYPE
    for one in seen.facts.local_bindings:
        assert isinstance(one.name, LocalName)
        is_type = one.name.occ.namespace is Namespace.TYPE_VARIABLE
        if is_type is wants_type and _reaches(one, place):
            kind = Kind.TYPE_VARIABLE if is_type else Kind.VARIABLE
            yield Candidate(label=one.name.occ.text, kind=kind, origin=Origin.LOCAL, detail=_type(seen, one))


def _reaches(one: Occurrence, place: tuple[int, int]) -> bool:
    return any(_holds(scope, place) for context in one.contexts for scope in context.scopes if isinstance(scope, Span))


def _holds(scope: Span, place: tuple[int, int]) -> bool:
    # A place right behind a scope may be in it again, once something is typed there.
    return (scope.start_line, scope.start_column) <= place <= (scope.end_line, scope.end_column)


def _type(seen: Seen, one: Occurrence) -> str:
    if one.type is None:
        return ""
    text = type_text(seen.facts.types, one.type, seen.spell, width=10_000)
    return text if len(text) <= LONGEST else ""


def written_names(code: str, asked: Asked, known: Container[str]) -> Iterator[Candidate]:
    """The words in the declaration around a place that name nothing that is known elsewhere.

    GHC has not seen what was typed last; what it binds is mostly used in the same declaration.
    """
    end = item_end(code, max(asked.end, asked.item + 1))
    here = f"{code[asked.item : asked.start]} {code[asked.end : end]}"
    is_type = asked.where is Where.TYPE
    words = (
        (word for region in _TYPES.findall(here) for word in _VARIABLE.findall(region))
        if is_type
        else _VARIABLE.findall(here)
    )
    for word in dict.fromkeys(words):
        if word not in known and word not in RESERVED:
            yield Candidate(label=word, kind=Kind.TYPE_VARIABLE if is_type else Kind.VARIABLE, origin=Origin.LOCAL)


_VARIABLE = re.compile(r"(?<![\w'.])[^\W\dA-Z][\w']*(?![\w'])")
_TYPES = re.compile(
    r"(?:::|\bclass\b|\binstance\b|\bdata\b|\bnewtype\b|\btype\b)[^=\n]*(?:\n[ \t]+(?:->|=>|,)[^=\n]*)*"
)

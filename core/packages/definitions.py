"""Where a name is defined in a module's source, whatever makes Haskell of that source; no file is read here."""

import re

from thatch.core.hi.model import OccName
from thatch.core.source.model import Definition, Outline
from thatch.core.source.outline import outline
from thatch.core.splices.inline_lexer import code_only

LITERATE = frozenset({".lhs", ".ly"})
GENERATORS = frozenset({".x", ".y", ".ly"})
"""Suffixes of input for Alex and Happy, which copy what stands in braces at the margin."""

_COPIED = re.compile(r"^\{(.*?)^\}", re.MULTILINE | re.DOTALL)
_VISIBLE = re.compile(r"\S")


def source_outline(text: str, suffix: str) -> Outline:
    """The outline of a module whose source has that suffix; places are those in the source."""
    if suffix in LITERATE:
        text = code_only(text)
    if suffix in GENERATORS:
        text = _copied_only(text)
    return outline(text)


def find_definition(text: str, suffix: str, occ: OccName) -> Definition | None:
    """The definition of a name in a module's source."""
    return source_outline(text, suffix).find(occ)


def _copied_only(text: str) -> str:
    """Blanks for all that is no Haskell, so that every place stays."""
    pieces, at = [], 0
    for found in _COPIED.finditer(text):
        pieces += [_blank(text[at : found.start(1)]), found[1]]
        at = found.end(1)
    return "".join([*pieces, _blank(text[at:])])


def _blank(text: str) -> str:
    return _VISIBLE.sub(" ", text)

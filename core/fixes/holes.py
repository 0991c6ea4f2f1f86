"""Typed holes: what GHC finds to fill them with."""

import re
from collections.abc import Iterator

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes.model import Fix
from thatch.core.fixes.signatures import is_writable
from thatch.core.fixes.source import Source
from thatch.core.splices.inline_head import Edit
from thatch.core.th.names import infix, prefix

_FITS = re.compile(r"^Valid hole fits include$", re.MULTILINE)
_FIT = re.compile(r"^  (?P<name>\S+) ::", re.MULTILINE)

MOST_FITS = 20


def fill(source: Source, diagnostic: Diagnostic) -> Iterator[Fix]:
    """Each name that fits a hole, in GHC's order."""
    start, end = source.region(diagnostic.span)
    hole = source.text[start:end]
    if not diagnostic.message.startswith("Found hole:") or not hole.strip("`").startswith("_"):
        return
    is_infix = hole.startswith("`")
    names = dict.fromkeys(name for text in diagnostic.context for name in _fits(text) if is_writable(source, name))
    for name in list(names)[:MOST_FITS]:
        filling = infix(name) if is_infix else prefix(name)
        yield Fix(title=f"Fill with {name}", edits=(Edit(start, end, filling),), diagnostics=(diagnostic,))


def _fits(text: str) -> Iterator[str]:
    """The names in GHC's list: each begins a line that is indented by two; what belongs to it, by more."""
    for heading in _FITS.finditer(text):
        block = text[heading.end() :]
        for found in _FIT.finditer(block):
            yield found["name"].strip("()")

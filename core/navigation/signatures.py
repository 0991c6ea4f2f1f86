"""Types as their authors wrote them: GHC has one type for all that differ in synonyms only, and may tell another."""

import re
from textwrap import dedent

from thatch.core.hie.facts import ModuleFacts
from thatch.core.hie.model import ContextKind, Name

SIGNATURE = ("TypeSig", "Sig")
"""GHC's constructor for the signature of a function; that of a method would lack the class."""


def written_signature(facts: ModuleFacts, name: Name, shown: str) -> str:
    """The signature of a name of a module, in the text that GHC saw, with the name as it is `shown`; empty without."""
    for one in facts.of(name):
        parent = facts.places[one.place].parent
        if ContextKind.TYPE_SIGNATURE in one.kinds and parent >= 0:
            place = facts.places[parent]
            if any(SIGNATURE in info.annotations for info in place.infos):
                return _with_name(facts.text[slice(*facts.lines.offsets(place.span))], shown)
    return ""


def _with_name(signature: str, shown: str) -> str:
    """A signature of perhaps several names as one of a single name."""
    _, *types = _COLONS.split(signature, maxsplit=1)
    if not types:
        return ""
    first, *rest = types[0].strip().split("\n")
    lines = dedent("\n".join(line.rstrip() for line in rest)).split("\n") if rest else []
    return "\n".join([f"{shown} :: {first.rstrip()}", *(f"  {line}" for line in lines)])


_COLONS = re.compile(r"(?<![!#$%&*+./<=>?@\\^|~:\-])(?:::|∷)(?![!#$%&*+./<=>?@\\^|~:\-])")

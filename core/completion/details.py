"""What is only worked out of a candidate when somebody looks at it: its type and documentation, and its import."""

from pathlib import Path

from thatch.core.completion.model import Candidate, Kind, Origin
from thatch.core.completion.ranking import TYPES
from thatch.core.hi.model import Namespace
from thatch.core.hie.facts import label_of
from thatch.core.hie.model import ExternalName
from thatch.core.navigation.code import Code
from thatch.core.navigation.hover import Hover, about
from thatch.core.navigation.seen import Seen
from thatch.core.source.add_import import ImportedName, Insertion, add_import
from thatch.core.th.names import is_operator


async def details(code: Code, path: Path, candidate: Candidate) -> Hover | None:
    """What is known of a candidate that was offered in a file; None if it is of no top level, or not known yet.

    May be cancelled at any time.
    """
    seen = await code.modules.seen(path, code.documents)
    name = _name(seen, candidate) if seen else None
    return await about(code.modules, code.documents, seen, name) if seen and name else None


def _name(seen: Seen, candidate: Candidate) -> ExternalName | None:
    if candidate.name:
        return ExternalName(candidate.name.module, candidate.name.occ, None, "")
    if candidate.origin is not Origin.OWN:
        return None
    wants_type = candidate.kind in TYPES
    return next(
        (
            name
            for name in seen.facts.names
            if isinstance(name, ExternalName)
            and name.module == seen.facts.module
            and label_of(name.occ) == candidate.label
            and (name.occ.namespace is Namespace.TYPE) is wants_type
        ),
        None,
    )


def import_for(text: str, candidate: Candidate, qualifier: str, *, literate: bool) -> Insertion | None:
    """The insertion that brings a candidate into scope, behind a qualifier if one was typed; None if none is needed."""
    if not candidate.needs_import:
        return None
    return add_import(text, candidate.module, _imported(candidate), qualifier=qualifier, literate=literate)


def _imported(candidate: Candidate) -> ImportedName:
    if candidate.kind is Kind.CONSTRUCTOR:
        keyword = "" if candidate.parent else "pattern"
        return ImportedName(name=candidate.label, parent=candidate.parent, keyword=keyword)
    is_odd_type = candidate.kind in TYPES and is_operator(candidate.label) and not candidate.label.startswith(":")
    return ImportedName(name=candidate.label, keyword="type" if is_odd_type else "")

"""What can be done about the messages of a text and at a place of it: the door to the families of fixes."""

from collections.abc import Callable, Iterable, Iterator

from thatch.core.diagnostics import Diagnostic
from thatch.core.fixes import ambiguous, cases, constraints, holes, imports, members, pragmas, scope, signatures, unused
from thatch.core.fixes.model import Fix
from thatch.core.fixes.source import Source

Family = Callable[[Source, Diagnostic], Iterator[Fix]]
"""Gives the fixes that answer a message; none if it has nothing to say to it, or if the text is not as GHC says."""

FAMILIES: tuple[Family, ...] = (
    scope.bring_into_scope,
    scope.bring_method,
    ambiguous.disambiguate,
    imports.remove_redundant,
    imports.not_exported,
    imports.other_module,
    holes.fill,
    cases.add_cases,
    members.add_methods,
    members.add_fields,
    constraints.remove_redundant,
    constraints.add_missing,
    constraints.derive,
    unused.remove,
    unused.rename,
    unused.keep_result,
    signatures.add_signature,
    signatures.fill_wildcard,
    pragmas.enable,
    pragmas.silence,
)
"""In the order in which their fixes are offered."""


def fixes(source: Source, diagnostics: Iterable[Diagnostic]) -> Iterator[Fix]:
    """What can be done about messages, which must be about the text as it is."""
    for diagnostic in diagnostics:
        for family in FAMILIES:
            yield from family(source, diagnostic)

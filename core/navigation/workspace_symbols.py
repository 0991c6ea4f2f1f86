"""What modules define, found by parts of names."""

from collections.abc import Sequence

from attrs import frozen

from thatch.core.fuzzy import Fit, fit
from thatch.core.index import queries
from thatch.core.index.model import Definition, IndexedModule, Kind
from thatch.core.navigation.code import Code
from thatch.core.navigation.places import Place

MOST_LOOKED_AT = 3000
"""How many names, the shortest first, are compared with what was typed; more only have its letters somewhere."""

MOST_LETTERS = 6
"""How many letters the database looks for: the time that takes grows with each."""


@frozen(eq=False)
class Symbol:
    """Something that a module defines."""

    name: str
    kind: Kind
    module: str
    place: Place


async def symbols(code: Code, typed: str, limit: int) -> list[Symbol]:
    """The definitions that fit what was typed, the best first; the names of modules when nothing was typed.

    `Module.name` looks for a name in modules.  What splices made is where the splice is.  May be cancelled at any time.
    """
    typed = typed.strip()
    name, module = _parts(typed)
    found = await code.index.ask(lambda view: queries.symbols(view, _pattern(name), MOST_LOOKED_AT))
    if not typed:
        best = sorted((one for one in found if one[1].kind is Kind.MODULE), key=lambda one: one[1].label)
    else:
        best = _ranked(found, typed, name, module)
    # A file of several units defines everything once for each.
    once = {(owner.path, one.kind, one.label, one.span): (owner, one) for owner, one in reversed(best)}
    best = list(reversed(once.values()))[:limit]
    places = await code.places([(owner, one.span, one.whole) for owner, one in best])
    return [
        Symbol(one.label, one.kind, owner.name, place)
        for (owner, one), place in zip(best, places, strict=True)
        if place
    ]


def _parts(typed: str) -> tuple[str, str]:
    """The name and the module that are looked for; what begins or ends with a dot may be an operator."""
    module, dot, name = typed.rpartition(".")
    return (name, module) if dot and name and module and module[-1].isalnum() else (typed, "")


def _pattern(name: str) -> str:
    """What SQL compares names with: some letters are enough to leave out most, and only of ASCII it knows capitals."""
    letters = [letter for letter in name if letter.isascii()][:MOST_LETTERS]
    return "".join(("%", *(f"{queries.escaped(letter)}%" for letter in letters)))


def _ranked(
    found: Sequence[tuple[IndexedModule, Definition]], typed: str, name: str, module: str
) -> list[tuple[IndexedModule, Definition]]:
    ranked: list[tuple[Fit, str, int]] = []
    for index, (owner, one) in enumerate(found):
        if one.kind is Kind.MODULE:
            fits = fit(typed, one.label)
        else:
            fits = fit(name, one.label) if not module or fit(module, owner.name) else None
        if fits:
            # What was typed with a dot may be the name of a module itself.
            rank = fits.rank + bool(module and one.kind is not Kind.MODULE)
            ranked.append((fits._replace(rank=rank), owner.name, index))
    return [found[index] for _, _, index in sorted(ranked)]

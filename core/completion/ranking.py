"""The order in which candidates are offered: how well they fit what was typed, then how likely they are meant."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from thatch.core.completion.asked import Asked, Where
from thatch.core.completion.model import Candidate, Kind, Origin
from thatch.core.fuzzy import fit

TYPES = frozenset({Kind.TYPE, Kind.CLASS, Kind.TYPE_VARIABLE})
VALUES = frozenset({Kind.VARIABLE, Kind.FUNCTION, Kind.METHOD, Kind.FIELD, Kind.CONSTRUCTOR})


@frozen
class Surroundings:
    """What the text around a place tells of names."""

    n_uses: Mapping[str, int]
    """How often each word stands in the module."""

    distances: Mapping[str, int]
    """How many characters away each word of the same item stands, the nearest of several."""


def surroundings(code: str, asked: Asked, end: int) -> Surroundings:
    """What tells more and less likely names apart; `end` is where the item ends that the place is in."""
    n_uses = Counter(_WORD.findall(code))
    n_uses[asked.typed] = max(n_uses[asked.typed] - 1, 0)
    distances: dict[str, int] = {}
    for found in _WORD.finditer(code, asked.item, end):
        if found.start() != asked.start:
            away = abs(found.start() - asked.start)
            distances[found[0]] = min(away, distances.get(found[0], away))
    return Surroundings(n_uses, distances)


_WORD = re.compile(r"[^\W\d][\w']*|[!#$%&*+./<=>?@\\^|~:\-]+")


def ranked(asked: Asked, some: Iterable[Candidate], around: Surroundings, likely: frozenset[str]) -> list[Candidate]:
    """The candidates that fit what was typed, the best first; `likely` are names whose type is the one wanted."""
    scored: list[tuple[tuple[int, float, int], str, int, Candidate]] = []
    for candidate in some:
        fits = fit(asked.typed, candidate.label) if asked.typed else _ANY
        if fits is not None:
            scored.append((_score(asked, candidate, fits[0], around, likely), candidate.label, len(scored), candidate))
    return [candidate for *_, candidate in sorted(scored)]


_ANY = (0,)


def _score(
    asked: Asked, candidate: Candidate, rank: int, around: Surroundings, likely: frozenset[str]
) -> tuple[int, float, int]:
    label = candidate.label
    n_uses = around.n_uses.get(label, 0)
    distance = around.distances.get(label)
    score = float(_ORIGIN[candidate.origin])
    score -= min(n_uses, _MOST_USES) * _PER_USE
    if distance is not None:
        score -= _NEAR / (1 + distance / _NEARNESS)
    if candidate.seldom:
        score += _SELDOM
    if label in likely:
        score -= _LIKELY
    if asked.where in {Where.FIELD, Where.DOT} and candidate.kind is Kind.FIELD:
        score -= _FIELD
    return _CLASSES[rank], score, len(label)


_CLASSES = (0, 0, 0, 2, 1, 2, 3, 4)
"""How much the ranks of `thatch.core.fuzzy.Fit` count: the beginning of a name, one with other capitals, the rest."""

_ORIGIN = {
    Origin.LOCAL: 0.0,
    Origin.OWN: 3.0,
    Origin.LISTED: 3.0,
    Origin.IMPORTED: 4.0,
    Origin.LANGUAGE: 4.0,
    Origin.LEFT_OUT: 6.0,
    Origin.IMPORTABLE: 8.0,
}
_MOST_USES = 8
_PER_USE = 0.4
_NEAR = 3.0
_NEARNESS = 200
_SELDOM = 2.0
_LIKELY = 3.0
_FIELD = 10.0

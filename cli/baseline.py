"""Diagnostics that are known and put up with for now: the file that holds them, and what differs from it (pure)."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from thatch.cli.formats.json_text import dumped
from thatch.cli.identity import Identity
from thatch.core.diagnostics import Diagnostic
from thatch.core.errors import ThatchError

VERSION = 1
"""Of the file."""

Baseline = Mapping[Identity, int]
"""How often each diagnostic is known."""


@frozen(kw_only=True)
class Compared:
    """What a check found, beside what was known."""

    new: tuple[Diagnostic, ...]
    """What is not known, in the order in which it was found."""

    n_known: int

    stale: Baseline
    """What is known and was not found any more."""

    left: Baseline
    """What is known without that."""


def compare(
    known: Baseline, found: Sequence[tuple[Diagnostic, Identity]], judged: Callable[[Identity], bool]
) -> Compared:
    """Tell what is new from what is known.  Only what is `judged`, for its file was checked, can be stale."""
    open_ones = Counter(known)
    new = []
    for diagnostic, identity in found:
        if open_ones[identity] > 0:
            open_ones[identity] -= 1
        else:
            new.append(diagnostic)
    stale = {identity: count for identity, count in open_ones.items() if count > 0 and judged(identity)}
    left = {identity: count - stale.get(identity, 0) for identity, count in known.items()}
    return Compared(
        new=tuple(new),
        n_known=len(found) - len(new),
        stale=stale,
        left={identity: count for identity, count in left.items() if count},
    )


def renewed(known: Baseline, found: Iterable[Identity], judged: Callable[[Identity], bool]) -> Baseline:
    """Everything that was found, and of what was known that which was not judged."""
    kept = Counter({identity: count for identity, count in known.items() if not judged(identity)})
    # What is not judged and was found all the same is known once.
    return kept | Counter(found)


def baseline_text(baseline: Baseline) -> str:
    """The file: JSON, sorted, an entry on each line, so that changes can be read and merged."""
    entries = [
        dumped(
            {
                "path": identity.path,
                "rule": identity.rule,
                "within": identity.within,
                "message": identity.message,
                "count": count,
            }
        )
        for identity, count in sorted(baseline.items())
    ]
    body = ",".join(f"\n    {entry}" for entry in entries)
    return f'{{\n  "version": {VERSION},\n  "diagnostics": [{body}\n  ]\n}}'


def parse_baseline(text: str, name: str) -> dict[Identity, int]:
    """What `baseline_text` wrote.  Raises ThatchError, which names the file."""
    try:
        return _read(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ThatchError(
            message=f"{name} is no baseline as this version of thatch writes them.",
            remedy="Write it again with --write-baseline.",
            detail=f"{type(error).__name__}: {error}",
        ) from error


def _read(value: Any) -> dict[Identity, int]:
    if value["version"] != VERSION:
        raise ValueError("another version")
    found: Counter[Identity] = Counter()
    for entry in value["diagnostics"]:
        texts = [entry[key] for key in ("path", "rule", "message", "within")]
        count = entry["count"]
        if not all(isinstance(text, str) for text in texts) or type(count) is not int or count < 1:
            raise ValueError(f"{entry!r} is no entry")
        found[Identity(*texts)] += count
    return dict(found)

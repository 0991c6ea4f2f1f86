"""What the commands about the cache say, as text and as JSON (pure)."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import asdict

from thatch.cache.explain import Difference, Explanation
from thatch.cache.plan import NEVER
from thatch.cache.stats import Collected, StoreStats, Verified
from thatch.cli.formats.look import Look, printable
from thatch.core.artifacts import Standing

MOST_LISTED = 12
"""So many modules further down are named; of more, their number."""

STANDINGS = {Standing.HIT: "hit", Standing.LIKELY: "likely hit", Standing.MISS: "miss"}

COLOURS = {Standing.HIT: "green", Standing.LIKELY: "yellow", Standing.MISS: "red"}

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}

SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kmgt]?)b?", re.IGNORECASE)


def parse_size(text: str) -> int:
    """The bytes that a size such as `500MB` or `2 GB` means (thousands, not 1024); raises ValueError."""
    found = SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no size such as 500MB or 2GB")
    return int(float(found["number"]) * UNITS[found["unit"].lower()])


def size(n_bytes: int) -> str:
    """A number of bytes for people: `12.3 MB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= factor:
            return f"{n_bytes / factor:.1f} {unit}"
    return f"{n_bytes} bytes"


def count(number: int, word: str) -> str:
    """`1 entry`, `2 entries`."""
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number:,} {word if number == 1 else plural}"


def stats_fields(stats: StoreStats) -> dict[str, Any]:
    """The figures of a store by name; sizes are in bytes."""
    usage = asdict(stats.usage)
    total = stats.usage.n_blob_bytes + stats.usage.n_trace_bytes
    return {
        "folder": str(stats.folder),
        "writable": stats.writable,
        "limit": stats.limit,
        **usage,
        "n_bytes": total,
        "n_bytes_per_module": total // max(stats.usage.n_modules, 1),
        # This process has it open, too.
        "n_other_sessions": max(stats.n_sessions - 1, 0),
    }


def stats_text(stats: StoreStats) -> str:
    """The figures of a store."""
    fields, usage = stats_fields(stats), stats.usage
    lines = [
        f"folder      {printable(fields['folder'])}{'' if stats.writable else ' (read only)'}",
        f"modules     {usage.n_modules:,}, with {count(usage.n_entries, 'entry')}",
        f"blobs       {usage.n_blobs:,}",
        f"size        {size(fields['n_bytes'])} of at most {size(stats.limit)}",
        f"per module  {size(fields['n_bytes_per_module'])}",
        f"in use      {count(usage.n_held, 'entry')}; other processes with it open: {fields['n_other_sessions']}",
    ]
    return "\n".join(lines)


def collected_text(collected: Collected) -> str:
    """What a collection removed."""
    removed = f"{count(collected.n_entries, 'entry')}, {count(collected.n_blobs, 'blob')}"
    strays = f", {count(collected.n_strays, 'stray file')}" if collected.n_strays else ""
    return f"Removed {removed}{strays}; {size(collected.n_bytes_left)} left."


def verified_text(verified: Verified) -> str:
    """What a check of everything found."""
    lines = [f"Read {count(verified.n_blobs, 'blob')} and {count(verified.n_entries, 'entry')}."]
    if verified.n_damaged:
        lines.append(f"Damaged and removed: {count(verified.n_damaged, 'blob')}.")
    if verified.n_incomplete:
        lines.append(f"Removed, because a blob is missing: {count(verified.n_incomplete, 'entry')}.")
    if not verified.database_is_sound:
        lines.append("The database is damaged; `thatch cache clear` begins afresh.")
    return "\n".join(lines if len(lines) > 1 else [*lines, "All is well."])


def is_sound(verified: Verified) -> bool:
    """Whether nothing was wrong."""
    return not (verified.n_damaged or verified.n_incomplete) and verified.database_is_sound


def must_be_compiled(explanation: Explanation) -> bool:
    """Whether GHC has work with it."""
    return explanation.standing is Standing.MISS


def explanation_fields(explanation: Explanation) -> dict[str, Any]:
    """An explanation as data for JSON."""
    return {
        "module": explanation.module,
        "path": str(explanation.path),
        "standing": explanation.standing.value,
        "reason": explanation.reason,
        "key": explanation.key,
        "inputs": dict(explanation.inputs),
        "n_entries": explanation.n_entries,
        "nearest": dict(explanation.nearest.inputs) if explanation.nearest else None,
        "differences": [asdict(difference) for difference in explanation.differences],
        "causes": [asdict(cause) for cause in explanation.causes],
    }


def explanation_text(explanation: Explanation, look: Look) -> str:
    """An explanation for people."""
    return "\n".join(_explanation_lines(explanation, look))


def _explanation_lines(explanation: Explanation, look: Look) -> Iterator[str]:
    standing = look.paint(STANDINGS[explanation.standing], COLOURS[explanation.standing], bold=True)
    yield f"{look.paint(printable(explanation.module), bold=True)}: {standing}"
    yield f"  file: {look.path(explanation.path)}"
    yield f"  {_verdict(explanation)}"
    if explanation.differences:
        yield "  Other than in the nearest entry:"
        yield from _table(explanation.differences)
    if explanation.causes:
        yield f"  Below it, {count(len(explanation.causes), 'module')} must be compiled:"
        for cause in explanation.causes[:MOST_LISTED]:
            yield f"    {printable(cause.module)}: {cause.reason}"
        if len(explanation.causes) > MOST_LISTED:
            yield f"    ... and {len(explanation.causes) - MOST_LISTED:,} more"


def _verdict(explanation: Explanation) -> str:
    entry = explanation.nearest
    match explanation.standing:
        case Standing.HIT if entry:
            held = (
                f"{count(len(entry.dependencies), 'dependency')} verified" if entry.dependencies else "it stands alone"
            )
            return f"Nothing it depends on has changed ({held})."
        case Standing.LIKELY:
            return f"It holds if what GHC must compile first comes out as it was: {explanation.reason}."
        case _ if explanation.reason == NEVER and entry is None:
            return "It must be compiled: nothing is known of this module."
        case _:
            return f"It must be compiled: {explanation.reason}."


def _table(differences: Sequence[Difference]) -> Iterator[str]:
    for difference in differences:
        name = difference.name if difference.kind == "input" else f"{difference.kind} of {difference.name}"
        yield f"    {printable(name)}: {difference.reason}"
        yield f"      then {_value(difference.then)}"
        yield f"      now  {_value(difference.now)}"


def _value(text: str) -> str:
    return printable(text) if text else "(not known)"

"""What the commands about the cache say, as text and as JSON (pure)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import asdict

from thatch.cache.entry import DependencyKind, Entry
from thatch.cache.explain import Difference, Explanation
from thatch.cache.plan import NEVER
from thatch.cache.prove import Prover
from thatch.cache.stats import Collected, StoreStats, Verified
from thatch.cache.tallies import Counted
from thatch.cli.formats.look import Look, printable
from thatch.core.artifacts import Standing

MOST_LISTED = 12
"""So many modules further down are named; of more, their number."""

STANDINGS = {Standing.HIT: "hit", Standing.LIKELY: "likely hit", Standing.MISS: "miss"}

MACROS = tuple(f"-optP-D{name}" for name in ("VERSION_", "MIN_VERSION_", "TOOL_VERSION_", "MIN_TOOL_VERSION_"))
"""How flags begin that only tell the versions of packages and tools, which are named besides."""

TELLING = ("ghc", "way", "unit", "module", "path")
"""The inputs whose values tell people something."""

COLOURS = {Standing.HIT: "green", Standing.LIKELY: "yellow", Standing.MISS: "red"}


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
        "counted": asdict(stats.counted),
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
    return "\n".join([*lines, *_counted_lines(stats.counted)])


def _counted_lines(counted: Counted) -> Iterator[str]:
    if counted.since is None:
        yield "loads       none counted yet"
        return
    begun = datetime.fromtimestamp(counted.since, UTC).astimezone().date().isoformat()
    yield f"loads       {counted.n_loads:,} since {begun}, on this machine"
    yield f"            {count(counted.n_hits, 'hit')}, {counted.n_likely:,} likely, {counted.n_misses:,} to compile"
    if not counted.n_recompiled:
        yield "defects     none: GHC compiled nothing that had been restored as a hit"
        return
    yield f"defects     {counted.n_recompiled:,} times GHC compiled what had been restored as a hit; please report:"
    for module in counted.recompiled[:MOST_LISTED]:
        times = f", {module.times:,} times" if module.times > 1 else ""
        name = printable(f"{module.unit}:{module.module}")
        yield f"            {name}: {printable(module.reason or 'no reason given')}{times}"
    if len(counted.recompiled) > MOST_LISTED:
        yield f"            ... and {len(counted.recompiled) - MOST_LISTED:,} more modules"


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
    if verified.n_repaired:
        lines.append(f"Repaired from the remote store: {count(verified.n_repaired, 'blob')}.")
    if verified.n_incomplete:
        dropped = count(verified.n_incomplete, "entry")
        lines.append(f"Removed, because a blob is missing: {dropped}; the next check compiles what is needed.")
    if not verified.database_is_sound:
        lines.append("The database is damaged; `thatch cache clear` begins afresh.")
    return "\n".join(lines if len(lines) > 1 else [*lines, "All is well."])


def is_sound(verified: Verified) -> bool:
    """Whether nothing was wrong."""
    return not (verified.n_damaged or verified.n_incomplete) and verified.database_is_sound


def proved_text(found: Prover) -> str:
    """What the comparison with a compilation found."""
    lines = [f"Compiled and compared: {count(found.n_proven + len(found.unproven), 'module')}."]
    if found.n_left:
        lines.append(f"Not compared, as GHC did not compile them: {count(found.n_left, 'module')}.")
    if found.unproven:
        lines.append(f"Other than in the cache, and removed from it: {count(len(found.unproven), 'module')}.")
    lines += (f"  {printable(module.module)}: {printable(module.reason)}" for module in found.unproven)
    return "\n".join(lines if found.unproven or found.n_left else [*lines, "The cache is right about them."])


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
    changed = [line for line in _changes(explanation.differences) if line != explanation.reason]
    if explanation.nearest and explanation.standing is Standing.MISS and changed:
        yield "  What has changed since the most similar compilation:"
        yield from (f"    {printable(line)}" for line in changed)
    if explanation.causes:
        yield f"  Below it, {count(len(explanation.causes), 'module')} must be compiled first:"
        for cause in explanation.causes[:MOST_LISTED]:
            yield f"    {printable(cause.module)}: {printable(cause.reason)}"
        if len(explanation.causes) > MOST_LISTED:
            yield f"    ... and {len(explanation.causes) - MOST_LISTED:,} more"


def _verdict(explanation: Explanation) -> str:
    entry = explanation.nearest
    match explanation.standing:
        case Standing.HIT if entry:
            return f"It need not be compiled: nothing that it depends on has changed{_depended(entry)}."
        case Standing.LIKELY:
            return "It need not be compiled if the interfaces of the modules below it come out as they were."
        case _ if explanation.reason == NEVER and entry is None:
            return "It must be compiled: nothing is known of this module."
        case _:
            return f"It must be compiled: {explanation.reason}."


def _depended(entry: Entry) -> str:
    """What was looked at, as a part of a sentence."""
    n_files = sum(dependency.kind is DependencyKind.FILE for dependency in entry.dependencies)
    n_modules = len({dependency.name for dependency in entry.dependencies}) - n_files
    counts = [count(number, word) for number, word in ((n_modules, "module"), (n_files, "file")) if number]
    return f" ({', '.join(counts)})" if counts else " (no other module of the project, and no file)"


def _parts(word: str, parts: Sequence[str]) -> Iterator[str]:
    shown = [part for part in parts if not part.startswith(MACROS)]
    yield from (f"  {word} {part}" for part in shown[:MOST_LISTED])
    if len(shown) > MOST_LISTED:
        yield f"  {word} ... and {len(shown) - MOST_LISTED:,} more"


def _changes(differences: Sequence[Difference]) -> Iterator[str]:
    """What has changed, line by line; hashes tell people nothing."""
    for difference in differences:
        if difference.lost or difference.gained:
            yield f"{difference.reason}:"
            yield from _parts("gone", difference.lost)
            yield from _parts("new ", difference.gained)
        elif difference.name in TELLING and difference.kind == "input":
            yield f"{difference.reason}: {difference.then or 'none'}, now {difference.now or 'none'}"
        else:
            yield difference.reason

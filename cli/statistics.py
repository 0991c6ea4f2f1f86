"""How often `check` reported each kind of diagnostic (pure)."""

from collections import Counter
from collections.abc import Iterable

from thatch.cli.formats.look import SEVERITY_NAMES
from thatch.cli.tables import table
from thatch.core.diagnostics import Diagnostic


def statistics(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """A table of severities, codes and flags, the most frequent first; empty when there is nothing to count."""
    counts = Counter(map(_kind, diagnostics))
    if not counts:
        return []
    found = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    rows = [(f"{count:,}", *kind) for kind, count in found]
    return table([("count", "severity", "code", "flag"), *rows], "rlll")


def _kind(diagnostic: Diagnostic) -> tuple[str, str, str]:
    # What has neither is told by who says it.
    code = diagnostic.code or ("" if diagnostic.flag or diagnostic.source == "ghc" else diagnostic.source)
    return SEVERITY_NAMES[diagnostic.severity], code or "-", diagnostic.flag or "-"

"""From what a workspace knows to what `check` says of it: selection, order, counts, exit code (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import start_of
from thatch.core.diagnostics import Diagnostic, Severity

FAIL_ON = {
    "error": {Severity.ERROR},
    "warning": {Severity.ERROR, Severity.WARNING},
    "never": set[Severity](),
}
"""The values of --fail-on and the severities that make each of them fail."""


@frozen
class Selection:
    """The files and folders that the user named."""

    paths: tuple[Path, ...]
    """Absolute, links resolved."""

    def covers(self, path: Path) -> bool:
        """Whether a file (absolute, links resolved) is one of them or lies below one."""
        return any(path.is_relative_to(named) for named in self.paths)


@frozen(kw_only=True)
class Report:
    """Everything there is to print."""

    diagnostics: tuple[Diagnostic, ...]
    """Sorted by path, line, column, code and text; none twice."""

    n_modules: int
    """The number of source files among those asked for that GHC checked."""

    unknown: tuple[Path, ...] = ()
    """Files that the user named and that belong to no project."""

    trouble: str = ""
    """Why not everything could be checked, and what to do about it; empty when all is well."""

    def exit_code(self, fail_on: str) -> ExitCode:
        """The worst of what happened; `fail_on` is a key of `FAIL_ON`."""
        if self.trouble:
            return ExitCode.ENVIRONMENT
        if self.unknown:
            return ExitCode.USAGE
        if any(diagnostic.severity in FAIL_ON[fail_on] for diagnostic in self.diagnostics):
            return ExitCode.FINDINGS
        return ExitCode.CLEAN


def make_report(
    known: Mapping[Path, Sequence[Diagnostic]], modules: Iterable[Path], selection: Selection, trouble: str
) -> Report:
    """What to say about the selected files, given everything that a workspace knows.

    `known` and `modules` have absolute paths.  What a build tool says of a project is always selected.
    """
    checked = {path.resolve() for path in modules}
    selected = [
        diagnostic
        for path, diagnostics in known.items()
        for diagnostic in diagnostics
        if diagnostic.source != "ghc" or selection.covers(path.resolve())
    ]
    return Report(
        diagnostics=in_order(selected),
        n_modules=sum(map(selection.covers, checked)),
        unknown=tuple(named for named in selection.paths if named.is_file() and named not in checked),
        trouble=trouble,
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics sorted; of those that differ only in their unit (a file in two components), one."""
    unique: dict[Diagnostic, Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault(evolve(diagnostic, unit=""), diagnostic)
    return tuple(sorted(unique.values(), key=_sort_key))


def summary(report: Report, seconds: float) -> str:
    """`2 errors, 3 warnings in 12 modules (1.3 s)`."""
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    counted = [
        _count(counts[severity], word)
        for severity, word in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        if counts[severity]
    ]
    found = ", ".join(counted) or "No problems"
    return f"{found} in {_count(report.n_modules, 'module')} ({seconds:.1f} s)"


def _sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    return (str(diagnostic.path), *start_of(diagnostic), diagnostic.code, diagnostic.text)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"

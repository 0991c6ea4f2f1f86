"""From what a workspace knows to what `check` says of it: selection, order, counts, exit code (pure)."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from attrs import evolve, field, frozen

from thatch.cli.exit_code import ExitCode
from thatch.cli.formats.look import start_of
from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.events import Health, Status

FAIL_ON = {
    "error": {Severity.ERROR},
    "warning": {Severity.ERROR, Severity.WARNING},
    "never": set[Severity](),
}
"""The values of --fail-on and the severities that make each of them fail."""


@frozen
class Selection:
    """What the user named, as absolute paths with links resolved."""

    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()

    within: Callable[[Path], bool] = lambda _: True
    """Whether a file of those is wanted."""

    tools: bool = True
    """Whether what build tools say is wanted."""

    _known: dict[Path, bool] = field(factory=dict, init=False, eq=False, repr=False)
    """Whether a folder is among those, or lies below one, of all folders that were asked for."""

    def covers(self, path: Path) -> bool:
        """Whether a file, as such a path too, is wanted, and was named or lies below a folder that was."""
        return (path in self.files or self._covers_folder(path.parent)) and self.within(path)

    def wants(self, path: Path, diagnostic: Diagnostic) -> bool:
        """Whether a diagnostic of a file is wanted.  What a build tool says is about no file that one could name."""
        return self.covers(path) if diagnostic.source == "ghc" else self.tools

    def _covers_folder(self, folder: Path) -> bool:
        if folder not in self._known:
            self._known[folder] = not self.folders.isdisjoint((folder, *folder.parents))
        return self._known[folder]


@frozen(kw_only=True)
class Report:
    """Everything there is to print."""

    diagnostics: tuple[Diagnostic, ...]
    """Sorted by path, line, column, code and text; none twice."""

    files: frozenset[Path]
    """The source files among those asked for that GHC checked."""

    n_known: int = 0
    """How many diagnostics are not among these because a baseline knows them."""

    unknown: tuple[Path, ...] = ()
    """Files that the user named and that belong to no project."""

    trouble: str = ""
    """Why not everything could be checked, and what to do about it; empty when all is well."""

    remark: str = ""
    """What the user should know although it is no failure; empty when there is nothing."""

    @property
    def n_modules(self) -> int:
        """How many files were checked."""
        return len(self.files)

    def exit_code(self, fail_on: str) -> ExitCode:
        """The worst of what happened; `fail_on` is a key of `FAIL_ON`."""
        if self.trouble:
            return ExitCode.ENVIRONMENT
        if self.unknown:
            return ExitCode.USAGE
        if any(fails(diagnostic, fail_on) for diagnostic in self.diagnostics):
            return ExitCode.FINDINGS
        return ExitCode.CLEAN


def fails(diagnostic: Diagnostic, fail_on: str) -> bool:
    """Whether a diagnostic makes the exit code 1; `fail_on` is a key of `FAIL_ON`."""
    return diagnostic.severity in FAIL_ON[fail_on]


def make_report(
    said: Iterable[tuple[Path, Diagnostic]], modules: Collection[Path], selection: Selection, status: Status
) -> Report:
    """What to say about the selected files, given everything that a workspace knows.

    `said` pairs each diagnostic with the path of its file, and `modules` are the source files of all
    projects; these paths are absolute, links resolved.
    """
    selected = [diagnostic for path, diagnostic in said if selection.wants(path, diagnostic)]
    return Report(
        diagnostics=in_order(selected),
        files=frozenset(filter(selection.covers, modules)),
        unknown=tuple(sorted(selection.files.difference(modules))),
        trouble=status.message if status.health is Health.ERROR else "",
        remark=status.message if status.health is not Health.ERROR else "",
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics sorted; of those that differ only in their unit (a file in two components), one."""
    unique: dict[Diagnostic, Diagnostic] = {}
    for diagnostic in diagnostics:
        unique.setdefault(evolve(diagnostic, unit=""), diagnostic)
    return tuple(sorted(unique.values(), key=_sort_key))


def summary(report: Report, seconds: float) -> str:
    """`2 errors, 3 warnings in 12 modules (1.3 s)`; empty when nothing was checked, which is no success."""
    if not report.n_modules and not report.diagnostics and not report.n_known:
        return ""
    counts = Counter(diagnostic.severity for diagnostic in report.diagnostics)
    counted = [
        _count(counts[severity], word)
        for severity, word in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        if counts[severity]
    ]
    found = ", ".join(counted) or "No problems"
    known = f" besides the {report.n_known:,} in the baseline," if report.n_known else ""
    limited = "; not everything could be checked" if report.trouble else ""
    return f"{found}{known} in {_count(report.n_modules, 'module')} ({seconds:.1f} s){limited}"


def _sort_key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    return (str(diagnostic.path), *start_of(diagnostic), diagnostic.code, diagnostic.text)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"

"""Holding what a check found against a baseline file, and keeping that up to date."""

import os
from collections.abc import Callable
from pathlib import Path

from attrs import evolve, frozen

from thatch.cli.baseline import Baseline, baseline_text, compare, parse_baseline, renewed
from thatch.cli.choice import Choice
from thatch.cli.formats.look import Look
from thatch.cli.identity import Identity, identifier
from thatch.cli.report import Report
from thatch.core.diagnostics import Severity
from thatch.core.errors import ThatchError
from thatch.core.text import LineIndex


@frozen
class BaselineFile:
    """The file and what it holds; paths in it are relative to its folder."""

    path: Path
    """Absolute."""

    known: Baseline

    @classmethod
    def read(cls, path: Path, *, required: bool) -> "BaselineFile":
        """What a file holds; one that is not `required` may not be there.  Raises ThatchError."""
        path = path.resolve()
        try:
            return cls(path, parse_baseline(path.read_text("utf-8"), str(path)))
        except FileNotFoundError as error:
            if not required:
                return cls(path, {})
            raise ThatchError(
                message=f"There is no baseline {path}.", remedy="Write one with --write-baseline."
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ThatchError(message=f"The baseline {path} cannot be read: {error}.") from error

    def hold_against(
        self, report: Report, choice: Choice, lines: Callable[[Path], LineIndex | None], *, strikes: bool
    ) -> tuple[Report, list[str]]:
        """The report with what is new in it, and what else there is to tell.  If it `strikes`, stale entries go."""
        identify = identifier(Look(self.path.parent), lines)
        found = [(diagnostic, identify(diagnostic)) for diagnostic in report.diagnostics]
        compared = compare(self.known, found, self._judge(report, choice))
        told = []
        # Behind a new error there may be modules that GHC did not get to: what it says of them is still true.
        certain = not report.trouble and all(one.severity is not Severity.ERROR for one in compared.new)
        if strikes and compared.stale and certain:
            self._write(compared.left)
            told = [f"{_entry(identity, count)}" for identity, count in sorted(compared.stale.items())]
            n_stale = sum(compared.stale.values())
            told.append(f"thatch: {n_stale:,} of the baseline {'is' if n_stale == 1 else 'are'} mended and struck out.")
        return evolve(report, diagnostics=compared.new, n_known=compared.n_known), told

    def renew(
        self, report: Report, choice: Choice, lines: Callable[[Path], LineIndex | None]
    ) -> tuple[Report, list[str]]:
        """Put up with all that the report has.  Raises ThatchError for a report that is not complete."""
        if report.trouble:
            raise ThatchError(
                message="No baseline was written, for not everything could be checked.", detail=report.trouble
            )
        identify = identifier(Look(self.path.parent), lines)
        found = [identify(diagnostic) for diagnostic in report.diagnostics]
        known = renewed(self.known, found, self._judge(report, choice))
        self._write(known)
        n_known = sum(known.values())
        told = [f"thatch: the baseline {self.path.name} holds {n_known:,} diagnostic{'' if n_known == 1 else 's'}."]
        return evolve(report, diagnostics=(), n_known=len(found)), told

    def _judge(self, report: Report, choice: Choice) -> Callable[[Identity], bool]:
        """Whether this check would have found it again."""

        def judged(identity: Identity) -> bool:
            path = self.path.parent / identity.path
            if path in report.files or not path.exists():
                return True
            # A build description: what is said about it is said where no module is left out.
            described = path.suffix in {".cabal", ".project", ".yaml"}
            return described and choice.narrowing is None and choice.selection.covers(path)

        return judged

    def _write(self, baseline: Baseline) -> None:
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            temporary.write_text(baseline_text(baseline) + "\n", "utf-8")
            temporary.replace(self.path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise ThatchError(
                message=f"The baseline {self.path} could not be written: {error.strerror}.",
            ) from error


def _entry(identity: Identity, count: int) -> str:
    times = f" ({count} times)" if count > 1 else ""
    within = f" in {identity.within}" if identity.within else ""
    return f"  mended: {identity.path}{within}: [{identity.rule}] {identity.message}{times}"

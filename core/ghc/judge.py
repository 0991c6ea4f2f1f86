"""Giving messages the severity that the user's flags give them, and a file where GHC names none; pure."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.werror import Fatal, split_werror
from thatch.core.project.model import Project


class Judge:
    """Judges the messages of one project's session, which runs without fatal warnings."""

    def __init__(
        self, project: Project, version: tuple[int, ...], extra: Sequence[str], pragmas: Mapping[Path, Sequence[str]]
    ) -> None:
        """`version` is GHC's, `extra` the user's flags for all units, `pragmas` the `OPTIONS_GHC` of the files."""
        self._project = project
        self._version = version
        self._pragmas = pragmas
        self._fatal: dict[str, Fatal] = {unit.id: split_werror([*unit.flags, *extra])[1] for unit in project.units}

    def judged(self, diagnostic: Diagnostic) -> Diagnostic:
        """The message as bad as the flags of its unit and the pragmas of its file make it."""
        fatal = self._fatal.get(diagnostic.unit)
        if fatal is None:
            return diagnostic
        fatal = fatal.then(self._pragmas.get(diagnostic.path, ()))
        return evolve(diagnostic, severity=fatal.severity(diagnostic, self._version))

    def placed(self, notice: Notice) -> Diagnostic:
        """A message without a place, as one about the description of the unit that it mentions."""
        units = self._project.units
        unit = next((unit for unit in units if unit.id in notice.text), units[0])
        return self.judged(
            Diagnostic(
                path=unit.description or self._project.root,
                span=None,
                severity=notice.severity,
                message=notice.text,
                code=notice.code,
                flag=notice.flag,
                unit=unit.id,
            )
        )

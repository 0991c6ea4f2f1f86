"""Giving messages the severity that the user's flags give them, and a file where GHC names none; pure."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve

from thatch.core.diagnostics import Diagnostic
from thatch.core.ghc.output import Notice
from thatch.core.ghc.werror import Fatal, split_werror
from thatch.core.project.model import Project, Unit

ABOUT_THE_SESSION = ("Optimization flags are incompatible with the byte-code", "-O conflicts with --interactive")
"""How messages begin that GHC gives because it is in a session, such as to a module that asks to be optimised."""

OWN_PLUGIN = (
    "It is a module of this project, and seems to be wanted as a plugin. In a session GHC loads plugins of installed "
    "packages only: what uses it cannot be checked."
)

_MISSED = re.compile(r"Could not find module .([\w.]+).")

MISSING_HOME_MODULES = "-Wmissing-home-modules"


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

    def placed(self, notice: Notice) -> Diagnostic | None:
        """A message without a place, as one about the description of the unit that it mentions.

        None for a message that is not true, or that is about the session and not about the user's code.
        """
        if notice.text.startswith(ABOUT_THE_SESSION):
            return None
        units = self._project.units
        named = [unit for unit in units if unit.id in notice.text]
        # One id may begin like another.
        unit = max(named, key=lambda unit: len(unit.id)) if named else units[0]
        text = notice.text
        if notice.flag == MISSING_HOME_MODULES:
            text = _without_declared(text, unit)
        if not text:
            return None
        return self.judged(
            Diagnostic(
                path=unit.description or self._project.root,
                span=None,
                severity=notice.severity,
                message=text,
                code=notice.code,
                flag=notice.flag,
                hints=(OWN_PLUGIN,) if self._is_about_own_plugin(text) else (),
                unit=unit.id,
            )
        )

    def _is_about_own_plugin(self, text: str) -> bool:
        """Whether GHC misses a module of the project: what is imported it would miss in a place."""
        missed = _MISSED.search(text)
        return missed is not None and any(missed[1] == one.name for unit in self._project.units for one in unit.modules)


def _without_declared(text: str, unit: Unit) -> str:
    """The warning about undeclared modules without those that are declared; empty if none is left.

    With several units GHC (9.6) takes a module for undeclared when another unit has one of the same name.
    """
    declared = {module.name for module in unit.modules}
    head, colon, names = text.rpartition(":")
    undeclared = [name for name in names.split() if name not in declared]
    return f"{head}{colon} {' '.join(undeclared)}" if undeclared else ""

"""Flags that would stop a session or keep it silent, told from the rest; pure.

A session runs without fatal warnings, so that the dependents of a module are still checked: what the user's flags
would make fatal is reported as an error all the same.  And it hears of type errors as warnings, because it defers
them: flags that silence all warnings must not silence these.
"""

import re
from collections.abc import Iterable, Sequence

from attrs import frozen

from thatch.core.diagnostics import Diagnostic, Severity
from thatch.core.ghc.output import Notice
from thatch.core.ghc.warning_flags import Version, canonical, in_group, is_group


def split_werror(flags: Sequence[str]) -> tuple[tuple[str, ...], "Fatal"]:
    """The flags as a session needs them, and what they say of fatality.

    `-Werror=foo` also switches the warning on, so `-Wfoo` is left in its place; `-Werror`, `-Wwarn`, `-Wwarn=foo` and
    `-Wno-error=foo` switch nothing on or off and are dropped.  (Before 9.8 GHC ignores `-Werror=` with most groups,
    where `-Wgroup` has an effect.)  If the flags silence deferred errors, flags that undo it follow at the end.
    """
    kept: list[str] = []
    for flag, is_argument in _with_arguments(flags):
        if is_argument or _step(flag) is None:
            kept.append(flag)
        elif flag.startswith(_FATAL):
            kept.append(f"-W{flag.removeprefix(_FATAL)}")
    if silences_errors(flags):
        kept += [f"-W{name}" for name in DEFERRED]
    return tuple(kept), Fatal().then(flags)


def silences_errors(flags: Iterable[str]) -> bool:
    """Whether flags (such as `-w`, of a command line or an `OPTIONS_GHC` pragma) may silence deferred errors."""
    return any(not is_argument and flag in _SILENCING for flag, is_argument in _with_arguments(flags))


@frozen
class Fatal:
    """Which warnings are errors, by all the flags that say something about it, in their order."""

    steps: tuple[tuple[str, bool], ...] = ()
    """A warning's or group's name (`*`: all) and whether it becomes fatal or stops being so; the last wins."""

    def then(self, flags: Iterable[str]) -> "Fatal":
        """With further flags after these, such as those of a module's `OPTIONS_GHC` pragmas."""
        steps = [_step(flag) for flag, is_argument in _with_arguments(flags) if not is_argument]
        return Fatal((*self.steps, *(step for step in steps if step is not None)))

    def severity(self, said: Diagnostic | Notice, version: Version) -> Severity:
        """How bad a message of that GHC is by the user's own flags.

        A warning that no flag controls is fatal under a bare `-Werror` only (GHC/Utils/Error.hs
        `diagReasonSeverity`, 9.6 and 9.10).
        """
        if said.severity is Severity.WARNING and self._covers(said.flag.removeprefix("-W"), version):
            return Severity.ERROR
        return said.severity

    def _covers(self, name: str, version: Version) -> bool:
        for about, fatal in reversed(self.steps):
            if about == "*" or (name and (about == name or (is_group(about) and in_group(name, about, version)))):
                return fatal
        return False


DEFERRED = ("deferred-type-errors", "deferred-out-of-scope-variables", "typed-holes")
_SILENCING = {
    "-w",
    "-Wnot",
    *(f"-Wno-{group}" for group in ("everything", "all", "extra", "default")),
    *(f"{prefix}{name}" for prefix in ("-Wno-", "-fno-warn-") for name in DEFERRED),
}
_FATAL = "-Werror="
_PROGRAM_OPTION = re.compile(r"-opt(L|P|JSP|F|cxx|c|a|l|lo|lc|lm|las|i|windres|CmmP)")
"""An option whose argument may follow separately; that is another program's flag, whatever it looks like."""


def _with_arguments(flags: Iterable[str]) -> Iterable[tuple[str, bool]]:
    """The flags, each with whether it is the separate argument of the one before it."""
    expecting = False
    for flag in flags:
        yield flag, expecting
        expecting = not expecting and _PROGRAM_OPTION.fullmatch(flag) is not None


def _step(flag: str) -> tuple[str, bool] | None:
    if flag == "-Werror":
        return "*", True
    if flag == "-Wwarn":
        return "*", False
    for prefix, fatal in ((_FATAL, True), ("-Wwarn=", False), ("-Wno-error=", False)):
        if flag.startswith(prefix):
            return canonical(flag.removeprefix(prefix)), fatal
    return None

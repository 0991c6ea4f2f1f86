"""Telling users that it was the sandbox which made a splice fail; pure."""

import re
from collections.abc import Iterable

from attrs import evolve, frozen

from thatch.core.diagnostics import Diagnostic, Severity

TURN_IT_OFF = "If this project is to be trusted with it, turn the sandbox off with the setting `sandbox`."


@frozen
class _Denial:
    """Something that the sandbox denies, and how programs complain about it."""

    complaint: re.Pattern[str]
    said: str


def explain(diagnostics: Iterable[Diagnostic], *, sandboxed: bool) -> tuple[Diagnostic, ...]:
    """A session's diagnostics, each `explained` if the session is sandboxed."""
    return tuple(map(explained, diagnostics) if sandboxed else diagnostics)


def explained(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic of a sandboxed session, with one more hint if a splice failed for what the sandbox denies.

    The words are those of the C library and of GHC's `IOException` for the errors that denials cause.  The same errors
    have other causes too, so the hint says what the sandbox does, not that it did it.
    """
    if diagnostic.severity is not Severity.ERROR:
        return diagnostic
    text = "\n".join((diagnostic.message, *diagnostic.context))
    if not _FAILED_SPLICE.search(text):
        return diagnostic
    said = [denial.said for denial in _DENIALS if denial.complaint.search(text)]
    hints = tuple(f"This ran in thatch's sandbox, {what}. {TURN_IT_OFF}" for what in said[:1])
    return evolve(diagnostic, hints=(*diagnostic.hints, *hints))


_FAILED_SPLICE = re.compile(r"Exception when trying to run compile-time code")
"""How GHC says that a splice raised an exception (GHC.Tc.Errors.Ppr, 9.6 and 9.10: GHC-87897)."""

_DENIALS = (
    _Denial(
        re.compile(
            r"network is (?:unreachable|down)|name or service not known|temporary failure in name resolution"
            r"|could not resolve host|cannot assign requested address|connection refused",
            re.IGNORECASE,
        ),
        "which has no network",
    ),
    _Denial(
        re.compile(r"read-only file ?system", re.IGNORECASE),
        "in which files can be written in the folder for temporary files only",
    ),
    _Denial(
        re.compile(r"permission denied|operation not permitted", re.IGNORECASE),
        "which hides keys, tokens, histories and the sockets of other programs",
    ),
    _Denial(
        re.compile(r"no space left on device|disk full|file too large", re.IGNORECASE),
        "which limits how much can be written",
    ),
    _Denial(
        re.compile(r"resource temporarily unavailable|resource exhausted", re.IGNORECASE),
        "which limits the number of processes",
    ),
)

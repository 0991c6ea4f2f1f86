"""What `doctor` finds, as data and as text (pure)."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import Any

from attrs import field, frozen

from thatch.core.errors import ThatchError

VERSION = 1
"""Of `health_fields`: grows when a field goes or changes its meaning, not when one is added."""


class Verdict(Enum):
    """How something is."""

    OK = "ok"

    NOTE = "note"
    """It works, and could be better."""

    FAILURE = "failure"
    """Something does not work because of it."""


@frozen(kw_only=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    """What it is about: `thatch`, `project`, `build tool`, `toolchain`, `unit`, `sandbox`, `cache` and so on."""

    verdict: Verdict = Verdict.OK

    text: str
    """What was found, for the user."""

    remedy: str = ""
    """What the user can do; never empty for a failure."""

    details: dict[str, Any] = field(factory=dict)
    """The same for programs: values that JSON can hold."""

    commands: tuple[tuple[str, ...], ...] = ()
    """Exactly what is run, where that is of interest."""


def failed(topic: str, error: ThatchError) -> Finding:
    """The finding that something raised an error."""
    said = "\n".join(part for part in (error.message, error.detail.rstrip()) if part)
    return Finding(topic=topic, verdict=Verdict.FAILURE, text=said, remedy=error.remedy or "See the message.")


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Whether everything works."""
    return all(finding.verdict is not Verdict.FAILURE for finding in findings)


def health_text(findings: Sequence[Finding], *, commands: bool) -> str:
    """All findings, with their remedies, and with their `commands` if these are wanted."""
    width = max((len(finding.topic) for finding in findings), default=0)
    return "\n".join(line for finding in findings for line in _lines(finding, width, commands=commands))


def health_fields(findings: Sequence[Finding]) -> dict[str, Any]:
    """All findings for programs."""
    return {
        "version": VERSION,
        "healthy": is_healthy(findings),
        "findings": [
            {
                "topic": finding.topic,
                "verdict": finding.verdict.value,
                "text": finding.text,
                "remedy": finding.remedy or None,
                "details": finding.details,
                "commands": [list(command) for command in finding.commands],
            }
            for finding in findings
        ],
    }


_MARKS = {Verdict.OK: "ok  ", Verdict.NOTE: "note", Verdict.FAILURE: "FAIL"}


def _lines(finding: Finding, width: int, *, commands: bool) -> Iterator[str]:
    first, *more = finding.text.split("\n")
    indent = " " * (len("FAIL") + 2 + width + 2)
    yield f"{_MARKS[finding.verdict]}  {finding.topic:<{width}}  {first}".rstrip()
    yield from (f"{indent}{line}".rstrip() for line in more)
    if finding.remedy:
        head, *rest = finding.remedy.split("\n")
        yield f"{indent}-> {head}"
        yield from (f"{indent}   {line}".rstrip() for line in rest)
    if commands:
        yield from (f"{indent}$ {_quoted(command)}" for command in finding.commands)


def _quoted(command: Iterable[str]) -> str:
    import shlex

    return shlex.join(command)

"""What hlint says of a text, as data and as diagnostics; nothing is run here."""

import json
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from thatch.core.diagnostics import Diagnostic, Severity, Span
from thatch.core.errors import ThatchError
from thatch.core.tools.refactorings import Record, read_refactorings

SOURCE = "hlint"

SEVERITIES = {"Error": Severity.WARNING, "Warning": Severity.INFORMATION, "Suggestion": Severity.INFORMATION}
"""What hlint calls an error is still a matter of taste; what it ignores is not among them."""

NO_PARSE = "Parse error"


@frozen
class Hint:
    """Something that could be written better."""

    name: str
    """Such as `Eta reduce`."""

    severity: Severity

    span: Span
    """GHC's lines and columns."""

    found: str
    better: str | None
    """What to write instead, as hlint prints it; empty if it should go, None if it says nothing."""

    notes: tuple[str, ...]

    refactorings: tuple[Record, ...]
    """What exactly would change; nothing if hlint would not do it itself."""

    def diagnostic(self, path: Path) -> Diagnostic:
        """The hint as a message."""
        parts = [self.name, "Found:", _indented(self.found)]
        if self.better:
            parts += ["Why not:", _indented(self.better)]
        elif self.better == "":
            parts.append("Why not remove it.")
        parts += [f"Note: {note}" for note in self.notes]
        return Diagnostic(
            path=path, span=self.span, severity=self.severity, message="\n".join(parts), code=self.name, source=SOURCE
        )


def read_hints(output: str) -> list[Hint]:
    """The hints in what `hlint --json` prints, but none about code that does not parse: GHC says that.

    Raises `ThatchError` for anything else.
    """
    try:
        return [_hint(each) for each in json.loads(output) if each["severity"] in SEVERITIES and _parses(each)]
    except (ValueError, TypeError, LookupError) as error:
        raise ThatchError(
            message="hlint printed something else than hints.", remedy="hlint 3 is needed.", detail=output[:300]
        ) from error


def arguments(extensions: Sequence[str]) -> list[str]:
    """With which hlint reads a text from its input and prints hints."""
    return ["--json", "--no-exit-code", *(f"-X{name}" for name in extensions), "-"]


def _parses(said: dict[str, str]) -> bool:
    return not said["hint"].startswith(NO_PARSE)


def _hint(said: dict[str, object]) -> Hint:
    numbers = [int(str(said[key])) for key in ("startLine", "startColumn", "endLine", "endColumn")]
    better, notes = said["to"], said["note"]
    try:
        refactorings = read_refactorings(str(said["refactorings"]))
    except ValueError:
        refactorings = []
    return Hint(
        name=str(said["hint"]),
        severity=SEVERITIES[str(said["severity"])],
        span=Span(*numbers),
        found=str(said["from"]).rstrip("\n"),
        better=None if better is None else str(better).rstrip("\n"),
        notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
        refactorings=tuple(refactorings),
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))

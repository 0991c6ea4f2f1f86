"""What doctor says, as text and for programs."""

import json

from thatch.core.errors import ThatchError
from thatch.core.health import Finding, Verdict, failed, health_fields, health_text, is_healthy

FINE = Finding(topic="thatch", text="0.1", details={"version": "0.1"}, commands=(("ghc", "--version", "a b"),))
SO_SO = Finding(topic="sandbox", verdict=Verdict.NOTE, text="is not there\nat all", remedy="Install it.")
BAD = failed("toolchain", ThatchError(message="No GHC.", remedy="Install one\nor name one.", detail="not found\n"))


def test_text() -> None:
    assert health_text([FINE, SO_SO, BAD], commands=False).splitlines() == [
        "ok    thatch     0.1",
        "note  sandbox    is not there",
        "                 at all",
        "                 -> Install it.",
        "FAIL  toolchain  No GHC.",
        "                 not found",
        "                 -> Install one",
        "                    or name one.",
    ]
    assert health_text([FINE], commands=True) == "ok    thatch  0.1\n              $ ghc --version 'a b'"
    assert health_text([], commands=True) == ""


def test_notes_are_no_failures() -> None:
    assert is_healthy([FINE, SO_SO])
    assert not is_healthy([FINE, BAD])


def test_a_failure_always_has_a_remedy() -> None:
    assert failed("x", ThatchError(message="Odd.")).remedy


def test_for_programs() -> None:
    fields = json.loads(json.dumps(health_fields([FINE, BAD])))
    assert (fields["version"], fields["healthy"]) == (1, False)
    assert fields["findings"][0] == {
        "topic": "thatch",
        "verdict": "ok",
        "text": "0.1",
        "remedy": None,
        "details": {"version": "0.1"},
        "commands": [["ghc", "--version", "a b"]],
    }
    assert fields["findings"][1]["verdict"] == "failure"

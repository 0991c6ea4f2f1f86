"""What `thatch eval` says: as text, in colours, as JSON."""

import json
from pathlib import Path

import click
import pytest

from thatch.cli.eval_text import Failure, Result, as_json, differences, summary
from thatch.cli.formats.look import Look
from thatch.core.evaluation.examples import find_blocks
from thatch.core.evaluation.model import Outcome

BASE = Path("/project")
TEXT = "-- >>> one\n-- 1\n-- >>> two\n-- 2\n\n-- prop> law\n"


def results(*outcomes: Outcome) -> list[Result]:
    examples = [example for block in find_blocks(TEXT) for example in block.examples]
    return [Result(BASE / "src/Lib.hs", example, outcome) for example, outcome in zip(examples, outcomes, strict=False)]


RIGHT = Outcome(("1",))
WRONG = Outcome(("3", "", "\x1b[1m4"), cut=True, ended="*** Stopped: it ran for more than 30 s.")
FAILS = Outcome(("*** Failed!",))
SOME = results(RIGHT, WRONG, FAILS)
BROKEN = Failure(BASE / "src/Broken.hs", "Broken cannot be loaded.\nBroken.hs:1:1: no")

TOLD = """\
src/Lib.hs:3: >>> two
  - 2
  + 3
  +
  + \N{SYMBOL FOR ESCAPE}[1m4
  + ...
  + *** Stopped: it ran for more than 30 s.

src/Lib.hs:6: prop> law
  + *** Failed!

src/Broken.hs: Broken cannot be loaded.
Broken.hs:1:1: no"""


def test_what_differs_is_told() -> None:
    assert differences(SOME, [BROKEN], Look(BASE)) == TOLD
    assert differences(results(RIGHT), [], Look(BASE)) == ""


def test_colours_add_escape_sequences_alone() -> None:
    coloured = differences(SOME, [BROKEN], Look(BASE, coloured=True))
    assert coloured != TOLD
    assert click.unstyle(coloured) == TOLD


@pytest.mark.parametrize(
    ("outcomes", "failures", "told"),
    [
        ((), (), "There are no examples in comments."),
        ((RIGHT,), (), "1 example in 1 module: all as recorded."),
        ((RIGHT, WRONG), (), "2 examples in 1 module: 1 differs."),
        ((WRONG, WRONG), (BROKEN,), "2 examples in 1 module: 2 differ; 1 module could not be evaluated."),
    ],
)
def test_the_summary(outcomes: tuple[Outcome, ...], failures: tuple[Failure, ...], told: str) -> None:
    assert summary(results(*outcomes), failures) == told


def test_json_has_everything() -> None:
    found = json.loads(as_json(SOME, [BROKEN], Look(BASE)))
    assert found["version"] == 1
    assert found["failures"] == [{"path": "src/Broken.hs", "reason": "Broken cannot be loaded.\nBroken.hs:1:1: no"}]
    assert [one["right"] for one in found["examples"]] == [True, False, False]
    assert found["examples"][1] == {
        "path": "src/Lib.hs",
        "line": 3,
        "kind": "example",
        "code": "two",
        "recorded": ["2"],
        "said": ["3", "", "\x1b[1m4", "...", "*** Stopped: it ran for more than 30 s."],
        "stopped": True,
        "right": False,
    }
    assert found["examples"][2]["kind"] == "property"
